//! Expressions, zones, and the change of the clock, by example.

use chrono::{DateTime, Utc};
use task_tower::{ClockChange, Recurrence};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// The next times after an instant, as the clock of the zone shows them.
fn local(expression: &str, zone: &str, after: &str, count: usize) -> Vec<String> {
    let recurrence = Recurrence::new(expression, zone).unwrap();
    recurrence.upcoming(at(after)).take(count).map(|run| run.local().format("%m-%d %H:%M:%S").to_string()).collect()
}

fn instants(expression: &str, zone: &str, after: &str, count: usize) -> Vec<String> {
    let recurrence = Recurrence::new(expression, zone).unwrap();
    recurrence.upcoming(at(after)).take(count).map(|run| run.at().format("%m-%d %H:%M").to_string()).collect()
}

#[test]
fn five_fields_are_minutes_and_six_have_seconds_before_them() {
    assert_eq!(local("30 2 * * *", "UTC", "2026-05-01T00:00:00Z", 2), ["05-01 02:30:00", "05-02 02:30:00"]);
    assert_eq!(local("15 30 2 * * *", "UTC", "2026-05-01T00:00:00Z", 2), ["05-01 02:30:15", "05-02 02:30:15"]);
    assert_eq!(
        local("*/20 * * * * *", "UTC", "2026-05-01T00:00:00.7Z", 3),
        ["05-01 00:00:20", "05-01 00:00:40", "05-01 00:01:00"]
    );
}

#[test]
fn a_word_with_an_at_sign_stands_for_an_expression() {
    for (word, expression) in [
        ("@yearly", "0 0 1 1 *"),
        ("@annually", "0 0 1 1 *"),
        ("@monthly", "0 0 1 * *"),
        ("@weekly", "0 0 * * 0"),
        ("@daily", "0 0 * * *"),
        ("@Midnight", "0 0 * * *"),
        (" @hourly ", "0 * * * *"),
    ] {
        let after = "2026-05-01T00:30:00Z";
        assert_eq!(local(word, "UTC", after, 5), local(expression, "UTC", after, 5), "{word}");
    }
}

#[test]
fn the_last_day_of_a_month_is_called_l() {
    let expected = ["01-31 00:00:00", "02-28 00:00:00", "03-31 00:00:00"];

    assert_eq!(local("0 0 L * *", "UTC", "2026-01-01T00:00:00Z", 3), expected);
    assert_eq!(local("0 9 * * 5L", "UTC", "2026-01-01T00:00:00Z", 2), ["01-30 09:00:00", "02-27 09:00:00"]);
    assert_eq!(local("0 9 * * MON#2", "UTC", "2026-01-01T00:00:00Z", 1), ["01-12 09:00:00"]);
    assert_eq!(local("0 9 15W * *", "UTC", "2026-02-01T00:00:00Z", 1), ["02-16 09:00:00"]);
}

#[test]
fn names_ranges_lists_and_steps_mean_what_cron_says() {
    assert_eq!(
        local("0 6-22/8 * jan-feb mon,SAT", "UTC", "2026-01-02T00:00:00Z", 4),
        ["01-03 06:00:00", "01-03 14:00:00", "01-03 22:00:00", "01-05 06:00:00"]
    );
    // Either of the days suffices.
    assert_eq!(
        local("0 0 13 * 5", "UTC", "2026-01-01T00:00:00Z", 3),
        ["01-02 00:00:00", "01-09 00:00:00", "01-13 00:00:00"]
    );
}

#[test]
fn intervals_are_counted_from_the_beginning_of_1970() {
    let quarters = ["05-01 00:15:00", "05-01 00:30:00", "05-01 00:45:00"];
    for text in ["every 15 minutes", "Every 15m", "PT15M", "pt900s", "every 10 min 5 min"] {
        assert_eq!(local(text, "Europe/Berlin", "2026-04-30T22:07:00Z", 3), quarters, "{text}");
    }
    assert_eq!(instants("P1DT12H", "UTC", "2026-05-01T07:00:00Z", 2), ["05-02 12:00", "05-04 00:00"]);
    assert_eq!(instants("every second", "UTC", "2026-05-01T00:00:59.2Z", 1), ["05-01 00:01"]);
    assert_eq!(instants("every 2 weeks", "UTC", "2026-05-01T00:00:00Z", 1), ["05-07 00:00"]);
}

#[test]
fn a_fixed_time_that_is_left_out_runs_once_right_after_it() {
    // On March 29th, the clock of Berlin goes from 1:59 to 3:00.
    let before = "2026-03-28T12:00:00Z";
    let expected = ["03-29 03:00:00", "03-30 02:30:00"];

    assert_eq!(local("30 2 * * *", "Europe/Berlin", before, 2), expected);
    assert_eq!(local("0,30 2 * * *", "Europe/Berlin", before, 2), ["03-29 03:00:00", "03-30 02:00:00"]);
    assert_eq!(
        local("0 2,14 * * *", "Europe/Berlin", before, 3),
        ["03-28 14:00:00", "03-29 03:00:00", "03-29 14:00:00"]
    );
    assert_eq!(local("*/5 2 * * *", "Europe/Berlin", before, 2), ["03-29 03:00:00", "03-30 02:00:00"]);
    assert_eq!(local("30 2,3 * * *", "Europe/Berlin", before, 2), ["03-29 03:00:00", "03-29 03:30:00"]);
    // What falls right behind it anyway does not run twice.
    assert_eq!(local("0 2,3 * * *", "Europe/Berlin", before, 2), ["03-29 03:00:00", "03-30 02:00:00"]);
    let change = Recurrence::new("30 2 * * *", "Europe/Berlin").unwrap().upcoming(at(before)).next().unwrap().change();
    assert_eq!(change, Some(ClockChange::LeftOut("2026-03-29T02:30:00".parse().unwrap())));
}

#[test]
fn a_day_that_is_left_out_is_made_up_for() {
    // On the Samoan islands there was no December 30th in 2011.
    let noon = local("0 12 * * *", "Pacific/Apia", "2011-12-29T00:00:00Z", 4);

    assert_eq!(noon, ["12-29 12:00:00", "12-31 00:00:00", "12-31 12:00:00", "01-01 12:00:00"]);
}

#[test]
fn a_fixed_time_that_comes_twice_runs_in_the_first_of_them() {
    // On October 25th, the clock of Berlin goes from 2:59 back to 2:00.
    let before = "2026-10-24T12:00:00Z";

    assert_eq!(instants("30 2 * * *", "Europe/Berlin", before, 2), ["10-25 00:30", "10-26 01:30"]);
    assert_eq!(instants("0 2,14 * * *", "Europe/Berlin", before, 3), ["10-25 00:00", "10-25 13:00", "10-26 01:00"]);
    let between = "2026-10-25T00:45:00Z";
    assert_eq!(instants("30 2 * * *", "Europe/Berlin", between, 1), ["10-26 01:30"], "also from within it");
    let change = Recurrence::new("30 2 * * *", "Europe/Berlin").unwrap().upcoming(at(before)).next().unwrap().change();
    assert_eq!(change, Some(ClockChange::OnlyFirst));
}

#[test]
fn what_has_a_star_goes_on_as_time_does() {
    let half_hours = ["10-25 00:00", "10-25 00:30", "10-25 01:00", "10-25 01:30", "10-25 02:00"];
    let before = "2026-10-24T23:45:00Z";

    assert_eq!(instants("*/30 * * * *", "Europe/Berlin", before, 5), half_hours);
    assert_eq!(instants("0,30 * * * *", "Europe/Berlin", before, 5), half_hours);
    assert_eq!(instants("*/30 1-3 * * *", "Europe/Berlin", before, 5), half_hours);
    // The hour that is left out does not hold it up, nor is it made up for.
    assert_eq!(instants("*/30 * * * *", "Europe/Berlin", "2026-03-29T00:45:00Z", 2), ["03-29 01:00", "03-29 01:30"]);
    assert_eq!(local("0 */2 * * *", "Europe/Berlin", "2026-03-28T23:30:00Z", 2), ["03-29 04:00:00", "03-29 06:00:00"]);
}

#[test]
fn intervals_follow_the_time_that_passes() {
    let spring = instants("every 1 hour", "Europe/Berlin", "2026-03-28T23:30:00Z", 4);
    let autumn = instants("every 1 hour", "Europe/Berlin", "2026-10-24T23:30:00Z", 4);

    assert_eq!(spring, ["03-29 00:00", "03-29 01:00", "03-29 02:00", "03-29 03:00"]);
    assert_eq!(autumn, ["10-25 00:00", "10-25 01:00", "10-25 02:00", "10-25 03:00"]);
}

#[test]
fn an_expression_is_told_in_words() {
    for (expression, words) in [
        ("30 2 * * *", "At 02:30"),
        ("*/5 * * * *", "Every 5 minutes"),
        ("0 6-22/2 * * 1-6", "At minute 0, of hour 6, 8, … 22, on Monday to Saturday"),
        ("every 15 minutes", "Every 15 minutes"),
        ("every 60 seconds", "Every minute"),
        ("PT1H30M", "Every 1 hour 30 minutes"),
        ("every 1 week", "Every 7 days"),
    ] {
        assert_eq!(Recurrence::new(expression, "UTC").unwrap().words(), words, "{expression}");
    }
}
