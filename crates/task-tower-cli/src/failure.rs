//! How a failure is told: what could not be done, why, and what may help.

use anyhow::Error;

use crate::output::note;

pub(crate) fn report(error: &Error) {
    note(format_args!("error: {error}"));
    let mut told = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        // Some causes are told by the message above them already.
        if !told.contains(&cause) {
            note(format_args!("  because: {cause}"));
            told = cause;
        }
    }
    if let Some(hint) = error.downcast_ref::<task_tower::Error>().and_then(hint) {
        note(format_args!("hint: {hint}"));
    }
}

fn hint(error: &task_tower::Error) -> Option<&'static str> {
    if error.is_unavailable() {
        return Some(
            "check that PostgreSQL runs there, and the database, user and password. --database-url or DATABASE_URL says \
             where it is; `task-tower postgres` starts a private one.",
        );
    }
    error.is_not_found().then(|| match error.to_string().starts_with("recurring job") {
        true => "`task-tower recurring list` shows what recurs.",
        false => "`task-tower jobs list` shows the jobs that there are.",
    })
}
