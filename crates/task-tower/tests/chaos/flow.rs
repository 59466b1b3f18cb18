//! A steady flow of mixed jobs, as a busy application would enqueue them.

use std::time::{Duration, Instant};

use fastrand::Rng;
use tokio::task::JoinSet;

use crate::ground::Ground;
use crate::worker::{Act, Task};

/// Enqueues a job every so often, for so long; returns how many enqueues were acknowledged.
pub async fn flow(ground: Ground, mut random: Rng, pause: Duration, length: Duration) -> usize {
    let mut offers = JoinSet::new();
    let mut beat = tokio::time::interval(pause);
    let began = Instant::now();
    while began.elapsed() < length {
        beat.tick().await;
        let (task, delay, ground) = (mixed(&mut random), delay(&mut random), ground.clone());
        offers.spawn(async move { ground.offer(task, delay).await.is_some() });
    }
    offers.join_all().await.into_iter().filter(|taken| *taken).count()
}

/// Most are short and succeed; some take longer, fail, panic or wait first.
fn mixed(random: &mut Rng) -> Task {
    let work_ms = if random.u8(..20) == 0 { random.u64(200..400) } else { random.u64(1..40) };
    let acts = match random.u8(..100) {
        0 => vec![Act::Panic],
        1..=10 => vec![Act::Fail],
        11 | 12 => vec![Act::Snooze, Act::Fail],
        13 => vec![Act::Discard],
        14 => vec![Act::Cancel],
        _ => vec![],
    };
    Task { work_ms, acts, ..Task::default() }
}

fn delay(random: &mut Rng) -> Duration {
    if random.u8(..20) == 0 { Duration::from_millis(random.u64(1..2_000)) } else { Duration::ZERO }
}
