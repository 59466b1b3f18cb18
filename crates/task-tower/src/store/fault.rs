//! What an error of the database means for us: try again, give up, or throw the connection away.

use tokio_postgres::error::SqlState;

use crate::error::Error;

/// What to do about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Remedy {
    /// The connection is of no use any more. Whether the statement took effect is not known.
    Reconnect,
    /// The statement had no effect, and may succeed if tried again.
    Retry,
    /// The statement itself is refused.
    GiveUp,
}

pub(crate) fn remedy(error: &tokio_postgres::Error) -> Remedy {
    if error.is_closed() {
        return Remedy::Reconnect;
    }
    let Some(code) = error.code() else {
        // No answer of the server: the socket or the protocol broke, or a parameter of ours could
        // not be encoded, which no repetition mends.
        return if is_encoding(error) { Remedy::GiveUp } else { Remedy::Reconnect };
    };
    by_code(code)
}

fn by_code(code: &SqlState) -> Remedy {
    let class = &code.code()[..2];
    match code.code() {
        // Read-only (a standby), shutting down, starting up, killed.
        "25006" | "57P01" | "57P02" | "57P03" | "57P05" => Remedy::Reconnect,
        // A plan or a prepared statement that the server no longer has.
        "0A000" | "26000" => Remedy::Reconnect,
        // Serialization, deadlock, lock timeout, canceled by the statement's time limit.
        "40001" | "40P01" | "55P03" | "57014" => Remedy::Retry,
        _ => match class {
            "08" => Remedy::Reconnect,
            // Disk full, memory, connections.
            "53" | "58" => Remedy::Retry,
            _ => Remedy::GiveUp,
        },
    }
}

fn is_encoding(error: &tokio_postgres::Error) -> bool {
    error.to_string().starts_with("error serializing parameter")
}

/// The error of a statement, as users of the crate see it.
pub(crate) fn from_statement(name: &str, error: tokio_postgres::Error) -> Error {
    wrap(name, remedy(&error), error.code(), words(&error)).because(error)
}

/// A question of a person that was given up.
pub(crate) fn too_slow(error: tokio_postgres::Error) -> Error {
    let advice = "narrow it down by time, kind or queue, or search without `exhaustive`";
    Error::too_slow(format!("find the answer within 2 s: {advice}")).because(error)
}

/// What the server answered to a statement that another driver ran.
#[cfg(any(feature = "diesel-async-0_9", feature = "sea-orm-2", feature = "sqlx-0_9"))]
#[derive(Clone, Copy, Debug)]
pub(crate) struct Answer<'a> {
    pub(crate) code: &'a str,
    pub(crate) message: &'a str,
    pub(crate) detail: Option<&'a str>,
}

/// The error of a statement that another driver ran. When the server gave no answer, the connection
/// is lost.
#[cfg(any(feature = "diesel-async-0_9", feature = "sea-orm-2", feature = "sqlx-0_9"))]
pub(crate) fn from_answer(name: &str, answer: Option<Answer<'_>>, error: &dyn std::error::Error) -> Error {
    let Some(answer) = answer else {
        return wrap(name, Remedy::Reconnect, None, error.to_string());
    };
    let code = SqlState::from_code(answer.code);
    wrap(name, by_code(&code), Some(&code), with_detail(answer.message, answer.detail))
}

fn wrap(name: &str, remedy: Remedy, code: Option<&SqlState>, words: String) -> Error {
    match remedy {
        Remedy::Retry if code == Some(&SqlState::LOCK_NOT_AVAILABLE) => {
            Error::unavailable(format!("{name}: another transaction holds what it needs, and has not ended ({words})"))
        }
        Remedy::Reconnect | Remedy::Retry => Error::unavailable(format!("{name}: {words}")),
        // Class 22, "data exception": what our SQL functions raise, and what cannot be stored.
        Remedy::GiveUp if code.is_some_and(|code| code.code().starts_with("22")) => Error::invalid(words),
        // "No data found": what our SQL functions raise when there is no such job.
        Remedy::GiveUp if code.is_some_and(|code| code.code() == "P0002") => Error::not_found(words),
        // "Object not in prerequisite state": what they raise when the state of things forbids it.
        Remedy::GiveUp if code.is_some_and(|code| code.code() == "55000") => Error::conflict(words),
        Remedy::GiveUp => Error::database(format!("{name}: {words}")),
    }
}

pub(crate) fn from_connect(place: &str, error: tokio_postgres::Error) -> Error {
    let message = format!("connect to PostgreSQL at {place}: {}", words(&error));
    Error::unavailable(message).because(error)
}

/// Whether there was a server, which takes no changes.
pub(crate) fn is_read_only(error: &Error) -> bool {
    let causes = std::iter::successors(std::error::Error::source(error), |cause| cause.source());
    // The driver says it by this kind, and by nothing else.
    let denied = |cause: &std::io::Error| cause.kind() == std::io::ErrorKind::PermissionDenied;
    causes.filter_map(|cause| cause.downcast_ref()).any(denied)
}

/// The server's own words, or the deepest cause: the driver's outer message is only "db error".
fn words(error: &tokio_postgres::Error) -> String {
    if let Some(answer) = error.as_db_error() {
        return with_detail(answer.message(), answer.detail());
    }
    match std::error::Error::source(error) {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}

fn with_detail(message: &str, detail: Option<&str>) -> String {
    match detail {
        Some(detail) => format!("{message} ({detail})"),
        None => message.to_owned(),
    }
}
