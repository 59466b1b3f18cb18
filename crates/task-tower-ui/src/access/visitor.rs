//! Who was let in, and how a host's own rule says so.

use std::future::Future;
use std::pin::Pin;

use axum::http::request::Parts;
use task_tower::Actor;

use super::permissions::Permissions;
use super::scope::Scope;
use crate::source::Source;

/// Somebody who was let in. Every handler behind the dashboard's door finds one among the extensions of its request.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Visitor {
    /// Who it is, as it is written into the log beside what they change.
    pub actor: String,
    /// What they may do.
    pub permissions: Permissions,
    /// What they see.
    pub scope: Scope,
    /// Where they come from, as the guard has it.
    pub(crate) source: Source,
}

impl Visitor {
    /// Somebody who may do and see everything.
    #[must_use]
    pub fn new(actor: impl Into<String>) -> Self {
        Self { actor: actor.into(), permissions: Permissions::all(), scope: Scope::all(), source: Source::default() }
    }

    /// As the audit names them.
    pub(crate) fn as_actor(&self) -> Actor {
        let actor = Actor::new(&self.actor).request(&self.source.request);
        let address = self.source.address.map(|address| address.to_string());
        address.into_iter().fold(actor, Actor::address)
    }

    /// Lets them do this only.
    #[must_use]
    pub fn permissions(mut self, permissions: Permissions) -> Self {
        self.permissions = permissions;
        self
    }

    /// Lets them see this only.
    #[must_use]
    pub fn scope(mut self, scope: Scope) -> Self {
        self.scope = scope;
        self
    }
}

/// What a [`Gate`] decides.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Decision {
    /// Comes in.
    Allow(Visitor),
    /// Gets a page that says so, with the status 403.
    Deny,
    /// Goes elsewhere first, to sign in. Only pages are redirected: changes and the API answer 403.
    Redirect(String),
}

/// Your own rule of who may use the dashboard, for [`Access::gate`](super::Access::gate).
///
/// ```
/// use axum::http::request::Parts;
/// use task_tower_ui::{Access, Decision, Gate, Permissions, Visitor};
///
/// #[derive(Clone)]
/// struct Person {
///     name: String,
///     is_admin: bool,
/// }
///
/// struct SignedIn;
///
/// impl Gate for SignedIn {
///     async fn check(&self, parts: &Parts) -> Decision {
///         // Your own middleware has put it there.
///         match parts.extensions.get::<Person>() {
///             Some(person) if person.is_admin => Decision::Allow(Visitor::new(&person.name)),
///             Some(person) => Decision::Allow(Visitor::new(&person.name).permissions(Permissions::read_only())),
///             None => Decision::Redirect("/sign-in".to_owned()),
///         }
///     }
/// }
///
/// let access = Access::gate(SignedIn);
/// ```
///
/// It is asked for every request, that for a style sheet included: keep what is slow in a cache.
pub trait Gate: Send + Sync + 'static {
    /// Decides about one request. The body has not been read.
    fn check(&self, parts: &Parts) -> impl Future<Output = Decision> + Send;
}

/// A [`Gate`] behind a pointer.
pub(super) trait AnyGate: Send + Sync {
    fn check<'a>(&'a self, parts: &'a Parts) -> Pin<Box<dyn Future<Output = Decision> + Send + 'a>>;
}

impl<G: Gate> AnyGate for G {
    fn check<'a>(&'a self, parts: &'a Parts) -> Pin<Box<dyn Future<Output = Decision> + Send + 'a>> {
        Box::pin(Gate::check(self, parts))
    }
}
