//! What people read in place of a kind.

use serde::{Deserialize, Serialize};
use task_tower::{Job, JobError, JobFilter, JobState, KindConfig};

use crate::support::house::House;
use crate::support::until;

#[derive(Clone, Serialize, Deserialize)]
struct DoAPossiblyFailingThing;

impl Job for DoAPossiblyFailingThing {
    const KIND: &'static str = "do_a_possibly_failing_thing";
}

async fn possibly_fail(_: DoAPossiblyFailingThing) -> Result<(), JobError> {
    Ok(())
}

fn named(name: &'static str) -> impl FnOnce(KindConfig) -> KindConfig {
    move |config| config.display_name(name)
}

/// A worker on the schema of another one.
async fn another(house: &House, configure: impl FnOnce(KindConfig) -> KindConfig) -> House {
    House::on(house.bed.clone(), |builder| builder.job_with(possibly_fail, configure)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kind_has_the_name_that_its_configuration_gives_it() {
    let house = House::new(|builder| builder.job_with(possibly_fail, named("Possibly Failing Task"))).await;

    let job = house.until(DoAPossiblyFailingThing, JobState::Completed).await;

    assert_eq!((job.display_name.as_deref(), job.name()), (Some("Possibly Failing Task"), "Possibly Failing Task"));
    assert_eq!(job.kind, "do_a_possibly_failing_thing");
    let listed = house.console.jobs(&JobFilter::new()).await.unwrap().jobs;
    assert_eq!(listed[0].display_name.as_deref(), Some("Possibly Failing Task"));
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kind_without_a_name_goes_by_its_own() {
    let house = House::new(|builder| builder.job(possibly_fail)).await;

    let job = house.until(DoAPossiblyFailingThing, JobState::Completed).await;

    assert_eq!((job.display_name.as_deref(), job.name()), (None, "do_a_possibly_failing_thing"));
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_worker_that_started_last_names_the_kind_for_old_jobs_too() {
    let first = House::new(|builder| builder.job_with(possibly_fail, named("First"))).await;
    let id = first.until(DoAPossiblyFailingThing, JobState::Completed).await.id;
    let console = first.console.clone();
    let is_named = async |name: Option<&str>| console.job(id).await.unwrap().display_name.as_deref() == name;
    assert!(is_named(Some("First")).await);

    let second = another(&first, named("Second")).await;
    until("it has the second name", async || is_named(Some("Second")).await).await;
    first.stop().await;
    let third = another(&second, |config| config).await;
    until("it has no name any more", async || is_named(None).await).await;

    second.stop().await;
    third.stop().await;
}
