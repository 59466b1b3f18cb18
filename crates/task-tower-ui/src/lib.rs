//! The dashboard of Task Tower, as an [`axum::Router`].
//!
//! The server renders every page, and every page works without JavaScript; a small script only
//! keeps the marked regions fresh. Links are relative, so it can be mounted under any path.
//!
//! ```no_run
//! use std::net::SocketAddr;
//!
//! use axum::Router;
//! use task_tower::TaskTower;
//! use task_tower_ui::{Access, router};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let tower = TaskTower::builder().build().await?;
//! let application = Router::new().nest("/task-tower", router(tower.console(), Access::loopback()));
//!
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
//! // `Access::loopback` has to know who asks.
//! axum::serve(listener, application.into_make_service_with_connect_info::<SocketAddr>()).await?;
//! # Ok(()) }
//! ```

// A library speaks by tracing, never to the terminal.
#![warn(clippy::print_stdout)]

mod access;
mod actions;
mod api;
mod assets;
mod badge;
mod chips;
mod code;
mod dashboard;
mod desk;
mod driver;
mod fault;
mod guard;
mod headcount;
mod headers;
mod limits;
mod links;
mod live;
mod look;
mod messages;
mod metrics;
mod misread;
mod mode;
mod origin;
mod pages;
mod place;
mod probes;
mod redact;
mod router;
mod say;
mod settings;
mod source;
mod trace_url;
mod views;
mod visit;

pub use access::{Access, Decision, Gate, Permission, Permissions, Scope, Visitor};
pub use dashboard::{Color, Dashboard, router};
#[doc(hidden)]
pub use messages::Locale;
pub use metrics::Metrics;
pub use redact::Redact;
