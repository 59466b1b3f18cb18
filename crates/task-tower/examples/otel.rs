//! A trace leads from where a job was enqueued to its runs: sent by OTLP to a collector, and told by its id.
//!
//! Run it with `cargo run -p task-tower --example otel --features otel`. `DATABASE_URL`, or libpq's `PGHOST` and its
//! sisters, says where PostgreSQL is; `OTEL_EXPORTER_OTLP_ENDPOINT`, by default <http://localhost:4318>, where the
//! collector is, such as Jaeger.

use std::error::Error;
use std::time::Duration;

use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::runtime::Tokio;
use opentelemetry_sdk::trace::SdkTracerProvider;
use opentelemetry_sdk::trace::span_processor_with_async_runtime::BatchSpanProcessor;
use serde::{Deserialize, Serialize};
use task_tower::{Job, JobContext, JobError, JobState, RetryPolicy, TaskTower};
use tracing::Instrument;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

#[derive(Serialize, Deserialize)]
struct ChargeCard {
    cents: u32,
}

impl Job for ChargeCard {
    const KIND: &'static str = "charge_card";
    const QUEUE: &'static str = "payments";
}

#[tracing::instrument(name = "ask the bank")]
async fn ask_the_bank(cents: u32, attempt: u32) -> Result<(), JobError> {
    if attempt == 1 { Err(JobError::new("the bank sleeps")) } else { Ok(()) }
}

async fn charge_card(job: ChargeCard, run: JobContext) -> Result<(), JobError> {
    ask_the_bank(job.cents, run.attempt()).await
}

/// As in any program that traces: an exporter, a provider, a layer of the subscriber.
fn trace() -> Result<SdkTracerProvider, Box<dyn Error>> {
    let exporter = SpanExporter::builder().with_http().with_protocol(Protocol::HttpBinary).build()?;
    let provider = SdkTracerProvider::builder()
        .with_resource(Resource::builder().with_service_name("shop").build())
        .with_span_processor(BatchSpanProcessor::builder(exporter, Tokio).build())
        .build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("shop"));
    tracing_subscriber::registry().with(layer.with_filter(EnvFilter::new("otel=info,task_tower=info"))).init();
    Ok(provider)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let provider = trace()?;
    let soon = RetryPolicy::custom(|_| Duration::from_millis(100));
    let tower = TaskTower::builder().job_with(charge_card, |kind| kind.retry_policy(soon)).build().await?;
    let console = tower.console();

    let checkout = tracing::info_span!("checkout");
    let id = async { tower.client().enqueue(ChargeCard { cents: 990 }).await }.instrument(checkout).await?;
    let running = tower.start()?;
    while console.job(id).await?.state != JobState::Completed {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    running.stop().await;

    println!("trace {}", console.job(id).await?.trace_id().unwrap_or("none"));
    // It waits for the collector, so not on a thread that the exporter needs.
    tokio::task::spawn_blocking(move || provider.shutdown()).await??;
    Ok(())
}
