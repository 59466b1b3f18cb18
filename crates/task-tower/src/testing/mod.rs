//! What helps you to test your jobs. Needs the feature `testing`; put it among your
//! dev-dependencies.
//!
//! - [`run`] runs one handler, here and now and without a database: for what a handler does.
//! - [`TestBed`] is a fresh schema in a real PostgreSQL: for what comes in, runs, fails and follows. It
//!   [drains](TestBed::drain) what is due in a fixed order, lets [time pass](TestBed::advance), and
//!   [asserts](TestBed::assert_enqueued) what has been enqueued.
//!
//! A test of a whole flow:
//!
//! ```
//! # mod tokio { pub use ::tokio::{main as test, *}; }
//! use std::time::Duration;
//! use task_tower::testing::TestBed;
//! # use serde::{Deserialize, Serialize};
//! # use task_tower::{Client, Error, Job, JobError, TowerBuilder};
//! # #[derive(Serialize, Deserialize)] struct SendWelcome { user_id: i64 }
//! # impl Job for SendWelcome { const KIND: &'static str = "send_welcome"; }
//! # #[derive(Serialize, Deserialize)] struct AskForReview { user_id: i64 }
//! # impl Job for AskForReview { const KIND: &'static str = "ask_for_review"; }
//! # async fn send_welcome(_: SendWelcome) -> Result<(), JobError> { Ok(()) }
//! # async fn ask_for_review(_: AskForReview) -> Result<(), JobError> { Ok(()) }
//!
//! // The application: its handlers, and what enqueues.
//! fn with_handlers(builder: TowerBuilder) -> TowerBuilder {
//!     builder.job(send_welcome).job(ask_for_review)
//! }
//!
//! async fn sign_up(client: &Client, user_id: i64) -> Result<(), Error> {
//!     client.enqueue(SendWelcome { user_id }).await?;
//!     client.schedule(AskForReview { user_id }).in_days(7).await?;
//!     Ok(())
//! }
//!
//! #[tokio::test]
//! async fn a_new_user_is_welcomed_and_asked_after_a_week() {
//!     let bed = TestBed::new().await;
//!     let tower = with_handlers(bed.builder()).build().await.unwrap();
//!
//!     sign_up(&tower.client(), 1).await.unwrap();
//!     bed.assert_enqueued(&SendWelcome { user_id: 1 }).await;
//!     assert_eq!(bed.drain(&tower).await.assert_all_completed(), 1);
//!
//!     bed.advance(Duration::from_secs(7 * 24 * 60 * 60)).await;
//!     assert_eq!(bed.drain(&tower).await.assert_all_completed(), 1);
//! }
//! # fn main() { a_new_user_is_welcomed_and_asked_after_a_week(); }
//! ```
//!
//! `cargo nextest` runs each test in a process of its own, and so each would start a server of its own.
//! Start one for all of them: `task-tower postgres -- cargo nextest run` sets the variable.

mod bed;
mod drain;
mod enqueued;
mod estate;
mod inline;
mod server;

pub use bed::TestBed;
pub use drain::{Drain, Drained};
pub use inline::{InlineRun, run};
