//! `task-tower serve`: the dashboard alone.

use std::net::SocketAddr;

use anyhow::{Context, Result, bail};
use clap::Args;
use tokio::net::TcpListener;

use crate::database::DatabaseArgs;
use crate::output::line;
use crate::signals::Signals;
use crate::web;

/// Serve the dashboard of a database, for this machine.
///
/// Whoever can reach it may see payloads and change jobs, and there is no login yet: so it listens
/// on addresses of this machine only. From elsewhere, use an SSH tunnel:
/// `ssh -L 4700:127.0.0.1:4700 <host>`.
#[derive(Args, Debug)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    database: DatabaseArgs,
    /// The address to listen on; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:4700")]
    listen: SocketAddr,
}

pub(crate) async fn run(args: ServeArgs) -> Result<()> {
    if !args.listen.ip().to_canonical().is_loopback() {
        bail!(
            "could not listen on {}: there is no login yet, so only addresses of this machine are allowed, such as \
             127.0.0.1:4700",
            args.listen
        );
    }
    let mut signals = Signals::listen()?;
    let console = args.database.console().await?;
    let listener =
        TcpListener::bind(args.listen).await.with_context(|| format!("could not listen on {}", args.listen))?;
    line(format_args!("Dashboard: http://{}/", listener.local_addr().context("could not tell the address")?));
    line("Ctrl-C stops it.");
    web::serve(listener, console, signals.next()).await
}
