//! Every option of a tower, and the limits of what a kind of job may say, checked here: nothing
//! below needs to doubt them.

mod limits;
mod options;

pub use options::{Options, Retention};

pub(crate) use limits::{check_max_retries, check_priority, check_timeout};
pub(crate) use options::MAX_RETRIES_DEFAULT;
