//! The outside record, sorted by what one asks of it: which runs a job had, how each ended, and
//! what hit the process that it was in. Places are line numbers: a smaller one is earlier.

use std::collections::HashMap;

use task_tower::JobId;

use crate::record::{Blow, Entry, Event, How, Run, Start};

#[derive(Default)]
pub struct Timeline {
    pub offered: HashMap<u64, usize>,
    pub taken: Vec<(u64, JobId)>,
    /// Each job's runs, by lease.
    pub runs: HashMap<JobId, Vec<Placed>>,
    pub ends: HashMap<Run, (usize, How)>,
    pub effects: HashMap<Run, usize>,
    pub blows: Vec<(usize, Blow, u32)>,
    /// In nanoseconds.
    pub stalls: Vec<(u32, u128, u128)>,
    outages: Vec<(usize, usize)>,
    times: Vec<u128>,
}

/// A run and where its start stands.
#[derive(Clone, Copy, Debug)]
pub struct Placed {
    pub place: usize,
    pub start: Start,
}

impl Timeline {
    pub fn new(entries: &[Entry]) -> Self {
        let mut timeline = Self { times: entries.iter().map(|entry| entry.at).collect(), ..Self::default() };
        for (place, entry) in entries.iter().enumerate() {
            timeline.note(place, *entry);
        }
        timeline.runs.values_mut().for_each(|runs| runs.sort_by_key(|run| run.start.run.lease));
        timeline
    }

    fn note(&mut self, place: usize, Entry { at, event }: Entry) {
        match event {
            Event::Offered(number) => drop(self.offered.insert(number, place)),
            Event::Taken(number, job) => self.taken.push((number, job)),
            Event::Started(start) => self.runs.entry(start.run.job).or_default().push(Placed { place, start }),
            Event::Effect(run) => drop(self.effects.insert(run, place)),
            Event::Ended(run, how) => drop(self.ends.insert(run, (place, how))),
            Event::Struck(blow, process) => self.blows.push((place, blow, process)),
            Event::Stalled(process, gap) => self.stalls.push((process, at - u128::from(gap) * 1_000_000, at)),
            Event::OutageBegan => self.outages.push((place, usize::MAX)),
            Event::OutageEnded => self.outages.last_mut().expect("an outage that ends has begun").1 = place,
        }
    }

    /// How the run ended, when it did so before this place.
    pub fn ended_before(&self, run: Run, place: usize) -> Option<How> {
        self.ends.get(&run).filter(|(ended, _)| *ended < place).map(|(_, how)| *how)
    }

    /// Whether something between the two places can have made the process silent, or have cut it
    /// off from the database.
    pub fn was_hit(&self, process: u32, from: usize, to: usize) -> bool {
        self.was_struck(process, from, to) || self.stalled(process, from, to) || self.was_out(from, to)
    }

    fn was_struck(&self, process: u32, from: usize, to: usize) -> bool {
        self.blows_to(process).any(|(place, blow)| match blow {
            Blow::Kill | Blow::Abort => place < to,
            Blow::Stop => place < to && self.resumed_after(process, place) > from,
            Blow::Resume | Blow::Terminate => false,
        })
    }

    /// Whether it was asked to stop before this place.
    pub fn was_terminated(&self, process: u32, before: usize) -> bool {
        self.blows_to(process).any(|(place, blow)| blow == Blow::Terminate && place < before)
    }

    fn blows_to(&self, process: u32) -> impl Iterator<Item = (usize, Blow)> + '_ {
        self.blows.iter().filter(move |blow| blow.2 == process).map(|(place, blow, _)| (*place, *blow))
    }

    fn resumed_after(&self, process: u32, stopped: usize) -> usize {
        let mut later = self.blows_to(process).filter(|(place, blow)| *blow == Blow::Resume && *place > stopped);
        later.next().map_or(usize::MAX, |(place, _)| place)
    }

    /// A stall is written down when it is over, which may be long after others noticed.
    fn stalled(&self, process: u32, from: usize, to: usize) -> bool {
        let (from, to) = (self.time(from), self.time(to));
        self.stalls.iter().any(|(stalled, began, ended)| *stalled == process && *began < to && *ended > from)
    }

    fn was_out(&self, from: usize, to: usize) -> bool {
        self.outages.iter().any(|(began, ended)| *began < to && *ended > from)
    }

    pub fn time(&self, place: usize) -> u128 {
        self.times.get(place).copied().unwrap_or(u128::MAX)
    }
}
