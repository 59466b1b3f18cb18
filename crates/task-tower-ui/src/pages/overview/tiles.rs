//! The states in a strip: how many jobs are in each, and how that went lately.

use task_tower::{JobState, Tile};

use super::asked::Asked;
use crate::badge::Badge;
use crate::look::{Look, Spark};
use crate::pages::links;
use crate::say;

pub(super) struct Cell {
    pub(super) badge: Badge,
    pub(super) href: String,
    pub(super) figure: String,
    pub(super) note: String,
    pub(super) spark: Option<Spark>,
}

pub(super) fn cells(asked: &Asked, look: &Look) -> Vec<Cell> {
    // Most towers have none that await others, and miss nothing.
    let shown = asked.tiles.iter().filter(|tile| tile.state != JobState::Awaiting || tile.count.number() > 0);
    shown.map(|tile| Cell::new(tile, asked, look)).collect()
}

impl Cell {
    fn new(tile: &Tile, asked: &Asked, look: &Look) -> Self {
        let badge = look.badge(tile.state);
        Self {
            href: links::jobs(&format!("state:{}", tile.state.as_str())),
            figure: say::counted(tile.count),
            note: note(tile, asked, look),
            spark: (!tile.spark.is_empty()).then(|| Spark {
                name: look.m.overview_course(look.m.state(tile.state)),
                class: badge.class,
                bars: tile.state == JobState::Cancelled,
                values: tile.spark.clone(),
                width: 160,
                height: 28,
            }),
            badge,
        }
    }
}

fn note(tile: &Tile, asked: &Asked, look: &Look) -> String {
    let m = look.m;
    match tile.state {
        JobState::Scheduled => m.overview_for_later(),
        JobState::Awaiting => m.job_awaits(),
        JobState::Enqueued => match asked.queues.iter().filter_map(|queue| queue.oldest_since).min() {
            Some(since) => m.overview_oldest(say::age(m, look.now - since)),
            None => m.overview_none_waits(),
        },
        JobState::Processing => m.overview_of_slots(say::with_commas(asked.slots().1)),
        JobState::Failed => m.overview_will_retry(),
        _ if tile.spark.is_empty() => String::new(),
        _ => m.overview_more(say::with_commas(tile.spark.iter().flatten().sum()), m.hours(1)),
    }
}
