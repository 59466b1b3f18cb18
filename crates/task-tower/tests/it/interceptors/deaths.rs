//! Death interceptors: which deaths they are told of, and what they are told.

use std::time::Duration;

use task_tower::{Interceptor, InterceptorContext, JobError, JobId, JobState};

use super::{Act, House, Log, life, mourned};
use crate::support::{in_state, until};

/// Two channels that hear of deaths, as teams have them.
struct SlackSaysDeath {
    channel: &'static str,
}

struct TeamsSaysDeath;

impl Interceptor for SlackSaysDeath {
    async fn intercept(&self, context: InterceptorContext) -> Result<(), JobError> {
        let (log, id): (Log, JobId) = (context.run().state()?, context.run().job_id());
        let error = context.error().ok_or_else(|| JobError::new("a death has an error"))?;
        log.note(format!(
            "#{}: job {id} has died with error: {} at {}",
            self.channel, error.message, error.occurred_at
        ));
        Ok(())
    }
}

impl Interceptor for TeamsSaysDeath {
    async fn intercept(&self, context: InterceptorContext) -> Result<(), JobError> {
        context.run().state::<Log>()?.note("teams heard it, too");
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn stacked_ones_are_told_one_after_the_other() {
    let house = House::new(|config, _| {
        config.death_interceptor(SlackSaysDeath { channel: "death" }).death_interceptor(TeamsSaysDeath)
    })
    .await;

    let job = house.run(Act::Fail).await;

    house.until_all_are_told().await;
    let failed = job.events.last().unwrap();
    let slack = format!("#death: job {} has died with error: no luck at {}", job.id, failed.at);
    let job = house.console.job(job.id).await.unwrap();
    let run = [JobState::Processing, JobState::Failed];
    assert_eq!(life(&job), [&[JobState::Enqueued], &run[..], &run[..], &[JobState::Dead]].concat());
    assert_eq!(house.stop().await, ["handler", "handler", &slack, "teams heard it, too"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_death_is_told_however_it_came() {
    let house =
        House::new(|config, log| mourned(config.timeout(Duration::from_millis(50)).max_retry_count(0), log)).await;

    for act in [Act::Fail, Act::Panic, Act::Hang, Act::Discard] {
        house.run(act).await;
        house.until_all_are_told().await;
    }
    house.bed.query(r#"SELECT tower.enqueue('act', '"Fly"')"#, &[]).await;
    until("it is told", async || house.told().len() == 5).await;
    house.until_all_are_told().await;

    let told = house.told();
    for (told, message) in
        told.iter().zip(["no luck", "no nerves", "took longer", "no use", "the payload does not decode"])
    {
        assert!(told.starts_with(message), "{told}");
    }
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_death_or_a_persons_deed_is_not_told() {
    let house = House::new(mourned).await;
    house.console.pause_queue("paused", None).await.unwrap();
    let given_up = house.client.enqueue(Act::Fail).to_queue("paused").await.unwrap();

    house.console.discard(given_up, None).await.unwrap();
    for act in [Act::Succeed, Act::Cancel, Act::Snooze] {
        house.run(act).await;
    }
    house.run(Act::Discard).await;

    house.until_all_are_told().await;
    assert_eq!(house.told(), ["no use"], "the last one, and no other");
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn deaths_of_which_nobody_wants_to_hear_are_not_noted() {
    let house = House::new(|config, log| config.failure_interceptor(log.notes_that("failure"))).await;
    let schema = house.bed.quoted();
    let refuse = format!(
        "CREATE FUNCTION {schema}.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$;
         CREATE TRIGGER refuse BEFORE INSERT ON {schema}.untold FOR EACH ROW EXECUTE FUNCTION {schema}.refuse()"
    );
    house.bed.execute(&refuse).await;

    let job = house.run(Act::Fail).await;

    assert_eq!(job.state, JobState::Dead);
    house.stop().await;
}

/// Tells what there is to know.
async fn tells_all(context: InterceptorContext) -> Result<(), JobError> {
    let (run, error) = (context.run(), context.error().unwrap());
    let log: Log = run.state()?;
    log.note(format!("{:?} for {} in {}", run.job::<Act>()?, run.parameter::<String>("User")?, run.queue()));
    log.note(format!("attempt {} of {:?}, fenced {}", run.attempt(), run.tags(), run.fencing_token()));
    log.note(format!("{} with details: {}", error.message, error.details.is_some()));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn they_have_access_to_the_job_its_parameters_and_how_it_failed() {
    let house = House::new(|config, _| config.death_interceptor(tells_all)).await;
    let client = house.client.with_context(|job: &mut task_tower::EnqueueContext<'_>| job.set_parameter("User", "ada"));

    let id = client.enqueue(Act::Panic).to_queue("stage").tags(["vip"]).await.unwrap();

    in_state(&house.console, id, JobState::Dead).await;
    house.until_all_are_told().await;
    let lease = house.bed.number("SELECT lease FROM tower.history").await;
    let fenced = format!("attempt 2 of [\"vip\"], fenced {lease}");
    let expected = ["handler", "handler", "Panic for ada in stage", &fenced, "no nerves with details: true"];
    assert_eq!(house.stop().await, expected);
}
