//! The checker, checked: it has nothing to say about a valid run of a fleet, and notices every
//! change that makes it invalid. Such changes are made at random places.

use std::collections::HashMap;

use fastrand::Rng;
use task_tower::JobId;
use uuid::Uuid;

use crate::checker::{Change, ChangeKind, Evidence, Finished, Invariant, check};
use crate::record::{Blow, Entry, Event, How, Run, Start};

const SEEDS: u64 = 50;
const SLOTS: usize = 8;

const COMPLETED: i16 = 3;
const DEAD: i16 = 4;

/// The process of each worker of the story, and what becomes of it: 1 and 2 live, 3 is killed, 4
/// freezes, 5 is asked to stop.
const PROCESSES: [(i64, u32); 5] = [(1, 101), (2, 102), (3, 103), (4, 104), (5, 105)];

/// Tells the lives of jobs as evidence.
#[derive(Default)]
struct Story {
    evidence: Evidence,
    next: u64,
}

/// A job in the course of its story.
#[derive(Clone, Copy)]
struct Teller {
    number: u64,
    job: JobId,
    lease: i64,
    attempt: i64,
    worker: i64,
}

impl Story {
    fn write(&mut self, event: Event) {
        let at = self.evidence.entries.len() as u128;
        self.evidence.entries.push(Entry { at, event });
    }

    fn strike(&mut self, blow: Blow, worker: i64) {
        self.write(Event::Struck(blow, process(worker)));
    }

    fn enqueue(&mut self) -> Teller {
        self.next += 1;
        let (number, job) = (self.next, JobId::from(Uuid::from_u128(u128::from(self.next))));
        self.write(Event::Offered(number));
        self.write(Event::Taken(number, job));
        Teller { number, job, lease: 0, attempt: 0, worker: 0 }
    }

    fn change(&mut self, teller: &Teller, kind: ChangeKind) {
        let Teller { worker, attempt, .. } = *teller;
        let at = self.evidence.entries.len() as u128;
        self.evidence.changes.push(Change { at, run: teller.run(), worker, attempt, kind });
    }

    fn claim(&mut self, teller: &mut Teller, worker: i64) {
        *teller = Teller { lease: teller.lease + 1, attempt: teller.attempt + 1, worker, ..*teller };
        self.change(teller, ChangeKind::Claimed);
    }

    fn start(&mut self, teller: &mut Teller, worker: i64) -> Run {
        self.claim(teller, worker);
        let Teller { number, attempt, .. } = *teller;
        let (run, process) = (teller.run(), process(worker));
        self.write(Event::Started(Start { run, number, attempt, worker, process }));
        run
    }

    fn give_up(&mut self, teller: &mut Teller, kind: ChangeKind) {
        self.change(teller, kind);
        teller.lease += 1;
        teller.attempt -= i64::from(kind == ChangeKind::Returned { refunded: true });
    }

    fn end(&mut self, run: Run, how: How) {
        self.write(Event::Effect(run));
        self.write(Event::Ended(run, how));
    }

    fn finish(&mut self, teller: &mut Teller, state: i16) {
        self.change(teller, ChangeKind::Ended(state));
        let Teller { number, job, lease, attempt, .. } = *teller;
        self.evidence.finished.push(Finished { job, number, lease, attempt, state });
    }

    /// The last run of most jobs.
    fn complete(&mut self, teller: &mut Teller, worker: i64) {
        let run = self.start(teller, worker);
        self.end(run, How::Done);
        self.finish(teller, COMPLETED);
    }

    fn tell_plain(&mut self) {
        let mut job = self.enqueue();
        self.complete(&mut job, 1);
    }

    fn tell_discarded(&mut self) {
        let mut job = self.enqueue();
        let run = self.start(&mut job, 1);
        self.end(run, How::Discarded);
        self.finish(&mut job, DEAD);
    }

    fn tell_failed(&mut self) {
        let mut job = self.enqueue();
        let run = self.start(&mut job, 1);
        self.end(run, How::Failed);
        self.give_up(&mut job, ChangeKind::Returned { refunded: false });
        self.complete(&mut job, 2);
    }

    /// Its worker is killed, once while it runs and once before it begins.
    fn tell_killed(&mut self) {
        let mut job = self.enqueue();
        self.start(&mut job, 3);
        self.strike(Blow::Kill, 3);
        self.give_up(&mut job, ChangeKind::Rescued);
        self.claim(&mut job, 3);
        self.give_up(&mut job, ChangeKind::Rescued);
        self.complete(&mut job, 2);
    }

    fn tell_poisonous(&mut self) {
        let mut job = self.enqueue();
        self.start(&mut job, 3);
        self.strike(Blow::Abort, 3);
        self.finish(&mut job, DEAD);
    }

    fn tell_frozen(&mut self) {
        let mut job = self.enqueue();
        let frozen = self.start(&mut job, 4);
        self.strike(Blow::Stop, 4);
        self.give_up(&mut job, ChangeKind::Rescued);
        self.complete(&mut job, 1);
        self.strike(Blow::Resume, 4);
        self.end(frozen, How::Done);
    }

    fn tell_given_back(&mut self) {
        let mut job = self.enqueue();
        let run = self.start(&mut job, 5);
        self.strike(Blow::Terminate, 5);
        self.write(Event::Ended(run, How::Stopped));
        self.give_up(&mut job, ChangeKind::Returned { refunded: true });
        self.complete(&mut job, 2);
    }
}

impl Teller {
    fn run(&self) -> Run {
        Run { job: self.job, lease: self.lease }
    }
}

fn process(worker: i64) -> u32 {
    PROCESSES[worker as usize - 1].1
}

/// Some lives of every sort, in a random order, one after the other.
fn valid(random: &mut Rng) -> Evidence {
    let mut lives: Vec<fn(&mut Story)> = vec![Story::tell_plain; 4];
    lives.extend([Story::tell_discarded as fn(&mut Story), Story::tell_failed, Story::tell_failed]);
    lives.extend([Story::tell_killed as fn(&mut Story), Story::tell_poisonous]);
    lives.extend([Story::tell_frozen as fn(&mut Story), Story::tell_given_back]);
    random.shuffle(&mut lives);
    let mut story = Story::default();
    lives.iter().for_each(|tell| tell(&mut story));
    Evidence { processes: HashMap::from(PROCESSES), slots: SLOTS, ..story.evidence }
}

/// One of those that will do.
fn pick<T>(random: &mut Rng, all: &[T], wanted: impl Fn(&T) -> bool) -> usize {
    let places: Vec<usize> = (0..all.len()).filter(|place| wanted(&all[*place])).collect();
    places[random.usize(..places.len())]
}

type Mutation = fn(&mut Evidence, &mut Rng);

/// What is done to the evidence, and which invariant it violates.
const MUTATIONS: [(&str, Invariant, Mutation); 21] = [
    ("a job vanishes", Invariant::NoLoss, |evidence, random| {
        evidence.finished.remove(random.usize(..evidence.finished.len()));
    }),
    ("a job is in the history twice", Invariant::NoLoss, |evidence, random| {
        evidence.finished.push(evidence.finished[random.usize(..evidence.finished.len())]);
    }),
    ("a job was never enqueued", Invariant::NoGhost, |evidence, random| {
        let offer = pick(random, &evidence.entries, |entry| matches!(entry.event, Event::Offered(_)));
        evidence.entries.remove(offer);
    }),
    ("an enqueue makes two jobs", Invariant::NoGhost, |evidence, random| {
        let row = evidence.finished[random.usize(..evidence.finished.len())];
        evidence.finished.push(Finished { job: JobId::from(Uuid::from_u128(1_000)), ..row });
    }),
    ("a lost run reports and is believed", Invariant::Fencing, |evidence, random| {
        let rescue = pick(random, &evidence.changes, |change| change.kind == ChangeKind::Rescued);
        let stale = Change { kind: ChangeKind::Ended(COMPLETED), ..evidence.changes[rescue] };
        // Just after others have claimed it.
        evidence.changes.insert(rescue + 2, stale);
    }),
    ("a lost run reports in the name of the one that goes on", Invariant::Fencing, |evidence, random| {
        let end = pick(random, &evidence.changes, |change| change.kind == ChangeKind::Ended(COMPLETED));
        evidence.changes[end].at -= 2;
    }),
    ("a job ends twice", Invariant::Fencing, |evidence, random| {
        let end = pick(random, &evidence.changes, |change| matches!(change.kind, ChangeKind::Ended(_)));
        evidence.changes.push(evidence.changes[end]);
    }),
    ("the result is that of an earlier run", Invariant::Fencing, |evidence, random| {
        let row = pick(random, &evidence.finished, |row| row.lease > 1);
        evidence.finished[row].lease -= 2;
    }),
    ("another worker's report is believed", Invariant::Fencing, |evidence, random| {
        let end = pick(random, &evidence.changes, |change| matches!(change.kind, ChangeKind::Ended(_)));
        evidence.changes[end].worker += 1;
    }),
    ("a job is completed whose work was not done", Invariant::Fencing, |evidence, random| {
        let leases: HashMap<JobId, i64> =
            evidence.finished.iter().filter(|row| row.state == COMPLETED).map(|row| (row.job, row.lease)).collect();
        let effect = pick(
            random,
            &evidence.entries,
            |entry| matches!(entry.event, Event::Effect(run) if leases.get(&run.job) == Some(&run.lease)),
        );
        evidence.entries.remove(effect);
    }),
    ("a failure is recorded as success", Invariant::Fencing, |evidence, random| {
        let end = pick(random, &evidence.entries, |entry| matches!(entry.event, Event::Ended(_, How::Discarded)));
        let Event::Ended(run, _) = evidence.entries[end].event else { return };
        evidence.entries[end].event = Event::Ended(run, How::Done);
    }),
    ("a job runs twice at a time though nobody was killed", Invariant::NoOverlap, |evidence, random| {
        remove_blow(evidence, random, Blow::Kill);
        remove_blow(evidence, random, Blow::Abort);
    }),
    ("a job is poison though it hurt nobody", Invariant::NoOverlap, |evidence, random| {
        let end = pick(random, &evidence.entries, |entry| matches!(entry.event, Event::Ended(_, How::Discarded)));
        evidence.entries.remove(end);
    }),
    ("a job runs twice at a time though nobody froze", Invariant::NoOverlap, |evidence, random| {
        remove_blow(evidence, random, Blow::Stop);
    }),
    ("a living worker loses a job", Invariant::NoOverlap, |evidence, random| {
        let rescue = pick(random, &evidence.changes, |change| change.kind == ChangeKind::Rescued);
        let claim = rescue - 1;
        evidence.changes[claim].worker = 1;
        evidence.changes[rescue].worker = 1;
    }),
    ("a job that was done runs again", Invariant::NoDuplicate, |evidence, random| {
        let end = pick(random, &evidence.entries, |entry| matches!(entry.event, Event::Ended(_, How::Failed)));
        let Event::Ended(run, _) = evidence.entries[end].event else { return };
        evidence.entries[end].event = Event::Ended(run, How::Done);
    }),
    ("a job stops though nobody asked", Invariant::NoDuplicate, |evidence, random| {
        remove_blow(evidence, random, Blow::Terminate);
    }),
    ("a run is counted twice", Invariant::Attempts, |evidence, random| {
        let row = random.usize(..evidence.finished.len());
        evidence.finished[row].attempt += 1;
    }),
    ("a run that failed is not counted", Invariant::Attempts, |evidence, random| {
        let wanted = ChangeKind::Returned { refunded: false };
        let failure = pick(random, &evidence.changes, |change| change.kind == wanted);
        evidence.changes[failure].kind = ChangeKind::Returned { refunded: true };
    }),
    ("a claim counts and never begins", Invariant::Attempts, |evidence, random| {
        let start =
            pick(random, &evidence.entries, |entry| matches!(entry.event, Event::Started(start) if start.worker <= 2));
        evidence.entries.remove(start);
    }),
    ("a run is not what was claimed", Invariant::Attempts, |evidence, random| {
        let place = pick(random, &evidence.entries, |entry| matches!(entry.event, Event::Started(_)));
        let Event::Started(start) = evidence.entries[place].event else { return };
        evidence.entries[place].event = Event::Started(Start { attempt: start.attempt + 1, ..start });
    }),
];

fn remove_blow(evidence: &mut Evidence, random: &mut Rng, blow: Blow) {
    let place =
        pick(random, &evidence.entries, |entry| matches!(entry.event, Event::Struck(struck, _) if struck == blow));
    evidence.entries.remove(place);
}

#[test]
fn the_checker_has_nothing_to_say_about_a_valid_run() {
    for seed in 0..SEEDS {
        let evidence = valid(&mut Rng::with_seed(seed));

        let violations = check(&evidence);

        assert!(violations.is_empty(), "seed {seed}: {violations:#?}");
    }
}

#[test]
fn the_checker_notices_every_mutation() {
    for (name, invariant, mutate) in MUTATIONS {
        for seed in 0..SEEDS {
            let mut random = Rng::with_seed(seed);
            let mut evidence = valid(&mut random);

            mutate(&mut evidence, &mut random);

            let violations = check(&evidence);
            let is_noticed = violations.iter().any(|violation| violation.invariant == invariant);
            assert!(is_noticed, "seed {seed}: {name}, but {invariant:?} was said to hold: {violations:#?}");
        }
    }
}

#[test]
fn the_checker_notices_that_a_kill_repeats_more_than_it_can_have_hit() {
    let mut story = Story::default();
    let mut jobs: Vec<Teller> = (0..200).map(|_| story.enqueue()).collect();
    for job in &mut jobs {
        let run = story.start(job, 3);
        story.end(run, How::Done);
    }
    story.strike(Blow::Kill, 3);
    for job in &mut jobs {
        story.give_up(job, ChangeKind::Rescued);
        story.complete(job, 1);
    }
    let evidence = Evidence { processes: HashMap::from(PROCESSES), slots: SLOTS, ..story.evidence };

    let violations = check(&evidence);

    assert_eq!(violations.iter().map(|violation| violation.invariant).collect::<Vec<_>>(), [Invariant::NoDuplicate]);
}
