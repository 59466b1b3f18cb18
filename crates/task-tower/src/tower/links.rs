//! Where connections come from: each use has its own, none is opened before it is needed.

use std::sync::Arc;

use crate::config::Options;
use crate::error::Result;
use crate::store::{Address, Keep, Link, Outage, Purpose, Schema};

/// What all connections of a tower have in common.
#[derive(Clone)]
pub(super) struct Links {
    address: Address,
    schema: Schema,
    outage: Arc<Outage>,
    keep: Keep,
}

impl Links {
    pub(super) fn new(options: &Options, keep: Keep) -> Result<Self> {
        Ok(Self {
            address: Address::find(options.connection_string.as_deref())?,
            schema: Schema::new(&options.schema_name)?,
            outage: Arc::default(),
            keep,
        })
    }

    pub(super) fn link(&self, purpose: Purpose) -> Link {
        Link::new(self.address.clone(), self.schema.clone(), purpose, self.outage.clone(), self.keep.clone())
    }

    /// For questions, which a standby answers as well when there is nothing else.
    pub(super) fn questions(&self, purpose: Purpose) -> Link {
        let address = self.address.clone().or_read_only();
        Link::new(address, self.schema.clone(), purpose, self.outage.clone(), self.keep.clone())
    }
}
