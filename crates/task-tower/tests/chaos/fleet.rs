//! Worker processes, and what is done to them: each is known by its process id, and every blow is
//! on record.

use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, ExitStatus};

use crate::record::{Blow, Event, Record};
use crate::support::until;
use crate::worker::Settings;

pub struct Fleet {
    settings: Settings,
    record: Record,
    workers: Vec<Worker>,
    started: usize,
}

struct Worker {
    child: Child,
    /// The worker ends when this is closed. Kept apart, as waiting for a child closes it.
    _leash: ChildStdin,
    log: PathBuf,
    status: Option<ExitStatus>,
}

impl Fleet {
    pub fn new(settings: Settings) -> Self {
        let record = Record::new(&settings.directory);
        Self { settings, record, workers: Vec::new(), started: 0 }
    }

    /// Starts a worker and returns its process id.
    pub fn start(&mut self) -> u32 {
        self.started += 1;
        let log = self.settings.directory.join(format!("worker_{}.log", self.started));
        let mut child = self.settings.spawn(&log);
        let leash = child.stdin.take().unwrap();
        let process = child.id();
        self.workers.push(Worker { child, _leash: leash, log, status: None });
        process
    }

    pub fn start_many(&mut self, count: usize) {
        for _ in 0..count {
            self.start();
        }
    }

    /// The workers that have not ended.
    pub fn processes(&mut self) -> Vec<u32> {
        let alive = |worker: &mut Worker| worker.status().is_none().then(|| worker.child.id());
        self.workers.iter_mut().filter_map(alive).collect()
    }

    /// SIGKILL.
    pub fn kill(&mut self, process: u32) {
        self.record.write(Event::Struck(Blow::Kill, process));
        let worker = self.worker(process);
        worker.child.kill().unwrap();
        worker.status = Some(worker.child.wait().unwrap());
    }

    /// SIGSTOP.
    pub fn freeze(&self, process: u32) {
        self.record.write(Event::Struck(Blow::Stop, process));
        signal("STOP", process);
    }

    /// SIGCONT.
    pub fn resume(&self, process: u32) {
        signal("CONT", process);
        self.record.write(Event::Struck(Blow::Resume, process));
    }

    /// SIGTERM.
    pub fn terminate(&self, process: u32) {
        self.record.write(Event::Struck(Blow::Terminate, process));
        signal("TERM", process);
    }

    /// Waits until the process has ended.
    pub async fn ended(&mut self, process: u32) -> ExitStatus {
        until("a worker process has ended", || std::future::ready(self.worker(process).status().is_some())).await;
        self.worker(process).status().unwrap()
    }

    /// What the process has said so far.
    pub fn log(&self, process: u32) -> String {
        let worker = self.workers.iter().find(|worker| worker.child.id() == process).unwrap();
        std::fs::read_to_string(&worker.log).unwrap()
    }

    /// Asks all of them to stop, and waits until they have.
    pub async fn stop(&mut self) {
        let processes = self.processes();
        for process in &processes {
            self.began(*process).await;
        }
        processes.iter().for_each(|process| self.terminate(*process));
        for process in processes {
            let status = self.ended(process).await;
            assert!(status.success(), "worker {process} was asked to stop and ended with {status}");
        }
    }

    /// Waits until the process works, or has ended. Until then nobody hears a signal, which ends it as it ends others.
    async fn began(&mut self, process: u32) {
        let began = |fleet: &mut Self| {
            fleet.worker(process).status().is_some() || fleet.log(process).contains("worker registered")
        };
        until("a worker process has begun", || std::future::ready(began(self))).await;
    }

    fn worker(&mut self, process: u32) -> &mut Worker {
        self.workers.iter_mut().find(|worker| worker.child.id() == process).unwrap()
    }
}

impl Worker {
    fn status(&mut self) -> Option<ExitStatus> {
        if self.status.is_none() {
            self.status = self.child.try_wait().unwrap();
        }
        self.status
    }
}

impl Drop for Fleet {
    /// A test that failed leaves no process behind, not even a frozen one.
    fn drop(&mut self) {
        for worker in self.workers.iter_mut().filter(|worker| worker.status.is_none()) {
            let _ = worker.child.kill();
            let _ = worker.child.wait();
        }
    }
}

/// The shell's own `kill`: every system has it.
fn signal(name: &str, process: u32) {
    let status = Command::new("sh").args(["-c", &format!("kill -{name} {process}")]).status().unwrap();
    assert!(status.success(), "could not send {name} to {process}");
}
