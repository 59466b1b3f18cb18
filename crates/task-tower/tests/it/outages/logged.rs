//! That an outage is logged once when it begins and once when it ends, however often is tried meanwhile.

use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use task_tower::embedded::Cluster;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Metadata, Subscriber, span};

use super::{Worker, behind_proxy, own_server, steadfast, through};
use crate::support::address::Address;
use crate::support::stage::{patient, step};
use crate::support::{TestBed, until};

/// Everything that is logged above DEBUG, by any thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<(Level, String)>>>);

impl Log {
    fn count(&self, level: Level, words: &str) -> usize {
        let lines = self.0.lock().unwrap();
        lines.iter().filter(|(at, line)| *at == level && line.contains(words)).count()
    }
}

struct Words(String);

impl Visit for Words {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.0.push_str(&format!("{}={value:?} ", field.name()));
    }
}

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= Level::INFO
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut words = Words(String::new());
        event.record(&mut words);
        self.0.lock().unwrap().push((*event.metadata().level(), words.0));
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

/// A log belongs to a process, so this test runs in one of its own.
fn in_own_process(name: &str) {
    let test = format!("outages::logged::{name}");
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", &test, "--ignored", "--nocapture"]).stdin(Stdio::null());
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{text}{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn an_outage_is_logged_once() {
    in_own_process("logs_an_outage_once");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "run by an_outage_is_logged_once"]
async fn logs_an_outage_once() {
    let log = Log::default();
    tracing::subscriber::set_global_default(log.clone()).unwrap();
    let (mut proxy, bed) = behind_proxy().await;
    let worker = Worker::start(&bed, through(&proxy)).await;
    let (client, console) = (worker.tower.client(), worker.tower.console());
    for outage in 1..=3 {
        let held = worker.hold(patient("held")).await;
        assert_eq!(log.count(Level::WARN, "not available"), outage - 1, "{:#?}", log.0);

        proxy.cut().await;
        let waiting = tokio::spawn(client.enqueue(step("meanwhile")).into_future());
        until("somebody notices", async || console.job(held).await.is_err()).await;
        tokio::time::sleep(Duration::from_secs(2)).await;
        proxy.mend().await;
        until("all is well", async || console.job(held).await.is_ok()).await;
        waiting.await.unwrap().unwrap();
        worker.hold(step("afterwards")).await;

        assert_eq!(log.count(Level::WARN, "not available"), outage, "{:#?}", log.0);
        assert_eq!(log.count(Level::INFO, "available again"), outage, "{:#?}", log.0);
    }
    worker.stage.open();
    worker.running.stop().await;
}

#[test]
fn terminated_connections_are_logged_once_each_time() {
    in_own_process("logs_terminated_connections_once");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "run by terminated_connections_are_logged_once_each_time"]
async fn logs_terminated_connections_once() {
    let log = Log::default();
    tracing::subscriber::set_global_default(log.clone()).unwrap();
    let bed = TestBed::new().await;
    let name = format!("cut-{}", bed.schema);
    let address = Address::of(&bed.url).named(&name).text();
    let worker = Worker::start(&bed, |builder| steadfast(builder).connection_string(address)).await;
    let cut = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = $1";

    for _ in 0..10 {
        let load = vec![step("load"); 200];
        worker.tower.client().enqueue_all(load).await.unwrap();
        bed.query(cut, &[&name]).await;
        worker.hold(step("afterwards")).await;
    }

    let (gone, back) = (log.count(Level::WARN, "not available"), log.count(Level::INFO, "available again"));
    println!("logged for ten cuts: gone {gone} times, back {back} times");
    assert!(gone <= 10 && back <= gone, "{:#?}", log.0);
    worker.running.stop().await;
}

#[test]
fn a_standby_in_place_of_the_database_is_logged_once() {
    in_own_process("logs_a_standby_once");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "run by a_standby_in_place_of_the_database_is_logged_once"]
async fn logs_a_standby_once() {
    let log = Log::default();
    let (mut primary, bed) = own_server().await;
    let standby = primary.start_standby(Cluster::builder()).await.unwrap();
    let (first, second) = (Address::of(primary.url()), Address::of(standby.url()));
    let both = format!(
        "host={},{} port={},{} user={} dbname={}",
        first.host, second.host, first.port, second.port, first.user, first.database
    );
    let worker = Worker::start(&bed, |builder| steadfast(builder).connection_string(both)).await;
    worker.hold(step("job")).await;
    tracing::subscriber::set_global_default(log.clone()).unwrap();

    primary.kill().await.unwrap();
    until("it is logged", async || log.count(Level::WARN, "not available") > 0).await;
    tokio::time::sleep(Duration::from_secs(3)).await;

    assert_eq!(log.count(Level::WARN, "not available"), 1, "{:#?}", log.0);
    drop(worker);
    standby.stop().await.unwrap();
    primary.stop().await.unwrap();
}
