//! What is enqueued when: each callback at most once, whatever happens after.

use task_tower::{BatchEvent, Console, JobEdit, JobFilter, JobId, JobState, KindOptions, testing};

use super::{Calls, Part, call, ended, enqueued, numbers, open, part};
use crate::support::{TestBed, in_state, until};

#[tokio::test]
async fn when_all_members_have_completed_finished_and_success_are_called() {
    let (bed, calls) = (TestBed::new().await, Calls::default());
    let tower = calls.tower(&bed).await;
    let batch = open(&tower).await;
    batch.add_all((0..10).map(|_| part("ok"))).await.unwrap();
    batch.close().await.unwrap();

    let running = tower.start().unwrap();

    let record = ended(&bed, &tower.console(), batch.id()).await;
    assert_eq!(numbers(&record), [10, 10, 0, 0]);
    assert_eq!(calls.of(batch.id()), ["finished", "success"]);
    running.stop().await;
}

#[tokio::test]
async fn when_members_die_the_first_death_and_the_end_are_called_but_no_success() {
    let (bed, calls) = (TestBed::new().await, Calls::default());
    let tower = calls.tower(&bed).await;
    let batch = open(&tower).await;
    batch.add_all(["ok", "fail", "discard"].map(part)).await.unwrap();
    batch.close().await.unwrap();

    let running = tower.start().unwrap();

    let record = ended(&bed, &tower.console(), batch.id()).await;
    assert_eq!(numbers(&record), [3, 1, 2, 0]);
    assert_eq!(calls.of(batch.id()), ["death", "finished"]);
    running.stop().await;
}

#[tokio::test]
async fn a_death_is_called_while_the_batch_is_open() {
    let (bed, calls) = (TestBed::new().await, Calls::default());
    let tower = calls.tower(&bed).await;
    let batch = open(&tower).await;
    let running = tower.start().unwrap();

    batch.add(part("discard")).await.unwrap();

    until("the death was called", async || calls.of(batch.id()) == ["death"]).await;
    assert_eq!(tower.console().batch(batch.id()).await.unwrap().ended_at, None);
    running.stop().await;
}

#[tokio::test]
async fn a_member_that_waits_for_its_retry_has_not_ended() {
    let (bed, calls) = (TestBed::new().await, Calls::default());
    let tower = calls.tower(&bed).await;
    let batch = open(&tower).await;
    batch.add(part("fail once")).await.unwrap();
    batch.close().await.unwrap();

    let running = tower.start().unwrap();

    let record = ended(&bed, &tower.console(), batch.id()).await;
    assert_eq!(numbers(&record), [1, 1, 0, 0]);
    assert_eq!(calls.of(batch.id()), ["finished", "success"]);
    running.stop().await;
}

#[tokio::test]
async fn a_batch_without_members_ends_when_it_is_closed() {
    let (bed, calls) = (TestBed::new().await, Calls::default());
    let tower = calls.tower(&bed).await;
    let running = tower.start().unwrap();
    let batch = open(&tower).await;

    batch.close().await.unwrap();

    let record = ended(&bed, &tower.console(), batch.id()).await;
    assert_eq!(numbers(&record), [0, 0, 0, 0]);
    assert_eq!(calls.of(batch.id()), ["finished", "success"]);
    running.stop().await;
}

#[tokio::test]
async fn members_that_are_requeued_bring_the_success_and_nothing_twice() {
    let (bed, calls) = (TestBed::new().await, Calls::default());
    let tower = calls.tower(&bed).await;
    let (batch, console) = (open(&tower).await, tower.console());
    let members = batch.add_all(["ok", "discard", "ok"].map(part)).await.unwrap();
    batch.close().await.unwrap();
    let running = tower.start().unwrap();
    ended(&bed, &console, batch.id()).await;
    assert_eq!(calls.of(batch.id()), ["death", "finished"]);

    // It is mended, and a member that had completed is run again, too.
    mend(&console, members[1], "ok").await;
    console.requeue_all(&members).await.unwrap();

    until("all have completed", async || console.batch(batch.id()).await.unwrap().completed == 3).await;
    until("the success was called", async || calls.of(batch.id()).contains(&"success".to_owned())).await;
    let record = ended(&bed, &console, batch.id()).await;
    assert_eq!(numbers(&record), [3, 3, 0, 0]);
    assert_eq!(calls.of(batch.id()), ["death", "finished", "success"]);
    running.stop().await;
}

#[tokio::test]
async fn a_batch_whose_member_was_requeued_has_not_ended_while_that_runs() {
    let (bed, calls) = (TestBed::new().await, Calls::default());
    let tower = calls.tower(&bed).await;
    let (batch, console) = (open(&tower).await, tower.console());
    let member = batch.add(part("discard")).await.unwrap();
    batch.close().await.unwrap();
    let running = tower.start().unwrap();
    ended(&bed, &console, batch.id()).await;

    mend(&console, member, "wait").await;
    console.requeue(member).await.unwrap();

    in_state(&console, member, JobState::Processing).await;
    until("it goes on", async || console.batch(batch.id()).await.unwrap().ended_at.is_none()).await;
    assert_eq!(numbers(&console.batch(batch.id()).await.unwrap()), [1, 0, 0, 0]);
    running.stop().await;
}

#[tokio::test]
async fn a_callback_is_a_job_of_its_own_with_the_options_of_its_kind() {
    let (bed, calls) = (TestBed::new().await, Calls::default());
    let tower = calls.cast(bed.builder().kinds([("call", mail())])).build().await.unwrap();
    let running = tower.start().unwrap();
    let batch = tower.client().open_batch("").on_finished(call("finished")).await.unwrap();
    batch.close().await.unwrap();

    ended(&bed, &tower.console(), batch.id()).await;

    let callbacks = tower.console().batch_callbacks(batch.id()).await.unwrap();
    let job = tower.console().job(callbacks[0].job.unwrap()).await.unwrap();
    assert_eq!((callbacks[0].event, callbacks[0].kind.as_str()), (BatchEvent::Finished, "call"));
    assert_eq!((job.queue.as_str(), job.batch), ("mail", None));
    running.stop().await;
}

async fn mend(console: &Console, member: JobId, act: &str) {
    let edit = JobEdit { payload: Some(serde_json::json!(part(act))), ..JobEdit::default() };
    console.edit(member, &edit).await.unwrap();
}

fn mail() -> KindOptions {
    let mut options = KindOptions::default();
    options.queue = Some("mail".to_owned());
    options
}

#[tokio::test]
async fn nothing_is_called_before_a_worker_has_added_up_and_nothing_after() {
    let (bed, calls) = (TestBed::new().await, Calls::default());
    let tower = calls.tower(&bed).await;
    let (batch, console) = (open(&tower).await, tower.console());
    batch.add(part("ok")).await.unwrap();
    batch.close().await.unwrap();
    assert_eq!(numbers(&console.batch(batch.id()).await.unwrap()), [1, 0, 0, 0], "what is not added up counts, too");
    assert_eq!(enqueued(&console, batch.id()).await, []);

    let running = tower.start().unwrap();
    ended(&bed, &console, batch.id()).await;

    let jobs = console.jobs(&JobFilter::new().kind("call")).await.unwrap();
    assert_eq!(jobs.jobs.len(), 2);
    assert_eq!(bed.number("SELECT count(*) FROM tower.batch_delta").await, 0);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_workers_call_each_callback_of_many_batches_once() {
    let (bed, calls) = (TestBed::new().await, Calls::default());
    let tower = calls.tower(&bed).await;
    let workers: Vec<_> = (0..4).map(|_| tower.start().unwrap()).collect();

    let mut batches = Vec::new();
    for number in 0..60 {
        let batch = open(&tower).await;
        let acts = ["ok", "fail once", if number % 3 == 0 { "discard" } else { "ok" }];
        batch.add_all(acts.map(part)).await.unwrap();
        batch.close().await.unwrap();
        batches.push((batch.id(), number % 3 == 0));
    }

    for (id, dies) in batches {
        ended(&bed, &tower.console(), id).await;
        let wanted = if dies { ["death", "finished"] } else { ["finished", "success"] };
        assert_eq!(calls.of(id), wanted);
    }
    assert_eq!(calls.all(), 120);
    for worker in workers {
        worker.stop().await;
    }
}

#[tokio::test]
async fn draining_a_test_bed_runs_the_callbacks() {
    let (bed, calls) = (testing::TestBed::new().await, Calls::default());
    let tower = calls.cast(bed.builder()).build().await.unwrap();
    let batch = open(&tower).await;
    batch.add(Part { act: "ok".to_owned() }).await.unwrap();
    batch.close().await.unwrap();

    let drained = bed.drain(&tower).await;

    assert_eq!(calls.of(batch.id()), ["finished", "success"]);
    assert_eq!(drained.total(), 3);
}
