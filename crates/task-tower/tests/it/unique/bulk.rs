//! Many unique jobs at once: all or none, each with the id of whoever has its key.

use std::iter;

use futures_util::future::join_all;
use task_tower::{Client, JobId, Unique};

use super::{enqueue_sync, live, sync};
use crate::support::TestBed;

async fn enqueue_users(client: &Client, users: impl Iterator<Item = i64> + Send + 'static) -> Vec<JobId> {
    let jobs = users.map(|user| sync(user, "bulk"));
    client.enqueue_all(jobs).unique(Unique::by_fields(&["user"])).await.unwrap()
}

#[tokio::test]
async fn each_job_is_answered_by_the_id_of_whoever_has_its_key() {
    let bed = TestBed::new().await;
    let client = bed.builder().build().await.unwrap().client();
    let three = enqueue_sync(&client, 3).await.id();

    let ids = enqueue_users(&client, [2, 3, 1, 2].into_iter()).await;

    assert_eq!((ids[1], ids[3]), (three, ids[0]), "an older job's, and that of an earlier one in the same call");
    let users = bed.query("SELECT (payload->>'user')::bigint FROM tower.job ORDER BY 1", &[]).await;
    assert_eq!(users.iter().map(|row| row.get(0)).collect::<Vec<i64>>(), [1, 2, 3]);
    let stored = bed.query("SELECT id FROM tower.job WHERE payload->>'user' = '1'", &[]).await;
    assert_eq!(ids[2], JobId::from(stored[0].get::<_, uuid::Uuid>(0)));
}

#[tokio::test]
async fn more_than_one_statement_takes_are_one_transaction_in_order() {
    let bed = TestBed::new().await;
    let client = bed.builder().build().await.unwrap().client();

    // Each twice, and so far apart that other statements hold the second ones.
    let ids = enqueue_users(&client, (0..6_000).chain(0..6_000)).await;

    assert_eq!(ids[..6_000], ids[6_000..]);
    let rows = bed.query("SELECT id FROM tower.job ORDER BY (payload->>'user')::bigint", &[]).await;
    let stored: Vec<JobId> = rows.iter().map(|row| JobId::from(row.get::<_, uuid::Uuid>(0))).collect();
    assert!(stored == ids[..6_000], "ids and jobs are not in the same order");
    assert_eq!(bed.number("SELECT count(DISTINCT xmin::text) FROM tower.job").await, 1);
}

#[tokio::test]
async fn who_wants_a_conflict_gets_all_or_none() {
    let bed = TestBed::new().await;
    let client = bed.builder().build().await.unwrap().client();
    let holder = client.enqueue(sync(1, "a")).unique(Unique::by_kind()).await.unwrap();
    let taken = enqueue_sync(&client, 9_000).await.id();
    let by_user = Unique::by_fields(&["user"]);

    let jobs = (0..10_000).map(|user| sync(user, "bulk"));
    let error = client.enqueue_all(jobs).unique(by_user).or_conflict().await.unwrap_err();

    assert!(error.is_conflict() && error.to_string().contains(&taken.to_string()), "{error:?}");
    assert!(!error.to_string().contains(&holder.to_string()));
    assert_eq!(live(&bed).await, 2);
    let free = client.enqueue_all([sync(1, "a"), sync(2, "a")]).unique(by_user).or_conflict().await.unwrap();
    assert_eq!(free.len(), 2);
}

#[tokio::test]
async fn a_conflict_of_two_jobs_of_one_call_names_no_job_that_nobody_will_find() {
    let bed = TestBed::new().await;
    let client = bed.builder().build().await.unwrap().client();

    let twice = client.enqueue_all([sync(1, "a"), sync(1, "a")]).unique(Unique::by_payload()).or_conflict();
    let error = twice.await.unwrap_err();

    assert!(error.is_conflict());
    assert_eq!(error.to_string(), "enqueue \"sync\": two jobs of this call have the same unique key");
    assert_eq!(live(&bed).await, 0);
}

#[tokio::test]
async fn one_key_for_all_of_them_makes_one_job() {
    let bed = TestBed::new().await;
    let client = bed.builder().build().await.unwrap().client();

    let ids = client.enqueue_all((0..100).map(|user| sync(user, "bulk"))).unique_key("x").await.unwrap();

    assert!(ids.iter().all(|id| *id == ids[0]));
    assert_eq!((ids.len(), live(&bed).await), (100, 1));
}

/// In opposite orders each would have what the other wants, over several statements.
#[tokio::test(flavor = "multi_thread")]
async fn bulks_in_opposite_orders_do_not_stop_each_other() {
    let bed = TestBed::new().await;
    let towers = [bed.builder().build().await.unwrap(), bed.builder().build().await.unwrap()];
    let clients = towers.each_ref().map(|tower| tower.client());
    let numbers = || 0..10_500_i64;

    let forwards = (0..2).map(|_| enqueue_users(&clients[0], numbers()));
    let backwards = (0..2).map(|_| enqueue_users(&clients[1], numbers().rev()));
    let (forwards, backwards) = tokio::join!(join_all(forwards), join_all(backwards));

    assert_eq!(live(&bed).await, 10_500);
    let reversed: Vec<JobId> = backwards[0].iter().rev().copied().collect();
    assert!(forwards[0] == forwards[1] && forwards[0] == reversed, "the answers are not the same jobs");
}

#[tokio::test]
async fn a_bulk_that_is_cut_short_leaves_no_key_behind() {
    let bed = TestBed::new().await;
    let client = bed.builder().build().await.unwrap().client();
    let bad = iter::once(sync(0, &"x".repeat(2 * 1024 * 1024)));
    let jobs = (1..6_000).map(|user| sync(user, "bulk")).chain(bad);

    let error = client.enqueue_all(jobs).unique(Unique::by_fields(&["user"])).await.unwrap_err();

    assert!(error.is_invalid(), "{error:?}");
    assert!(enqueue_sync(&client, 1).await.is_new());
}

#[tokio::test]
async fn a_kind_that_is_not_unique_has_every_job_of_a_bulk() {
    let bed = TestBed::new().await;
    let client = bed.builder().build().await.unwrap().client();

    let ids = client.enqueue_all(iter::repeat_n(sync(1, "same"), 3)).await.unwrap();

    assert_eq!((ids.len(), live(&bed).await), (3, 3));
}
