//! Publishes which queues have new jobs. Nobody waits for it: a queue is noted, and a task of its own says it, once however
//! many jobs came meanwhile. What Redis cannot be told, and what nobody has heard there, is notified by PostgreSQL.

use std::collections::BTreeSet;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use redis::AsyncConnectionConfig;
use redis::aio::MultiplexedConnection;
use tokio::sync::Notify;
use tokio::time::timeout;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::server::{PATIENCE, PING_INTERVAL, Relay};
use crate::error::Result;
use crate::store::{Backoff, notify_queues};

/// How long Redis may take to publish. After that NOTIFY does it: a worker that sleeps looks only each two seconds.
const PUBLISH_PATIENCE: Duration = Duration::from_millis(250);
/// More queues than these are not remembered while they cannot be told: the looks of the workers find their jobs.
const QUEUES_MAX: usize = 1_000;

/// Cheap to clone. Its task ends with the last clone.
#[derive(Clone)]
pub(crate) struct Publisher {
    shared: Arc<Shared>,
    _alive: Arc<DropGuard>,
}

#[derive(Default)]
struct Shared {
    queues: Mutex<BTreeSet<String>>,
    noted: Notify,
    connected: AtomicBool,
}

impl Publisher {
    pub(super) fn start(relay: Relay) -> Self {
        let (shared, ended) = (Arc::<Shared>::default(), CancellationToken::new());
        let publishing = Publishing { relay, shared: shared.clone() };
        let alive = Arc::new(ended.clone().drop_guard());
        // Boxed: a connection in the making is large.
        tokio::spawn(async move { ended.run_until_cancelled(Box::pin(publishing.run())).await });
        Self { shared, _alive: alive }
    }

    /// Whether Redis was there a moment ago. While it is not, NOTIFY is the better way.
    pub(crate) fn is_connected(&self) -> bool {
        self.shared.connected.load(Ordering::Relaxed)
    }

    /// Says that the queue has new jobs, soon.
    pub(crate) fn publish(&self, queue: String) {
        let mut queues = self.shared.queues.lock().unwrap_or_else(PoisonError::into_inner);
        if queues.len() < QUEUES_MAX {
            queues.insert(queue);
        }
        drop(queues);
        self.shared.noted.notify_one();
    }
}

impl Shared {
    fn take(&self) -> Vec<String> {
        let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *queues).into_iter().collect()
    }
}

struct Publishing {
    relay: Relay,
    shared: Arc<Shared>,
}

impl Drop for Publishing {
    /// The runtime in which the client was made may end before the client does.
    fn drop(&mut self) {
        self.shared.connected.store(false, Ordering::Relaxed);
    }
}

impl Publishing {
    async fn run(self) {
        let mut backoff = Backoff::default();
        loop {
            if let Ok(mut connection) = self.notifying(self.connect()).await {
                self.shared.connected.store(true, Ordering::Relaxed);
                let _ = self.serve(&mut connection, &mut backoff).await;
                self.shared.connected.store(false, Ordering::Relaxed);
            }
            self.notifying(backoff.wait()).await;
        }
    }

    async fn connect(&self) -> Result<MultiplexedConnection> {
        self.relay.channel().await?;
        let config =
            AsyncConnectionConfig::new().set_connection_timeout(Some(PATIENCE)).set_response_timeout(Some(PATIENCE));
        let connecting = async {
            let mut connection = self.relay.client.get_multiplexed_async_connection_with_config(&config).await?;
            ping(&mut connection).await?;
            Ok(connection)
        };
        self.relay.answer(PATIENCE, connecting).await
    }

    /// Publishes on this connection until it breaks.
    async fn serve(&self, connection: &mut MultiplexedConnection, backoff: &mut Backoff) -> Result<()> {
        loop {
            match timeout(PING_INTERVAL, self.shared.noted.notified()).await {
                Ok(()) => self.publish_noted(connection).await?,
                Err(_) => self.relay.answer(PATIENCE, ping(connection)).await?,
            }
            backoff.reset();
        }
    }

    async fn publish_noted(&self, connection: &mut MultiplexedConnection) -> Result<()> {
        let (channel, queues) = (self.relay.channel().await?, self.shared.take());
        if queues.is_empty() {
            return Ok(());
        }
        let mut publishing = redis::pipe();
        queues.iter().for_each(|queue| {
            publishing.cmd("PUBLISH").arg(channel).arg(queue);
        });
        let said = self.relay.answer(PUBLISH_PATIENCE, publishing.query_async::<Vec<u64>>(connection)).await;
        let listeners = said.as_deref().unwrap_or_default();
        if said.is_ok() && listeners.contains(&0) {
            tracing::debug!("nobody has heard in Redis what was published there; notified by PostgreSQL");
        }
        let is_unheard = |place: usize| listeners.get(place).is_none_or(|number| *number == 0);
        let unheard = queues.into_iter().enumerate().filter(|(place, _)| is_unheard(*place));
        self.notify(unheard.map(|(_, queue)| queue).collect()).await;
        said.map(drop)
    }

    /// Does what Redis has to be waited for, and notifies meanwhile.
    async fn notifying<T>(&self, waiting: impl Future<Output = T>) -> T {
        let mut waiting = pin!(waiting);
        loop {
            tokio::select! {
                waited = &mut waiting => return waited,
                () = self.shared.noted.notified() => self.notify(self.shared.take()).await,
            }
        }
    }

    async fn notify(&self, queues: Vec<String>) {
        if queues.is_empty() {
            return;
        }
        match timeout(PATIENCE, notify_queues(&self.relay.link, &queues)).await {
            Ok(Ok(())) => {}
            // Their workers find the jobs when they look.
            Ok(Err(error)) => tracing::debug!(%error, "could not announce jobs"),
            Err(_) => tracing::debug!("could not announce jobs: no answer"),
        }
    }
}

async fn ping(connection: &mut MultiplexedConnection) -> redis::RedisResult<()> {
    redis::cmd("PING").query_async::<redis::Value>(connection).await.map(drop)
}
