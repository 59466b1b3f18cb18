//! The schema of a test bed, for as long as anybody needs it.

use std::thread;

use super::server::Server;
use crate::error::{Error, Result};
use crate::record::JobId;
use crate::store::{self, Address, Link, Purpose, Schema};

/// Held by the bed and by the connections of its towers: the schema is dropped when nobody can reach it
/// any more, unless its server ends anyway.
pub(super) struct Estate {
    server: &'static Server,
    address: Address,
    schema: Schema,
}

impl Estate {
    /// A schema of a new name. It is not made here, but by the first tower.
    pub(super) fn new(server: &'static Server) -> Result<Self> {
        let address = Address::find(Some(&server.url))?;
        let schema = Schema::new(&format!("bed_{}", JobId::new().as_uuid().simple()))?;
        Ok(Self { server, address, schema })
    }

    pub(super) fn url(&self) -> &str {
        &self.server.url
    }

    pub(super) fn schema(&self) -> &str {
        self.schema.name()
    }

    /// A connection to it.
    pub(super) fn link(&self) -> Link {
        Link::new(self.address.clone(), self.schema.clone(), Purpose::Ask, Default::default(), None)
    }

    /// By a connection of its own: those that there are belong to a runtime that waits for this.
    fn drop_schema(&self) -> Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Error::unavailable("a runtime to drop the schema was not made").because(error))?;
        runtime.block_on(store::drop_schema(&self.link()))
    }
}

impl Drop for Estate {
    fn drop(&mut self) {
        if self.server.is_private {
            return;
        }
        // A runtime cannot be driven on a thread of another one.
        let dropped = thread::scope(|scope| scope.spawn(|| self.drop_schema()).join());
        if let Ok(Err(error)) = dropped {
            tracing::warn!(schema = self.schema(), %error, "could not drop the schema of a test bed; it stays");
        }
    }
}
