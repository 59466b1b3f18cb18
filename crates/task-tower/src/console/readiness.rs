//! Whether this process can do its work: for probes, which ask often and are not let in by anybody.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Mutex;
use tokio::time::{self, timeout_at};

use super::Console;
use crate::record::{Probe, Readiness};
use crate::store;

/// A database that answers later does not.
const PATIENCE: Duration = Duration::from_secs(2);
/// The database is not asked more often, whoever probes.
const ANSWER_AGE_MAX: Duration = Duration::from_secs(1);

/// What the consoles of one tower ask together.
#[derive(Default)]
pub(crate) struct Probing {
    probe: Arc<Probe>,
    answer: Mutex<Option<(Instant, bool)>>,
}

impl Probing {
    pub(crate) fn new(probe: Arc<Probe>) -> Arc<Self> {
        Arc::new(Self { probe, answer: Mutex::default() })
    }
}

impl Console {
    /// Whether this process can do its work: whether the database answers, and how the workers are doing that
    /// the tower of this console runs in this process. It never fails, and takes two seconds at the most.
    ///
    /// That the process turns at all needs no question: a program that answers does.
    ///
    /// ```no_run
    /// # async fn example(tower: task_tower::TaskTower) {
    /// let readiness = tower.readiness().await;
    /// let status = if readiness.is_ready() { 200 } else { 503 };
    /// println!("{status}: {readiness:?}");
    /// # }
    /// ```
    pub async fn readiness(&self) -> Readiness {
        let database = self.database_answers().await;
        Readiness::new(database, self.probing.probe.workers(Instant::now()))
    }

    /// Who comes while somebody asks waits for that answer.
    async fn database_answers(&self) -> bool {
        let patience = time::Instant::now() + PATIENCE;
        let Ok(mut answer) = timeout_at(patience, self.probing.answer.lock()).await else { return false };
        if let Some((at, answers)) = *answer
            && at.elapsed() < ANSWER_AGE_MAX
        {
            return answers;
        }
        let asked = timeout_at(patience, store::server(&self.link)).await;
        if let Ok(Err(error)) = &asked {
            tracing::debug!(%error, "the database does not answer a probe");
        }
        let answers = matches!(asked, Ok(Ok(_)));
        *answer = Some((Instant::now(), answers));
        answers
    }
}
