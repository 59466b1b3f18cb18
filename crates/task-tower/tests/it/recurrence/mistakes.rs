//! What is wrong with an expression or a zone is told with its place.

use proptest::prelude::*;
use task_tower::Recurrence;

/// The column, and what is said.
fn fault(expression: &str) -> (usize, String) {
    let error = Recurrence::new(expression, "UTC").unwrap_err();
    (error.column(), error.message().to_owned())
}

#[test]
fn a_mistake_is_pointed_at() {
    for (expression, column, message) in [
        ("60 * * * *", 1, "minute 60 is not within 0 to 59"),
        ("0 24 * * *", 3, "hour 24 is not within 0 to 23"),
        ("0  0 32 * *", 6, "day of the month 32 is not within 1 to 31"),
        ("0 0 * 13 *", 7, "month 13 is not within 1 to 12"),
        ("0 0 * * 8", 9, "day of the week 8 is not within 0 to 7"),
        ("0 0 * * FRY", 9, "\"FRY\" is not a day of the week: SUN, MON, TUE, WED, THU, FRI, SAT"),
        ("0 0 1,15,x * *", 10, "\"x\" cannot stand in a day of the month"),
        ("0 1x * * *", 4, "\"x\" cannot stand in a hour"),
        ("0 9-5 * * *", 3, "the range 9-5 ends before it begins"),
        ("0 9- * * *", 5, "a hour is wanted here"),
        ("0,,5 * * * *", 3, "a minute is wanted here"),
        ("*/0 * * * *", 3, "step 0 is not within 1 to 59"),
        ("*/x * * * *", 3, "\"x\" is not a step: a number is wanted"),
        ("5/10 * * * *", 1, "a step needs a range before it: 5-59/10"),
        ("0 0 ü * *", 5, "\"ü\" cannot stand here"),
        ("* * * *", 8, "these are 4 fields; cron has five, or six with seconds"),
        ("* * * * * * *", 13, "these are 7 fields; cron has five, or six with seconds"),
        ("nightly", 8, "this is 1 field; cron has five, or six with seconds"),
        ("0 0 30 2 *", 1, "this never comes"),
        ("", 1, "the expression is empty"),
        ("0 0 \u{7} * *", 5, "there is a control character"),
        ("every 5 fortnights", 9, "\"fortnights\" is no unit: seconds, minutes, hours, days or weeks"),
        ("every month", 7, "months and years differ in length: use cron, such as \"0 0 1 * *\""),
        ("every 0 seconds", 1, "an interval is one second at least"),
        ("every 367 days", 1, "an interval is 366 days at most"),
        ("every 5", 8, "a unit is wanted here: seconds, minutes, hours, days or weeks"),
        ("PT15", 5, "a unit is wanted here: H, M or S"),
        ("P15M", 4, "a unit is wanted here: W or D, or a T before hours"),
        ("PT", 3, "a number is wanted here, as in PT15M or P1D"),
    ] {
        assert_eq!(fault(expression), (column, message.to_owned()), "{expression}");
    }
    let error = Recurrence::new("0 24 * * *", "UTC").unwrap_err();
    assert_eq!(error.pointed().unwrap(), "0 24 * * *\n  ^");
    assert_eq!(error.to_string(), "column 3: hour 24 is not within 0 to 23\n    0 24 * * *\n      ^");
}

#[test]
fn a_word_with_an_at_sign_suggests_the_nearest() {
    let error = Recurrence::new("@dayly", "UTC").unwrap_err();

    assert_eq!((error.column(), error.suggestion()), (1, Some("@daily")));
}

#[test]
fn an_unknown_zone_suggests_the_nearest() {
    for (name, meant) in [
        ("Europe/Berln", Some("Europe/Berlin")),
        ("europe/berlin", Some("Europe/Berlin")),
        ("Berlin", Some("Europe/Berlin")),
        ("New York", Some("America/New_York")),
        ("Atlantis", None),
        ("", None),
    ] {
        let error = Recurrence::new("@daily", name).unwrap_err();

        assert_eq!(error.suggestion(), meant, "{name}");
        assert!(error.is_of_zone() && error.message().starts_with("there is no time zone \""), "{error}");
    }
}

#[test]
fn what_is_too_long_is_refused_and_cut_where_it_is_shown() {
    let error = Recurrence::new(&"1,".repeat(500), "UTC").unwrap_err();

    assert_eq!(error.message(), "the expression has 1000 bytes, at most 200 are allowed");
    assert!(error.to_string().len() < 400);
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused_with_a_place_in_it(text in "[ -~]{0,30}|([*0-9LW#?/,@-]{1,5} ){3,6}[*0-9a-zL#?/,-]{1,5}|(every|P)[ 0-9a-zT]{0,12}") {
        match Recurrence::new(&text, "Europe/London") {
            Ok(recurrence) => prop_assert!(!recurrence.words().is_empty()),
            Err(error) => {
                prop_assert!((1..=text.chars().count() + 1).contains(&error.column()), "{error}");
                // What passes our own look at the fields, croner understands.
                prop_assert!(!error.message().contains("attern"), "{error}");
                prop_assert!(!error.message().contains("Component"), "{error}");
            }
        }
    }
}
