//! Whether a person means it. Where much would be changed, or anything deleted, they type the number of jobs.

use std::io::BufRead;

use anyhow::{Context, Result};
use task_tower::{Action, Count};
use tokio::sync::oneshot;

use super::preview::say;
use crate::output::note;

/// From this many jobs on, a yes is not enough: as on the dashboard.
const TYPED_FROM: u64 = 1_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Yes,
    No,
}

/// Asks on standard error, and reads a line of standard input; its end is a no.
pub(super) async fn ask(action: &Action, eligible: Count) -> Result<Answer> {
    let number = number(action, eligible);
    let word = action.as_str();
    match number {
        Some(number) => note(format_args!("To {word} {} jobs, type {number}:", say(eligible))),
        None => note(format_args!("To {word} {}, type yes:", jobs(eligible.number()))),
    }
    // A thread that nobody waits for: who stops the program need not press a key first.
    let (tell, told) = oneshot::channel();
    std::thread::spawn(move || tell.send(line()));
    Ok(judge(&told.await.context("could not read the answer")??, number))
}

fn line() -> Result<String> {
    let mut typed = String::new();
    std::io::stdin().lock().read_line(&mut typed).context("could not read the answer")?;
    Ok(typed)
}

fn jobs(number: u64) -> String {
    if number == 1 { "1 job".to_owned() } else { format!("{number} jobs") }
}

/// What is to be typed, if it is.
fn number(action: &Action, eligible: Count) -> Option<u64> {
    let is_grave = *action == Action::Delete || eligible.number() > TYPED_FROM;
    is_grave.then_some(eligible.number())
}

/// Jobs come and go while a person types: within a tenth is near enough.
fn judge(typed: &str, number: Option<u64>) -> Answer {
    let typed = typed.trim().replace([',', ' '], "");
    let is_yes = match number {
        Some(number) => typed.parse::<u64>().is_ok_and(|typed| typed > 0 && typed.abs_diff(number) <= number / 10),
        None => matches!(typed.to_lowercase().as_str(), "y" | "yes"),
    };
    if is_yes { Answer::Yes } else { Answer::No }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_jobs_and_deletions_want_their_number_and_others_a_yes() {
        assert_eq!(number(&Action::Requeue, Count::Exact(1_000)), None);
        assert_eq!(number(&Action::Requeue, Count::Exact(1_001)), Some(1_001));
        assert_eq!(number(&Action::Delete, Count::Exact(1)), Some(1));
    }

    #[test]
    fn a_number_is_near_enough_within_a_tenth_and_nothing_is_a_no() {
        for (typed, number, expected) in [
            ("yes\n", None, Answer::Yes),
            ("Y", None, Answer::Yes),
            ("", None, Answer::No),
            ("38", None, Answer::No),
            ("4,813\n", Some(4_793), Answer::Yes),
            ("5,300", Some(4_793), Answer::No),
            ("yes", Some(4_793), Answer::No),
            ("0", Some(1), Answer::No),
            ("1", Some(1), Answer::Yes),
        ] {
            assert_eq!(judge(typed, number), expected, "{typed:?} for {number:?}");
        }
    }
}
