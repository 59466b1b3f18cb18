//! What interceptors have access to, and what may be one.

use std::sync::Mutex;

use serde_json::json;
use task_tower::{
    EnqueueContext, Interceptor, InterceptorContext, JobContext, JobError, JobState, KindConfig, blocking,
};

use super::{Act, House, Log, Other};
use crate::support::in_state;

/// A type with data of its own.
struct Named {
    name: &'static str,
    seen: Mutex<Vec<u32>>,
}

impl Interceptor for Named {
    async fn intercept(&self, context: InterceptorContext) -> Result<(), JobError> {
        self.seen.lock().unwrap().push(context.run().attempt());
        let seen = self.seen.lock().unwrap().clone();
        context.run().state::<Log>()?.note(format!("{}: {seen:?}", self.name));
        Ok(())
    }
}

async fn function(context: InterceptorContext) -> Result<(), JobError> {
    tokio::task::yield_now().await;
    context.run().state::<Log>()?.note("function");
    Ok(())
}

#[allow(clippy::needless_pass_by_value, reason = "that is what an interceptor takes")]
fn blocks(context: InterceptorContext) -> Result<(), std::io::Error> {
    std::thread::sleep(std::time::Duration::from_millis(1));
    let log: Log = context.run().state().map_err(|error| std::io::Error::other(error.to_string()))?;
    let current = JobContext::current().map(|run| run.job_id());
    assert_eq!(current, Some(context.run().job_id()), "the thread is a part of the run");
    log.note("blocking");
    Ok(())
}

fn mixed(config: KindConfig) -> KindConfig {
    let named = Named { name: "type", seen: Mutex::default() };
    let closure =
        |context: InterceptorContext| async move { context.run().state::<Log>().map(|log| log.note("closure")) };
    let config = config.pre_processing_interceptor(named).pre_processing_interceptor(blocking(blocks));
    config.pre_processing_interceptor(closure).pre_processing_interceptor(function)
}

#[tokio::test(flavor = "multi_thread")]
async fn types_functions_closures_and_blocking_ones_mix_in_order() {
    let house = House::new(|config, _| mixed(config)).await;

    let job = house.run(Act::Fail).await;

    assert_eq!(job.attempt, 2);
    let rest = ["blocking", "closure", "function", "handler"];
    assert_eq!(house.stop().await, [&["type: [1]"], &rest[..], &["type: [1, 2]"], &rest[..]].concat());
}

#[tokio::test(flavor = "multi_thread")]
async fn they_read_the_job_its_parameters_and_the_states() {
    let house = House::new(|config, log| {
        config.success_interceptor(log.tells(|context| {
            let run = context.run();
            let (log, user): (Log, String) = (run.state()?, run.parameter("User")?);
            log.note(format!("{:?} {} {user}", run.job::<Act>()?, run.payload()));
            log.note(format!("{} {} {:?} {}", run.kind(), run.queue(), run.tags(), run.priority()));
            log.note(format!("{:?} {}", run.find_parameter::<u8>("Age")?, context.error().is_none()));
            Ok(())
        }))
    })
    .await;
    let client = house.client.with_context(|job: &mut EnqueueContext<'_>| job.set_parameter("User", "ada"));

    let id = client.enqueue(Act::Succeed).to_queue("stage").tags(["vip"]).priority(3).await.unwrap();

    in_state(&house.console, id, JobState::Completed).await;
    let expected = ["handler", "Succeed \"Succeed\" ada", "act stage [\"vip\"] 3", "None true"];
    assert_eq!(house.stop().await, expected);
}

/// Fails when it is asked for by this name and type.
fn asks<T: serde::de::DeserializeOwned>(name: &'static str) -> impl Interceptor {
    move |context: InterceptorContext| std::future::ready(context.run().parameter::<T>(name).map(drop))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parameter_that_is_missing_or_of_another_type_is_told_by_name() {
    let missing =
        House::new(|config, _| config.max_retry_count(0).pre_processing_interceptor(asks::<String>("Tenant"))).await;
    let wrong = House::new(|config, _| config.max_retry_count(0).pre_processing_interceptor(asks::<u8>("User"))).await;
    let mut messages = Vec::new();

    for house in [missing, wrong] {
        let client = house.client.with_context(|job: &mut EnqueueContext<'_>| job.set_parameter("User", "ada"));
        let id = client.enqueue(Act::Succeed).await.unwrap();
        let job = in_state(&house.console, id, JobState::Dead).await;
        assert_eq!(job.context, Some(json!({"User": "ada"})));
        messages.push(job.last_failure().unwrap().message.clone());
        house.stop().await;
    }

    assert_eq!(messages[0], "context parameter \"Tenant\" is missing; there are \"User\"");
    assert!(
        messages[1].starts_with("context parameter \"User\": invalid type: string \"ada\", expected u8"),
        "{messages:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_that_nobody_gave_is_told_by_type() {
    let house = House::new(|config, log| {
        config.max_retry_count(0).pre_processing_interceptor(log.tells(|context| context.run().state::<u8>().map(drop)))
    })
    .await;

    let job = house.run(Act::Succeed).await;

    let expected = "there is no state of type u8: add .state(…) with one to the builder";
    assert_eq!(job.last_failure().unwrap().message, expected);
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_of_another_kind_are_told_from_the_own() {
    let house = House::new(|config, log| {
        config
            .max_retry_count(0)
            .pre_processing_interceptor(log.tells(|context| context.run().job::<Other>().map(drop)))
    })
    .await;

    let job = house.run(Act::Succeed).await;

    assert_eq!(job.last_failure().unwrap().message, "the job is of kind \"act\", not \"other\"");
    house.stop().await;
}
