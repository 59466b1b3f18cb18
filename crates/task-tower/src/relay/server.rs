//! The Redis of a tower: where it is, on which channel, and whether it is there.

use std::sync::Arc;
use std::time::Duration;

use redis::{Client, RedisResult};
use tokio::sync::OnceCell;
use tokio::time::timeout;

use super::address::{away, parse, silent};
use super::ear::Ear;
use super::publisher::Publisher;
use crate::error::Result;
use crate::store::{Link, Outage, redis_channel};

/// A server that does not answer for so long is away.
pub(super) const PATIENCE: Duration = Duration::from_secs(2);
/// How often a connection on which nothing is said is tried: one that died without a word looks the same.
pub(super) const PING_INTERVAL: Duration = Duration::from_secs(5);

/// Cheap to clone.
#[derive(Clone)]
pub(crate) struct Relay {
    pub(super) client: Client,
    /// Where the name of the channel is asked for, and where is notified what Redis could not be told.
    pub(super) link: Link,
    channel: Arc<OnceCell<String>>,
    outage: Arc<Outage>,
}

impl Relay {
    /// Connects nowhere yet.
    pub(crate) fn new(url: &str, link: Link) -> Result<Self> {
        let outage = Arc::new(Outage::of("Redis", "announcing by NOTIFY"));
        Ok(Self { client: parse(url)?, link, channel: Arc::default(), outage })
    }

    /// Publishes from a task of its own. Must be called inside a tokio runtime.
    pub(crate) fn publisher(&self) -> Publisher {
        Publisher::start(self.clone())
    }

    /// Returns when the subscription is there: what is published from now on is heard.
    pub(crate) async fn listen(&self) -> Result<Ear> {
        let channel = self.channel().await?;
        let (sink, stream) = self
            .answer(PATIENCE, async {
                let (mut sink, stream) = self.client.get_async_pubsub().await?.split();
                sink.subscribe(channel).await?;
                Ok((sink, stream))
            })
            .await?;
        Ok(Ear::new(self.clone(), sink, stream))
    }

    pub(super) async fn channel(&self) -> Result<&str> {
        self.channel.get_or_try_init(|| redis_channel(&self.link)).await.map(String::as_str)
    }

    /// What Redis answers, within so long. It is told once that it is away, and once that it is back.
    pub(super) async fn answer<T>(
        &self,
        patience: Duration,
        question: impl Future<Output = RedisResult<T>>,
    ) -> Result<T> {
        let answer = match timeout(patience, question).await {
            Ok(answer) => answer.map_err(|error| away(&self.client, &error)),
            Err(_) => Err(silent(&self.client)),
        };
        match &answer {
            Ok(_) => self.outage.ends(),
            Err(error) => self.outage.begins(error),
        }
        answer
    }
}
