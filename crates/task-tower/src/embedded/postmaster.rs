//! What a running server says about itself: by its `postmaster.pid`, and by answering.

use std::fs;
use std::path::Path;
use std::time::Duration;

use tokio::time::{sleep, timeout};
use tokio_postgres::{Client, NoTls, SimpleQueryMessage};

use super::account::Account;
use crate::error::Error;

/// How long a server may take to accept a connection and to answer one small question.
const ANSWER_MAX: Duration = Duration::from_secs(5);

/// How often a starting server is asked at first, and later on, when its recovery takes longer.
const ASK_AGAIN_FIRST: Duration = Duration::from_millis(5);
const ASK_AGAIN_MAX: Duration = Duration::from_millis(200);

/// The lines of `postmaster.pid` that matter here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Postmaster {
    pub(super) process_id: u32,
    pub(super) port: u16,
}

impl Postmaster {
    /// Reads what a server in this data directory has written, be it alive or not.
    pub(super) fn read(data: &Path) -> Option<Self> {
        parse(&fs::read_to_string(data.join("postmaster.pid")).ok()?)
    }

    /// Whether the process exists, as one that may be ours. It may still be a stranger who got
    /// the number of a server long gone.
    pub(super) fn is_alive(self, account: &Account) -> bool {
        let mut command = account.command("/bin/sh");
        command.args(["-c", "kill -0 \"$1\" 2>/dev/null", "sh", &self.process_id.to_string()]);
        command.status().is_ok_and(|status| status.success())
    }
}

/// The lines are: process id, data directory, start time, port, and more. The later ones are
/// missing for a moment while a server starts.
fn parse(text: &str) -> Option<Postmaster> {
    let mut lines = text.lines();
    let process_id = lines.next()?.trim().parse().ok()?;
    let port = lines.nth(2)?.trim().parse().ok()?;
    Some(Postmaster { process_id, port })
}

/// The address of a database of the server on this port.
pub(super) fn url(port: u16, database: &str) -> String {
    format!("postgres://postgres@127.0.0.1:{port}/{database}")
}

/// Connects. The connection closes when the client is dropped.
pub(super) async fn connect(port: u16) -> Result<Client, Error> {
    let url = url(port, "postgres");
    let (client, connection) = within_answer_max(tokio_postgres::connect(&url, NoTls)).await?;
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a connection to the embedded PostgreSQL ended");
        }
    });
    Ok(client)
}

/// Whether the server on this port is up and is the one that keeps its data there. Another
/// server may have taken the port, and would answer too.
pub(super) async fn answers(port: u16, data: &Path) -> bool {
    match ask_data_directory(port).await {
        Ok(Some(answer)) => Path::new(&answer).canonicalize().is_ok_and(|path| path == data),
        _ => false,
    }
}

/// Asks until the server answers.
pub(super) async fn until_it_answers(port: u16, data: &Path) {
    let mut pause = ASK_AGAIN_FIRST;
    while !answers(port, data).await {
        sleep(pause).await;
        pause = ASK_AGAIN_MAX.min(pause * 2);
    }
}

/// The server's own words, if it was the server that failed.
pub(super) fn reason(error: &tokio_postgres::Error) -> String {
    match error.as_db_error() {
        Some(error) => error.message().to_owned(),
        None => error.to_string(),
    }
}

async fn ask_data_directory(port: u16) -> Result<Option<String>, Error> {
    let client = connect(port).await?;
    let messages = within_answer_max(client.simple_query("SHOW data_directory")).await?;
    Ok(messages.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
        _ => None,
    }))
}

async fn within_answer_max<T>(question: impl Future<Output = Result<T, tokio_postgres::Error>>) -> Result<T, Error> {
    match timeout(ANSWER_MAX, question).await {
        Ok(answer) => answer.map_err(|error| {
            let reason = reason(&error);
            Error::embedded(format!("PostgreSQL did not answer: {reason}")).because(error)
        }),
        Err(_) => Err(Error::embedded(format!("PostgreSQL did not answer within {ANSWER_MAX:?}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_of_a_running_server_is_read() {
        let text = "4711\n/tmp/task-tower/data\n1700000000\n54321\n\n127.0.0.1\n 123 4\nready   \n";

        assert_eq!(parse(text), Some(Postmaster { process_id: 4711, port: 54321 }));
    }

    #[test]
    fn the_file_of_a_starting_server_tells_nothing_yet() {
        assert_eq!(parse(""), None);
        assert_eq!(parse("4711\n/tmp/task-tower/data\n"), None);
    }
}
