//! A subscription, as long as its connection lives.

use futures_util::StreamExt;
use redis::aio::{PubSubSink, PubSubStream};
use tokio::time::timeout;

use super::server::{PATIENCE, PING_INTERVAL, Relay};
use crate::error::{Error, Result};

/// Hears what is published on the channel of a tower.
pub(crate) struct Ear {
    relay: Relay,
    sink: PubSubSink,
    stream: PubSubStream,
}

impl Ear {
    pub(super) fn new(relay: Relay, sink: PubSubSink, stream: PubSubStream) -> Self {
        Self { relay, sink, stream }
    }

    /// The next word; an error when the connection is of no use any more.
    pub(crate) async fn hear(&mut self) -> Result<String> {
        loop {
            match timeout(PING_INTERVAL, self.stream.next()).await {
                // What is no text is none of ours.
                Ok(Some(message)) => return Ok(message.get_payload().unwrap_or_default()),
                Ok(None) => return Err(Error::unavailable("Redis closed the connection")),
                Err(_) => self.relay.answer(PATIENCE, self.sink.ping::<redis::Value>()).await.map(drop)?,
            }
        }
    }
}
