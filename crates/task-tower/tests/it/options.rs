//! The options of a tower: checked at `build`, read back, taken from a file, the environment, or a
//! configuration of the user's own; and who wins when several name the same.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use task_tower::{KindOptions, LogLevel, Options, QueuePrioritization, TaskTower, TowerBuilder};

use crate::support::TestBed;

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/tower.toml");

/// Every option that is not the default, but the connection string.
const EVERYTHING: &str = r#"
schema_name = "elsewhere"
migrate = false
backend_concurrency = 77
enqueue_connections = 5
queue_prioritization = "weighted"
queue_priorities = { critical = 60, default = 30 }
queues = ["critical", "default"]
queue_announcement_interval = "1s 500ms"
job_check_interval = "700ms"
heartbeat_interval = "2s"
dead_after = "1min"
poison_after = 9
stalled_after = "30s"
shutdown_grace = "0s"
payload_bytes_max = 2000
log_level = "warn"
app_version = "2026.11.24-3"
retention = { completed = "1day", cancelled = "36h", dead = "365days" }
kinds = { letter = { queue = "mail", timeout = "30s" } }
"#;

fn everything(builder: TowerBuilder) -> TowerBuilder {
    builder
        .schema_name("elsewhere")
        .migrate(false)
        .backend_concurrency(77)
        .enqueue_connections(5)
        .queue_prioritization(QueuePrioritization::Weighted)
        .queue_priorities([("critical", 60), ("default", 30)])
        .queues(["critical", "default"])
        .queue_announcement_interval(Duration::from_millis(1_500))
        .job_check_interval(Duration::from_millis(700))
        .heartbeat_interval(Duration::from_secs(2))
        .dead_after(Duration::from_secs(60))
        .poison_after(9)
        .stalled_after(Duration::from_secs(30))
        .shutdown_grace(Duration::ZERO)
        .payload_bytes_max(2_000)
        .log_level(LogLevel::Warn)
        .app_version("2026.11.24-3")
        .retention(|keep| {
            keep.completed = hours(24);
            keep.cancelled = hours(36);
            keep.dead = hours(365 * 24);
        })
        .kinds([("letter", letter())])
}

fn letter() -> KindOptions {
    serde_json::from_value(json!({ "queue": "mail", "timeout": "30s" })).unwrap()
}

fn hours(number: u64) -> Duration {
    Duration::from_secs(number * 60 * 60)
}

/// The options that a builder came to, in the schema of the test.
async fn built(bed: &TestBed, builder: TowerBuilder) -> Options {
    let builder = builder.connection_string(&bed.url).schema_name(&bed.schema).migrate(true);
    builder.build().await.unwrap().options().clone()
}

async fn refusal(builder: TowerBuilder) -> String {
    let error = builder.build().await.unwrap_err();
    assert!(error.is_invalid(), "{error:?}");
    format!("{error}")
}

/// Nothing is listening there: options are refused before anything is connected.
fn nowhere() -> TowerBuilder {
    TaskTower::builder().connection_string("postgres://nobody@127.0.0.1:1/nothing")
}

fn names(tree: &Value) -> Vec<String> {
    let mut names: Vec<String> = tree.as_object().unwrap().keys().cloned().collect();
    names.sort();
    names
}

/// A file with this text, as long as the test runs.
struct File(PathBuf);

impl File {
    fn new(text: &str) -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("task-tower-options-{}-{number}.toml", std::process::id()));
        fs::write(&path, text).unwrap();
        Self(path)
    }
}

impl AsRef<Path> for File {
    fn as_ref(&self) -> &Path {
        &self.0
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

#[tokio::test]
async fn every_option_of_the_builder_is_read_back() {
    let bed = TestBed::new().await;

    let options = built(&bed, everything(TaskTower::builder())).await;

    let mut expected: Options = serde_json::from_value(json!({
        "backend_concurrency": 77,
        "enqueue_connections": 5,
        "queue_prioritization": "weighted",
        "queue_priorities": { "critical": 60, "default": 30 },
        "queues": ["critical", "default"],
        "queue_announcement_interval": "1500ms",
        "job_check_interval": "700ms",
        "heartbeat_interval": "2s",
        "dead_after": "60s",
        "poison_after": 9,
        "stalled_after": "30s",
        "shutdown_grace": "0s",
        "payload_bytes_max": 2000,
        "log_level": "warn",
        "app_version": "2026.11.24-3",
        "retention": { "completed": "1day", "cancelled": "36h", "dead": "365days" },
        "kinds": { "letter": { "queue": "mail", "timeout": "30s" } },
    }))
    .unwrap();
    expected.connection_string = Some(bed.url.clone());
    expected.schema_name = bed.schema.clone();
    assert_eq!(options, expected);
}

#[tokio::test]
async fn an_option_out_of_its_limits_is_refused_with_its_name_its_value_and_the_limits() {
    let cases = [
        (nowhere().backend_concurrency(0), "backend_concurrency 0 is not between 1 and 10000"),
        (nowhere().enqueue_connections(0), "enqueue_connections 0 is not between 1 and 32"),
        (nowhere().enqueue_connections(33), "enqueue_connections 33 is not between 1 and 32"),
        (nowhere().poison_after(101), "poison_after 101 is not between 1 and 100"),
        (nowhere().stalled_after(Duration::ZERO), "stalled_after 0ns is not between 1s and ten years"),
        (nowhere().app_version(""), "app_version has 0 bytes, 1 to 64 are allowed"),
        (nowhere().app_version("x".repeat(65)), "app_version has 65 bytes, 1 to 64 are allowed"),
        (nowhere().app_version("1\n2"), "app_version \"1\\n2\" has a control character in it"),
        (nowhere().payload_bytes_max(0), "payload_bytes_max 0 is not between 1 and 16777216"),
        (
            nowhere().queue_announcement_interval(Duration::from_millis(499)),
            "queue_announcement_interval 499ms is not between 500ms and ten years",
        ),
        (nowhere().job_check_interval(Duration::ZERO), "job_check_interval 0ns is not between 500ms and ten years"),
        (
            nowhere().heartbeat_interval(Duration::from_millis(99)),
            "heartbeat_interval 99ms is not between 100ms and ten years",
        ),
        (
            nowhere().dead_after(Duration::from_secs(14)),
            "dead_after 14s is not between 15s and ten years: three heartbeats, of heartbeat_interval 5s",
        ),
        (
            nowhere().retention(|keep| keep.dead = hours(11 * 365 * 24)),
            "retention.dead 346896000s is not between 1s and ten years",
        ),
    ];

    for (builder, said) in cases {
        assert_eq!(refusal(builder).await, said);
    }
}

#[tokio::test]
async fn limits_hold_wherever_an_option_comes_from() {
    let file = File::new("enqueue_connections = 33");
    let mut options = Options::default();
    options.enqueue_connections = 33;

    let from_file = refusal(nowhere().options_from_file(&file)).await;
    let at_once = refusal(nowhere().options(options)).await;

    assert_eq!(from_file, "enqueue_connections 33 is not between 1 and 32");
    assert_eq!(at_once, from_file);
}

#[tokio::test]
async fn the_connection_string_is_never_shown() {
    let texts = ["postgres://bob:s3cret@host/db", "host=h password=s3cret", "Host=h;Password=s3cret", "s3cret"];

    for text in texts {
        let mut options = Options::default();
        options.connection_string = Some(text.to_owned());

        let shown = format!("{options:?} {options:#?} {}", serde_json::to_string(&options).unwrap());

        assert!(!shown.contains("s3cret"), "{shown}");
        assert!(shown.contains("connection_string: Some(\"hidden\")"), "{shown}");
        assert!(shown.contains("schema_name: \"task_tower\""), "{shown}");
    }
}

#[test]
fn options_are_a_part_of_a_configuration_of_ones_own() {
    #[derive(Deserialize)]
    struct Settings {
        greeting: String,
        task_tower: Options,
    }

    let settings: Settings = serde_json::from_value(json!({
        "greeting": "hello",
        "task_tower": { "connection_string": "postgres://localhost/shop", "retention": { "dead": "30days" } },
    }))
    .unwrap();

    let mut expected = Options::default();
    expected.connection_string = Some("postgres://localhost/shop".to_owned());
    expected.retention.dead = hours(30 * 24);
    assert_eq!(settings.greeting, "hello");
    assert_eq!(settings.task_tower, expected);
}

#[test]
fn what_is_serialized_is_read_back_but_for_the_connection_string() {
    let mut options = Options::default();
    options.shutdown_grace = Duration::from_nanos(1_000_000_001);
    options.queue_priorities = [("mail".to_owned(), -3)].into();
    options.retention.completed = hours(36);

    let text = serde_json::to_string(&options).unwrap();

    assert_eq!(serde_json::from_str::<Options>(&text).unwrap(), options);
    assert!(!names(&serde_json::from_str(&text).unwrap()).contains(&"connection_string".to_owned()), "{text}");
}

#[test]
fn every_strategy_has_its_name() {
    let names = ["none", "alpha_numeric", "index", "strict", "weighted"];

    let strategies = names.map(|name| serde_json::from_value::<QueuePrioritization>(json!(name)).unwrap());

    use QueuePrioritization::{AlphaNumeric, Index, None, Strict, Weighted};
    assert_eq!(strategies, [None, AlphaNumeric, Index, Strict, Weighted]);
}

#[test]
fn what_cannot_be_deserialized_is_refused_with_what_is_allowed() {
    let cases = [
        (json!({ "backend_concurency": 5 }), "`backend_concurrency`"),
        (json!({ "retention": { "failed": "7days" } }), "`cancelled`"),
        (json!({ "dead_after": "15" }), "\"15\" is not a duration such as \"500ms\", \"1s\" or \"7days\""),
        (json!({ "dead_after": 15 }), "integer `15`, expected a duration such as"),
        (json!({ "queue_prioritization": "fifo" }), "`alpha_numeric`"),
    ];

    for (value, said) in cases {
        let error = serde_json::from_value::<Options>(value.clone()).unwrap_err().to_string();
        assert!(error.contains(said), "{value}: \"{error}\" does not say {said:?}");
    }
}

#[tokio::test]
async fn options_given_at_once_replace_everything_before_them() {
    let bed = TestBed::new().await;
    let mut options = Options::default();
    options.poison_after = 7;

    let builder = everything(TaskTower::builder()).options(options.clone()).shutdown_grace(Duration::from_secs(1));
    let came_to = built(&bed, builder).await;

    options.connection_string = Some(bed.url.clone());
    options.schema_name = bed.schema.clone();
    options.shutdown_grace = Duration::from_secs(1);
    assert_eq!(came_to, options);
}

#[tokio::test]
async fn a_file_says_the_same_as_the_builder() {
    let bed = TestBed::new().await;
    let file = File::new(EVERYTHING);

    let from_file = built(&bed, TaskTower::builder().options_from_file(&file)).await;

    assert_eq!(from_file, built(&bed, everything(TaskTower::builder())).await);
}

#[tokio::test]
async fn a_file_connects() {
    let bed = TestBed::new().await;
    let file = File::new(&format!("connection_string = {:?}\nschema_name = {:?}", bed.url, bed.schema));

    let tower = TaskTower::builder().options_from_file(&file).build().await.unwrap();

    assert_eq!(tower.options().connection_string.as_ref(), Some(&bed.url));
    assert_eq!(bed.number("SELECT count(*) FROM tower.job").await, 0);
}

#[tokio::test]
async fn a_table_of_the_applications_file_counts_alone() {
    let bed = TestBed::new().await;
    let file = File::new(
        "schema_name = \"not ours\"\n[server]\nport = 80\n[task_tower]\npoison_after = 7\n[task_tower.retention]\ndead = \"1day\"",
    );

    let options = built(&bed, TaskTower::builder().poison_after(1).options_from_file(&file)).await;

    let mut expected = Options::default();
    expected.connection_string = Some(bed.url.clone());
    expected.schema_name = bed.schema.clone();
    expected.poison_after = 7;
    expected.retention.dead = hours(24);
    assert_eq!(options, expected);
}

#[tokio::test]
async fn what_a_file_does_not_name_stays_and_what_is_called_last_wins() {
    let bed = TestBed::new().await;
    let file = File::new("poison_after = 7\nqueue_priorities = { mail = 1 }\nretention = { dead = \"2days\" }");

    let builder = TaskTower::builder()
        .poison_after(2)
        .backend_concurrency(33)
        .queue_priorities([("default", 5)])
        .retention(|keep| (keep.completed, keep.dead) = (hours(1), hours(1)))
        .options_from_file(&file)
        .queues(["mail"]);
    let options = built(&bed, builder).await;
    let after_it = built(&bed, TaskTower::builder().options_from_file(&file).poison_after(2)).await;

    assert_eq!(options.poison_after, 7);
    assert_eq!(options.backend_concurrency, 33);
    assert_eq!(options.queue_priorities, [("mail".to_owned(), 1)].into());
    assert_eq!((options.retention.completed, options.retention.dead), (hours(1), hours(48)));
    assert_eq!(options.queues, ["mail"]);
    assert_eq!(after_it.poison_after, 2);
}

#[tokio::test]
async fn a_mistake_in_a_file_is_told_with_file_line_key_and_what_is_allowed() {
    let cases: [(&str, &[&str]); 9] = [
        ("\n\nbackend_concurency = 5", &["line 3", "`backend_concurency`", "`backend_concurrency`", "[task_tower]"]),
        ("\npoison_after = \"three\"", &["line 2", "`poison_after`", "string", "expected a whole number"]),
        ("backend_concurrency = -1", &["line 1", "`backend_concurrency`", "`-1`"]),
        ("dead_after = \"15\"", &["line 1", "`dead_after`", "\"15\" is not a duration such as", "\"1s\""]),
        ("dead_after = 15", &["line 1", "`dead_after`", "expected a duration such as"]),
        ("[retention]\n\nded = \"1day\"", &["line 3", "`ded`", "`dead`", "`retention`"]),
        ("queue_prioritization = \"fifo\"", &["line 1", "`queue_prioritization`", "`fifo`", "`alpha_numeric`"]),
        ("[server]\nport = 80\n[task_tower]\nquues = []", &["line 4", "`quues`", "`queues`"]),
        ("queues = [\"a\"\n\npoison_after = 3", &["line 3"]),
    ];

    for (text, words) in cases {
        let file = File::new(text);
        let said = refusal(nowhere().options_from_file(&file)).await;
        for word in words.iter().copied().chain([file.0.to_str().unwrap()]) {
            assert!(said.contains(word), "{text:?}: \"{said}\" does not say {word:?}");
        }
    }
}

#[tokio::test]
async fn a_mistake_in_a_file_is_told_without_the_password() {
    let texts = [
        "connection_string = \"postgres://bob:s3cret@host/db",
        "connection_string = postgres://bob:s3cret@host/db",
        "connection_string = [\"postgres://bob:s3cret@host/db\"]",
        "conection_string = \"postgres://bob:s3cret@host/db\"",
        "connection_string = \"postgres://bob:s3cret@host:notaport/db\"",
        "connection_string = \"Host=h;Password=s3cret;nonsense\"",
    ];

    for text in texts {
        let file = File::new(text);
        let error = TaskTower::builder().options_from_file(&file).build().await.unwrap_err();
        let said = format!("{error} {error:?} {:?}", std::error::Error::source(&error));
        assert!(said.contains("connection_string") || said.contains("line 1"), "{said}");
        assert!(!said.contains("s3cret"), "{text}: {said}");
    }
}

#[tokio::test]
async fn the_first_mistake_is_told_by_build_and_by_migrate_to() {
    let builder = || nowhere().options_from_file("/nowhere/first.toml").options_from_file("/nowhere/second.toml");

    let built = refusal(builder()).await;
    let migrated = builder().migrate_to(1).await.unwrap_err();

    assert!(built.starts_with("options file \"/nowhere/first.toml\": cannot be read: "), "{built}");
    assert_eq!(migrated.to_string(), built);
}

#[tokio::test]
async fn the_example_file_has_every_option_at_its_default() {
    let bed = TestBed::new().await;

    let options = built(&bed, TaskTower::builder().options_from_file(EXAMPLE)).await;

    let mut expected = Options::default();
    expected.connection_string = Some(bed.url.clone());
    expected.schema_name = bed.schema.clone();
    assert_eq!(options, expected);
}

#[test]
fn the_example_file_names_every_option_and_explains_it() {
    let text = fs::read_to_string(EXAMPLE).unwrap();
    let defaults = serde_json::to_value(Options::default()).unwrap();
    let lines: Vec<&str> = text.lines().collect();

    // These have no default that fits every machine, so they stand there as a comment.
    for name in ["connection_string".to_owned(), "backend_concurrency".to_owned()].into_iter().chain(names(&defaults)) {
        let is_it = |line: &str| {
            let line = line.trim_start_matches("# ");
            line == format!("[{name}]") || line.starts_with(&format!("{name} = "))
        };
        let place = lines.iter().position(|line| is_it(line)).unwrap_or_else(|| panic!("{name} is missing"));
        assert!(lines[place - 1].starts_with("# "), "{name} is not explained");
    }
    for name in names(&defaults["retention"]) {
        assert!(text.contains(&format!("\n{name} = ")), "retention.{name} is missing");
    }
}

/// The name of a variable in the environment, with which a test tells its child what to do.
const ERRAND: &str = "TASK_TOWER_TEST_OPTIONS_ERRAND";

/// Not a test: a process with the variables of [`run_child`].
#[tokio::test]
#[ignore = "run by other tests"]
async fn a_child() {
    let Ok(file) = std::env::var(ERRAND) else { return };
    tracing_subscriber::fmt().with_writer(std::io::stdout).with_ansi(false).init();

    let builder = TaskTower::builder().poison_after(2).shutdown_grace(Duration::from_secs(2));
    let builder = builder.options_from_file(file).options_from_env().payload_bytes_max(1_000);

    match builder.build().await {
        Ok(tower) => println!("\noptions: {}", serde_json::to_string(tower.options()).unwrap()),
        Err(error) => println!("\nerror: {error}"),
    }
}

/// What a process says that reads its options from this file and these variables.
fn run_child(file: &File, variables: &[(&str, &str)]) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "options::a_child", "--ignored", "--nocapture"]);
    command.env(ERRAND, &file.0).envs(variables.iter().copied()).stderr(Stdio::null());
    String::from_utf8(command.output().unwrap().stdout).unwrap()
}

fn line<'a>(said: &'a str, word: &str) -> &'a str {
    said.lines().find_map(|line| line.strip_prefix(word)).unwrap_or_else(|| panic!("no {word:?} in {said}"))
}

#[tokio::test]
async fn the_environment_wins_over_the_file_before_it_and_not_over_what_is_called_after_it() {
    let bed = TestBed::new().await;
    let file = File::new("poison_after = 3\nbackend_concurrency = 3\nretention = { dead = \"3days\" }");

    let said = run_child(
        &file,
        &[
            ("TASK_TOWER_CONNECTION_STRING", &bed.url),
            ("TASK_TOWER_SCHEMA_NAME", &bed.schema),
            ("TASK_TOWER_BACKEND_CONCURRENCY", "4"),
            ("TASK_TOWER_QUEUES", "mail,default"),
            ("TASK_TOWER_QUEUE_PRIORITIES", "critical=3,default=2"),
            ("TASK_TOWER_RETENTION_COMPLETED", "4days"),
            ("TASK_TOWER_PAYLOAD_BYTES_MAX", "4"),
            ("TASK_TOWER_POISON_AFTER", ""),
        ],
    );

    let options: Value = serde_json::from_str(line(&said, "options: ")).unwrap();
    assert_eq!(options["schema_name"], json!(bed.schema));
    assert_eq!(options["backend_concurrency"], 4);
    assert_eq!(options["queues"], json!(["mail", "default"]));
    assert_eq!(options["queue_priorities"], json!({ "critical": 3, "default": 2 }));
    assert_eq!(options["retention"], json!({ "completed": "4days", "cancelled": "7days", "dead": "3days" }));
    assert_eq!(options["poison_after"], 3, "by the file, since the variable is empty");
    assert_eq!(options["shutdown_grace"], "2s", "by the builder");
    assert_eq!(options["payload_bytes_max"], 1_000, "by the builder, afterwards");
}

#[tokio::test]
async fn every_option_can_be_said_by_the_environment() {
    let bed = TestBed::new().await;
    let wanted = json!({
        "backend_concurrency": 77,
        "enqueue_connections": 5,
        "queue_prioritization": "weighted",
        "queue_priorities": { "critical": 60, "default": 30 },
        "queues": ["critical", "default"],
        "queue_announcement_interval": "1s 500ms",
        "job_check_interval": "700ms",
        "heartbeat_interval": "2s",
        "dead_after": "1min",
        "poison_after": 9,
        "stalled_after": "30s",
        "shutdown_grace": "1s",
        "payload_bytes_max": 1000,
        "log_level": "warn",
        "app_version": "2026.11.24-3",
        "retention": { "completed": "1days", "cancelled": "36h", "dead": "365days" },
        "kinds": { "letter": { "queue": "mail", "timeout": "30s" } },
        "migrate": true,
        "schema_name": bed.schema,
    });
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Array(words) => words.iter().map(|word| word.as_str().unwrap()).collect::<Vec<_>>().join(","),
        Value::Object(tables) if tables.values().all(Value::is_object) => value.to_string(),
        Value::Object(pairs) => pairs.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    };
    let mut variables = vec![("TASK_TOWER_CONNECTION_STRING".to_owned(), bed.url.clone())];
    for (name, value) in wanted.as_object().unwrap() {
        let name = format!("TASK_TOWER_{}", name.to_uppercase());
        match name.ends_with("RETENTION") {
            true => variables.extend(
                value
                    .as_object()
                    .unwrap()
                    .iter()
                    .map(|(state, age)| (format!("{name}_{}", state.to_uppercase()), text(age))),
            ),
            false => variables.push((name, text(value))),
        }
    }

    let variables: Vec<(&str, &str)> = variables.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let said = run_child(&File::new(""), &variables);

    let options: Value = serde_json::from_str(line(&said, "options: ")).unwrap();
    assert_eq!(options, wanted);
    assert_eq!(names(&serde_json::to_value(Options::default()).unwrap()), names(&wanted), "the test forgets an option");
}

#[tokio::test]
async fn a_variable_that_cannot_be_read_is_told_by_build() {
    let said = run_child(&File::new(""), &[("TASK_TOWER_DEAD_AFTER", "15")]);

    let expected = "TASK_TOWER_DEAD_AFTER: \"15\" is not a duration such as \"500ms\", \"1s\" or \"7days\"";
    assert_eq!(line(&said, "error: "), expected);
}

#[tokio::test]
async fn a_variable_that_is_no_option_is_only_warned_of() {
    let bed = TestBed::new().await;

    let said = run_child(
        &File::new(""),
        &[
            ("TASK_TOWER_CONNECTION_STRING", &bed.url),
            ("TASK_TOWER_SCHEMA_NAME", &bed.schema),
            ("TASK_TOWER_CONCURRENCY", "4"),
            ("TASK_TOWER_SERVICE_HOST", "10.0.0.1"),
        ],
    );

    line(&said, "options: ");
    let warnings: Vec<&str> = said.lines().filter(|line| line.contains("WARN")).collect();
    assert_eq!(warnings.len(), 1, "{said}");
    let expected =
        "TASK_TOWER_CONCURRENCY is not an option of Task Tower; did you mean TASK_TOWER_BACKEND_CONCURRENCY?";
    assert!(warnings[0].contains(expected), "{said}");
}
