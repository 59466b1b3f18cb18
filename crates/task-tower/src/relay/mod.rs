//! Announcements by Redis in place of NOTIFY: who enqueues publishes after the commit, and who sleeps is subscribed. Nothing
//! depends on it: whatever is lost here is found by the next look. Which of the two is used is agreed upon in the
//! database, by the rows of those who sleep.

#[cfg(not(feature = "redis"))]
mod absent;
#[cfg(feature = "redis")]
mod address;
#[cfg(feature = "redis")]
mod ear;
#[cfg(feature = "redis")]
mod publisher;
#[cfg(feature = "redis")]
mod server;

#[cfg(not(feature = "redis"))]
pub(crate) use absent::{Publisher, Relay};
#[cfg(feature = "redis")]
pub(crate) use publisher::Publisher;
#[cfg(feature = "redis")]
pub(crate) use server::Relay;
