//! A job as code: what a shell and a compiler make of it is the job again.

use std::path::Path;
use std::process::Command;

use axum::Router;
use axum::http::StatusCode;
use serde_json::{Value, json};
use task_tower::{JobDraft, JobId, JobRecord, TaskTower};
use task_tower_ui::{Access, router};

use crate::browser::{Answer, Browser, from_this_machine};
use crate::support::TestBed;

/// What ends quotes, begins commands, reads files, and hides what it is.
const HOSTILE: [&str; 9] = [
    "it's 'so'",
    "\"#\"##\"### r#\"",
    "$(touch x) `id` ${HOME} $HOME",
    "a\\b\\n\n\r\t\u{7f}",
    "\u{202e}gnp.exe\u{202c}\u{200b}\u{feff}",
    "!! !$ ^a^b",
    "'; exit 1; '",
    "@/etc/hosts",
    "</pre><script>alert(1)</script>",
];

/// Without what names may not have.
fn name(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control() && !",*".contains(*letter)).collect()
}

async fn hostile(tower: &TaskTower, kind: &str) -> JobRecord {
    let console = tower.console();
    let draft = JobDraft {
        kind: name(kind),
        payload: json!({ "texts": HOSTILE, kind: { "n": 9_007_199_254_740_993_u64, "none": null, "half": -0.5 } }),
        queue: Some(name(kind)),
        priority: Some(-3),
        tags: HOSTILE.iter().take(4).map(|text| name(text)).collect(),
        max_retries: Some(2),
        timeout_ms: Some(1_500),
        context: Some(json!({ "by": kind })),
        ..JobDraft::default()
    };
    let id = console.enqueue(&draft).await.unwrap();
    console.job(id).await.unwrap()
}

/// The text of an element, as it is copied.
fn text(page: &Answer, id: &str) -> String {
    let (_, element) = page.body.split_once(&format!(" id=\"{id}\"")).unwrap();
    let (_, html) = element.split_once('>').unwrap();
    let names = [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&")];
    names
        .iter()
        .fold(html.split("</pre>").next().unwrap().to_owned(), |text, (name, letter)| text.replace(name, letter))
}

/// What a shell gives to curl.
fn given_to_curl(command: &str) -> Vec<String> {
    let script = format!("curl() {{ for word; do printf '%s\\0' \"$word\"; done; }}\n{command}\n");
    let shell = Command::new("sh").args(["-c", &script]).env("AUTH", "Authorization: Bearer x").output().unwrap();
    assert!(shell.status.success(), "{script}{}", String::from_utf8_lossy(&shell.stderr));
    let told = String::from_utf8(shell.stdout).unwrap();
    told.split_terminator('\0').map(str::to_owned).collect()
}

/// The fields of the draft, as the compiled code has them.
fn made_by_rust(code: &str, name: &str) -> Vec<String> {
    let (draft, enqueue) = code.rsplit_once('\n').unwrap();
    assert_eq!(enqueue, "let id = tower.console().enqueue(&draft).await?;");
    let program = format!(
        "mod serde_json {{ pub fn from_str(text: &str) -> Result<String, ()> {{ Ok(text.to_owned()) }} }}
        mod task_tower {{
            #[derive(Default)]
            pub struct JobDraft {{
                pub kind: String, pub payload: String, pub queue: Option<String>, pub priority: Option<i16>,
                pub tags: Vec<String>, pub max_retries: Option<u32>, pub timeout_ms: Option<i64>,
                pub context: Option<String>, pub delay_ms: Option<u64>,
            }}
        }}
        fn main() -> Result<(), ()> {{
            {draft}
            let numbers = format!(\"{{:?}} {{:?}} {{:?}}\", draft.priority, draft.max_retries, draft.timeout_ms);
            let _ = draft.delay_ms;
            let texts = [draft.kind, draft.payload, draft.queue.unwrap(), draft.context.unwrap(), numbers];
            print!(\"{{}}\", texts.into_iter().chain(draft.tags).collect::<Vec<_>>().join(\"\\0\"));
            Ok(())
        }}"
    );
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let source = path.with_extension("rs");
    std::fs::write(&source, program).unwrap();
    let compiler = Command::new("rustc").arg(&source).arg("-o").arg(&path).arg("--edition=2024").output().unwrap();
    assert!(compiler.status.success(), "{draft}\n{}", String::from_utf8_lossy(&compiler.stderr));
    let told = String::from_utf8(Command::new(&path).output().unwrap().stdout).unwrap();
    told.split('\0').map(str::to_owned).collect()
}

async fn send(browser: &Browser, path: &str, body: &str) -> JobId {
    let request = from_this_machine("POST", path).header("sec-fetch-site", "same-origin");
    let answer = browser.send_as(request, "application/json", body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    serde_json::from_str::<Value>(&answer.body).unwrap()["id"].as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_shell_gives_curl_a_request_that_makes_the_same_job() {
    let tower = TestBed::new().await.builder().build().await.unwrap();
    let browser = Browser::new(Router::new().nest("/a/b", router(tower.console(), Access::loopback())));

    for kind in HOSTILE {
        let job = hostile(&tower, kind).await;
        let page = browser.get(&format!("/a/b/jobs/{}", job.id)).await;

        let mut words = given_to_curl(&text(&page, "as-curl"));

        let body = words.pop().unwrap();
        let expected = ["-X", "POST", "http://localhost:4700/a/b/api/v1/jobs", "-H", "Authorization: Bearer x"];
        let headers = ["-H", "Sec-Fetch-Site: same-origin", "-H", "Content-Type: application/json", "--data-raw"];
        assert_eq!(words, [expected.as_slice(), &headers].concat());
        assert!(!body.contains(char::is_control) && !body.contains('\u{202e}'), "{body}");
        let other = tower.console().job(send(&browser, "/a/b/api/v1/jobs", &body).await).await.unwrap();
        let what = |job: &JobRecord| (job.kind.clone(), job.payload.clone(), job.queue.clone(), job.tags.clone());
        let how = |job: &JobRecord| (job.priority, job.max_retries, job.timeout_ms, job.context.clone());
        assert_eq!((what(&other), how(&other)), (what(&job), how(&job)));
    }
}

#[tokio::test]
async fn a_compiler_makes_the_same_draft_of_it() {
    let tower = TestBed::new().await.builder().build().await.unwrap();
    let browser = Browser::new(router(tower.console(), Access::loopback()));
    let job = hostile(&tower, HOSTILE[1]).await;

    let page = browser.get(&format!("/jobs/{}", job.id)).await;
    let fields = made_by_rust(&text(&page, "as-rust"), "hostile_draft");

    let [kind, payload, queue, context, numbers, tags @ ..] = fields.as_slice() else { panic!("{fields:?}") };
    let read = |json: &str| serde_json::from_str::<Value>(json).unwrap();
    assert_eq!((kind, &read(payload), queue, Some(read(context))), (&job.kind, &job.payload, &job.queue, job.context));
    assert_eq!((numbers.as_str(), tags), ("Some(-3) Some(2) Some(1500)", job.tags.as_slice()));
}

#[tokio::test]
async fn long_data_is_read_from_the_file_that_the_page_offers() {
    let tower = TestBed::new().await.builder().build().await.unwrap();
    let browser = Browser::new(router(tower.console(), Access::loopback()));
    let payload = json!({ "text": "it's long ".repeat(1_000) });
    let draft = JobDraft { kind: "mail".to_owned(), payload: payload.clone(), ..JobDraft::default() };
    let id = tower.console().enqueue(&draft).await.unwrap();

    let page = browser.get(&format!("/jobs/{id}")).await;
    let file = browser.get(&format!("/jobs/{id}/draft.json")).await;

    let name = format!("{id}-draft.json");
    assert!(page.attributes("href").contains(&format!("{id}/draft.json")), "{}", page.body);
    assert!(text(&page, "as-rust").contains(&format!("include_str!(\"{name}\")")));
    let words = given_to_curl(&text(&page, "as-curl"));
    assert_eq!(words[words.len() - 2..], ["--data-binary".to_owned(), format!("@{name}")]);
    assert!(file.headers["content-disposition"].to_str().unwrap().contains(&name));
    let other = send(&browser, "/api/v1/jobs", &file.body).await;
    assert_eq!(tower.console().job(other).await.unwrap().payload, payload);
}

#[tokio::test]
async fn secrets_are_in_no_code() {
    let tower = TestBed::new().await.builder().build().await.unwrap();
    let browser = Browser::new(router(tower.console(), Access::loopback()));
    let draft = JobDraft {
        kind: "mail".to_owned(),
        payload: json!({ "password": "hunter2" }),
        context: Some(json!({ "api_key": "hunter2" })),
        ..JobDraft::default()
    };
    let id = tower.console().enqueue(&draft).await.unwrap();

    let page = browser.get(&format!("/jobs/{id}")).await;
    let file = browser.get(&format!("/jobs/{id}/draft.json")).await;

    for shown in [&text(&page, "as-rust"), &text(&page, "as-curl"), &file.body] {
        assert!(shown.contains("[redacted]"), "{shown}");
    }
    assert!(!page.body.contains("hunter2") && !file.body.contains("hunter2"));
    assert!(page.body.contains("What is redacted has to be put in."));
}
