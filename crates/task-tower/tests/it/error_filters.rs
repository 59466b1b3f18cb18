//! Filters of groups of errors: what they find, and what is refused.

use task_tower::{Console, ErrorFilter, ErrorStatus, TERMS_MAX};

use crate::support::TestBed;

/// Three groups, named by their classes.
async fn console(bed: &TestBed) -> Console {
    let console = bed.builder().build().await.unwrap().console();
    bed.query(
        "INSERT INTO tower.error_group (
             fingerprint, kind, class, message, first_seen_at, last_seen_at, first_version, occurrences, sample_job, queues)
         VALUES ('0000000000a1', 'charge_card', 'Gateway', 'no answer within <n> s', now(), now(), '1.7', 1, tower.new_id(),
                 '{critical,low}'),
                ('0000000000b2', 'charge%card', 'Refused', '100% of C:\\_ are taken', now(), now() - interval '1 h', NULL, 1,
                 tower.new_id(), '{low}'),
                ('0000000000c3', 'resize', 'TooLarge', 'GATEWAY refused', now(), now() - interval '2 h', '1.8', 1, tower.new_id(),
                 '{}')",
        &[],
    )
    .await;
    console
}

async fn found(console: &Console, filter: ErrorFilter) -> Vec<String> {
    console.error_groups(&filter).await.unwrap().groups.into_iter().map(|group| group.class).collect()
}

#[tokio::test]
async fn a_filter_finds_the_groups_that_fit_all_its_terms() {
    let bed = TestBed::new().await;
    let console = console(&bed).await;
    let all = console.error_groups(&ErrorFilter::new()).await.unwrap().groups;

    for (text, expected) in [
        ("", &["Gateway", "Refused", "TooLarge"][..]),
        ("kind:charge_card", &["Gateway"]),
        ("kind:charge*", &["Gateway", "Refused"]),
        ("kind:charge%*", &["Refused"]),
        ("kind:\"charge%card\",resize", &["Refused", "TooLarge"]),
        ("queue:low", &["Gateway", "Refused"]),
        ("-queue:critical", &["Refused", "TooLarge"]),
        ("queue:low -kind:charge_card", &["Refused"]),
        ("version:1.7", &["Gateway"]),
        ("version:1.*", &["Gateway", "TooLarge"]),
        ("-version:\"\"", &["Gateway", "TooLarge"]),
        ("gateway", &["Gateway", "TooLarge"]),
        ("gateway refused", &["TooLarge"]),
        ("\"no answer\"", &["Gateway"]),
        ("100% \"C:\\\\_\"", &["Refused"]),
        ("100_", &[]),
        ("0b2", &["Refused"]),
        ("-a1,b2", &["TooLarge"]),
    ] {
        let filter: ErrorFilter = text.parse().unwrap();

        let fit: Vec<&str> = all.iter().filter(|group| filter.fits(group)).map(|group| &*group.class).collect();
        assert_eq!(fit, expected, "{text}");
        assert_eq!(found(&console, filter).await, expected, "{text}");
    }
    let fewer: ErrorFilter = "taken -queue:low kind:resize".parse().unwrap();
    assert_eq!(found(&console, fewer.without_key("").without_key("queue")).await, ["TooLarge"]);
    let by_methods = ErrorFilter::new().kind("charge_card").version("1.7");
    assert_eq!(found(&console, by_methods).await, ["Gateway"]);
}

#[tokio::test]
async fn the_numbers_are_of_the_groups_that_fit_whatever_their_status() {
    let bed = TestBed::new().await;
    let console = console(&bed).await;
    console.resolve_errors(&["0000000000a1", "0000000000c3"]).await.unwrap();
    let filter: ErrorFilter = "queue:low".parse().unwrap();

    let page = console.error_groups(&filter.status(ErrorStatus::Unresolved)).await.unwrap();

    assert_eq!((page.groups.len(), page.unresolved, page.muted, page.resolved), (1, 1, 0, 1));
}

#[test]
fn what_is_wrong_is_told_with_its_column() {
    let many = "a ".repeat(TERMS_MAX + 1);
    for (text, column, said, suggestion) in [
        ("state:dead", 1, "there is no key \"state\"", None),
        ("x -kinds:a", 4, "there is no key \"kinds\"", Some("kind")),
        ("Version:1", 1, "there is no key \"Version\"", Some("version")),
        ("queue.a:b", 1, "there is no key \"queue.a\"", None),
        ("kind:", 6, "there is no value", None),
        ("\"open", 1, "the quote is not closed", None),
        ("a\u{0}", 2, "there is a control character", None),
        (&many, 17, "more than 8 terms", None),
    ] {
        let error = text.parse::<ErrorFilter>().unwrap_err();

        assert!(error.message().contains(said), "{text}: {error}");
        assert_eq!((error.column(), error.suggestion()), (column, suggestion), "{text}");
    }
}
