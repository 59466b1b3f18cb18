//! The filter language: what is understood, what is refused and where, and that it reads back as the same.

use chrono::FixedOffset;
use task_tower::{FilterTerm, JobFilter, JobState, TERM_BYTES_MAX, TERMS_MAX};

#[test]
fn a_filter_is_written_in_one_way() {
    for (written, canonical) in [
        ("", ""),
        ("  state:dead,failed   queue:critical ", "state:dead,failed queue:critical"),
        ("-tag:beta kind:send_*", "-tag:beta kind:send_*"),
        ("queue:\"mail\"", "queue:mail"),
        ("queue:\"two words\"", "queue:\"two words\""),
        ("queue:two\" \"words", "queue:\"two words\""),
        ("queue:\"\"", "queue:\"\""),
        ("queue:\"a*\" queue:\"a\"*", "queue:\"a*\" queue:a*"),
        ("args.user.id:42 args.user.id:\"42\"", "args.user.id:42 args.user.id:\"42\""),
        ("args.\"a b\".\"c.d\":x", "args.\"a b\".\"c.d\":x"),
        ("\"a:b\" -\"-c\"", "\"a:b\" -\"-c\""),
        ("\"cafe\" cafe worker:\"7\" worker:7", "\"cafe\" cafe worker:\"7\" worker:7"),
        ("tag:\"say \\\"hi\\\" \\\\ x\"", "tag:\"say \\\"hi\\\" \\\\ x\""),
        ("created:\"2026-11-01 12:30\"", "created:\"2026-11-01 12:30Z\""),
        ("error:3f9a1c0b7e21,0123456789AB", "error:3f9a1c0b7e21,0123456789AB"),
        ("sort:created run:>=1h30m", "sort:created run:>=1h30m"),
    ] {
        let filter: JobFilter = written.parse().unwrap();

        assert_eq!(filter.to_string(), canonical, "{written}");
        assert_eq!(canonical.parse::<JobFilter>().unwrap(), filter, "{written}");
    }
}

#[test]
fn what_is_wrong_is_told_with_its_column() {
    let long = format!("tag:a {}", "x".repeat(TERM_BYTES_MAX + 1));
    let many = "tag:a ".repeat(TERMS_MAX + 1);
    for (text, column, said, suggestion) in [
        ("stat:dead", 1, "there is no key \"stat\"", Some("state")),
        ("tag:a  -queues:b", 9, "there is no key \"queues\"", Some("queue")),
        ("colour:red", 1, "there is no key \"colour\"", None),
        ("größe:x state:gone", 1, "there is no key \"größe\"", None),
        ("state.x:dead", 1, "there is no key \"state.x\"", Some("state")),
        ("State:dead", 1, "there is no key \"State\"", Some("state")),
        ("state:dead,faild", 12, "\"faild\" is not a state", Some("failed")),
        ("state:proc", 7, "\"proc\" is not a state", Some("processing")),
        ("state:dead*", 7, "\"dead\" is not a state", Some("dead")),
        ("queue:", 7, "there is no value", None),
        ("queue:a,,b", 7, "there is no value", None),
        ("-", 2, "there is no value", None),
        (":x", 1, "there is no key \"\"", None),
        ("args:42", 1, "args wants the name of a field", None),
        ("args.a..b:42", 1, "args wants the name of a field", None),
        ("tag:\"open", 5, "the quote is not closed", None),
        ("tag:\"a\\", 5, "the quote is not closed", None),
        ("tag:\"a\u{0}\"", 7, "there is a control character", None),
        ("attempts:many", 10, "\"many\" is not a number", None),
        ("priority:>", 10, "\">\" is not a number", None),
        ("attempts:..", 10, "\"..\" is not a number", None),
        ("priority:5..1", 10, "nothing is in \"5..1\": its ends are the wrong way round", None),
        ("run:1h..5m", 5, "nothing is in \"1h..5m\": its ends are the wrong way round", None),
        ("created:2h..1h", 9, "nothing is in \"2h..1h\": its ends are the wrong way round", None),
        ("created:2026-11-02..2026-11-01", 9, "nothing is in \"2026-11-02..2026-11-01\"", None),
        ("state:ded", 7, "\"ded\" is not a state", Some("dead")),
        ("attempts:99999999999999999999", 10, "\"99999999999999999999\" is not a number", None),
        ("created:2h", 9, "\"2h\" is not a time", None),
        ("created:2026-13-01", 9, "\"2026-13-01\" is not a time", None),
        ("created:0000-01-01", 9, "\"0000-01-01\" is not a time", None),
        ("finished:>yesterday", 10, "\">yesterday\" is not a time", None),
        ("run:>soon", 5, "\">soon\" is not a comparison", None),
        ("wait:>900000years", 6, "\">900000years\" is not a comparison", None),
        ("id:xyz", 4, "\"xyz\" is not an id", None),
        ("id:ab", 4, "\"ab\" is not an id", None),
        ("error:3f9a", 7, "\"3f9a\" is not an error group", None),
        ("error:3f9a1c0b7e21*", 7, "\"3f9a1c0b7e21\" is not an error group", None),
        ("eror:3f9a1c0b7e21", 1, "there is no key \"eror\"", Some("error")),
        ("sort:kind", 6, "\"kind\" is not an order", None),
        ("-sort:created", 1, "the sign belongs behind the colon", Some("sort:-created")),
        ("sort:created tag:a sort:-created", 20, "there can be one order only", None),
        (&long, 7, "a term of more than 256 bytes", None),
        (&many, 49, "more than 8 terms", None),
    ] {
        let error = text.parse::<JobFilter>().unwrap_err();

        assert_eq!((error.column(), error.suggestion()), (column, suggestion), "{text}: {error}");
        assert!(error.message().starts_with(said), "{text}: {error}");
    }
}

#[test]
fn an_error_becomes_one_of_the_library() {
    let error = task_tower::Error::from("stat:dead".parse::<JobFilter>().unwrap_err());

    assert!(error.is_invalid());
    assert_eq!(error.to_string(), "filter, column 1: there is no key \"stat\"; did you mean \"state\"?");
}

#[test]
fn terms_are_told_one_by_one_and_put_in_and_taken_out() {
    let filter: JobFilter = "state:dead,failed -tag:\"two words\",x* args.user.id:42 send".parse().unwrap();

    let told: Vec<_> =
        filter.terms().iter().map(|term| (term.key(), term.is_negated(), term.values(), term.text())).collect();
    let list = |values: &[&str]| values.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(told[0], ("state".to_owned(), false, list(&["dead", "failed"]), "state:dead,failed".to_owned()));
    assert_eq!(told[1], ("tag".to_owned(), true, list(&["two words", "x*"]), "-tag:\"two words\",x*".to_owned()));
    assert_eq!(told[2], ("args.user.id".to_owned(), false, list(&["42"]), "args.user.id:42".to_owned()));
    assert_eq!(told[3], (String::new(), false, list(&["send"]), "send".to_owned()));

    let tag = filter.terms()[1].clone();
    let without = filter.clone().without(&tag).without_key("args.user.id");
    assert_eq!(without.to_string(), "state:dead,failed send");
    assert_eq!(without.with(tag.clone()).with(tag).to_string(), "state:dead,failed send -tag:\"two words\",x*");
}

#[test]
fn another_order_takes_the_place_of_the_one_before() {
    let (newest, oldest): (FilterTerm, FilterTerm) =
        ("sort:-created".parse().unwrap(), "sort:created".parse().unwrap());

    let filter = JobFilter::new().with(newest).queue("mail").with(oldest);

    assert_eq!(filter.to_string(), "queue:mail sort:created");
}

#[test]
fn one_term_is_one_term() {
    for text in ["", "  ", "a b"] {
        assert!(text.parse::<FilterTerm>().is_err(), "{text}");
    }
}

#[test]
fn what_is_put_together_is_written_like_what_is_read() {
    let states = [JobState::Dead, JobState::Failed];
    let built = JobFilter::new().states(states).queue("a b").kind("x*").tag("say \"hi\"");

    assert_eq!(built.to_string(), "state:dead,failed queue:\"a b\" kind:\"x*\" tag:\"say \\\"hi\\\"\"");
    assert_eq!(built.to_string().parse::<JobFilter>().unwrap(), built);
}

#[test]
fn dates_are_those_of_the_readers_zone_and_are_written_so_that_anybody_can_read_them() {
    let zone = FixedOffset::east_opt(2 * 3600).unwrap();

    let filter = JobFilter::parse_in("created:>=2026-11-01 finished:2026-11-01..2026-11-02Z", &zone).unwrap();

    let written = "created:>=2026-11-01+02:00 finished:2026-11-01+02:00..2026-11-02Z";
    assert_eq!(filter.to_string(), written);
    assert_eq!(filter.text(), "created:>=2026-11-01 finished:2026-11-01..2026-11-03T01:59");
    assert_eq!(written.parse::<JobFilter>().unwrap(), filter);
    assert_ne!("created:>=2026-11-01 finished:2026-11-01..2026-11-02Z".parse::<JobFilter>().unwrap(), filter);
}

/// Pieces of which texts are made that people could write, and some that they would not.
const PIECES: [&str; 48] = [
    "state:",
    "queue:",
    "kind:",
    "tag:",
    "args.",
    "id:",
    "worker:",
    "attempts:",
    "priority:",
    "created:",
    "finished:",
    "run:",
    "wait:",
    "error:",
    "sort:",
    "dead",
    "failed",
    "-created",
    "mail",
    "a b",
    "user.id",
    "42",
    "true",
    "null",
    "-1.5e3",
    "0192f0c1",
    "3f9a1c0b7e21",
    ">=3",
    "<2h",
    "1..5",
    "2026-11-01",
    "T12:30",
    "+02:00",
    "..",
    "\"",
    "\\",
    ",",
    "*",
    "-",
    ":",
    ".",
    " ",
    " ",
    "größe",
    "🗼",
    "'",
    "%",
    ";--",
];

#[test]
fn whatever_is_read_reads_back_as_the_same() {
    let mut random = fastrand::Rng::with_seed(7);
    let zone = FixedOffset::west_opt(3 * 3600 + 1800).unwrap();
    let mut read = 0;
    for _ in 0..200_000 {
        let text: String = (0..random.usize(1..9)).map(|_| PIECES[random.usize(..PIECES.len())]).collect();
        let Ok(filter) = JobFilter::parse_in(&text, &zone) else { continue };
        let (canonical, shown) = (filter.to_string(), filter.text());

        assert_eq!(canonical.parse::<JobFilter>().as_ref(), Ok(&filter), "{text} as {canonical}");
        assert_eq!(JobFilter::parse_in(&canonical, &zone).unwrap().to_string(), canonical, "{text}");
        assert_eq!(JobFilter::parse_in(&shown, &zone).as_ref(), Ok(&filter), "{text} as {shown}");
        read += 1;
    }
    assert!(read > 10_000, "only {read} could be read");
}
