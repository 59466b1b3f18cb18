//! Kinds of jobs.

use axum::http::StatusCode;
use task_tower_ui::{Access, Scope, router};

use crate::browser::{Answer, Browser, Desk};
use crate::history::History;
use crate::support::TestBed;

fn has(page: &Answer, pieces: &[&str]) {
    let text = page.body.split_whitespace().collect::<Vec<_>>().join(" ");
    for piece in pieces {
        assert!(text.contains(piece), "{piece:?} is not on {text}");
    }
}

#[tokio::test]
async fn before_any_worker_there_is_no_kind() {
    let desk = Desk::new().await;

    has(&desk.browser.get("/kinds").await, &["No kind yet"]);
}

#[tokio::test]
async fn each_kind_is_listed_with_its_runs() {
    let history = History::new().await;

    for window in ["1h", "7d"] {
        let page = history.desk.browser.get(&format!("/kinds?window={window}")).await;

        has(
            &page,
            &[
                "href=\"kinds/charge_card\">charge_card</a>",
                "data-label=\"Runs\">7</td>",
                "data-label=\"Success\">42.8%</td>",
                "data-label=\"Dead\">3</td>",
                "href=\"kinds/resize%20%3Cimage%3E\">resize &#60;image&#62;</a>",
                "data-label=\"Success\">100%</td>",
            ],
        );
    }
}

/// The names on the page, in its order.
fn names(page: &Answer) -> Vec<String> {
    let links = page.attributes("href").into_iter();
    links.filter_map(|href| Some(href.strip_prefix("kinds/")?.to_owned())).collect()
}

async fn many(number: i32) -> Desk {
    let bed = TestBed::new().await;
    let desk = Desk::of(&bed.builder().build().await.unwrap());
    let sql = "INSERT INTO tower.kind (name, display_name)
               SELECT 'kind-' || lpad(number::text, 3, '0'), CASE number WHEN 7 THEN 'A Lucky One' END
               FROM generate_series(1, $1) AS number";
    bed.query(sql, &[&number]).await;
    desk
}

#[tokio::test]
async fn a_kind_is_told_twice_only_where_people_call_it_otherwise() {
    let desk = many(7).await;

    let (plain, named) = (desk.browser.get("/kinds/kind-001").await, desk.browser.get("/kinds/kind-007").await);

    assert!(plain.body.contains("<h1>kind-001</h1></div>"), "{}", plain.body);
    assert!(named.body.contains("<h1>A Lucky One</h1><p><code>kind-007</code></p></div>"), "{}", named.body);
}

#[tokio::test]
async fn many_kinds_are_walked_through_there_and_back_and_each_is_seen_once() {
    let desk = many(120).await;
    let (mut path, mut seen) = ("/kinds".to_owned(), Vec::new());
    let link = |page: &Answer, rel: &str| -> Option<String> {
        let (_, rest) = page.body.split_once(&format!("rel=\"{rel}\" href=\""))?;
        Some(format!("/{}", rest.split('"').next()?.replace("&#38;", "&")))
    };

    let last = loop {
        let page = desk.browser.get(&path).await;
        seen.extend(names(&page));
        match link(&page, "next") {
            Some(next) => path = next,
            None => break page,
        }
    };
    let back = desk.browser.get(&link(&last, "prev").unwrap()).await;

    assert_eq!((seen.len(), &*seen[0], &*seen[119]), (120, "kind-001", "kind-120"));
    assert!(seen.is_sorted());
    has(&last, &["20 of 120"]);
    assert_eq!(names(&back), seen[50..100]);
    assert!(link(&desk.browser.get("/kinds").await, "prev").is_none());
}

#[tokio::test]
async fn kinds_are_found_by_a_part_of_their_name_or_of_what_people_call_them() {
    let desk = many(20).await;

    let by_name = desk.browser.get("/kinds?q=KIND-01").await;
    let by_word = desk.browser.get("/kinds?q=lucky&window=24h&sort=dead").await;
    let none = desk.browser.get("/kinds?q=%3Cb%3E").await;

    assert_eq!(names(&by_name).len(), 10);
    assert_eq!(names(&by_word), ["kind-007"]);
    has(&by_word, &["name=\"window\" value=\"24h\"", "name=\"sort\" value=\"dead\"", "value=\"lucky\""]);
    has(&none, &["No kind has that in its name", "value=\"&#60;b&#62;\"", "href=\"kinds\">Show all</a>"]);
}

#[tokio::test]
async fn kinds_are_sorted_by_what_happened_to_them() {
    let history = History::new().await;
    let order = async |sort: &str| {
        let page = history.desk.browser.get(&format!("/kinds?sort={sort}")).await;
        (names(&page), page)
    };

    let (by_name, _) = order("name").await;
    let (by_dead, page) = order("dead").await;
    let (by_success, _) = order("success").await;

    assert_eq!(by_name, ["charge_card", "resize%20%3Cimage%3E"]);
    assert_eq!((&by_dead, &by_success), (&by_name, &by_name));
    has(
        &page,
        &["<td class=\"number \" data-label=\"Dead\">3</td>", "<td class=\"number muted\" data-label=\"Dead\">0</td>"],
    );
    has(&page, &["aria-sort=\"descending\"><a href=\"kinds?sort=dead\""]);
    for sort in ["runs", "failed", "dead", "success"] {
        history.bed.query("INSERT INTO tower.kind (name) VALUES ('a') ON CONFLICT DO NOTHING", &[]).await;

        assert_eq!(order(sort).await.0[0], "charge_card", "{sort}");
    }
}

#[tokio::test]
async fn a_kind_has_its_charts_its_heat_map_and_its_errors() {
    let history = History::new().await;

    let page = history.desk.browser.get("/kinds/charge_card?window=6h").await;

    has(
        &page,
        &[
            "<dt>Runs</dt><dd>7</dd>",
            "<span class=\"dead\">Dead <b>3</b></span>",
            "class=\"heat-",
            "no answer within &#60;n&#62; s",
            "href=\"../jobs?q=kind%3Acharge_card\"",
            "href=\"charge_card?window=24h\"",
            "<dt>Failed now</dt><dd><a href=\"../jobs?q=kind:charge_card%20state:failed\">1</a></dd>",
            "<dt>Dead now</dt><dd><a href=\"../jobs?q=kind:charge_card%20state:dead\">3</a></dd>",
        ],
    );
}

#[tokio::test]
async fn the_heat_map_of_a_kind_has_a_table_that_says_the_same() {
    let history = History::new().await;

    let page = history.desk.browser.get("/kinds/charge_card?window=6h").await;

    let map = page.body.split_once("id=\"times\"").unwrap().1.split_once("</section>").unwrap().0;
    let rows: Vec<&str> = map.split("<th scope=\"row\">").skip(1).collect();
    let number = |row: &&str| -> u64 {
        row.split_once("<td class=\"number\">").unwrap().1.split_once('<').unwrap().0.parse().unwrap()
    };
    assert_eq!(rows.iter().map(number).sum::<u64>(), 7);
    assert!(map.contains("<th scope=\"col\" class=\"number\">Runs</th>"), "{map}");
    let told = map.matches(" × ").count();
    assert!(told > 0 && told == map.matches("class=\"heat-").count(), "{map}");
}

#[tokio::test]
async fn a_kind_has_its_configuration_its_delays_and_its_attempts() {
    let history = History::new().await;

    let page = history.desk.browser.get("/kinds/charge_card").await;

    has(
        &page,
        &[
            "No living worker knows the kind; this is how the last ones ran it.",
            "<dt>Queue</dt><dd><a href=\"../queues/critical\" translate=\"no\">critical</a></dd>",
            "<dt>Priority</dt><dd>0</dd>",
            "<dt>Retries</dt><dd>10</dd>",
            "<dt>Back-off</dt><dd>standard</dd>",
            "<dt>Timeout</dt><dd>none</dd>",
            "<th scope=\"row\">1</th><td class=\"number\">17.0 s – 46.0 s</td><td class=\"number\">17.0 s – 46.0 s</td>",
            "<th scope=\"row\">2</th><td class=\"number\">32.0 s – 1 min 30 s</td><td class=\"number\">49.0 s – 2 min 16 s</td>",
            "class=\"solid failed\"",
            "data-chart=\"retries\"",
            "data-chart=\"spread\"",
            "<th scope=\"row\">1</th><td class=\"number\">3</td><td class=\"number\">3</td>",
        ],
    );
}

#[tokio::test]
async fn workers_that_differ_are_told_apart_by_their_versions() {
    let bed = TestBed::new().await;
    let desk = Desk::of(&bed.builder().build().await.unwrap());
    bed.query("INSERT INTO tower.kind (name) VALUES ('pay')", &[]).await;
    let sql = "INSERT INTO tower.worker (id, host, process_id, version, app_version, slots, kinds, queues, dead_after,
                                         ended_at, kind_setups)
               OVERRIDING SYSTEM VALUE
               SELECT number, 'jobs', 1, '0.1.0', 'v' || version, 4, '{pay}', '{}', '1 h',
                      CASE number WHEN 9 THEN now() END, jsonb_build_object('pay', setup::jsonb)
               FROM (VALUES (1, 1, '{\"queue\": \"old\", \"max_retries\": 3}'),
                            (2, 1, '{\"queue\": \"old\", \"max_retries\": 3}'),
                            (3, 2, '{\"queue\": \"<new>\", \"max_retries\": 1000, \"timeout_ms\": 90000, \"retry_policy\": \"custom\",
                                     \"unique\": {\"fields\": [\"user\"]}, \"interceptors\": {\"death\": [\"shop::Pager\"]}, \"later\": 1}'),
                            (9, 3, '{\"queue\": \"ended\"}')) AS told (number, version, setup)";
    bed.query(sql, &[]).await;

    let page = desk.browser.get("/kinds/pay").await;

    has(
        &page,
        &[
            "The living workers do not agree",
            "Version <code>v2</code>, workers <a href=\"../workers/3\">3</a></p>",
            "Version <code>v1</code>, workers <a href=\"../workers/1\">1</a>, <a href=\"../workers/2\">2</a></p>",
            "&#60;new&#62;",
            "<dd>1,000</dd>",
            "<dd>1 min 30 s</dd>",
            "a function of the program",
            "by <code>user</code>",
            "<dt>On death</dt><dd><code>shop::Pager</code></dd>",
        ],
    );
    assert!(!page.body.contains("ended</a>") && !page.body.contains("Delays before"), "{}", page.body);
}

#[tokio::test]
async fn who_sees_a_part_is_told_by_workers_in_sight_and_no_name_of_another_queue() {
    let bed = TestBed::new().await;
    let console = bed.builder().build().await.unwrap().console();
    bed.query("INSERT INTO tower.kind (name) VALUES ('pay')", &[]).await;
    let sql = "INSERT INTO tower.worker (id, host, process_id, version, slots, kinds, queues, dead_after, kind_setups)
               OVERRIDING SYSTEM VALUE
               SELECT number, 'jobs', 1, '0.1.0', 4, '{pay}', ARRAY[queue], '1 h',
                      jsonb_build_object('pay', jsonb_build_object('queue', 'vault', 'priority', number))
               FROM (VALUES (1, 'mail'), (2, 'vault')) AS told (number, queue)";
    bed.query(sql, &[]).await;
    let browser = Browser::new(router(console, Access::loopback().scope(Scope::all().queues(["mail"]))));

    let page = browser.get("/kinds/pay").await;
    let told = browser.get("/api/v1/kinds/pay").await;

    has(&page, &["<dt>Queue</dt><dd>–</dd>", "<dt>Priority</dt><dd>1</dd>"]);
    for answer in [page, told] {
        assert!(!answer.body.contains("vault") && !answer.body.contains("workers/2"), "{}", answer.body);
    }
}

#[tokio::test]
async fn a_kind_with_an_odd_name_has_its_page_and_its_jobs() {
    let history = History::new().await;

    let page = history.desk.browser.get("/kinds/resize%20%3Cimage%3E").await;

    has(&page, &["<dt>Runs</dt><dd>2</dd>", "jobs?q=kind%3A%22resize%20%3Cimage%3E%22", "No unresolved error"]);
}

#[tokio::test]
async fn a_kind_out_of_sight_or_unknown_is_not_there() {
    let history = History::new().await;
    let browser = history.browser(Access::loopback().scope(Scope::all().kinds(["resize*"])));

    let list = browser.get("/kinds").await;

    assert!(list.body.contains("resize") && !list.body.contains("charge_card"), "{}", list.body);
    for path in ["/kinds/charge_card", "/kinds/%3Cb%3E", "/kinds/a%00b"] {
        let page = browser.get(path).await;

        assert_eq!(page.status, StatusCode::NOT_FOUND);
        assert!(!page.body.contains("<b>"), "{}", page.body);
    }
}
