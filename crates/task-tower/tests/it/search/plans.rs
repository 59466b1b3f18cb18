//! By which indexes jobs are found: in a schema without any, and in one with 200,000 of which there are no statistics yet.

use chrono::Utc;
use futures_util::future::join_all;
use task_tower::{Action, Console, Count, JobFilter, JobState};

use crate::support::TestBed;
use crate::support::proxy::Proxy;

/// The server tells the plan of every statement to whoever runs it.
const AUTO_EXPLAIN: &str = "-c session_preload_libraries=auto_explain -c auto_explain.log_min_duration=0 \
                            -c auto_explain.log_level=notice -c client_min_messages=notice";

/// Half of them live, half of them ended, on two days; few of each are rare.
const FILL: &str = "
    WITH made AS (
        SELECT number, (lpad(to_hex(1795000000000 + number), 12, '0') || '70008000000000000000')::uuid AS id,
               CASE WHEN number % 20000 < 2 THEN 'rare' ELSE 'common' END AS name,
               CASE WHEN number % 20000 < 2 THEN '3f9a1c0b7e21' END AS error_group
        FROM generate_series(1, 200000) AS number
    ), live AS (
        INSERT INTO tower.job (id, kind, queue, tags, payload, error_group)
        SELECT id, name, name, ARRAY[name], jsonb_build_object('name', name), error_group
        FROM made
        WHERE number % 2 = 1
    )
    INSERT INTO tower.history (id, run_at, created_at, attempted_at, finished_at, worker_id, lease, attempt, failures, crashes,
                               max_retries, priority, state, kind, queue, tags, payload, error_group)
    SELECT id, now(), now(), now(), now() + (number % 4 / 2) * interval '1 day', 1, 1, 1, 0, 0, 10, 0, 3 + number / 2 % 3, name,
           name, ARRAY[name], jsonb_build_object('name', name), error_group
    FROM made
    WHERE number % 2 = 0";

/// What it finds is not looked for in another way.
const INVERTED: &str = "_payload_tags_idx";

/// A filter, and an index of the history by which it is found.
const STRATEGIES: [(&str, &str); 12] = [
    ("", "_id_idx"),
    ("id:0192f0*", "_id_idx"),
    ("created:<2h", "_id_idx"),
    ("error:3f9a1c0b7e21", "_error_group_id_idx"),
    ("error:3f9a1c0b7e21 kind:rare", "_error_group_id_idx"),
    ("batch:01987a6e-0000-7000-8000-00000000000a", "_batch_id_id_idx"),
    ("batch:01987a6e-0000-7000-8000-00000000000a kind:rare", "_batch_id_id_idx"),
    ("kind:rare", "_kind_id_idx"),
    ("queue:rare", "_queue_id_idx"),
    ("tag:rare", INVERTED),
    ("args.name:rare", INVERTED),
    ("kind:r* -tag:common", "_id_idx"),
];

/// How live jobs are counted where nothing else is asked: scheduled ones, those that await others, those that are due,
/// failed ones.
const OF_EVERYTHING: [&str; 4] = [
    "Index Scan using job_claim ",
    "Index Scan using job_claim ",
    "Index Scan using job_claim ",
    "Index Scan using job_error_group ",
];

struct Overheard {
    bed: TestBed,
    proxy: Proxy,
    console: Console,
}

impl Overheard {
    async fn new() -> Self {
        let bed = TestBed::new().await;
        let proxy = Proxy::start(&bed.url).await;
        bed.builder().build().await.unwrap();
        let mut address = proxy.address();
        address.more.push(("options", AUTO_EXPLAIN.to_owned()));
        let console = bed.builder().connection_string(address.text()).build().await.unwrap().console();
        proxy.overhear();
        Self { bed, proxy, console }
    }

    /// The plans of the statements with this text since the last time.
    fn plans(&self, text: &str) -> Vec<String> {
        let heard = String::from_utf8_lossy(&self.proxy.overhear()).into_owned();
        let told = heard.split("Query Text: ").skip(1);
        // A notice ends with a zero byte; behind the text of the query stands its plan.
        let told = told.map(|told| told.split('\0').next().unwrap_or_default()).filter(|told| told.contains(text));
        told.map(|told| told[told.find("(cost=").unwrap()..].to_owned()).collect()
    }

    async fn check_pages(&self, when: &str) {
        for (filter, index) in STRATEGIES {
            self.console.jobs(&filter.parse().unwrap()).await.unwrap();
            let plans = self.plans("WITH horizon AS MATERIALIZED");
            assert!(plans.iter().any(|plan| plan.contains(index)), "{filter:?} {when}: no {index}\n{plans:#?}");
            let is_inverted = index == INVERTED;
            assert!(
                !is_inverted || plans.iter().all(|plan| plan.contains(index)),
                "{filter:?} {when}: walked\n{plans:#?}"
            );
            plans.iter().for_each(|plan| check(plan, &format!("{filter:?} {when}")));
        }
    }

    /// Live jobs of all states come out of one walk, or out of indexes that tell the states apart.
    async fn check_counts(&self, when: &str) {
        for (filter, scans) in [("", &OF_EVERYTHING[..]), ("kind:rare", &[""]), ("tag:rare", &[""])] {
            self.console.counts(&filter.parse().unwrap()).await.unwrap();
            let plans = self.plans("live AS MATERIALIZED");
            let walks = plans[0].lines().filter(|line| line.contains("Scan") && line.contains(" on job"));
            let reads_rows = |line: &&str| !line.contains("Index Only Scan") && !line.contains("Bitmap Index Scan");
            let walks: Vec<&str> = walks.filter(reads_rows).collect();
            let are_expected = walks.iter().zip(scans).all(|(walk, scan)| walk.contains(scan));
            assert!(are_expected && walks.len() == scans.len(), "{filter:?} {when}: {walks:?}\n{}", plans[0]);
            check(&plans[0], &format!("counts of {filter:?} {when}"));
        }
    }

    /// What waits in the queues lies in the lanes of the claim's index, what runs in them is met by its id.
    async fn check_queues(&self, when: &str) {
        self.console.queues().await.unwrap();
        let waiting = self.plans("AS oldest_since");
        self.console.queue_activity(&["common"]).await.unwrap();
        let running = self.plans("AS held");
        for (plans, index, walks) in [(waiting, "job_claim", 3), (running, "job_pkey", 1)] {
            let of_job = plans[0].lines().filter(|line| line.contains("Scan") && line.contains(" on job"));
            let of_job: Vec<bool> = of_job.map(|line| line.contains(&format!("Index Scan using {index} "))).collect();
            assert_eq!(of_job, vec![true; walks], "{when}:\n{}", plans[0]);
        }
    }

    async fn check_operations(&self, when: &str) {
        for (filter, index) in STRATEGIES.into_iter().skip(3) {
            let filter: JobFilter = format!("{filter} -state:dead").parse().unwrap();
            self.console.start_operation(&Action::Requeue, &filter, Utc::now(), "").await.unwrap();
            self.plans("");
            assert!(self.console.work_operations().await.unwrap());
            let plans = self.plans("are_too_many");
            assert!(plans[0].contains(index), "{filter} {when}: no {index}\n{}", plans[0]);
            check(&plans[0], &format!("{filter} {when}"));
            while self.console.work_operations().await.unwrap() {}
        }
    }
}

/// What is sorted is a page, or what the inverted index has found.
fn check(plan: &str, what: &str) {
    let lines: Vec<&str> = plan.lines().collect();
    for (number, line) in lines.iter().enumerate() {
        let is_large = line.contains("Seq Scan on history") || line.contains("Seq Scan on job");
        assert!(!is_large, "{what} has a {line}:\n{plan}");
        let is_sort = line.contains("->  Sort ") || line.starts_with("Sort ");
        assert!(!is_sort || sorts_little(&lines[number..]), "{what} has a {line}:\n{plan}");
    }
}

fn sorts_little(lines: &[&str]) -> bool {
    let depth = |line: &str| line.len() - line.trim_start().len();
    let below = lines[1..].iter().take_while(|line| depth(line) > depth(lines[0]));
    below.filter(|line| line.contains("Scan")).all(|line| line.contains("CTE Scan"))
}

#[tokio::test]
async fn every_search_keeps_its_index_empty_and_full() {
    let overheard = Overheard::new().await;

    overheard.check_pages("on an empty schema").await;
    overheard.check_counts("on an empty schema").await;
    overheard.check_queues("on an empty schema").await;
    overheard.bed.query("SELECT tower.make_partitions(2)", &[]).await;
    overheard.bed.query(FILL, &[]).await;
    overheard.check_pages("with 200,000 jobs and no statistics").await;
    overheard.check_counts("with 200,000 jobs and no statistics").await;
    overheard.check_queues("with 200,000 jobs and no statistics").await;
    overheard.check_operations("with 200,000 jobs and no statistics").await;
}

#[tokio::test]
async fn twenty_who_ask_at_once_are_answered_by_one_walk() {
    let overheard = Overheard::new().await;
    overheard
        .bed
        .query("INSERT INTO tower.job (id, kind) SELECT tower.new_id(), 'probe' FROM generate_series(1, 2001)", &[])
        .await;
    let console = overheard.console.remembering();
    overheard.plans("");

    let filter: JobFilter = "kind:probe".parse().unwrap();
    let told = join_all((0..20).map(|_| console.counts(&filter))).await;

    assert!(told.iter().all(|counts| counts.as_ref().unwrap()[&JobState::Enqueued] == Count::Exact(2_001)));
    assert_eq!(overheard.plans("live AS MATERIALIZED").len(), 1);
}
