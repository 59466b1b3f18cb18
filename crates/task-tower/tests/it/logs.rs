//! What handlers log is kept with their job, and holds nothing up.

use std::future::Future;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use task_tower::{
    Console, Job, JobContext, JobError, JobId, JobState, LogFilter, LogLevel, LogLine, RetryPolicy, State, TowerBuilder,
};
use tracing::{Dispatch, Instrument};
use tracing_subscriber::layer::SubscriberExt;

use crate::log::under;
use crate::support::proxy::Proxy;
use crate::support::stage::Stage;
use crate::support::{TestBed, in_state, until};

#[derive(Serialize, Deserialize)]
struct Pack {
    orders: u32,
}

impl Job for Pack {
    const KIND: &'static str = "pack";
    const MAX_RETRIES: u32 = 1;
}

async fn pack(job: Pack, run: JobContext) -> Result<(), JobError> {
    for order in 0..job.orders {
        tracing::info!(order, "packing");
    }
    tracing::debug!("nobody wants to know");
    match run.attempt() {
        1 => Err(JobError::new("the tape is gone")),
        _ => Ok(()),
    }
}

/// Runs where what handlers log is kept.
fn logging<F: Future<Output = ()>>(test: F) {
    under(Dispatch::new(tracing_subscriber::registry().with(task_tower::logs())), test);
}

async fn lines(console: &Console, id: JobId) -> Vec<LogLine> {
    console.logs(id, &LogFilter::new().limit(task_tower::LOGS_MAX)).await.unwrap().lines
}

/// Level and message of each.
async fn told(console: &Console, id: JobId) -> Vec<String> {
    lines(console, id).await.iter().map(|line| format!("{} {}", line.level, line.message)).collect()
}

/// Runs everything that is due, to its end and into the tables.
async fn settle(bed: &TestBed, builder: TowerBuilder, job: impl Job) -> (Console, JobId) {
    let tower = builder.connection_string(&bed.url).build().await.unwrap();
    let id = tower.client().enqueue(job).await.unwrap();
    let running = tower.start().unwrap();
    until("it has ended", async || tower.console().job(id).await.unwrap().state.is_final()).await;
    running.stop().await;
    (tower.console(), id)
}

#[derive(Serialize, Deserialize)]
struct Tour;

impl Job for Tour {
    const KIND: &'static str = "tour";
}

async fn tour(_: Tour) -> Result<(), JobError> {
    tracing::info!(street = "Main \"Street\"", stops = 3, "the tour begins");
    tracing::warn!(target: "shop::van", error = %"no fuel");
    let inner = tracing::info_span!("stop", number = 1);
    tokio::spawn(async { tracing::error!("nobody is at home\0") }.instrument(inner)).await.unwrap();
    tokio::spawn(async { tracing::error!("not of this run") }).await.unwrap();
    tracing::trace!("too little");
    Ok(())
}

#[test]
fn lines_are_kept_in_their_order_with_level_target_and_fields() {
    logging(async {
        let bed = TestBed::new().await;
        let before = chrono::Utc::now();

        let (console, id) = settle(&bed, bed.builder().job(tour), Tour).await;

        let lines = lines(&console, id).await;
        let told: Vec<_> = lines.iter().map(|line| (line.level, line.target.as_str(), line.message.as_str())).collect();
        let here = module_path!();
        assert_eq!(
            told,
            [
                (LogLevel::Info, here, "the tour begins street=\"Main \\\"Street\\\"\" stops=3"),
                (LogLevel::Warn, "shop::van", "error=no fuel"),
                (LogLevel::Error, here, "nobody is at home\u{fffd} number=1"),
            ]
        );
        assert!(lines.iter().all(|line| line.attempt == 1));
        assert!(lines.is_sorted_by_key(|line| (line.cursor, line.at)), "{lines:?}");
        assert!((lines[0].at - before).abs() < chrono::TimeDelta::minutes(1), "{lines:?}");
    });
}

#[derive(Serialize, Deserialize)]
struct Ship {
    order: u32,
}

impl Job for Ship {
    const KIND: &'static str = "ship";
}

#[tracing::instrument(skip_all, fields(order = job.order, box_of, r#type = "van"))]
async fn ship(job: Ship) -> Result<(), JobError> {
    tracing::info!(weight = 3, "packed");
    tracing::Span::current().record("box_of", "wood");
    load("quay").await;
    tracing::info_span!("long", text = %"x".repeat(5_000)).in_scope(|| tracing::info!("far"));
    tracing::info_span!("bare").in_scope(|| tracing::info!(only = true));
    Ok(())
}

#[tracing::instrument]
async fn load(place: &str) {
    tracing::info!("loaded");
}

#[test]
fn lines_have_the_fields_of_the_spans_that_they_are_in_the_innermost_first() {
    logging(async {
        let bed = TestBed::new().await;
        let tower = tracing::info_span!("program", version = 7);

        let (console, id) = settle(&bed, bed.builder().job(ship), Ship { order: 7 }).instrument(tower).await;

        let told = told(&console, id).await;
        let around = "order=7 type=\"van\"";
        assert_eq!(told[0], format!("info packed weight=3 {around}"));
        assert_eq!(told[1], format!("info loaded place=\"quay\" {around} box_of=\"wood\""));
        assert_eq!(told[3], format!("info only=true {around} box_of=\"wood\""));
        assert!(told[2].starts_with("info far text=xxx") && told[2].ends_with("x … (cut)"), "{}", told[2]);
        assert_eq!(told[2].len(), "info far".len() + 1024 + " … (cut)".len());
    });
}

#[test]
fn each_run_has_its_own_lines_with_how_it_ended() {
    logging(async {
        let bed = TestBed::new().await;
        let builder = bed.builder().job_with(pack, |kind| kind.retry_policy(RetryPolicy::custom(|_| Duration::ZERO)));

        let (console, id) = settle(&bed, builder, Pack { orders: 2 }).await;

        let all = lines(&console, id).await;
        assert_eq!(all.iter().map(|line| line.attempt).collect::<Vec<_>>(), [1, 1, 1, 2, 2]);
        assert!(all[2].message.contains("the tape is gone"), "{}", all[2].message);
        let second = console.logs(id, &LogFilter::new().attempt(2)).await.unwrap();
        assert_eq!(second.lines, all[3..]);
        let grave = console.logs(id, &LogFilter::new().level(LogLevel::Warn)).await.unwrap();
        assert_eq!(grave.lines, all[2..3]);
    });
}

#[test]
fn pages_lead_forward_from_the_first_line_and_back_from_the_last() {
    logging(async {
        let bed = TestBed::new().await;
        let builder = bed.builder().job_with(pack, |kind| kind.max_retry_count(0));
        let (console, id) = settle(&bed, builder, Pack { orders: 9 }).await;
        let all = lines(&console, id).await;
        let page = async |filter: LogFilter| console.logs(id, &filter.limit(4)).await.unwrap();

        let first = page(LogFilter::new()).await;
        let second = page(LogFilter::new().after(first.lines[3].cursor)).await;
        let third = page(LogFilter::new().after(second.lines[3].cursor)).await;
        let last = page(LogFilter::new().last()).await;
        let before = page(LogFilter::new().before(last.lines[0].cursor)).await;

        assert_eq!(all.len(), 10);
        assert_eq!((&first.lines[..], first.more), (&all[..4], true));
        assert_eq!((&second.lines[..], second.more), (&all[4..8], true));
        assert_eq!((&third.lines[..], third.more), (&all[8..], false));
        assert_eq!((&last.lines[..], last.more), (&all[6..], true));
        assert_eq!((&before.lines[..], before.more), (&all[2..6], true));
    });
}

#[test]
fn a_run_keeps_a_thousand_lines_and_says_how_many_there_were_beyond() {
    logging(async {
        let bed = TestBed::new().await;
        let builder = bed.builder().job_with(pack, |kind| kind.max_retry_count(0));

        let (console, id) = settle(&bed, builder, Pack { orders: 1_200 }).await;

        let first = lines(&console, id).await;
        assert_eq!(first.len(), 1_000);
        assert_eq!(first[999].message, "packing order=999");
        let rest = console.logs(id, &LogFilter::new().after(first[999].cursor)).await.unwrap();
        // How it ended is a line, too.
        assert!(rest.lines[0].message.starts_with("201 more lines were not kept"), "{rest:?}");
        assert_eq!((rest.lines.len(), rest.lines[0].level), (1, LogLevel::Warn));
    });
}

#[derive(Serialize, Deserialize)]
struct Book {
    bytes: usize,
}

impl Job for Book {
    const KIND: &'static str = "book";
}

async fn book(job: Book) -> Result<(), JobError> {
    tracing::info!(pages = "x".repeat(job.bytes), "{}", "é".repeat(job.bytes));
    Ok(())
}

#[test]
fn a_long_line_is_cut_and_says_so() {
    logging(async {
        let bed = TestBed::new().await;

        let (console, id) = settle(&bed, bed.builder().job(book), Book { bytes: 100_000 }).await;

        let lines = lines(&console, id).await;
        assert!(
            lines[0].message.len() < 4_200 && lines[0].message.ends_with("é … (cut)"),
            "{}",
            lines[0].message.len()
        );
    });
}

#[test]
fn the_level_is_an_option_and_off_keeps_nothing() {
    logging(async {
        let bed = TestBed::new().await;
        let grave = bed.builder().job(tour).log_level(LogLevel::Error);
        let all = bed.builder().job(tour).log_level(LogLevel::Trace);
        let none = bed.builder().job(tour).log_level(None);

        let (console, grave) = settle(&bed, grave, Tour).await;
        let (_, all) = settle(&bed, all, Tour).await;
        let (_, none) = settle(&bed, none, Tour).await;

        assert_eq!(told(&console, grave).await, ["error nobody is at home\u{fffd} number=1"]);
        assert!(told(&console, all).await.contains(&"trace too little".to_owned()));
        assert_eq!(told(&console, none).await, [""; 0]);
    });
}

#[tokio::test]
async fn without_the_layer_nothing_is_kept_and_no_connection_is_opened() {
    let bed = TestBed::new().await;
    let tower = bed.builder().job(tour).build().await.unwrap();
    let id = tower.client().enqueue(Tour).await.unwrap();

    let running = tower.start().unwrap();
    in_state(&tower.console(), id, JobState::Completed).await;
    running.stop().await;

    assert_eq!(lines(&tower.console(), id).await, []);
    assert_eq!(bed.number("SELECT count(*) FROM tower.flush WHERE part = 'log'").await, 0);
}

#[derive(Serialize, Deserialize)]
struct Watched;

impl Job for Watched {
    const KIND: &'static str = "watched";
}

/// Logs before and after the test lets it go on.
async fn watched(_: Watched, State(stage): State<Stage>) -> Result<(), JobError> {
    tracing::info!("before");
    let presence = stage.enter("watched");
    stage.opened().await;
    tracing::info!("after");
    presence.end();
    Ok(())
}

#[test]
fn lines_are_there_while_the_handler_still_runs() {
    logging(async {
        let bed = TestBed::new().await;
        let stage = Stage::default();
        let tower = stage.cast(bed.builder()).job(watched).build().await.unwrap();
        let id = tower.client().enqueue(Watched).await.unwrap();
        let running = tower.start().unwrap();

        until("a line is there", async || told(&tower.console(), id).await == ["info before"]).await;

        assert_eq!(tower.console().job(id).await.unwrap().state, JobState::Processing);
        stage.open();
        running.stop().await;
        assert_eq!(told(&tower.console(), id).await, ["info before", "info after"]);
    });
}

#[test]
fn a_worker_that_was_declared_dead_adds_nothing_more() {
    logging(async {
        let bed = TestBed::new().await;
        let stage = Stage::default();
        // Heartbeats are so rare that the worker does not learn of it.
        let rare = |builder: TowerBuilder| {
            builder.heartbeat_interval(Duration::from_secs(20)).dead_after(Duration::from_secs(60))
        };
        let tower = rare(stage.cast(bed.builder()).job(watched)).build().await.unwrap();
        let id = tower.client().enqueue(Watched).await.unwrap();
        let running = tower.start().unwrap();
        until("a line is there", async || told(&tower.console(), id).await.len() == 1).await;

        bed.query("UPDATE tower.worker SET ended_at = now(), ended_how = 'silent'", &[]).await;
        stage.open();
        until("the handler has returned", async || stage.ended().len() == 1).await;
        running.stop().await;

        assert_eq!(told(&tower.console(), id).await, ["info before"]);
    });
}

#[test]
fn a_handler_that_logs_does_not_wait_for_a_database_that_is_away() {
    logging(async {
        let bed = TestBed::new().await;
        let mut proxy = Proxy::start(&bed.url).await;
        let stage = Stage::default();
        let url = proxy.address().url();
        let tower = stage.cast(bed.builder()).job(chatter).dead_after(Duration::from_secs(30)).connection_string(&url);
        let tower = tower.build().await.unwrap();
        let id = tower.client().enqueue(Chatter).await.unwrap();
        let running = tower.start().unwrap();
        until("it runs", async || stage.begun().len() == 1).await;

        proxy.cut().await;
        stage.open();
        until("it has returned", async || stage.ended().len() == 1).await;
        proxy.mend().await;

        let console = bed.builder().build().await.unwrap().console();
        in_state(&console, id, JobState::Completed).await;
        running.stop().await;
        let lines = lines(&console, id).await;
        assert_eq!(lines.len(), 500);
        assert!(lines[499].at - lines[0].at < chrono::TimeDelta::seconds(1), "{:?}", lines[499].at - lines[0].at);
    });
}

#[derive(Serialize, Deserialize)]
struct Chatter;

impl Job for Chatter {
    const KIND: &'static str = "chatter";
}

async fn chatter(_: Chatter, State(stage): State<Stage>) -> Result<(), JobError> {
    let presence = stage.enter("chatter");
    stage.opened().await;
    let began = Instant::now();
    for number in 0..500 {
        tracing::info!(number, "chatter");
    }
    assert!(began.elapsed() < Duration::from_secs(1), "it waited");
    presence.end();
    Ok(())
}

#[test]
fn a_log_goes_when_its_job_is_deleted() {
    logging(async {
        let bed = TestBed::new().await;
        let (console, gone) = settle(&bed, bed.builder().job(tour), Tour).await;
        let (_, kept) = settle(&bed, bed.builder().job(tour), Tour).await;

        console.delete(gone).await.unwrap();

        assert_eq!(lines(&console, gone).await, []);
        assert_eq!(lines(&console, kept).await.len(), 3);
    });
}

/// A line that a job logged, which ended so many days ago.
async fn ended_days_ago(bed: &TestBed, state: i16, days: i32) {
    let sql = "WITH ended AS (
                   INSERT INTO tower.history (id, run_at, created_at, attempted_at, finished_at, worker_id, lease, attempt,
                       failures, crashes, max_retries, priority, state, kind, queue, tags, payload)
                   SELECT tower.new_id(), moment, moment, moment, moment, 1, 1, 1, 0, 0, 10, 0, $1, 'tour', 'default', '{}', '{}'
                   FROM (SELECT now() - make_interval(days => $2) AS moment) AS time
                   RETURNING id)
               INSERT INTO tower.log (job_id, lease, number, attempt, at, level, target, message)
               SELECT id, 1, number, 1, now(), 3, 'shop', $2::integer || ' days ago' FROM ended, generate_series(1, 3) AS number";
    bed.query(sql, &[&state, &days]).await;
}

#[tokio::test]
async fn a_log_goes_with_the_day_of_its_job_and_what_belongs_to_nobody_goes_too() {
    let bed = TestBed::new().await;
    let tower = bed.builder().job(tour).retention(|keep| keep.completed = Duration::from_secs(5 * 24 * 60 * 60));
    let tower = tower.build().await.unwrap();
    let day = "SELECT to_char(now() AT TIME ZONE 'UTC' - interval '20 days', 'YYYY_MM_DD'),
                      ((now() AT TIME ZONE 'UTC')::date - 20)::text, ((now() AT TIME ZONE 'UTC')::date - 19)::text";
    let days = bed.query(day, &[]).await;
    let day = &days[0];
    let (name, first, last): (String, String, String) = (day.get(0), day.get(1), day.get(2));
    let partition = format!(
        "CREATE TABLE tower.history_completed_{name} PARTITION OF tower.history_completed
         FOR VALUES FROM ('{first} 00:00+00') TO ('{last} 00:00+00')"
    );
    bed.query(&partition, &[]).await;
    // 20 days ago has a partition of its own; 8 days ago lies in the default one.
    for (state, days) in [(3, 20), (3, 8), (3, 1), (4, 80), (4, 200)] {
        ended_days_ago(&bed, state, days).await;
    }
    let stray = "INSERT INTO tower.log (job_id, lease, number, attempt, at, level, target, message)
                 SELECT tower.first_id(now() - make_interval(days => days)), 1, 1, 1, now(), 3, 'shop', 'stray of ' || days || ' days ago'
                 FROM (VALUES (100), (200)) AS past (days)";
    bed.query(stray, &[]).await;

    let running = tower.start().unwrap();

    let kept = async || -> Vec<String> {
        let sql = "SELECT DISTINCT message FROM tower.log ORDER BY message";
        bed.query(sql, &[]).await.iter().map(|row| row.get(0)).collect()
    };
    until("the old ones are gone", async || kept().await.len() == 2).await;
    assert_eq!(kept().await, ["1 days ago", "80 days ago"]);
    running.stop().await;
}

#[test]
fn a_job_that_was_given_back_at_a_shutdown_keeps_what_it_logged() {
    logging(async {
        let bed = TestBed::new().await;
        let stage = Stage::default();
        let short = |builder: TowerBuilder| builder.shutdown_grace(Duration::ZERO);
        let tower = short(stage.cast(bed.builder()).job(watched)).build().await.unwrap();
        let id = tower.client().enqueue(Watched).await.unwrap();
        let running = tower.start().unwrap();
        until("it runs", async || stage.begun().len() == 1).await;

        running.stop_or(std::future::ready(())).await;

        let lines = told(&tower.console(), id).await;
        assert_eq!(lines[0], "info before");
        assert!(lines[1].contains("given back"), "{lines:?}");
    });
}
