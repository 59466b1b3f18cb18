//! Serves the dashboard.

mod server;

use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use anyhow::{Context, Result};
use axum::Router;
use task_tower::Console;
use task_tower_ui::{Access, Dashboard, Metrics};
use tokio::net::TcpListener;

/// The port of the dashboard, unless somebody says otherwise.
pub(crate) const PORT_DEFAULT: u16 = 4700;

/// Listens on a port of 127.0.0.1. None given, it is the usual one, or any if that is taken.
pub(crate) async fn listen(port: Option<u16>) -> Result<TcpListener> {
    let on = |port| SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port);
    let wanted = on(port.unwrap_or(PORT_DEFAULT));
    let listener = match TcpListener::bind(wanted).await {
        Err(error) if port.is_none() && error.kind() == io::ErrorKind::AddrInUse => TcpListener::bind(on(0)).await,
        other => other,
    };
    listener.with_context(|| format!("could not listen on {wanted}"))
}

/// The dashboard for this machine.
pub(crate) fn dashboard(console: Console, metrics: Metrics) -> Router {
    Dashboard::new(console, Access::loopback()).metrics(metrics).router()
}

/// Serves a router until `stop` is there.
pub(crate) async fn serve_router(listener: TcpListener, router: Router, stop: impl Future<Output = ()>) -> Result<()> {
    tokio::select! {
        () = server::run(listener, router, server::HEADERS_WITHIN) => Ok(()),
        // Every answer is short: nobody waits for one that was worth more than stopping at once.
        () = stop => Ok(()),
    }
}
