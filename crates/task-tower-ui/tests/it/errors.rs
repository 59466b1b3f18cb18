//! Groups of errors: which there are, and what can be said of them.

use axum::http::StatusCode;
use serde_json::Value;
use task_tower::{AuditFilter, ErrorFilter, ErrorStatus};
use task_tower_ui::{Access, Permission, Permissions, Scope};

use crate::browser::{Answer, Browser, Desk, from_this_machine};
use crate::history::History;

fn has(page: &Answer, pieces: &[&str]) {
    let text = page.body.split_whitespace().collect::<Vec<_>>().join(" ");
    for piece in pieces {
        assert!(text.contains(piece), "{piece:?} is not on {text}");
    }
}

/// The group of the error that three jobs have in common.
async fn common(history: &History) -> String {
    let groups = history.console().error_groups(&ErrorFilter::new()).await.unwrap().groups;
    groups.into_iter().find(|group| group.counts.hour == 3).unwrap().fingerprint
}

async fn count(history: &History, status: ErrorStatus) -> usize {
    history.console().error_groups(&ErrorFilter::new().status(status)).await.unwrap().groups.len()
}

#[tokio::test]
async fn where_nothing_failed_the_page_says_so() {
    let desk = Desk::new().await;

    for (status, words) in
        [("unresolved", "No unresolved error"), ("muted", "No muted error"), ("resolved", "No resolved error")]
    {
        has(&desk.browser.get(&format!("/errors?status={status}")).await, &[words]);
    }
}

#[tokio::test]
async fn failures_that_look_alike_are_one_row_with_its_numbers() {
    let history = History::new().await;
    let fingerprint = common(&history).await;

    let page = history.desk.browser.get("/errors").await;

    let within = |window: &str| format!("href=\"jobs?q=error%3A{fingerprint}%20created%3A%3C{window}\"");
    has(
        &page,
        &[
            "Unresolved 2</a>",
            "<code class=\"cut\">no answer within &#60;n&#62; s</code>",
            "2 dead, 1 retrying",
            "1 dead, 0 retrying",
            "aria-label=\"3 within 7 d\"",
            &within("1h"),
            &within("7d"),
        ],
    );
    assert!(!page.body.contains("<script>alert"), "{}", page.body);
}

#[tokio::test]
async fn a_row_opens_and_has_a_sample_its_facts_and_what_can_be_done() {
    let history = History::new().await;
    let fingerprint = common(&history).await;
    let browser = &history.desk.browser;

    let page = browser.get("/errors").await;

    let row = page.body.split(&format!("<tbody id=\"group-{fingerprint}\">")).nth(1).unwrap();
    let row = row.split("</tbody>").next().unwrap();
    for piece in [
        "<summary aria-label=\"What is known of Error\"",
        "<pre translate=\"no\">no answer within 3",
        ", attempt 1, ",
        "<dt>Version last seen</dt><dd>1.7.0</dd>",
        "<a href=\"queues/critical\">critical</a>",
        "Requeue 2 dead</a>",
        &format!("action=\"errors/{fingerprint}/mute\""),
    ] {
        assert!(row.contains(piece), "{piece:?} is not in {row}");
    }
    let answer = browser.post(&format!("/errors/{fingerprint}/mute"), "time=1h").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let muted = browser.get("/errors?status=muted").await;
    assert!(muted.body.contains(&format!("action=\"errors/{fingerprint}/unresolve\"")), "{}", muted.body);
}

#[tokio::test]
async fn a_row_shows_no_sample_of_a_queue_out_of_sight_and_no_button_that_may_not_be_pressed() {
    let history = History::new().await;
    let fingerprint = common(&history).await;
    let schema = history.bed.quoted();
    history.bed.execute(&format!("UPDATE {schema}.error_group SET queues = '{{critical,secret,images}}'")).await;
    history.bed.execute(&format!("UPDATE {schema}.history SET queue = 'secret' WHERE queue = 'critical'")).await;
    history.bed.execute(&format!("UPDATE {schema}.job SET queue = 'secret' WHERE queue = 'critical'")).await;
    let guest = history.browser(Access::loopback().read_only().scope(Scope::all().queues(["images"])));

    let page = guest.get("/errors").await;

    assert!(page.body.contains(&format!("group-{fingerprint}")), "{}", page.body);
    assert!(page.body.contains("The job it last happened to is not kept any more."));
    for hidden in ["no answer within 3", "secret", "critical", "<form method=\"post\" action=\"errors/"] {
        assert!(!page.body.contains(hidden), "{hidden} is in {}", page.body);
    }
}

#[tokio::test]
async fn the_box_narrows_the_list_down_and_stays_with_the_status() {
    let history = History::new().await;
    let browser = &history.desk.browser;

    let found = browser.get("/errors?status=unresolved&q=queue:critical+%22NO+answer%22").await;
    let none = browser.get("/errors?q=-kind:charge_card").await;

    has(&found, &["no answer within", "Unresolved 2</a>", "value=\"queue:critical &#34;NO answer&#34;\""]);
    has(&found, &["<b>queue:</b>critical<a href=\"errors?status=unresolved&#38;q=%22NO%20answer%22\""]);
    has(&found, &["<b></b>&#34;NO answer&#34;<a href=\"errors?status=unresolved&#38;q=queue:critical\""]);
    has(
        &found,
        &[
            "href=\"errors?status=muted&#38;q=queue:critical%20%22NO%20answer%22\"",
            "name=\"status\" value=\"unresolved\"",
        ],
    );
    assert!(!found.body.contains("alert(1)"), "{}", found.body);
    has(&none, &["No group of errors fits this filter", "href=\"errors\""]);
}

#[tokio::test]
async fn what_is_typed_becomes_a_chip_beside_those_that_are_there() {
    let history = History::new().await;
    let browser = &history.desk.browser;

    let added = browser.get("/errors?status=muted&q=queue:critical&add=+-timeout+queue:critical+").await;
    let wrong = browser.get("/errors?q=queue:critical&add=kinds:charge_card").await;
    let part = browser.get("/errors?q=kinds:charge_card+queue:critical+%22NO+answer%22").await;
    let many = browser.get("/errors?q=a1+a2+a3+a4+a5+a6+a7+a8&add=a9").await;

    assert_eq!(added.location(), "errors?status=muted&q=queue:critical%20-timeout");
    has(
        &wrong,
        &[
            "Column 1:",
            "<b>queue:</b>critical",
            "value=\"kinds:charge_card\"",
            "The groups of the other terms are shown.",
        ],
    );
    has(&wrong, &["href=\"errors?q=queue:critical%20kind:charge_card\""]);
    has(
        &part,
        &["<b>queue:</b>critical", "value=\"kinds:charge_card\"", "<b></b>&#34;NO answer&#34;", "no answer within"],
    );
    has(&many, &["more than 8 terms", "value=\"a9\""]);
}

#[tokio::test]
async fn what_groups_of_errors_have_is_suggested_as_far_as_it_is_seen() {
    let history = History::new().await;
    let schema = history.bed.quoted();
    let insert = format!(
        "INSERT INTO {schema}.error_group (fingerprint, kind, class, message, first_seen_at, last_seen_at, occurrences, sample_job, queues, first_version)
         VALUES ('0000000000a1', 'login', 'Refused', 'no entry', now(), now(), 1, {schema}.new_id(), '{{mail,secret}}', '2.0 beta')"
    );
    history.bed.execute(&insert).await;
    let guest = history.browser(Access::loopback().scope(Scope::all().queues(["mail"])));
    let told = async |browser: &Browser, q: &str| {
        let answer: Value =
            serde_json::from_str(&browser.get(&format!("/api/v1/suggest?of=errors&q={q}")).await.body).unwrap();
        answer["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["text"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };

    let browser = &history.desk.browser;
    assert_eq!(told(browser, "que").await, ["queue:"]);
    assert_eq!(told(browser, "").await, ["kind:", "queue:", "version:"]);
    assert_eq!(told(browser, "queue:mail,se").await, ["secret"]);
    assert_eq!(told(browser, "-version:2").await, ["\"2.0 beta\""]);
    assert_eq!(told(browser, "state:").await, [""; 0]);
    assert_eq!(
        (told(&guest, "queue:").await, told(&guest, "kind:").await),
        (vec!["mail".to_owned()], vec!["login".to_owned()])
    );
    assert_eq!(browser.get("/api/v1/suggest?of=queues").await.status, 400);
}

#[tokio::test]
async fn nobody_guesses_by_a_filter_what_is_hidden_of_a_message_or_of_the_queues() {
    let history = History::new().await;
    let schema = history.bed.quoted();
    let insert = format!(
        "INSERT INTO {schema}.error_group (
             fingerprint, kind, class, message, first_seen_at, last_seen_at, occurrences, sample_job, queues)
         VALUES ('0000000000a1', 'login', 'Refused', 'no entry for password=hunter', now(), now(), 1, {schema}.new_id(), '{{mail,secret}}')"
    );
    history.bed.execute(&insert).await;
    let guest = history.browser(Access::loopback().scope(Scope::all().queues(["mail"])));
    let browser = &history.desk.browser;

    for (q, is_found) in [("entry", true), ("hunter", false), ("-hunter", true), ("-entry", false)] {
        for path in ["/errors", "/api/v1/errors"] {
            let answer = browser.get(&format!("{path}?q={q}")).await;
            assert_eq!(answer.body.contains("0000000000a1"), is_found, "{path} {q}: {}", answer.body);
        }
    }
    for (q, is_found) in [("queue:mail", true), ("queue:secret", false), ("-queue:secret", true)] {
        let page = guest.get(&format!("/errors?q={q}")).await;
        assert_eq!(page.body.contains("0000000000a1"), is_found, "{q}: {}", page.body);
    }
}

#[tokio::test]
async fn of_a_filter_that_cannot_be_understood_the_rest_is_asked_for() {
    let history = History::new().await;

    let page = history.desk.browser.get("/errors?q=%3Cb%3E+kinds:charge_card").await;

    has(
        &page,
        &[
            "Column 1:",
            "there is no key &#34;kinds&#34;",
            "href=\"errors?q=%3Cb%3E%20kind:charge_card\"",
            "value=\"kinds:charge_card\"",
            "<b></b>&#60;b&#62;<a",
        ],
    );
    assert!(!page.body.contains("<b> kinds"), "{}", page.body);
}

#[tokio::test]
async fn a_group_shows_its_sample_and_what_can_be_done() {
    let history = History::new().await;
    let fingerprint = common(&history).await;

    let page = history.desk.browser.get(&format!("/errors/{fingerprint}")).await;

    has(
        &page,
        &[
            "<dt>Dead now</dt><dd>2</dd>",
            "<dt>Version first seen</dt><dd>1.7.0</dd>",
            "<dt>Version last seen</dt><dd>1.7.0</dd>",
            "<dt>Retrying now</dt><dd>1</dd>",
            "<dt>Queues</dt><dd><a href=\"../queues/critical\">critical</a></dd>",
            "<pre>no answer within 3",
            "Requeue 2 dead</a>",
            "Discard 1 retrying</a>",
            &format!("operations/new?action=requeue&#38;q=error%3A{fingerprint}%20state%3Adead"),
        ],
    );
}

#[tokio::test]
async fn a_job_tells_how_many_failed_like_it_and_leads_to_them_and_their_group() {
    let history = History::new().await;
    let fingerprint = common(&history).await;
    let console = history.console();
    let job_of = async |filter: &str| console.jobs(&filter.parse().unwrap()).await.unwrap().jobs.remove(0).id;
    let (one, single) = (job_of(&format!("error:{fingerprint}")).await, job_of("state:dead").await);
    let guest = history.browser(Access::loopback().scope(Scope::all().kinds(["charge*"])));

    let page = history.desk.browser.get(&format!("/jobs/{one}")).await;

    let (jobs, group) = (format!("../jobs?q=error:{fingerprint}"), format!("../errors/{fingerprint}"));
    has(
        &page,
        &[
            &format!("<a href=\"{jobs}\">3 failures like this</a>"),
            &format!("<a href=\"{group}\">Their error group</a>"),
        ],
    );
    assert_eq!(history.desk.browser.get(&jobs[2..]).await.attributes("data-row-id").len(), 3);
    assert_eq!(history.desk.browser.get(&group[2..]).await.status, StatusCode::OK);
    has(&guest.get(&format!("/jobs/{one}")).await, &["3 failures like this"]);
    has(&history.desk.browser.get(&format!("/jobs/{single}")).await, &["The only failure like this"]);
}

#[tokio::test]
async fn a_job_that_never_failed_tells_of_no_failures() {
    let history = History::new().await;
    let page = history.console().jobs(&"state:completed".parse().unwrap()).await.unwrap();

    let page = history.desk.browser.get(&format!("/jobs/{}", page.jobs[0].id)).await;

    assert!(!page.body.contains("failures like this") && !page.body.contains("error group"), "{}", page.body);
}

#[tokio::test]
async fn a_resolved_group_goes_and_comes_back() {
    let history = History::new().await;
    let fingerprint = common(&history).await;
    let browser = &history.desk.browser;

    let resolved = browser.post(&format!("/errors/{fingerprint}/resolve"), "").await;

    assert_eq!(
        (resolved.status, resolved.location()),
        (StatusCode::SEE_OTHER, &*format!("../{fingerprint}?done=resolve"))
    );
    assert_eq!(count(&history, ErrorStatus::Resolved).await, 1);
    let told = browser.get(&format!("/errors/{fingerprint}?done=resolve")).await;
    has(&told, &["data-toast=\"10\"", "Resolved.", "data-command=\"undo\">Undo</button>"]);
    has(&browser.get(&format!("/errors/{fingerprint}")).await, &["<dd>resolved by", "Unresolve"]);
    has(&browser.get("/errors?status=resolved").await, &[&fingerprint, "Resolved 1</a>", "Unresolved 1</a>"]);
    let audit = history.console().audit(&AuditFilter::new().action("resolve_errors")).await.unwrap();
    assert_eq!(audit[0].target, fingerprint);

    browser.post(&format!("/errors/{fingerprint}/unresolve"), "").await;

    assert_eq!(count(&history, ErrorStatus::Unresolved).await, 2);
    let page = browser.get(&format!("/errors/{fingerprint}?done=resolve")).await;
    assert!(!page.body.contains("data-toast"), "it says what is not so");
}

#[tokio::test]
async fn a_muted_group_stays_away_for_the_time_that_was_said() {
    let history = History::new().await;
    let fingerprint = common(&history).await;
    let browser = &history.desk.browser;
    let path = format!("/errors/{fingerprint}/mute");

    for refused in ["", "time=2000y"] {
        assert_eq!(browser.post(&path, refused).await.status, StatusCode::BAD_REQUEST, "{refused}");
    }
    let muted = browser.post(&path, "time=1d").await;

    assert_eq!(muted.status, StatusCode::SEE_OTHER);
    assert_eq!(count(&history, ErrorStatus::Muted).await, 1);
    has(&browser.get(&format!("/errors/{fingerprint}")).await, &["<dd>muted until"]);
}

#[tokio::test]
async fn a_group_is_muted_until_any_time_by_the_clock_of_the_reader() {
    let history = History::new().await;
    let fingerprint = common(&history).await;
    let browser = &history.desk.browser;
    let path = format!("/errors/{fingerprint}/mute");
    let request = from_this_machine("POST", &path).header("sec-fetch-site", "same-origin");
    let request = request.header("cookie", "task-tower-settings=zone=Asia/Tokyo");

    for refused in ["until=", "until=tomorrow", "until=2001-01-01T00%3A00", "until=2001-01-01T00%3A00&time=1d"] {
        assert_eq!(browser.post(&path, refused).await.status, StatusCode::BAD_REQUEST, "{refused}");
    }
    let pages = [browser.get(&format!("/errors/{fingerprint}")).await, browser.get("/errors").await];
    let muted = browser.send(request, "until=2191-03-04T08%3A30").await;

    for page in pages {
        let field =
            format!("<input id=\"until-{fingerprint}\" name=\"until\" type=\"datetime-local\" required value=\"20");
        has(&page, &["Until, in UTC</label>", &field]);
    }
    assert_eq!(muted.status, StatusCode::SEE_OTHER);
    let group = history.console().error_group(&fingerprint).await.unwrap().group;
    assert_eq!(group.muted_until.unwrap().to_rfc3339(), "2191-03-03T23:30:00+00:00");
    has(&browser.get(&format!("/errors/{fingerprint}?done=mute")).await, &["Muted until Mar 3 2191 23:30."]);
}

#[tokio::test]
async fn who_may_not_resolve_has_no_button_and_cannot_do_it() {
    let history = History::new().await;
    let fingerprint = common(&history).await;
    let few = Permissions::all().without(Permission::ResolveErrors).without(Permission::Requeue);

    for browser in
        [history.browser(Access::loopback().permissions(few)), history.browser(Access::loopback().read_only())]
    {
        let page = browser.get(&format!("/errors/{fingerprint}")).await;
        assert!(!page.body.contains("/resolve") && !page.body.contains("action=requeue"), "{}", page.body);

        let answer = browser.post(&format!("/errors/{fingerprint}/resolve"), "").await;

        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        assert_eq!(count(&history, ErrorStatus::Resolved).await, 0);
    }
}

#[tokio::test]
async fn a_group_out_of_sight_is_not_there() {
    let history = History::new().await;
    let fingerprint = common(&history).await;
    let browser = history.browser(Access::loopback().scope(Scope::all().queues(["images"])));

    let list = browser.get("/errors").await;
    let one = browser.get(&format!("/errors/{fingerprint}")).await;
    let resolved = browser.post(&format!("/errors/{fingerprint}/resolve"), "").await;

    assert!(!list.body.contains("no answer") && !list.body.contains("Unresolved 2"), "{}", list.body);
    assert_eq!((one.status, resolved.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
    assert_eq!(count(&history, ErrorStatus::Resolved).await, 0);
}

#[tokio::test]
async fn what_is_no_group_is_not_found() {
    let desk = Desk::new().await;

    for nonsense in ["000000000000", "%3Cb%3E", "a%00b"] {
        let page = desk.browser.get(&format!("/errors/{nonsense}")).await;

        assert!(matches!(page.status, StatusCode::NOT_FOUND | StatusCode::BAD_REQUEST), "{nonsense} {}", page.status);
        assert!(!page.body.contains("<b>000") && !page.body.contains("errors <b>"), "{}", page.body);
    }
}
