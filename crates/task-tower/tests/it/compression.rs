//! Large payloads and results are stored by a method that takes little time.

use serde::{Deserialize, Serialize};
use task_tower::{Job, JobError, JobState, Output};

use crate::support::{TestBed, in_state};

#[derive(Serialize, Deserialize)]
struct Translate {
    text: String,
}

impl Job for Translate {
    const KIND: &'static str = "translate";
}

async fn translate(job: Translate) -> Result<Output<String>, JobError> {
    Ok(Output(job.text.to_uppercase()))
}

/// By lz4, if the server was built with it.
async fn expected(bed: &TestBed) -> String {
    let sql = "SELECT CASE WHEN 'lz4' = ANY (enumvals) THEN 'lz4' ELSE 'pglz' END
               FROM pg_settings WHERE name = 'default_toast_compression'";
    bed.query(sql, &[]).await[0].get(0)
}

#[tokio::test]
async fn large_payloads_and_results_are_compressed_by_the_faster_method_from_the_enqueue_into_the_history() {
    let bed = TestBed::new().await;
    let tower = bed.builder().job(translate).build().await.unwrap();
    let expected = expected(&bed).await;
    let id = tower.client().enqueue(Translate { text: "der Turm ".repeat(10_000) }).await.unwrap();

    let waiting = &bed.query("SELECT pg_column_compression(payload) FROM tower.job", &[]).await[0];
    let running = tower.start().unwrap();
    in_state(&tower.console(), id, JobState::Completed).await;
    running.stop().await;
    let sql = "SELECT pg_column_compression(payload), pg_column_compression(result) FROM tower.history";
    let finished = &bed.query(sql, &[]).await[0];

    assert_eq!(waiting.get::<_, String>(0), expected);
    assert_eq!([finished.get::<_, String>(0), finished.get::<_, String>(1)], [expected.clone(), expected]);
}
