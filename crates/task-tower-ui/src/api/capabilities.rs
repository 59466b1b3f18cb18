//! What the caller may do and see here, so that a program need not try.

use serde::Serialize;
use task_tower::ReadOnly;

use super::answer::Json;
use super::ask::{Asked, Nothing};
use super::call::Call;
use crate::access::{Permission, Visitor};
use crate::desk::Desk;
use crate::fault::Fault;
use crate::messages::Messages;
use crate::{dashboard, mode};

/// As the pages do, where nobody tells them what changed.
const POLL_SECONDS: u64 = 5;

#[derive(Serialize)]
pub(super) struct Capabilities {
    actor: String,
    /// In the order of the guide.
    permissions: Vec<&'static str>,
    scope: Scope,
    read_only: Option<Closed>,
    version: &'static str,
    instance: Option<Instance>,
    peers: Vec<Peer>,
    intervals: Intervals,
}

/// How often a program asks again, so that it is no more trouble than a page.
#[derive(Serialize)]
struct Intervals {
    /// Of what it shows.
    poll_seconds: u64,
    /// Of the capabilities: whether the database takes changes is known for so long.
    read_only_seconds: u64,
}

/// Patterns of names; `None` for all.
#[derive(Serialize)]
struct Scope {
    queues: Option<Vec<String>>,
    kinds: Option<Vec<String>>,
}

#[derive(Serialize)]
struct Closed {
    reason: &'static str,
    detail: String,
}

#[derive(Serialize)]
struct Instance {
    name: String,
    color: &'static str,
    place: Option<String>,
}

/// Another tower.
#[derive(Serialize)]
struct Peer {
    name: String,
    color: &'static str,
    address: String,
}

pub(super) async fn capabilities(call: Call, _: Asked<Nothing>) -> Result<Json<Capabilities>, Fault> {
    let Call { desk, visitor, look, .. } = call;
    let held = Permission::ALL.into_iter().filter(|permission| visitor.permissions.contains(*permission));
    Ok(Json(Capabilities {
        permissions: held.map(Permission::as_str).collect(),
        scope: Scope {
            queues: visitor.scope.queue_patterns().map(<[String]>::to_vec),
            kinds: visitor.scope.kind_patterns().map(<[String]>::to_vec),
        },
        read_only: closed(&desk, &visitor, look.m),
        version: env!("CARGO_PKG_VERSION"),
        instance: desk.instance.map(Instance::from),
        peers: desk.peers.iter().map(Peer::from).collect(),
        intervals: Intervals { poll_seconds: POLL_SECONDS, read_only_seconds: mode::KNOWN_FOR.as_secs() },
        actor: visitor.actor,
    }))
}

impl From<dashboard::Instance> for Instance {
    fn from(instance: dashboard::Instance) -> Self {
        Self { name: instance.name, color: instance.color.as_str(), place: instance.place }
    }
}

impl From<&dashboard::Peer> for Peer {
    fn from(peer: &dashboard::Peer) -> Self {
        Self { name: peer.name.clone(), color: peer.color.as_str(), address: peer.address.clone() }
    }
}

fn closed(desk: &Desk, visitor: &Visitor, m: Messages) -> Option<Closed> {
    match desk.mode.known() {
        Some(why) => Some(Closed { reason: name(why), detail: m.read_only(why) }),
        None if visitor.permissions.is_read_only() => {
            Some(Closed { reason: "permissions", detail: m.fault_never_changes() })
        }
        None => None,
    }
}

fn name(why: ReadOnly) -> &'static str {
    match why {
        ReadOnly::Standby => "standby",
        _ => "setting",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_told_to_ask_as_often_as_pages_do() {
        let said = format!("const POLL_MS = {POLL_SECONDS}_000;");

        assert!(include_str!("../../assets/live.js").contains(&said), "{said}");
    }
}
