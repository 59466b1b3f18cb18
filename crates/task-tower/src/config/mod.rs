//! Every option of a tower, and the limits of what a kind of job may say, checked here: nothing
//! below needs to doubt them.

mod duration;
mod environment;
#[cfg(feature = "toml")]
mod file;
mod kind;
mod layers;
mod limits;
mod log_level;
mod nearest;
mod options;

pub use kind::KindOptions;
pub use options::{Options, Retention};

pub(crate) use limits::{check_max_retries, check_priority, check_timeout};
pub(crate) use nearest::nearest;
pub(crate) use options::{MAX_RETRIES_DEFAULT, PAYLOAD_BYTES_LIMIT};
