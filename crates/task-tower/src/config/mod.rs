//! Every option of a tower and of a kind of job, checked here: nothing below needs to doubt them.

mod kind;
mod options;

pub use kind::KindConfig;
pub use options::{Options, Retention};

pub(crate) use kind::{check_max_retries, check_priority, check_timeout};
pub(crate) use options::{MAX_RETRIES_DEFAULT, MAX_RETRIES_LIMIT, PRIORITY_LIMIT};
