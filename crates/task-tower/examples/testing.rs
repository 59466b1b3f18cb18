//! Tests of a handler, without a database: each runs one job here and now, with what the test gives to it,
//! and gets the handler's own answer. In a project of yours each of these functions is a `#[tokio::test]`,
//! and `task-tower` stands among the dev-dependencies with the feature `testing`.
//!
//! Run it with `cargo run -p task-tower --example testing`.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use task_tower::testing::{self, InlineRun};
use task_tower::{Job, JobContext, JobError, Outcome, State};

#[derive(Serialize, Deserialize)]
struct SendWelcome {
    address: String,
}

impl Job for SendWelcome {
    const KIND: &'static str = "send_welcome_and_test_it";
}

async fn send_welcome(job: SendWelcome, State(mailer): State<Mailer>, run: JobContext) -> Result<(), JobError> {
    if !job.address.contains('@') {
        return Err(JobError::discard(format_args!("{:?} is no address", job.address)));
    }
    if mailer.is_busy {
        return Err(JobError::snooze(Duration::from_secs(60)));
    }
    mailer.sent.lock().expect("nobody panics while sending").push(format!("{} ({})", job.address, run.attempt()));
    Ok(())
}

/// In the application it sends; in tests it remembers.
#[derive(Clone, Default)]
struct Mailer {
    sent: Arc<Mutex<Vec<String>>>,
    is_busy: bool,
}

async fn a_welcome_is_sent_once() {
    let mailer = Mailer::default();

    let outcome = welcome("ada@example.org", &mailer).attempt(3).await.expect("the address is one");

    assert_eq!(outcome, Outcome::Done);
    assert_eq!(*mailer.sent.lock().expect("nobody panics while sending"), ["ada@example.org (3)"]);
}

async fn what_is_no_address_is_given_up() {
    let error = welcome("ada", &Mailer::default()).await.expect_err("this is no address");

    assert!(error.is_discard());
    assert_eq!(error.message(), "\"ada\" is no address");
}

async fn a_busy_mailer_is_asked_again() {
    let mailer = Mailer { is_busy: true, ..Mailer::default() };

    let error = welcome("ada@example.org", &mailer).await.expect_err("the mailer is busy");

    assert_eq!(error.snooze_delay(), Some(Duration::from_secs(60)));
    assert!(mailer.sent.lock().expect("nobody panics while sending").is_empty());
}

fn welcome(address: &str, mailer: &Mailer) -> InlineRun {
    testing::run(send_welcome, SendWelcome { address: address.to_owned() }).state(mailer.clone())
}

#[tokio::main]
async fn main() {
    a_welcome_is_sent_once().await;
    println!("a welcome is sent once");
    what_is_no_address_is_given_up().await;
    println!("what is no address is given up");
    a_busy_mailer_is_asked_again().await;
    println!("a busy mailer is asked again");
}
