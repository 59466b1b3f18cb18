//! The filter box, its chips, and what is wrong with a filter.

use axum::http::StatusCode;

use super::{ids, link, listed, texts};
use crate::browser::{Desk, welcome};
use crate::support::TestBed;

/// What the chips say.
fn chips(page: &crate::browser::Answer) -> Vec<String> {
    let pieces = page.body.split("<span class=\"chip").skip(1);
    let said = pieces.map(|piece| piece.split_once("<b>").unwrap().1.split("<a ").next().unwrap().replace("</b>", ""));
    said.collect()
}

#[tokio::test]
async fn jobs_are_found_by_what_the_filter_says() {
    let desk = Desk::new().await;
    let mail = desk.client.enqueue(welcome("ana")).to_queue("mail").await.unwrap();
    let vip = desk.client.enqueue(welcome("bea")).tags(["vip"]).await.unwrap();
    let later = desk.client.schedule(welcome("cas")).in_hours(1).await.unwrap();
    let gone = desk.client.enqueue(welcome("dan")).to_queue("mail").await.unwrap();
    desk.console.cancel(gone, None).await.unwrap();

    let expectations = [
        ("/jobs", ids(&[gone, later, vip, mail])),
        ("/jobs?q=state:enqueued", ids(&[vip, mail])),
        ("/jobs?q=-state:enqueued", ids(&[gone, later])),
        ("/jobs?q=queue:mail+state:cancelled", ids(&[gone])),
        ("/jobs?q=tag:vip", ids(&[vip])),
        ("/jobs?q=args.user:bea,cas", ids(&[later, vip])),
        ("/jobs?q=welcome+sort:created", ids(&[mail, vip, later, gone])),
        ("/jobs?q=kind:other", ids(&[])),
    ];

    for (path, expected) in expectations {
        assert_eq!(listed(&desk.browser.get(path).await), expected, "{path}");
    }
}

#[tokio::test]
async fn each_term_is_a_chip_that_can_be_taken_away() {
    let desk = Desk::new().await;
    let mail = desk.client.enqueue(welcome("ana")).to_queue("mail").tags(["beta"]).await.unwrap();

    let page = desk.browser.get("/jobs?q=queue:mail+-tag:beta&cols=run").await;
    let without = desk.browser.get(&link(&page, "Remove -tag:beta")).await;

    assert_eq!(chips(&page), ["queue:mail", "-tag:beta"]);
    assert_eq!(page.body.matches("<span class=\"chip negated\"").count(), 1);
    assert_eq!((chips(&without), listed(&without)), (vec!["queue:mail".to_owned()], ids(&[mail])));
    assert!(without.body.contains("name=\"cols\" value=\"run\""), "{}", without.body);
}

#[tokio::test]
async fn what_is_typed_is_added_and_the_address_is_written_in_one_way() {
    let desk = Desk::new().await;

    let answer = desk.browser.get("/jobs?q=queue%3Amail&cols=run&add=++tag%3A%22two+words%22++state%3Adead+").await;

    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.location(), "jobs?q=queue:mail%20tag:%22two%20words%22%20state:dead&cols=run");
    let page = desk.browser.follow("/jobs?q=queue:mail&add=tag:a%2Cb").await;
    assert_eq!(chips(&page), ["queue:mail", "tag:a,b"]);
}

#[tokio::test]
async fn old_addresses_lead_to_the_same_jobs() {
    let desk = Desk::new().await;
    let mail = desk.client.enqueue(welcome("ana")).to_queue("mail & more").tags(["a b"]).await.unwrap();

    let page = desk.browser.follow("/jobs?queue=%20mail%20%26%20more&state=enqueued&kind=&tag=a%20b").await;
    let id = desk.browser.get(&format!("/jobs?q=%20{mail}%20")).await;

    assert_eq!(chips(&page), ["state:enqueued", "queue:&#34;mail &#38; more&#34;", "tag:&#34;a b&#34;"]);
    assert_eq!(listed(&page), ids(&[mail]));
    assert_eq!(id.location(), format!("jobs/{mail}"));
}

#[tokio::test]
async fn what_cannot_be_read_is_said_with_its_column_and_a_way_out() {
    let desk = Desk::new().await;
    let mail = desk.client.enqueue(welcome("ana")).to_queue("mail").await.unwrap();
    desk.client.enqueue(welcome("ana")).await.unwrap();

    let page = desk.browser.get("/jobs?q=queue:mail&add=tag:x+stat:enqueued").await;
    let meant = desk.browser.get(&link(&page, "state").replace("tag:x%20", "")).await;

    assert_eq!((chips(&page), listed(&page)), (vec!["queue:mail".to_owned()], ids(&[mail])));
    assert!(page.body.contains("value=\"tag:x stat:enqueued\""), "{}", page.body);
    assert!(page.body.contains("Column 7:") && page.body.contains("there is no key"), "{}", page.body);
    assert!(page.body.contains("The list shows what the chips ask for."), "{}", page.body);
    assert_eq!(chips(&meant), ["queue:mail", "state:enqueued"]);
}

/// What is listed is more than was meant.
#[tokio::test]
async fn while_a_filter_cannot_be_read_nothing_is_offered_for_all_that_match() {
    let desk = Desk::new().await;
    desk.client.enqueue(welcome("ana")).to_queue("mail").await.unwrap();

    let good = desk.browser.get("/jobs?q=queue:mail").await;
    let mistaken = desk.browser.get("/jobs?q=queue:mail+stat:dead").await;

    assert!(good.body.contains("operations/new?action=delete"), "{}", good.body);
    assert!(!mistaken.body.contains("operations/new"), "{}", mistaken.body);
    assert!(mistaken.body.contains("Pick jobs to act on them."), "{}", mistaken.body);
}

#[tokio::test]
async fn of_an_address_that_cannot_be_read_the_good_part_is_shown() {
    let desk = Desk::new().await;
    let mail = desk.client.enqueue(welcome("ana")).to_queue("mail").tags(["x"]).await.unwrap();
    let other = desk.client.enqueue(welcome("bea")).to_queue("mail").await.unwrap();

    let good = desk.browser.get("/jobs?q=queue:mail+state:lost+tag:x").await;
    let nothing = desk.browser.get("/jobs?state=lost").await;

    assert_eq!((chips(&good), listed(&good)), (vec!["queue:mail".to_owned(), "tag:x".to_owned()], ids(&[mail])));
    assert!(good.body.contains("value=\"state:lost\"") && good.body.contains("Column 7:"), "{}", good.body);
    assert_eq!(listed(&nothing), ids(&[other, mail]));
    assert!(nothing.body.contains("The list shows all jobs."), "{}", nothing.body);
}

#[tokio::test]
async fn hostile_filters_are_only_text() {
    let desk = Desk::new().await;
    let hostile =
        ["%3Cscript%3Ealert(1)%3C/script%3E", "%22%3E%3Cu%3E", "a%01b", "tag:%0Ax", "%F0%9F%92%A9:1", "-", ":", "%22"];

    for text in hostile {
        for path in
            [format!("/jobs?q={text}"), format!("/jobs?q=queue:mail&add=x:{text}"), format!("/jobs?cols={text}")]
        {
            let page = desk.browser.get(&path).await;

            assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.body);
            assert!(!page.body.contains("<script>alert") && !page.body.contains("\"><u>"), "{path}: {}", page.body);
        }
    }
}

#[tokio::test]
async fn the_dates_of_a_filter_are_in_the_zone_of_the_reader() {
    let desk = Desk::new().await;
    let request = crate::browser::from_this_machine("GET", "/jobs?add=created:2026-11-24")
        .header("cookie", "task-tower-settings=zone=Asia/Kolkata");

    let answer = desk.browser.send(request, "").await;

    assert_eq!(answer.location(), "jobs?q=created:2026-11-24%2B05:30");
}

/// The page of a reader in that zone.
async fn page_in(zone: &str, desk: &Desk, path: &str) -> crate::browser::Answer {
    let cookie = format!("task-tower-settings=zone={zone}");
    desk.browser.send(crate::browser::from_this_machine("GET", path).header("cookie", cookie), "").await
}

#[tokio::test]
async fn a_date_of_the_other_half_of_the_year_is_read_by_the_clocks_of_then() {
    let desk = Desk::new().await;

    for (typed, meant) in [
        ("2026-01-15", "2026-01-15+01:00"),
        ("2026-07-15", "2026-07-15+02:00"),
        (">2026-03-28", ">2026-03-28+01:00"),
        (">2026-03-29", ">2026-03-29+02:00"),
        ("2026-01-15..2026-07-15", "2026-01-15+01:00..2026-07-15+02:00"),
        // A day of 23 hours, and one of 25.
        ("2026-03-29", "2026-03-29+01:00..2026-03-29+02:00"),
        ("2026-10-25", "2026-10-25+02:00..2026-10-25+01:00"),
        // What clocks leave out, and what they show twice.
        (">=2026-03-29T02:30", ">=2026-03-29T02:30+01:00"),
        (">=2026-10-25T02:30", ">=2026-10-25T02:30+02:00"),
        (">=2026-10-25T02:30+01:00", ">=2026-10-25T02:30+01:00"),
    ] {
        let typed = typed.replace('+', "%2B").replace('>', "%3E");
        let answer = page_in("Europe/Berlin", &desk, &format!("/jobs?add=created:{typed}")).await;
        let link = answer.location().replace("%2B", "+").replace("%3E", ">").replace("%3D", "=");

        assert_eq!(link, format!("jobs?q=created:{meant}"), "{typed}");
    }
}

#[tokio::test]
async fn chips_are_by_the_clocks_of_who_reads_them() {
    let desk = Desk::new().await;

    for (zone, q, shown) in [
        ("Europe/Berlin", "2026-07-15%2B02:00", "created:2026-07-15"),
        ("Europe/Berlin", "2026-10-25%2B02:00..2026-10-25%2B01:00", "created:2026-10-25..2026-10-25"),
        ("Europe/Berlin", "2026-10-25T02:30%2B01:00", "created:2026-10-25T02:30+01:00"),
        ("Asia/Tokyo", "2026-07-15%2B02:00", "created:2026-07-15T07:00..2026-07-16T06:59"),
        ("UTC", "%3E=2026-07-15%2B02:00", "created:&#62;=2026-07-14T22:00"),
    ] {
        let page = page_in(zone, &desk, &format!("/jobs?q=created:{q}")).await;

        assert_eq!(chips(&page), [shown], "{q} in {zone}");
    }
}

#[tokio::test]
async fn a_day_at_which_clocks_change_has_all_of_its_jobs_and_no_other() {
    let bed = TestBed::new().await;
    let desk = Desk::of(&bed.builder().build().await.unwrap());
    for at in ["2026-10-24 21:59:00Z", "2026-10-24 22:00:00Z", "2026-10-25 22:59:00Z", "2026-10-25 23:00:00Z"] {
        let schema = bed.quoted();
        let sql = "INSERT INTO {schema}.job (id, kind, created_at, run_at) VALUES ({schema}.first_id('{at}'), 'night', '{at}', '{at}')";
        bed.execute(&sql.replace("{schema}", &schema).replace("{at}", at)).await;
    }

    let page = page_in("Europe/Berlin", &desk, "/jobs?q=created:2026-10-25").await;

    assert_eq!(listed(&page).len(), 2);
}

#[tokio::test]
async fn values_that_are_hidden_cannot_be_looked_for() {
    let desk = Desk::new().await;

    for q in ["args.password:x*", "-args.user.apiToken:1", "args.%22pass.word%22:x", "args.secret.deep:1"] {
        let answer = desk.browser.get(&format!("/jobs?q={q}")).await;

        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{q}");
    }
    assert_eq!(desk.browser.get("/jobs?q=args.user:x*").await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_tabs_count_what_the_filter_finds_and_keep_it() {
    let desk = Desk::new().await;
    let mails = (0..12).map(|number| welcome(&number.to_string()));
    desk.client.enqueue_all(mails).to_queue("a&b").await.unwrap();
    let later = desk.client.schedule(welcome("later")).to_queue("a&b").in_hours(1).await.unwrap();
    desk.client.enqueue(welcome("other")).await.unwrap();

    let page = desk.browser.get("/jobs?q=queue:a%26b+state:dead").await;
    let scheduled = desk.browser.get(&link(&page, "Scheduled")).await;

    assert_eq!(texts(&page, "class=\"count\">"), ["13", "1", "12", "0", "0", "0", "0", "0"]);
    assert_eq!((chips(&scheduled).len(), listed(&scheduled)), (2, ids(&[later])));
    assert!(scheduled.body.contains("aria-current=\"true\"><svg"), "{}", scheduled.body);
}

#[tokio::test]
async fn a_list_that_is_one_page_is_its_own_count() {
    let bed = TestBed::new().await;
    let desk = Desk::of(&bed.builder().build().await.unwrap());
    desk.client.enqueue_all((0..3).map(|number| welcome(&number.to_string()))).await.unwrap();
    // That it runs, no worker tells, whose numbers are taken where there are more jobs than one page.
    bed.query("UPDATE tower.job SET state = 1, attempt = 1 WHERE id = (SELECT id FROM tower.job LIMIT 1)", &[]).await;

    let page = desk.browser.get("/jobs").await;

    assert_eq!(texts(&page, "class=\"count\">"), ["3", "0", "2", "1", "0", "0", "0", "0"]);
}

#[tokio::test]
async fn more_than_ten_thousand_are_not_counted_further() {
    let desk = Desk::new().await;
    desk.client.enqueue_all((0..10_050).map(|_| welcome("ana"))).await.unwrap();

    let page = desk.browser.get("/jobs?q=tag:none+-state:dead").await;
    let all = desk.browser.get("/jobs?q=queue:default").await;

    assert_eq!(texts(&page, "class=\"count\">")[0], "0");
    assert!(
        all.body.contains("class=\"count\">10,000+<") && all.body.contains("Newest 50 of 10,000+."),
        "{}",
        all.body
    );
}

#[tokio::test]
async fn an_empty_list_names_the_term_that_is_to_blame() {
    let desk = Desk::new().await;
    desk.client.enqueue_all((0..3).map(|_| welcome("ana"))).to_queue("mail").await.unwrap();
    desk.client.enqueue(welcome("bea")).tags(["vip"]).await.unwrap();

    let page = desk.browser.get("/jobs?q=queue:mail+tag:vip+state:enqueued").await;
    let dropped = desk.browser.get(&link(&page, "Drop tag:vip")).await;

    assert!(page.body.contains("No job matches <code>queue:mail tag:vip state:enqueued</code>"), "{}", page.body);
    assert!(page.body.contains("Without tag:vip, 3 would."), "{}", page.body);
    assert_eq!((chips(&dropped), listed(&dropped).len()), (vec!["queue:mail".into(), "state:enqueued".into()], 3));
    let hopeless = desk.browser.get("/jobs?q=queue:no+tag:vip+state:dead+kind:no").await;
    assert!(!hopeless.body.contains("Drop ") && hopeless.body.contains("Clear filter"), "{}", hopeless.body);
}

#[tokio::test]
async fn a_search_that_takes_too_long_says_so_and_keeps_the_filter() {
    let bed = TestBed::new().await;
    let desk = Desk::of(&bed.builder().build().await.unwrap());
    // A view in the place of the live jobs that takes a minute to read.
    let sql = "ALTER TABLE {schema}.job RENAME TO hidden;
         CREATE VIEW {schema}.job AS SELECT * FROM {schema}.hidden, LATERAL (SELECT pg_sleep(60) IS NULL) AS sleep (slept)
         UNION ALL SELECT hidden.*, true FROM (SELECT pg_sleep(60)) AS sleep LEFT JOIN {schema}.hidden ON true";
    bed.execute(&sql.replace("{schema}", &bed.quoted())).await;

    let page = desk.browser.get("/jobs?q=queue:mail+tag:x&all=1").await;

    assert_eq!(listed(&page), ids(&[]));
    assert!(page.body.contains("The search was stopped after 2 s."), "{}", page.body);
    assert_eq!(chips(&page), ["queue:mail", "tag:x"]);
    assert_eq!(link(&page, "Search the newest only"), "/jobs?q=queue:mail%20tag:x");
}
