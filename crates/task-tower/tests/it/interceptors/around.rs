//! Around interceptors: they decide whether the handler runs, and see and change its outcome.

use task_tower::{AroundInterceptor, InterceptorContext, JobError, JobState, Next, Outcome};

use super::{Act, House, Log};

/// Notes when it begins and how what is inside ended.
struct Watch(Log, &'static str);

impl AroundInterceptor for Watch {
    async fn around(&self, _: InterceptorContext, next: Next) -> Result<Outcome, JobError> {
        self.0.note(format!("{} begins", self.1));
        let outcome = next.run().await;
        match &outcome {
            Ok(outcome) => self.0.note(format!("{} sees {outcome:?}", self.1)),
            Err(error) => self.0.note(format!("{} sees {error}", self.1)),
        }
        outcome
    }
}

async fn skips(_: InterceptorContext, _: Next) -> Result<Outcome, JobError> {
    Outcome::done_with("skipped")
}

async fn forgives(_: InterceptorContext, next: Next) -> Result<Outcome, JobError> {
    next.run().await.or_else(|error| Outcome::done_with(&error.to_string()))
}

async fn refuses(_: InterceptorContext, next: Next) -> Result<Outcome, JobError> {
    next.run().await?;
    Err(JobError::discard("refused afterwards"))
}

#[tokio::test(flavor = "multi_thread")]
async fn they_nest_in_order_inside_the_pre_processing_ones() {
    let house = House::new(|config, log| {
        let config = config.around_interceptor(Watch(log.clone(), "outer"));
        let config = config.around_interceptor(Watch(log.clone(), "inner"));
        config.pre_processing_interceptor(log.notes_that("before"))
    })
    .await;

    house.run(Act::Succeed).await;

    let expected = ["before", "outer begins", "inner begins", "handler", "inner sees Done", "outer sees Done"];
    assert_eq!(house.stop().await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn they_see_the_error_of_the_handler() {
    let house =
        House::new(|config, log| config.max_retry_count(0).around_interceptor(Watch(log.clone(), "outer"))).await;

    let job = house.run(Act::Fail).await;

    assert_eq!(job.last_failure().unwrap().message, "no luck");
    assert_eq!(house.stop().await, ["outer begins", "handler", "outer sees no luck"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_does_not_go_on_skips_the_handler() {
    let house =
        House::new(|config, log| config.around_interceptor(skips).around_interceptor(Watch(log.clone(), "inner")))
            .await;

    let job = house.run(Act::Fail).await;

    assert_eq!((job.state, job.result), (JobState::Completed, Some("skipped".into())));
    assert!(house.stop().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn one_makes_a_success_of_a_failure_and_a_failure_of_a_success() {
    let kind =
        House::new(|config, log| config.around_interceptor(forgives).success_interceptor(log.notes_that("success")))
            .await;
    let stern =
        House::new(|config, log| config.around_interceptor(refuses).failure_interceptor(log.notes_that("failure")))
            .await;

    let forgiven = kind.run(Act::Fail).await;
    let refused = stern.run(Act::Succeed).await;

    assert_eq!((forgiven.state, forgiven.result), (JobState::Completed, Some("no luck".into())));
    assert_eq!((refused.state, refused.reason.as_deref()), (JobState::Dead, Some("discarded")));
    assert_eq!(kind.stop().await, ["handler", "success"]);
    assert_eq!(stern.stop().await, ["handler", "failure"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_of_the_handler_passes_through_them() {
    let house =
        House::new(|config, log| config.max_retry_count(0).around_interceptor(Watch(log.clone(), "outer"))).await;

    let job = house.run(Act::Panic).await;

    let failure = job.last_failure().unwrap();
    assert_eq!((failure.kind.as_str(), failure.message.as_str()), ("panic", "no nerves"));
    assert!(failure.details.as_ref().unwrap().contains("interceptors/mod.rs"), "{failure:?}");
    assert_eq!(house.stop().await, ["outer begins", "handler"]);
}
