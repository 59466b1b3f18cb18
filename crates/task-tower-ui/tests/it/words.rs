//! Every word of a page comes from the messages: in the pseudo-locale, nothing is left in plain letters.

use axum::Extension;
use axum::http::StatusCode;
use task_tower::{Actor, ErrorFilter, Job, JobError, JobState, RecurringDraft, ViewDraft};
use task_tower_ui::{Access, Locale, router};

use crate::browser::Browser;
use crate::support::{TestBed, in_state, until};

/// A job without a letter in its name or its data.
#[derive(serde::Serialize, serde::Deserialize)]
struct Wordless;

impl Job for Wordless {
    const KIND: &'static str = "111";
}

async fn fails(_job: Wordless) -> Result<(), JobError> {
    Err(JobError::new("222"))
}

const ATTRIBUTES: [&str; 4] = ["aria-label", "title", "placeholder", "alt"];

/// Data and names that have letters and are nobody's to translate.
const NAMES: [&str; 7] = ["UTC", "error", "program", "Error", "p50", "p95", "p99"];

/// What people read or hear on a page, but for what is marked as not to be translated.
fn words(html: &str) -> Vec<String> {
    let mut words = Vec::new();
    // The element whose words are not looked at, and those of its name inside it.
    let mut skipped: Vec<String> = Vec::new();
    for piece in html.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').unwrap();
        let name = tag.trim_start_matches('/').split([' ', '\n']).next().unwrap();
        match (tag.starts_with('/'), skipped.last().is_some_and(|last| last == name)) {
            (true, true) => drop(skipped.pop()),
            (false, true) => skipped.push(name.to_owned()),
            (false, false) if skipped.is_empty() && is_data(tag, name) => skipped.push(name.to_owned()),
            _ => {}
        }
        words.extend(skipped.is_empty().then(|| text.trim().to_owned()));
        words.extend(ATTRIBUTES.iter().filter_map(|attribute| value(tag, attribute)));
    }
    words
}

fn is_data(tag: &str, name: &str) -> bool {
    tag.contains("translate=\"no\"") || name == "code" || name == "pre"
}

fn value(tag: &str, attribute: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {attribute}=\""))?;
    Some(rest.split('"').next().unwrap().to_owned())
}

fn is_plain(words: &str) -> bool {
    let mut rest = words.replace("&#60;", "").replace("&#62;", "").replace("&#38;", "").replace("&#34;", "");
    for name in NAMES {
        rest = rest.replace(name, "");
    }
    rest.chars().any(|letter| letter.is_ascii_alphabetic())
}

#[tokio::test]
async fn no_word_of_any_page_is_outside_the_messages() {
    let bed = TestBed::new().await;
    let tower = bed.builder().job(fails).queues(["444"]).build().await.unwrap();
    let (client, console) = (tower.client(), tower.console());
    let browser = Browser::new(router(tower.console(), Access::loopback()).layer(Extension(Locale::Pseudo)));
    let viewer = Browser::new(router(tower.console(), Access::loopback().read_only()).layer(Extension(Locale::Pseudo)));
    let empty = [
        browser.get("/jobs").await,
        browser.get("/queues").await,
        browser.get("/queues/999").await,
        browser.get("/workers").await,
        browser.get("/doctor").await,
        browser.get("/overview").await,
        browser.get("/batches").await,
        browser.get("/recurring").await,
    ];
    let dead = client.enqueue(Wordless).to_queue("444").max_retries(0).tags(["555"]).await.unwrap();
    let retrying = client.enqueue(Wordless).to_queue("444").max_retries(5).await.unwrap();
    let later = client.schedule(Wordless).to_queue("444").in_hours(30).unique_key("666").await.unwrap();
    let running = tower.start().unwrap();
    in_state(&console, dead, JobState::Dead).await;
    in_state(&console, retrying, JobState::Failed).await;
    let groups = async || console.error_groups(&ErrorFilter::new()).await.unwrap().groups;
    until("the error is counted", async || !groups().await.is_empty()).await;
    let group = groups().await[0].fingerprint.clone();
    until("starts are counted", async || console.doctor().await.unwrap().start_latency.is_some()).await;
    console.pause_queue("444", Some("777")).await.unwrap();
    let paused = console.pause_queues(&["888".to_owned(), "999".to_owned()], None).await.unwrap().entry.unwrap();
    console.resume_queue("888").await.unwrap();

    let log = "INSERT INTO tower.log (job_id, lease, number, attempt, at, level, target, message)
               SELECT id, lease, number, attempt, now(), 3, '333', '999' FROM tower.history, generate_series(1, 150) AS number";
    bed.query(log, &[]).await;
    let progress = "INSERT INTO tower.progress (job_id, lease, attempt, done, total, text)
                    SELECT id, lease, attempt, 1, 2, '888' FROM tower.history";
    bed.query(progress, &[]).await;

    let batch = client.open_batch("888").on_finished(Wordless).on_death(Wordless).await.unwrap();
    let chain = batch.add(Wordless).to_queue("444").then(Wordless).to_queue("444").await.unwrap();
    let unnamed = batch.open_batch("").await.unwrap();
    unnamed.close().await.unwrap();

    let third = client.schedule(Wordless).to_queue("444").in_hours(30).await.unwrap();
    let operation = console.cancel_all(&[third, dead], None).await.unwrap().operation.unwrap();

    let worker = console.workers().await.unwrap()[0].id;
    for form in ["name=222&q=state%3Adead", "name=333&q=state%3Adead&shared=1"] {
        assert_eq!(browser.post("/views", form).await.status, StatusCode::SEE_OTHER);
    }
    let view = ViewDraft::new("666", &"state:dead".parse().unwrap()).shared(true);
    console.acting(Actor::new("777")).save_view(&view).await.unwrap();

    for (name, expression) in [("1111", "30 2 * * *"), ("2222", "every 15 minutes"), ("3333", "0 0 1 1 *")] {
        let draft = RecurringDraft {
            name: name.to_owned(),
            kind: "111".to_owned(),
            expression: expression.to_owned(),
            queue: Some("444".to_owned()),
            zone: "Europe/Berlin".to_owned(),
            ..RecurringDraft::default()
        };
        console.add_recurring(&draft).await.unwrap();
    }
    console.pause_recurring("2222", None, Some("777")).await.unwrap();
    console.skip_next_recurring("3333", true).await.unwrap();
    let made = console.run_recurring_now("1111").await.unwrap();
    let ticks = "INSERT INTO tower.tick (recurring, tick_at, outcome, missed)
                 SELECT '1111', now() - number * interval '1 day', outcome, number
                 FROM unnest('{queued,overlap,missed,skipped}'::text[]) WITH ORDINALITY AS outcomes (outcome, number)";
    bed.query(ticks, &[]).await;

    let paths = [
        "/recurring".to_owned(),
        "/recurring?q=999".to_owned(),
        "/recurring?status=paused".to_owned(),
        "/recurring?status=failing".to_owned(),
        "/recurring/1111".to_owned(),
        "/recurring/2222".to_owned(),
        "/recurring/3333".to_owned(),
        "/recurring/999".to_owned(),
        "/recurring/1111/edit".to_owned(),
        "/recurring-new".to_owned(),
        format!("/jobs/{made}"),
        "/overview".to_owned(),
        "/overview?window=7d".to_owned(),
        "/kinds".to_owned(),
        "/kinds?sort=dead&q=1".to_owned(),
        "/kinds?q=999".to_owned(),
        "/kinds/111".to_owned(),
        "/kinds/999".to_owned(),
        "/kinds/111/enqueue".to_owned(),
        "/errors".to_owned(),
        "/errors?status=muted".to_owned(),
        "/errors?q=999".to_owned(),
        "/errors?q=222+%22".to_owned(),
        format!("/errors/{group}"),
        "/errors/000".to_owned(),
        "/jobs".to_owned(),
        "/jobs?q=-222+888".to_owned(),
        "/jobs?q=111&add=%22&cols=queue,priority,args,tags,attempts,wait,run,changed".to_owned(),
        "/jobs?done=requeue&jobs=3&skipped=1".to_owned(),
        format!("/jobs/{dead}"),
        format!("/jobs/{dead}?before=1-90"),
        format!("/jobs/{dead}?level=error"),
        format!("/jobs/{retrying}"),
        format!("/jobs/{later}"),
        format!("/jobs/{later}/edit"),
        format!("/jobs/{dead}/copy"),
        "/jobs/new".to_owned(),
        "/queues".to_owned(),
        format!("/queues?undo={paused}"),
        format!("/overview?undo={paused}"),
        "/queues/444".to_owned(),
        "/queues/888".to_owned(),
        "/batches".to_owned(),
        format!("/batches/{}", batch.id()),
        format!("/batches/{}?steps=list&jobs=dead", batch.id()),
        format!("/batches/{}", unnamed.id()),
        format!("/jobs/{}", chain[0]),
        format!("/jobs/{}", chain[1]),
        "/workers".to_owned(),
        format!("/workers/{worker}"),
        "/workers/999".to_owned(),
        "/operations".to_owned(),
        format!("/operations/{operation}"),
        "/operations/new?action=delete&q=queue:444".to_owned(),
        "/operations/new?action=move&queue=444&q=queue:444".to_owned(),
        "/operations/new?action=reschedule&q=queue:000".to_owned(),
        "/audit".to_owned(),
        "/audit?actor=999".to_owned(),
        "/doctor".to_owned(),
        "/settings".to_owned(),
        "/keys".to_owned(),
        "/components".to_owned(),
        "/nowhere".to_owned(),
    ];
    let mut pages = Vec::from(empty);
    for path in &paths {
        pages.push(browser.get(path).await);
    }
    pages.push(viewer.get("/queues").await);
    running.stop().await;

    let host = console.workers().await.unwrap()[0].host.clone();
    for page in pages {
        assert!(matches!(page.status, StatusCode::OK | StatusCode::NOT_FOUND), "{}", page.body);
        let batches = [batch.id(), unnamed.id()].map(|id| (id.to_string(), id.short()));
        let jobs = [dead, retrying, later, third, chain[0], chain[1], made].map(|id| (id.to_string(), id.short()));
        let ids: Vec<(String, String)> = jobs.into_iter().chain(batches).collect();
        let data = |text: &str| {
            ids.iter().fold(text.replace(&host, ""), |text, (id, short)| text.replace(id, "").replace(short, ""))
        };
        let plain: Vec<String> =
            words(&page.body).iter().map(|text| data(text)).filter(|text| is_plain(text)).collect();
        assert_eq!(
            plain,
            Vec::<String>::new(),
            "on {}",
            page.body.lines().find(|line| line.contains("<title>")).unwrap()
        );
    }
}

#[test]
fn words_outside_the_messages_are_seen() {
    let html = "<p title=\"plain\">å <b>left</b><code>data</code></p><span translate=\"no\">name</span>";

    let plain: Vec<String> = words(html).into_iter().filter(|text| is_plain(text)).collect();

    assert_eq!(plain, ["plain", "left"]);
}
