//! Calls of the documented functions that are made until they are answered.

use std::time::Instant;

use super::insist::PATIENCE;
use crate::error::{Error, Result};
use crate::store::{Backoff, Link, Parameter, Remedy, Statement, call};

/// Calls a function that says the same when it is called again; or else `was_done` tells from its refusal that an earlier
/// call, whose answer was lost, had done it.
pub(super) async fn run(
    link: &Link,
    statement: Statement,
    parameters: &[Parameter],
    was_done: fn(&Error) -> bool,
) -> Result<()> {
    let since = Instant::now();
    let mut backoff = Backoff::default();
    let mut unheard = false;
    loop {
        match call(link, statement, parameters).await {
            Ok(_) => return Ok(()),
            Err((error, Remedy::GiveUp)) if unheard && was_done(&error) => return Ok(()),
            Err((error, Remedy::GiveUp)) => return Err(error),
            Err((error, _)) if since.elapsed() > PATIENCE => return Err(error),
            Err((_, remedy)) => unheard |= remedy == Remedy::Reconnect,
        }
        backoff.wait().await;
    }
}
