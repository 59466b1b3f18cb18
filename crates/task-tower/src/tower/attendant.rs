//! Keeps whoever started this process informed of its worker: systemd, with the feature of that name. Without it, nobody.

use crate::worker::RunningTower;

pub(super) struct Attendant {
    #[cfg(all(feature = "systemd", unix))]
    supervisor: Option<crate::systemd::Supervisor>,
}

#[cfg(all(feature = "systemd", unix))]
impl Attendant {
    pub(super) fn new() -> Self {
        Self { supervisor: crate::systemd::Supervisor::from_env() }
    }

    /// While it works; never returns.
    pub(super) async fn attend(&self, running: &RunningTower) {
        let Some(supervisor) = &self.supervisor else { return std::future::pending().await };
        let ready = async {
            running.registered().await;
            supervisor.ready();
            std::future::pending::<()>().await;
        };
        tokio::select! {
            () = ready => {}
            () = supervisor.keep_alive() => {}
        }
    }

    /// While it stops.
    pub(super) async fn see_off(&self, stopping: impl Future<Output = ()>) {
        let Some(supervisor) = &self.supervisor else { return stopping.await };
        supervisor.stopping();
        tokio::select! {
            () = stopping => {}
            () = supervisor.keep_alive() => {}
        }
    }
}

#[cfg(not(all(feature = "systemd", unix)))]
impl Attendant {
    pub(super) fn new() -> Self {
        Self {}
    }

    pub(super) async fn attend(&self, _: &RunningTower) {
        std::future::pending::<()>().await;
    }

    pub(super) async fn see_off(&self, stopping: impl Future<Output = ()>) {
        stopping.await;
    }
}
