//! A fresh schema for a test, with a clock that can be advanced.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::estate::Estate;
use super::server::Server;
use crate::error::Result;
use crate::store::{self, Link};
use crate::{TaskTower, TowerBuilder};

/// A hundred years: no job waits longer.
const ADVANCE_MAX: Duration = Duration::from_secs(100 * 366 * 24 * 60 * 60);

/// A schema of the test's own, in a real PostgreSQL.
///
/// The server is that of the environment variable `TASK_TOWER_TEST_URL`, or else a private one, which
/// the first bed of a process starts in about half a second from the machine's own programs (see
/// [`embedded`](crate::embedded)), and which ends with the process. `DATABASE_URL` is never looked at.
///
/// Beds do not see each other, so tests can run at the same time. The schema comes into being when a
/// tower is built by [`builder`](TestBed::builder). On a server that stays, it is dropped when the bed
/// and those towers are gone, with their clients and consoles.
///
/// # Panics
///
/// All its methods panic where the database does not do what they ask: in a test there is nobody to
/// tell.
///
/// ```no_run
/// # async fn example() {
/// use task_tower::testing::TestBed;
///
/// let bed = TestBed::new().await;
/// let tower = bed.builder().build().await.unwrap();
/// # }
/// ```
pub struct TestBed {
    estate: Arc<Estate>,
    pub(super) link: Link,
    advanced: Mutex<Duration>,
}

impl TestBed {
    /// A new bed. Must be called inside a tokio runtime.
    ///
    /// # Panics
    ///
    /// When PostgreSQL is neither installed nor named by `TASK_TOWER_TEST_URL`.
    pub async fn new() -> Self {
        let bed = Self::make().await;
        bed.unwrap_or_else(|error| panic!("a test bed needs PostgreSQL, here or at TASK_TOWER_TEST_URL: {error}"))
    }

    async fn make() -> Result<Self> {
        let estate = Arc::new(Estate::new(Server::find().await?)?);
        Ok(Self { link: estate.link(), estate, advanced: Mutex::default() })
    }

    /// The connection string of the server, for the application's own tables for instance.
    #[must_use]
    pub fn url(&self) -> &str {
        self.estate.url()
    }

    /// The name of the schema.
    #[must_use]
    pub fn schema(&self) -> &str {
        self.estate.schema()
    }

    /// A builder of towers in this schema, for the application to add its handlers, states and options:
    /// with four slots, and the shortest intervals at which a worker looks for jobs.
    pub fn builder(&self) -> TowerBuilder {
        let shortest = Duration::from_millis(500);
        TaskTower::builder()
            .connection_string(self.url())
            .schema_name(self.schema())
            .backend_concurrency(4)
            .queue_announcement_interval(shortest)
            .job_check_interval(shortest)
            .shutdown_grace(Duration::from_secs(5))
            .keep(self.estate.clone())
    }

    /// Lets time pass for all jobs that wait: what would have been due within `time` is due now, in the
    /// same order, and nothing else is. A worker that runs is woken;
    /// [`drain`](TestBed::drain) runs what is due.
    ///
    /// What moves is the past, not the clock. Of every job that waits (scheduled, enqueued, failed),
    /// [`run_at`](crate::JobRecord::run_at) and [`created_at`](crate::JobRecord::created_at) are moved
    /// back by `time`, and so are the next tries of death interceptors. All else stays as it is: jobs
    /// that run or have ended, events, heartbeats and timeouts of workers, retention, and the clocks of
    /// PostgreSQL and of this process. So give times relative to now ([`after`](crate::Request::after),
    /// [`in_days`](crate::Request::in_days)); one that is given to [`at`](crate::Request::at) after an
    /// advance is by the clock that did not move.
    ///
    /// # Panics
    ///
    /// When all the time that has passed would be more than a hundred years, and before a tower was
    /// built.
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # async fn example(bed: task_tower::testing::TestBed, tower: task_tower::TaskTower) {
    /// bed.advance(Duration::from_secs(7 * 24 * 60 * 60)).await;
    /// bed.drain(&tower).await.assert_all_completed();
    /// # }
    /// ```
    pub async fn advance(&self, time: Duration) {
        let total = self.advanced().saturating_add(time);
        assert!(total <= ADVANCE_MAX, "could not advance by {time:?}: it is more than a hundred years");
        self.expect("advance", store::advance(&self.link, time).await);
        *self.advanced.lock().expect("no panic while held") = total;
    }

    /// The database's clock, and on top of it all that was advanced: the time as the jobs have it.
    /// For code of the application that is given the time.
    pub async fn now(&self) -> DateTime<Utc> {
        self.expect("ask for the time", store::clock(&self.link).await) + self.advanced()
    }

    fn advanced(&self) -> Duration {
        *self.advanced.lock().expect("no panic while held")
    }

    pub(super) fn expect<T>(&self, what: &str, result: Result<T>) -> T {
        result.unwrap_or_else(|error| {
            panic!("could not {what} in the test bed's schema \"{}\" (is there a tower yet?): {error}", self.schema())
        })
    }
}

impl std::fmt::Debug for TestBed {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "TestBed({})", self.schema())
    }
}
