//! What helps you to test your jobs. Needs the feature `testing`; put it among your
//! dev-dependencies.
//!
//! [`run`] runs one handler, here and now and without a database: for what a handler does.

mod inline;

pub use inline::{InlineRun, run};
