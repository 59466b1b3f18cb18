//! Traces, sent by the exporter of OpenTelemetry to a receiver: from an enqueue to its runs, span by span.

use std::collections::BTreeMap;
use std::time::Duration;

use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig};
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use opentelemetry_proto::tonic::trace::v1::{Span, Status};
use opentelemetry_sdk::runtime::Tokio;
use opentelemetry_sdk::trace::SdkTracerProvider;
use opentelemetry_sdk::trace::span_processor_with_async_runtime::BatchSpanProcessor;
use serde::{Deserialize, Serialize};
use task_tower::{Job, JobContext, JobError, JobId, JobState, RetryPolicy, TaskTower};
use tokio::runtime::Runtime;
use tracing::instrument::WithSubscriber;
use tracing::{Dispatch, Instrument, Metadata};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt;

use crate::log::under;
use crate::receiver::{Receiver, attributes};
use crate::support::{TestBed, in_state};

/// Runs a test in which what `wanted` lets through is traced, and returns the spans that a collector gets.
fn collected(wanted: fn(&Metadata<'_>) -> bool, test: impl Future<Output = ()>) -> Vec<Span> {
    let exporting = Runtime::new().unwrap();
    let receiver = exporting.block_on(Receiver::start());
    let provider = exporting.block_on(async { provider(&receiver.url()) });
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("shop"));
    let dispatch = Dispatch::new(tracing_subscriber::registry().with(layer.with_filter(filter_fn(wanted))));
    under(dispatch.clone(), test.with_subscriber(dispatch));
    provider.shutdown().unwrap();
    receiver.spans()
}

fn provider(url: &str) -> SdkTracerProvider {
    let exporter = SpanExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(format!("{url}/v1/traces"))
        .build()
        .unwrap();
    let processor = BatchSpanProcessor::builder(exporter, Tokio).build();
    SdkTracerProvider::builder().with_span_processor(processor).build()
}

/// What the program and Task Tower have to say.
fn everything(metadata: &Metadata<'_>) -> bool {
    metadata.is_span() && ["it", "task_tower"].contains(&metadata.target().split("::").next().unwrap_or_default())
}

#[derive(Serialize, Deserialize)]
struct Charge {
    cents: u32,
}

impl Job for Charge {
    const KIND: &'static str = "charge";
    const QUEUE: &'static str = "payments";
}

/// The first time, the bank does not answer.
async fn charge(job: Charge, run: JobContext) -> Result<(), JobError> {
    let asked = async { if run.attempt() == 1 && job.cents == 990 { Err("the bank sleeps") } else { Ok(()) } };
    asked.instrument(tracing::info_span!("ask the bank")).await.map_err(JobError::new)
}

async fn tower(bed: &TestBed) -> TaskTower {
    let soon = RetryPolicy::custom(|_| Duration::from_millis(10));
    bed.builder().job_with(charge, |kind| kind.retry_policy(soon)).build().await.unwrap()
}

/// Runs them to their end.
async fn run(tower: &TaskTower, ids: &[JobId]) {
    let running = tower.start().unwrap();
    for id in ids {
        in_state(&tower.console(), *id, JobState::Completed).await;
    }
    running.stop().await;
}

fn named<'a>(spans: &'a [Span], name: &str) -> Vec<&'a Span> {
    spans.iter().filter(|span| span.name == name).collect()
}

/// The trace and the span that it is linked to.
fn link(span: &Span) -> (&[u8], &[u8]) {
    assert_eq!(span.links.len(), 1, "{span:?}");
    (&span.links[0].trace_id, &span.links[0].span_id)
}

fn place(span: &Span) -> (&[u8], &[u8]) {
    (&span.trace_id, &span.span_id)
}

/// Those of the conventions and our own.
fn told(span: &Span) -> BTreeMap<&str, String> {
    let mut attributes = attributes(span);
    attributes.retain(|name, _| ["messaging.", "task_tower.", "error."].iter().any(|space| name.starts_with(space)));
    attributes
}

fn expected<'a>(pairs: &[(&'a str, &str)]) -> BTreeMap<&'a str, String> {
    pairs.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()
}

#[test]
fn a_trace_leads_from_the_enqueue_to_the_retried_run_span_by_span() {
    let mut job = None;

    let spans = collected(everything, async {
        let bed = TestBed::new().await;
        let tower = tower(&bed).await;
        let checkout = tracing::info_span!("checkout");
        let id = async { tower.client().enqueue(Charge { cents: 990 }).await }.instrument(checkout).await.unwrap();
        run(&tower, &[id]).await;
        job = Some(tower.console().job(id).await.unwrap());
    });

    let names: Vec<&str> = spans.iter().map(|span| span.name.as_str()).collect();
    let run = ["process payments", "ask the bank"];
    assert_eq!(names, [["checkout", "send payments"], run, run].concat());
    let [checkout, send, first, first_asks, second, second_asks] = &spans[..] else { unreachable!() };
    let job = job.unwrap();
    let id = job.id.to_string();

    // The enqueue is a part of what the program did.
    assert!(checkout.parent_span_id.is_empty());
    assert_eq!((&send.trace_id, &send.parent_span_id), (&checkout.trace_id, &checkout.span_id));
    assert_eq!(send.kind(), SpanKind::Producer);
    let common = [
        ("messaging.system", "task_tower"),
        ("messaging.destination.name", "payments"),
        ("messaging.message.id", id.as_str()),
        ("task_tower.job.kind", "charge"),
    ];
    let send_is = [("messaging.operation.name", "enqueue"), ("messaging.operation.type", "send")];
    assert_eq!(told(send), expected(&[&common[..], &send_is].concat()));
    let trace: String = send.trace_id.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(job.trace_id(), Some(trace.as_str()));

    // Each run begins a trace of its own, with a link to the enqueue.
    for process in [first, second] {
        assert_eq!(process.kind(), SpanKind::Consumer);
        assert!(process.parent_span_id.is_empty());
        assert_ne!(process.trace_id, send.trace_id);
        assert_eq!(link(process), place(send));
    }
    assert_ne!(first.trace_id, second.trace_id);
    let process_is = [("messaging.operation.name", "process"), ("messaging.operation.type", "process")];
    let common = [&common[..], &process_is].concat();
    let failed = [("task_tower.job.attempt", "1"), ("task_tower.job.outcome", "failed"), ("error.type", "Error")];
    assert_eq!(told(first), expected(&[&common[..], &failed].concat()));
    let message = "the bank sleeps".to_owned();
    assert_eq!(first.status, Some(Status { message, code: StatusCode::Error.into() }));
    let completed = [("task_tower.job.attempt", "2"), ("task_tower.job.outcome", "completed")];
    assert_eq!(told(second), expected(&[&common[..], &completed].concat()));
    assert_eq!(second.status.as_ref().map_or(StatusCode::Unset, Status::code), StatusCode::Unset);

    // What the handler does is a part of its run.
    for (asks, process) in [(first_asks, first), (second_asks, second)] {
        assert_eq!((&asks.trace_id, &asks.parent_span_id), (&process.trace_id, &process.span_id));
    }
}

#[test]
fn many_jobs_are_sent_in_one_span_and_each_run_is_linked_to_it() {
    let spans = collected(everything, async {
        let tower = tower(&TestBed::new().await).await;
        let ids = tower.client().enqueue_all((1..=3).map(|cents| Charge { cents })).await.unwrap();
        run(&tower, &ids).await;
    });

    let [send] = named(&spans, "send payments")[..] else { panic!("{spans:#?}") };
    let runs = named(&spans, "process payments");
    assert_eq!(attributes(send)["messaging.batch.message_count"], "3");
    assert_eq!(runs.len(), 3);
    assert!(runs.iter().all(|run| link(run) == place(send)));
}

#[test]
fn a_trace_that_comes_by_sql_is_linked_with_its_state() {
    let context = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01 rojo=00f067aa0ba902b7";

    let spans = collected(everything, async {
        let bed = TestBed::new().await;
        let tower = tower(&bed).await;
        let enqueue = "SELECT tower.enqueue('charge', '{\"cents\": 1}', 'payments', trace_context => $1)::text";
        let id: String = bed.query(enqueue, &[&context]).await[0].get(0);
        run(&tower, &[id.parse().unwrap()]).await;
    });

    let [process] = named(&spans, "process payments")[..] else { panic!("{spans:#?}") };
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let (trace, span) = link(process);
    assert_eq!((hex(trace), hex(span)), ("0af7651916cd43dd8448eb211c80319c".into(), "b7ad6b7169203331".into()));
    assert_eq!(process.links[0].trace_state, "rojo=00f067aa0ba902b7");
}

#[test]
fn where_the_span_of_the_enqueue_is_filtered_out_the_run_is_linked_to_what_is_around_it() {
    fn wanted(metadata: &Metadata<'_>) -> bool {
        everything(metadata) && metadata.target() != "task_tower::enqueue"
    }

    let spans = collected(wanted, async {
        let tower = tower(&TestBed::new().await).await;
        let enqueue = async { tower.client().enqueue(Charge { cents: 1 }).await };
        let id = enqueue.instrument(tracing::info_span!("checkout")).await.unwrap();
        run(&tower, &[id]).await;
    });

    let [checkout] = named(&spans, "checkout")[..] else { panic!("{spans:#?}") };
    assert_eq!(link(named(&spans, "process payments")[0]), place(checkout));
}

#[test]
fn an_enqueue_that_is_refused_says_so_in_its_span() {
    let spans = collected(everything, async {
        let client = tower(&TestBed::new().await).await.client();
        client.enqueue(Charge { cents: 1 }).unique_key("one").await.unwrap();
        client.enqueue(Charge { cents: 2 }).unique_key("one").or_conflict().await.unwrap_err();
    });

    let [first, refused] = named(&spans, "send payments")[..] else { panic!("{spans:#?}") };
    assert!(!attributes(first).contains_key("error.type"));
    assert_eq!(attributes(refused)["error.type"], "conflict");
    assert_eq!(refused.status.as_ref().map(Status::code), Some(StatusCode::Error));
}

#[tokio::test]
async fn without_a_layer_nothing_travels_with_the_job() {
    let tower = TestBed::new().await.builder().build().await.unwrap();

    let id = tower.client().enqueue(Charge { cents: 1 }).await.unwrap();

    assert_eq!(tower.console().job(id).await.unwrap().trace_context, None);
}

#[tokio::test]
async fn what_is_no_trace_context_is_refused_by_sql() {
    let bed = TestBed::new().await;
    bed.builder().build().await.unwrap();
    let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    for text in [
        "",
        "x",
        &parent[1..],
        &parent.to_uppercase(),
        &format!("{parent} "),
        &format!("{parent} a=\u{7f}"),
        &format!("{parent} {}", "a".repeat(513)),
    ] {
        let sql = format!("SELECT {}.enqueue('charge', trace_context => $1)", bed.quoted());
        let refused = bed.connect().await.query(&sql, &[&text]).await.unwrap_err();

        let refused = refused.as_db_error().unwrap();
        assert_eq!((refused.code().code(), refused.column()), ("22023", Some("trace_context")), "{text}: {refused}");
    }
}

#[tokio::test]
async fn a_trace_stays_with_its_job_to_the_end_and_through_a_requeue() {
    let bed = TestBed::new().await;
    let tower = bed.builder().build().await.unwrap();
    let console = tower.console();
    let id = tower.client().enqueue(Charge { cents: 1 }).await.unwrap();
    let context = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    bed.query("UPDATE tower.job SET trace_context = $1", &[&context]).await;
    let told = async || console.job(id).await.unwrap().trace_context;

    console.cancel(id, None).await.unwrap();
    assert_eq!(told().await.as_deref(), Some(context));
    console.requeue(id).await.unwrap();
    assert_eq!(told().await.as_deref(), Some(context));
    console.discard(id, None).await.unwrap();
    assert_eq!(told().await.as_deref(), Some(context));
}
