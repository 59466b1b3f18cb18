//! Rules about the days of the history: workers make them ahead, and drop old ones, once an hour.

use chrono::{Days, NaiveDate};

use crate::record::{Check, Sentence};
use crate::store::HistoryFacts;

const REMEDY: &str =
    "Let a worker run whose role owns the tables, and look for “could not prune the history” in its log";

pub(super) fn checks(history: &HistoryFacts) -> Vec<Check> {
    vec![ahead(history), outside(history)]
}

/// Workers make three days ahead. Two are there in any case if one of them has looked within the day.
fn ahead(history: &HistoryFacts) -> Check {
    let has = |days: u64| history.last_day >= history.today.checked_add_days(Days::new(days));
    let told = |text: &'static str| days(Sentence::from(text), history);
    match (has(2), has(1)) {
        (true, _) => {
            Check::passed("history", "The history is kept in order", told("It has days from {first} to {last}."))
        }
        (false, true) => {
            let why = told("Its last day is {last}. For a day, no worker has made new ones or dropped old ones.");
            Check::warning("history", "The history is not kept in order", why).remedy(REMEDY)
        }
        (false, false) => {
            let why = told("Its last day is {last}. What ends later cannot be dropped by the day.");
            Check::problem("history", "Tomorrow has no place in the history", why).remedy(REMEDY)
        }
    }
}

fn days(sentence: Sentence, history: &HistoryFacts) -> Sentence {
    let date = |day: Option<NaiveDate>| day.map_or("?".to_owned(), |day| day.to_string());
    sentence.name("first", date(history.first_day)).name("last", date(history.last_day))
}

fn outside(history: &HistoryFacts) -> Check {
    if history.outside == 0 {
        let why = "No job ended on a day without a place.";
        return Check::passed("history_outside", "Every ended job has its day", why);
    }
    let why = Sentence::plural(
        history.outside,
        "{number} job ended on a day that had no place. It is deleted by the row.",
        "{number} jobs or more ended on days that had no place. They are deleted by the row.",
    );
    Check::warning("history_outside", "Ended jobs lie outside of their days", why).remedy(REMEDY)
}
