//! Who sees a part of the jobs is told nothing of the others, by whatever address they ask.

use std::future::pending;
use std::time::Duration;

use futures_util::StreamExt;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use task_tower::{Action, Actor, Job, JobError, JobFilter, JobId, JobState, RunningTower, TaskTower, ViewDraft};
use task_tower_ui::{Access, Scope, router};

use crate::browser::{Answer, Browser, SendWelcome, from_this_machine, welcome};
use crate::support::{TestBed, in_state, until};

/// Everything of the others has this in it.
const MARKER: &str = "zzforeign";
/// What names of others look like, to whoever takes them for markup.
const QUEUE: &str = "<i>zzforeign-queue\"'&";
/// How often a page names what it was asked for and does not have: in words, and in addresses.
const ECHOES_MAX: usize = 4;
/// How long the streams of events are listened to.
const LISTENED: Duration = Duration::from_millis(500);

/// A job of a kind that the visitor does not see.
#[derive(Serialize, Deserialize)]
struct Foreign {
    zzforeign_name: String,
}

impl Job for Foreign {
    const KIND: &'static str = "zzforeign_kind";
}

async fn hang_or_fail(job: Foreign) -> Result<(), JobError> {
    if job.zzforeign_name == "zzforeign-hang" {
        pending::<()>().await;
    }
    Err(JobError::discard("zzforeign-error"))
}

async fn greet(job: SendWelcome) -> Result<(), JobError> {
    match job.user.as_str() {
        "ana" => Ok(()),
        _ => Err(JobError::discard("no such user")),
    }
}

/// A house in which much happens that is none of the visitor's business.
struct House {
    tower: TaskTower,
    running: RunningTower,
    /// What may be named in an address: of the visitor's own, and of others.
    own: Vec<String>,
    others: Vec<String>,
    /// The jobs of others.
    hidden: Vec<JobId>,
}

impl House {
    async fn new() -> Self {
        let bed = TestBed::new().await;
        let tower = bed.builder().job(hang_or_fail).job(greet).build().await.unwrap();
        let running = tower.start().unwrap();
        let (client, console) = (tower.client(), tower.console());
        let own = client.enqueue(welcome("ana")).to_queue("mail").tags(["own-tag"]).await.unwrap();
        let failed = client.enqueue(welcome("eve")).to_queue("mail").await.unwrap();
        let same_error = client.enqueue(welcome("zzforeign-user")).to_queue(QUEUE).await.unwrap();
        let foreign = |name: &str| client.enqueue(Foreign { zzforeign_name: name.into() }).to_queue(QUEUE);
        let broken = foreign("zzforeign-fail").tags(["zzforeign-tag"]).await.unwrap();
        let hanging = foreign("zzforeign-hang").await.unwrap();
        // Another kind in the visitor's queue, and one that no worker knows.
        let beside =
            client.enqueue(Foreign { zzforeign_name: "zzforeign-beside".into() }).to_queue("mail").await.unwrap();
        in_state(&console, own, JobState::Completed).await;
        for id in [failed, same_error, broken, beside] {
            in_state(&console, id, JobState::Dead).await;
        }
        until("the worker tells what it runs", async || {
            console.workers().await.unwrap().iter().any(|worker| worker.running.contains(&hanging))
        })
        .await;
        let group = async |id| console.job(id).await.unwrap().error_group.unwrap();
        until("the groups are there", async || console.error_group(&group(broken).await).await.is_ok()).await;
        let worker = console.workers().await.unwrap()[0].id.to_string();
        let operation = Self::change(&tower, broken).await;
        let payload = ["payload.json", "record.json", "zzforeign"].map(str::to_owned);
        let mut known = vec![own.to_string(), worker, "mail".into(), "send_welcome".into(), group(failed).await];
        known.extend(payload);
        let others = vec![broken.to_string(), hanging.to_string(), operation, group(broken).await, encoded(QUEUE)];
        let others = [others, vec![Foreign::KIND.to_owned()]].concat();
        Self { tower, running, own: known, others, hidden: vec![same_error, broken, hanging, beside] }
    }

    /// What somebody else does to what is theirs. Returns the id of an operation.
    async fn change(tower: &TaskTower, job: JobId) -> String {
        let console = tower.console().acting(Actor::new("zzforeign-actor").address("zzforeign-host"));
        console.pause_queue(QUEUE, Some("zzforeign-reason")).await.unwrap();
        console.requeue(job).await.unwrap();
        console.cancel(job, Some("zzforeign-cancelled")).await.unwrap();
        let filter: JobFilter = "kind:zzforeign_kind".parse().unwrap();
        console.save_view(&ViewDraft::new("zzforeign-view", &filter).shared(true)).await.unwrap();
        let before = console.preview(&filter).await.unwrap().created_before;
        console.start_operation(&Action::Requeue, &filter, before, "zzforeign-operation").await.unwrap().to_string()
    }

    /// Every address of the dashboard at which something is shown, with every name in its places.
    fn addresses(&self) -> Vec<String> {
        let names: Vec<&String> = self.own.iter().chain(&self.others).collect();
        routes().iter().flat_map(|route| filled(route, &names)).collect()
    }
}

fn encoded(name: &str) -> String {
    url::form_urlencoded::byte_serialize(name.as_bytes()).collect::<String>().replace('+', "%20")
}

/// What the router and the document of the API say, but for the stream of events, which has no end and names nothing.
fn routes() -> Vec<String> {
    let router = include_str!("../../src/router.rs");
    let mut lines = router.lines().filter(|line| line.contains("get("));
    let path = |line: &str| line.split('"').nth(1).map(str::to_owned);
    let mut routes: Vec<String> = lines.by_ref().filter_map(path).collect();
    let document: Value = serde_json::from_str(include_str!("../../openapi.json")).unwrap();
    let paths = document["paths"].as_object().unwrap().iter().filter(|(_, methods)| methods["get"].is_object());
    let paths = paths.filter(|(path, _)| *path != "/events");
    routes.extend(paths.map(|(path, _)| format!("/api/v1{path}")));
    routes
}

fn filled(route: &str, names: &[&String]) -> Vec<String> {
    let Some((before, rest)) = route.split_once('{') else { return vec![route.to_owned()] };
    let (_, after) = rest.split_once('}').unwrap();
    names.iter().flat_map(|name| filled(&format!("{before}{name}{after}"), names)).collect()
}

/// The questions that have more than a path.
fn questions() -> Vec<String> {
    let mut questions: Vec<String> = ["queue:", "kind:", "tag:", "args.", "args.user:", "error:", "worker:"]
        .map(|begun| format!("/api/v1/suggest?q={begun}"))
        .into();
    for page in [
        "/jobs?q=state:dead",
        "/jobs?cols=tags,args&q=-state:completed",
        "/jobs?q=error:*",
        "/settings",
        "/jobs/new",
        "/kinds?q=z",
        "/kinds?sort=runs",
        "/api/v1/views",
        "/operations/new?action=requeue&q=state:dead,cancelled",
        "/errors?status=resolved",
        "/audit?action=pause_queue",
        "/audit.csv",
        "/palette.json?q=",
        "/palette.json?q=z",
        "/palette.json?q=job",
        "/queues?q=z",
        "/kinds?window=7d",
        "/overview?window=7d",
        "/api/v1/jobs?q=state:dead",
        "/api/v1/audit?action=requeue",
        "/api/v1/series?by=queue:mail",
        "/api/v1/heatmap?kind=send_welcome",
    ] {
        questions.push(page.to_owned());
    }
    questions
}

/// What an answer tells that it must not. That there is no such thing may be said with its name.
fn told(house: &House, path: &str, answer: &Answer) -> Option<String> {
    let text = format!("{:?} {}", answer.headers, answer.body);
    let names = text.matches(MARKER).count();
    let is_echo = path.contains(MARKER) && answer.status.is_client_error() && names <= ECHOES_MAX;
    let hidden = house.hidden.iter().map(ToString::to_string).find(|id| text.contains(id) && !path.contains(id));
    let marked = (names > 0 && !is_echo).then(|| format!("{MARKER}, {names} times"));
    marked.or(hidden)
}

async fn events(browser: &Browser) -> String {
    let response = browser.open(from_this_machine("GET", "/events")).await;
    let mut stream = response.into_body().into_data_stream();
    let mut heard = String::new();
    while let Ok(Some(Ok(piece))) = tokio::time::timeout(LISTENED, stream.next()).await {
        heard.push_str(std::str::from_utf8(&piece).unwrap());
        if heard.len() > 4_096 {
            break;
        }
    }
    heard
}

#[tokio::test]
async fn who_sees_a_part_of_the_jobs_is_told_nothing_of_the_others() {
    let house = House::new().await;
    let scope = Scope::all().queues(["mail"]).kinds(["send_*"]);
    let visitor = Browser::new(router(house.tower.console(), Access::loopback().scope(scope)));
    let everybody = Browser::new(router(house.tower.console(), Access::loopback()));

    let mut wrong = Vec::new();
    let mut told_to_others = 0;
    let addresses = house.addresses();
    for path in addresses.iter().cloned().chain(questions()) {
        let answer = visitor.get(&path).await;
        assert!(!answer.status.is_server_error(), "{path}: {}", answer.body);
        wrong.extend(told(&house, &path, &answer).map(|what| format!("{path} ({}): {what}", answer.status)));
        told_to_others += usize::from(told(&house, &path, &everybody.get(&path).await).is_some());
    }
    let heard = events(&visitor).await;

    assert_eq!(wrong, Vec::<String>::new());
    assert!(heard.contains("data:") && !heard.contains(MARKER), "{heard}");
    assert!(addresses.len() > 100 && told_to_others > 40, "{told_to_others} of {}", addresses.len());
    let own = visitor.get("/api/v1/jobs").await;
    assert!(own.body.contains("own-tag") && own.body.contains(&house.own[0]), "{}", own.body);
    house.running.stop().await;
}

#[tokio::test]
async fn of_a_worker_one_sees_what_concerns_ones_own_jobs() {
    let house = House::new().await;
    let seen_by = |scope: Scope| Browser::new(router(house.tower.console(), Access::loopback().scope(scope)));
    let workers = async |browser: &Browser| -> Value {
        serde_json::from_str(&browser.get("/api/v1/workers").await.body).unwrap()
    };

    let some = workers(&seen_by(Scope::all().queues(["mail"]).kinds(["send_*"]))).await;
    let all = workers(&seen_by(Scope::all())).await;
    let none = seen_by(Scope::all().kinds(["other_*"]));

    assert_eq!((&all["items"][0]["busy"], all["items"][0]["running"].as_array().unwrap().len()), (&json!(1), 1));
    let one = &some["items"][0];
    assert_eq!((&one["busy"], &one["running"], &one["kinds"]), (&json!(0), &json!([]), &json!(["send_welcome"])));
    assert_eq!(workers(&none).await["items"], json!([]));
    let id = all["items"][0]["id"].as_str().unwrap();
    let post = async |path: String| none.post(&path, "").await.status.as_u16();
    assert_eq!(post(format!("/workers/{id}/quiet")).await, 404);
    assert_eq!(house.tower.console().workers().await.unwrap()[0].command, None);
    house.running.stop().await;
}
