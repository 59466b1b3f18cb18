//! Following from any language.

use task_tower::{JobId, JobState};
use uuid::Uuid;

use super::tower;
use crate::support::stage::Stage;
use crate::support::{TestBed, in_state};

#[tokio::test]
async fn a_chain_is_a_list_of_objects() {
    let (bed, stage) = (TestBed::new().await, Stage::default());
    let tower = tower(&bed, &stage).await;
    let running = tower.start().unwrap();

    let chain = r#"SELECT tower.enqueue_chain('[{"kind": "first", "payload": {"act": "ok", "number": 5}}, {"kind": "second", "payload": {}, "queue": "mail"}]')"#;
    let ids: Vec<Uuid> = bed.query(chain, &[]).await[0].get(0);

    let job = in_state(&tower.console(), JobId::from(ids[1]), JobState::Completed).await;
    assert_eq!((stage.begun().last().unwrap().as_str(), job.queue.as_str()), ("second after 5", "mail"));
    running.stop().await;
}

#[tokio::test]
async fn what_cannot_be_is_refused_by_name() {
    let (bed, stage) = (TestBed::new().await, Stage::default());
    tower(&bed, &stage).await;
    let me = "00000000-0000-0000-0000-000000000007";

    let refusals = [
        (
            format!("SELECT tower.enqueue('a', id => '{me}', after => '{{{me}}}')"),
            format!("after: job {me} cannot await itself"),
        ),
        (format!("SELECT tower.enqueue('a', after => '{{{me}}}')"), format!("job {me} does not exist")),
        ("SELECT tower.enqueue('a', after => '{null}')".to_owned(), "after: a job is null".to_owned()),
        (format!("SELECT tower.enqueue('a', after => '{{{me},{me}}}')"), "after: a job is given twice".to_owned()),
        (
            format!("SELECT tower.enqueue('a', after => '{{{me}}}', if_parent_dies => 'wait')"),
            "if_parent_dies is \"wait\", not cancel or run".to_owned(),
        ),
        ("SELECT tower.enqueue_chain('{}')".to_owned(), "chain is of type object, a list of jobs is wanted".to_owned()),
        ("SELECT tower.enqueue_chain('[]')".to_owned(), "chain has 0 jobs, 1 to 100 are allowed".to_owned()),
        (r#"SELECT tower.enqueue_chain('[{"kind": "a"}, {"kind": ""}]')"#.to_owned(), "kind is empty".to_owned()),
    ];

    for (sql, message) in refusals {
        let sql = sql.replace("tower.", &format!("{}.", bed.quoted()));
        let error = bed.connect().await.query(&sql, &[]).await.unwrap_err();
        assert_eq!(error.as_db_error().unwrap().message(), message, "{sql}");
    }
    assert_eq!(bed.number("SELECT count(*) FROM tower.job").await, 0);
}
