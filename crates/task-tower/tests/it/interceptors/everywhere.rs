//! Interceptors of all kinds: given to the builder, in front of those of each kind.

use task_tower::{InterceptorContext, JobError, JobState, KindConfig, Next, Outcome, TowerBuilder};

use super::{Act, House, Log, Other, life};
use crate::support::{TestBed, in_state, until};

/// An around interceptor that notes when it begins and ends.
fn around(log: &Log, name: &'static str) -> impl task_tower::AroundInterceptor + use<> {
    let log = log.clone();
    move |_: InterceptorContext, next: Next| {
        let log = log.clone();
        async move {
            log.note(format!("{name} begins"));
            let outcome: Result<Outcome, JobError> = next.run().await;
            log.note(format!("{name} ends"));
            outcome
        }
    }
}

fn of_the_kind(config: KindConfig, log: &Log) -> KindConfig {
    config
        .pre_processing_interceptor(log.notes_that("before"))
        .around_interceptor(around(log, "around"))
        .success_interceptor(log.notes_that("success"))
        .failure_interceptor(log.notes_that("failure"))
        .death_interceptor(log.notes_that("death"))
}

fn of_all_kinds(builder: TowerBuilder, log: &Log) -> TowerBuilder {
    builder
        .pre_processing_interceptor(log.notes_that("all before"))
        .around_interceptor(around(log, "all around"))
        .success_interceptor(log.notes_that("all success"))
        .failure_interceptor(log.notes_that("all failure"))
        .death_interceptor(log.notes_that("all death"))
}

const RUN: [&str; 7] =
    ["all before", "before", "all around begins", "around begins", "handler", "around ends", "all around ends"];

#[tokio::test(flavor = "multi_thread")]
async fn at_each_moment_they_come_first_and_around_they_are_outside() {
    let log = Log::default();
    let own = log.clone();
    // The builder has the jobs only afterwards.
    let house = House::with(
        move |config, _| of_the_kind(config, &own).max_retry_count(0),
        |builder| of_all_kinds(builder, &log),
    )
    .await;

    house.run(Act::Succeed).await;
    house.run(Act::Fail).await;
    house.until_all_are_told().await;

    let handler: Vec<String> = house.stop().await;
    assert_eq!(handler, ["handler", "handler"]);
    let run: Vec<&str> = RUN.into_iter().filter(|note| *note != "handler").collect();
    let ends = [&["all success", "success"][..], &["all failure", "failure", "all death", "death"]];
    assert_eq!(log.notes(), [&run[..], ends[0], &run, ends[1]].concat());
}

async fn other(_: Other) -> Result<(), JobError> {
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn they_are_those_of_every_kind() {
    let (bed, log) = (TestBed::new().await, Log::default());
    let notes = log.clone();
    let tells = log.tells(move |context| {
        notes.note(context.run().kind());
        Ok(())
    });
    let builder = bed.builder().state(log.clone()).success_interceptor(tells).job(super::act).job(other);
    let tower = builder.build().await.unwrap();
    let (client, console, running) = (tower.client(), tower.console(), tower.start().unwrap());

    for id in [client.enqueue(Other).await.unwrap(), client.enqueue(Act::Succeed).await.unwrap()] {
        in_state(&console, id, JobState::Completed).await;
    }

    running.stop().await;
    assert_eq!(log.notes().iter().filter(|note| *note != "handler").collect::<Vec<_>>(), ["other", "act"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_given_twice_is_told_twice() {
    let log = Log::default();
    let notes = log.clone();
    let house = House::with(
        |config, _| config.death_interceptor(log.notes_that("death")),
        |builder| builder.death_interceptor(notes.notes_that("death")),
    )
    .await;

    let job = house.run(Act::Discard).await;

    until("it is told", async || log.notes().len() == 2).await;
    house.until_all_are_told().await;
    assert_eq!(life(&job).last(), Some(&JobState::Dead));
    house.stop().await;
    assert_eq!(log.notes(), ["death", "death"]);
}
