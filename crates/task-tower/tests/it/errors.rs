//! What becomes of the errors of handlers: every error converts, and the job keeps the message with the
//! chain of causes, or the report with its backtrace.

use std::error::Error as StdError;
use std::fmt;
use std::process::Command;

use serde::{Deserialize, Serialize};
use task_tower::{Failure, Job, JobError, JobState, KindConfig, TowerBuilder};

use crate::support::house::House;

#[derive(Clone, Debug, Serialize, Deserialize)]
struct SendMail;

impl Job for SendMail {
    const KIND: &'static str = "send_mail";
}

/// An error as a program writes them: with a cause, which has one, too.
#[derive(Debug)]
struct MailError(ServerError);

#[derive(Debug)]
struct ServerError(std::num::ParseIntError);

impl fmt::Display for MailError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("the mail was not sent")
    }
}

impl fmt::Display for ServerError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("the server does not answer")
    }
}

impl StdError for MailError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&self.0)
    }
}

impl StdError for ServerError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&self.0)
    }
}

fn mail_error() -> MailError {
    MailError(ServerError("two".parse::<u8>().unwrap_err()))
}

const CAUSES: &str = "caused by: the server does not answer\ncaused by: invalid digit found in string\n";

fn once(config: KindConfig) -> KindConfig {
    config.max_retry_count(0)
}

/// The only failure of the job, when it is dead of it.
async fn failure(handler: impl FnOnce(TowerBuilder) -> TowerBuilder) -> Failure {
    let house = House::new(handler).await;
    let job = house.until(SendMail, JobState::Dead).await;
    house.stop().await;
    assert_eq!(job.events.len(), 1, "{:?}", job.events);
    job.events[0].error.clone().unwrap()
}

#[track_caller]
fn assert_failed(failure: &Failure, message: &str, details: Option<&str>) {
    assert_eq!((failure.kind.as_str(), failure.message.as_str()), ("error", message));
    assert_eq!(failure.details.as_deref(), details);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_of_the_programs_own_is_kept_with_the_chain_of_its_causes() {
    let failure = failure(|builder| builder.job_with(async |_: SendMail| Err::<(), _>(mail_error()), once)).await;

    assert_failed(&failure, "the mail was not sent", Some(CAUSES));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_mark_turns_every_error_into_a_job_error() {
    async fn send(_: SendMail) -> Result<(), JobError> {
        Err(mail_error())?;
        Ok(())
    }

    let failure = failure(|builder| builder.job_with(send, once)).await;

    assert_failed(&failure, "the mail was not sent", Some(CAUSES));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_boxed_error_keeps_its_causes() {
    async fn send(_: SendMail) -> Result<(), Box<dyn StdError + Send + Sync>> {
        Err(mail_error())?;
        Ok(())
    }
    async fn send_on(job: SendMail) -> Result<(), JobError> {
        Ok(send(job).await?)
    }

    for failure in [
        failure(|builder| builder.job_with(send, once)).await,
        failure(|builder| builder.job_with(send_on, once)).await,
    ] {
        assert_failed(&failure, "the mail was not sent", Some(CAUSES));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_is_an_error_too() {
    let send = async |_: SendMail| Err::<(), _>(format!("no mail on {}s", "Sunday"));

    let failure = failure(|builder| builder.job_with(send, once)).await;

    assert_failed(&failure, "no mail on Sundays", None);
}

async fn fail_by_anyhow(_: SendMail) -> anyhow::Result<()> {
    let sent: Result<(), MailError> = Err(mail_error());
    anyhow::Context::context(sent, "could not welcome Ana")
}

async fn fail_by_eyre(_: SendMail) -> eyre::Result<()> {
    let sent: Result<(), MailError> = Err(mail_error());
    eyre::WrapErr::wrap_err(sent, "could not welcome Ana")
}

/// Each as the handler's own error, and by a question mark.
async fn failures_by_reports() -> [Failure; 4] {
    let by_anyhow = async |job: SendMail| Ok::<_, JobError>(fail_by_anyhow(job).await?);
    let by_eyre = async |job: SendMail| Ok::<_, JobError>(fail_by_eyre(job).await?);
    [
        failure(|builder| builder.job_with(fail_by_anyhow, once)).await,
        failure(|builder| builder.job_with(by_anyhow, once)).await,
        failure(|builder| builder.job_with(fail_by_eyre, once)).await,
        failure(|builder| builder.job_with(by_eyre, once)).await,
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn reports_of_anyhow_and_eyre_are_kept_with_every_cause() {
    for failure in failures_by_reports().await {
        assert_eq!((failure.kind.as_str(), failure.message.as_str()), ("error", "could not welcome Ana"));
        let details = failure.details.unwrap();
        let causes = details.split_once("\n\n").map_or(details.as_str(), |(causes, _backtrace)| causes);
        let words: Vec<&str> = causes.lines().map(|line| line.trim_start_matches([' ', '0', '1', '2', ':'])).collect();
        let expected =
            ["Caused by", "the mail was not sent", "the server does not answer", "invalid digit found in string"];
        assert_eq!(words.iter().map(|line| line.trim_end_matches(':')).collect::<Vec<_>>(), expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_of_several_lines_is_not_told_twice() {
    let send = async |_: SendMail| Err::<(), _>(anyhow::anyhow!("first line\nsecond line").context("one\ntwo"));

    let failure = failure(|builder| builder.job_with(send, once)).await;

    assert_eq!(failure.message, "one\ntwo");
    let details = failure.details.unwrap();
    assert!(details.starts_with("Caused by:") && details.contains("second line"), "{details}");
}

#[test]
fn the_display_of_a_job_error_is_its_message_and_its_debug_says_what_follows() {
    let error = JobError::new("no luck");
    let discarded = JobError::discard(42);

    assert_eq!((error.to_string(), format!("{error:?}")), ("no luck".to_owned(), "Retry: no luck".to_owned()));
    assert_eq!((discarded.to_string(), format!("{discarded:?}")), ("42".to_owned(), "Discard: 42".to_owned()));
    assert_eq!(JobError::from(mail_error()).to_string(), "the mail was not sent");
}

/// An error whose message and causes are all longer than what is kept.
#[derive(Debug)]
struct Endless(Option<Box<Endless>>);

impl fmt::Display for Endless {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        (0..10_000).try_for_each(|_| out.write_str("no luck, "))
    }
}

impl StdError for Endless {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.as_deref().map(|cause| cause as &(dyn StdError + 'static))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn message_and_details_are_cut_at_16_kib_and_say_so() {
    let endless = || Endless(Some(Box::new(Endless(None))));
    let by_source = async move |_: SendMail| Err::<(), _>(endless());
    let by_report = async move |_: SendMail| Err::<(), _>(anyhow::Error::new(endless()));
    let by_panic = async move |_: SendMail| -> Result<(), JobError> { panic!("{}", endless()) };

    for failure in [
        failure(|builder| builder.job_with(by_source, once)).await,
        failure(|builder| builder.job_with(by_report, once)).await,
        failure(|builder| builder.job_with(by_panic, once)).await,
    ] {
        let details = (failure.kind != "panic").then(|| failure.details.unwrap());
        for text in [Some(failure.message), details].into_iter().flatten() {
            assert!(text.ends_with(" … (cut)") && text.len() <= 16 * 1024 + 12, "{} bytes", text.len());
            assert!(text.len() > 16_000, "{} bytes", text.len());
        }
    }
}

fn deep_inside() -> anyhow::Error {
    anyhow::anyhow!("no luck")
}

fn panic_deep_inside() {
    panic!("out of luck");
}

/// Runs the test of this name in a process of its own, with and without backtraces.
fn in_a_child(test: &str, backtrace: &str) {
    let test = format!("{}::{test}", module_path!().split_once("::").unwrap().1);
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args([&test, "--exact", "--ignored", "--nocapture"]).env("RUST_BACKTRACE", backtrace);
    let output = child.env_remove("RUST_LIB_BACKTRACE").env("TASK_TOWER_TEST_URL", crate::support::server()).output();
    let output = output.unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

#[test]
fn a_backtrace_is_kept_where_the_environment_asks_for_it() {
    in_a_child("with_backtraces", "1");
    in_a_child("without_backtraces", "0");
}

async fn failures_deep_inside() -> [Failure; 2] {
    let by_error = async |_: SendMail| Err::<(), _>(deep_inside());
    let by_panic = async |_: SendMail| -> Result<(), JobError> {
        panic_deep_inside();
        Ok(())
    };
    [
        failure(|builder| builder.job_with(by_error, once)).await,
        failure(|builder| builder.job_with(by_panic, once)).await,
    ]
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "runs in a process of its own, by a_backtrace_is_kept_where_the_environment_asks_for_it"]
async fn with_backtraces() {
    let [error, panic] = failures_deep_inside().await;

    assert_eq!((error.kind.as_str(), error.message.as_str()), ("error", "no luck"));
    assert_eq!((panic.kind.as_str(), panic.message.as_str()), ("panic", "out of luck"));
    let (error, panic) = (error.details.unwrap(), panic.details.unwrap());
    assert!(error.starts_with("Stack backtrace:") && error.contains("errors::deep_inside"), "{error}");
    let (place, backtrace) = panic.split_once('\n').unwrap();
    assert!(place.contains("errors.rs:") && backtrace.contains("errors::panic_deep_inside"), "{panic}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "runs in a process of its own, by a_backtrace_is_kept_where_the_environment_asks_for_it"]
async fn without_backtraces() {
    let [error, panic] = failures_deep_inside().await;

    assert_eq!(error.details, None);
    let place = panic.details.unwrap();
    assert!(place.contains("errors.rs:") && place.lines().count() == 1, "{place}");
}
