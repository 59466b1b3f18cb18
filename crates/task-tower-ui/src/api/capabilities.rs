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

#[derive(Serialize)]
pub(super) struct Capabilities {
    actor: String,
    /// In the order of the guide.
    permissions: Vec<&'static str>,
    scope: Scope,
    read_only: Option<Closed>,
    version: &'static str,
    instance: Option<Instance>,
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
        instance: desk.instance.map(|instance| Instance { name: instance.name, color: instance.color.as_str() }),
        actor: visitor.actor,
    }))
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
