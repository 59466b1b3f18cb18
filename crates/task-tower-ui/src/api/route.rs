//! One line of the table: a method, a path, what it takes, and who answers.

use axum::Extension;
use axum::handler::Handler;
use axum::routing::{self, MethodRouter};

use crate::access::Permission;
use crate::desk::Desk;

pub(super) struct Route {
    #[cfg_attr(not(test), expect(dead_code, reason = "the router knows it, and the test compares it"))]
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    #[cfg_attr(not(test), expect(dead_code, reason = "the handler finds it as `Needed`, and the test compares it"))]
    pub(super) permission: Permission,
    pub(super) handler: MethodRouter<Desk>,
}

/// What the address of this request takes, as the table says: handlers ask for no other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Needed(pub(super) Permission);

impl Route {
    pub(super) fn get<H: Handler<T, Desk>, T: 'static>(path: &'static str, handler: H) -> Self {
        Self::new("get", path, Permission::View, routing::get(handler))
    }

    pub(super) fn post<H: Handler<T, Desk>, T: 'static>(path: &'static str, takes: Permission, handler: H) -> Self {
        Self::new("post", path, takes, routing::post(handler))
    }

    pub(super) fn patch<H: Handler<T, Desk>, T: 'static>(path: &'static str, takes: Permission, handler: H) -> Self {
        Self::new("patch", path, takes, routing::patch(handler))
    }

    pub(super) fn delete<H: Handler<T, Desk>, T: 'static>(path: &'static str, takes: Permission, handler: H) -> Self {
        Self::new("delete", path, takes, routing::delete(handler))
    }

    fn new(method: &'static str, path: &'static str, permission: Permission, handler: MethodRouter<Desk>) -> Self {
        Self { method, path, permission, handler: handler.route_layer(Extension(Needed(permission))) }
    }
}
