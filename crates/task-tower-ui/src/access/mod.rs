//! Who may see the dashboard, and what they may change with it. Closed unless it is said otherwise.

mod credentials;
mod loopback;
mod permissions;
mod scope;
mod secret;
mod token;
mod visitor;

pub use permissions::{Permission, Permissions};
pub use scope::Scope;
pub use visitor::{Decision, Gate, Visitor};

pub(crate) use loopback::host;
pub(crate) use scope::covers;
pub(crate) use token::Token;

use std::fmt;
use std::sync::Arc;

use axum::http::request::Parts;

use crate::fault::Fault;
use crate::messages::Messages;
use secret::Secret;
use visitor::AnyGate;

/// Who may use the dashboard.
///
/// There is no default: a dashboard shows payloads and can delete jobs, so somebody has to say who
/// may.
///
/// ```
/// use task_tower_ui::{Access, Permission, Permissions};
///
/// # fn secret(name: &str) -> String { name.to_owned() }
/// let access = Access::basic("ana", secret("ANA_PASSWORD"))
///     .or(Access::basic("support", secret("SUPPORT_PASSWORD")).read_only())
///     .or(Access::bearer(secret("DEPLOY_TOKEN")).actor("deploy")
///         .permissions(Permissions::read_only().with(Permission::PauseQueues)));
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Access {
    doors: Vec<Door>,
}

/// One way in, and what is open behind it.
#[derive(Clone, Debug)]
struct Door {
    lock: Lock,
    actor: Option<String>,
    permissions: Permissions,
    scope: Scope,
}

#[derive(Clone)]
enum Lock {
    Loopback,
    Basic { user: String, name: Secret, password: Secret },
    Bearer(Secret),
    Gate(Arc<dyn AnyGate>),
}

/// Somebody who was let in.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) visitor: Visitor,
    /// By a token in a header, which no page of another site can make a browser send.
    pub(crate) by_token: bool,
}

/// Why somebody was not let in.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// May come back with credentials: the values of `WWW-Authenticate`.
    Unknown(Vec<&'static str>),
    Elsewhere(String),
    Never(Fault),
}

impl Access {
    /// Whoever is on this machine, and nobody else.
    ///
    /// The peer's address must be a loopback one, the request must not have come through a proxy,
    /// and its `Host` must be `localhost`, `127.0.0.1` or `[::1]`, so that no page of another site
    /// can reach it by a name of its own. The server must tell the peer's address: serve the router
    /// by [`into_make_service_with_connect_info::<SocketAddr>()`](axum::Router::into_make_service_with_connect_info);
    /// without that, every request is refused.
    pub fn loopback() -> Self {
        Self::by(Lock::Loopback)
    }

    /// A user with a password, which the browser asks for.
    ///
    /// Several users are several of them, joined by [`or`](Access::or). Both travel with every request, so use HTTPS on
    /// anything but a trusted network. An empty password lets nobody in, and neither does a name with a colon.
    pub fn basic(user: impl Into<String>, password: impl AsRef<str>) -> Self {
        let user = user.into();
        Self::by(Lock::Basic { name: Secret::new(&user), password: Secret::new(password.as_ref()), user })
    }

    /// Whoever sends this token in a header `Authorization: Bearer …`: for programs.
    ///
    /// An empty token lets nobody in.
    pub fn bearer(token: impl AsRef<str>) -> Self {
        Self::by(Lock::Bearer(Secret::new(token.as_ref())))
    }

    /// Whomever a rule of your own lets in; see [`Gate`].
    pub fn gate(gate: impl Gate) -> Self {
        Self::by(Lock::Gate(Arc::new(gate)))
    }

    fn by(lock: Lock) -> Self {
        Self { doors: vec![Door { lock, actor: None, permissions: Permissions::all(), scope: Scope::all() }] }
    }

    /// These people, or else the others. Each keeps what was said of them before.
    pub fn or(mut self, other: Self) -> Self {
        self.doors.extend(other.doors);
        self
    }

    /// The same people, but they may only look: no buttons, and every change is refused.
    pub fn read_only(self) -> Self {
        self.permissions(Permissions::read_only())
    }

    /// The same people, but they may do no more than this.
    pub fn permissions(self, permissions: Permissions) -> Self {
        self.each(|door| door.permissions = door.permissions.and(permissions))
    }

    /// The same people, but they see no more than this.
    #[expect(clippy::needless_pass_by_value, reason = "it is made where it is given")]
    pub fn scope(self, scope: Scope) -> Self {
        self.each(|door| door.scope = std::mem::take(&mut door.scope).and(scope.clone()))
    }

    /// What the log calls them. Without it: the user's name, `token`, `this machine`, or what the gate says.
    pub fn actor(self, name: impl Into<String>) -> Self {
        let name = name.into();
        self.each(|door| door.actor = Some(name.clone()))
    }

    fn each(mut self, change: impl Fn(&mut Door)) -> Self {
        self.doors.iter_mut().for_each(change);
        self
    }

    /// The first door that opens counts. When none does, one that asks for credentials is told, or else the last one.
    pub(crate) async fn check(&self, parts: &Parts) -> Result<Entry, Refusal> {
        let mut refusals = Vec::new();
        for door in &self.doors {
            match door.check(parts).await {
                Ok(entry) => return Ok(entry),
                Err(refusal) => refusals.push(refusal),
            }
        }
        Err(Refusal::of(refusals))
    }
}

impl Door {
    async fn check(&self, parts: &Parts) -> Result<Entry, Refusal> {
        let visitor = self.lock.open(parts).await?;
        let visitor = Visitor {
            actor: self.actor.clone().unwrap_or(visitor.actor),
            permissions: visitor.permissions.and(self.permissions),
            scope: visitor.scope.and(self.scope.clone()),
            source: visitor.source,
        };
        Ok(Entry { visitor, by_token: matches!(self.lock, Lock::Bearer(_)) })
    }
}

impl Lock {
    async fn open(&self, parts: &Parts) -> Result<Visitor, Refusal> {
        match self {
            Self::Loopback => loopback::check(parts).map(|()| Visitor::new("this machine")).map_err(Refusal::Never),
            Self::Basic { user, name, password } => credentials::login(&parts.headers)
                .filter(|login| (name.is(&login.user) & password.is(&login.password)).into())
                .map(|_| Visitor::new(user))
                .ok_or_else(|| Refusal::Unknown(vec![BASIC])),
            Self::Bearer(token) => credentials::token(&parts.headers)
                .filter(|given| token.is(given).into())
                .map(|_| Visitor::new("token"))
                .ok_or_else(|| Refusal::Unknown(vec![BEARER])),
            Self::Gate(gate) => match gate.check(parts).await {
                Decision::Allow(visitor) => Ok(visitor),
                Decision::Deny => Err(Refusal::Never(Fault::forbidden(Messages::fault_not_you))),
                Decision::Redirect(to) => Err(Refusal::Elsewhere(to)),
            },
        }
    }
}

const BASIC: &str = "Basic realm=\"Task Tower\", charset=\"UTF-8\"";
const BEARER: &str = "Bearer realm=\"Task Tower\"";

impl Refusal {
    /// Of several. What one of them offers is worth more than that another says no.
    fn of(refusals: Vec<Self>) -> Self {
        let mut challenges = Vec::new();
        let mut last = Self::Never(Fault::forbidden(Messages::fault_nobody));
        for refusal in refusals {
            match refusal {
                Self::Unknown(more) => challenges.extend(more),
                Self::Never(_) if matches!(last, Self::Elsewhere(_)) => {}
                other => last = other,
            }
        }
        challenges.sort_unstable();
        challenges.dedup();
        match last {
            Self::Elsewhere(_) => last,
            _ if challenges.is_empty() => last,
            _ => Self::Unknown(challenges),
        }
    }
}

impl fmt::Debug for Lock {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Loopback => "Loopback",
            Self::Basic { .. } => "Basic",
            Self::Bearer(_) => "Bearer",
            Self::Gate(_) => "Gate",
        })
    }
}
