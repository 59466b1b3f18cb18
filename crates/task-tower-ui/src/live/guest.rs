//! One who listens.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;

use axum::response::sse::Event;
use futures_util::stream::{Stream, unfold};
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, timeout_at};

use super::hub::Hub;
use super::topic::Word;

/// After this time the answer ends, and the browser asks again by itself: a server that stops waits
/// no longer, and who may not look any more is not told any more.
const STAY: Duration = Duration::from_secs(20);
/// How soon it asks again.
const RETRY: Duration = Duration::from_millis(250);

pub(super) struct Guest {
    hub: Hub,
    words: Receiver<(u64, Word)>,
    /// The id of the word that was heard last, on the way before this one.
    last: Option<String>,
    /// What is told first; `None` before it is known.
    greeting: Option<VecDeque<Word>>,
    /// The newest word that was told.
    rev: u64,
    leaves_at: Instant,
    _seat: OwnedSemaphorePermit,
}

impl Guest {
    pub(super) fn new(
        hub: Hub,
        seat: OwnedSemaphorePermit,
        words: Receiver<(u64, Word)>,
        last: Option<String>,
    ) -> Self {
        Self { hub, words, last, greeting: None, rev: 0, leaves_at: Instant::now() + STAY, _seat: seat }
    }

    pub(super) fn events(self) -> impl Stream<Item = Result<Event, Infallible>> {
        unfold(self, async |mut guest| {
            let word = timeout_at(guest.leaves_at, guest.next()).await.ok()??;
            Some((Ok(guest.event(word)), guest))
        })
    }

    fn event(&self, word: Word) -> Event {
        let event = word.event(self.hub.word_id(self.rev), self.rev);
        if word == Word::Hello { event.retry(RETRY) } else { event }
    }

    async fn next(&mut self) -> Option<Word> {
        if self.greeting.is_none() {
            let (rev, greeting) = self.hub.greeting(self.last.as_deref()).await;
            self.rev = rev;
            self.greeting = Some(greeting.into());
        }
        match self.greeting.as_mut().and_then(VecDeque::pop_front) {
            Some(word) => Some(word),
            None => self.news().await,
        }
    }

    async fn news(&mut self) -> Option<Word> {
        loop {
            match self.words.recv().await {
                // It was a part of the greeting.
                Ok((rev, _)) if rev <= self.rev => {}
                Ok((rev, word)) => {
                    self.rev = rev;
                    return Some(word);
                }
                Err(RecvError::Lagged(_)) => return Some(Word::Resync),
                Err(RecvError::Closed) => return None,
            }
        }
    }
}
