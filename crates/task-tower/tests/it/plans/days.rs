//! What looks for jobs that ended lately does not open the days of the history before, of which there may be hundreds.

use super::explain::{Desk, Planning, Purpose};
use super::ground::Ground;
use super::hot::HOT;

/// There is a partition for each of so many days, and of each state.
const DAYS: u64 = 60;
const STATES: u64 = 3;

#[tokio::test]
async fn only_the_days_since_the_first_of_the_times_are_opened() {
    let ground = Ground::new().await;
    ground.bed.number(&format!("SELECT tower.make_partitions({DAYS})::bigint")).await;

    for planning in [Planning::Generic, Planning::Custom] {
        let desk = Desk::open(&ground, Purpose::Read, planning, HOT).await;
        let opened = async |since: &str| {
            let values = format!("array[gen_random_uuid()], array['-infinity'::timestamptz], {since}");
            let seen = desk.explain("ends_of", &values).await.unwrap();
            seen.plan.nodes().iter().filter(|(_, node)| node["Relation Name"] == "history").count() as u64
        };

        assert!(opened("'-infinity'").await > DAYS * STATES);
        let lately = opened(&format!("now() + interval '{} days'", DAYS - 1)).await;
        assert!(lately <= 3 * STATES, "{lately} partitions, {}", planning.words());
    }
}
