//! The random choices of a scenario: printed, and repeatable.

use fastrand::Rng;

/// A generator whose seed is that of `TASK_TOWER_SEED`, or else new.
pub fn seeded(scenario: &str) -> Rng {
    let given = std::env::var("TASK_TOWER_SEED").ok();
    let seed = given.map_or_else(|| fastrand::u64(..), |text| text.parse().expect("TASK_TOWER_SEED is a number"));
    println!("{scenario}: TASK_TOWER_SEED={seed}");
    Rng::with_seed(seed)
}
