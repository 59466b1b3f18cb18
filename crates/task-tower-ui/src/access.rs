//! Who may see the dashboard, and who may change things with it. Closed unless it is said otherwise.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, header};

use crate::fault::Fault;

/// What a proxy adds, beside everything that begins with `x-forwarded-`: with one of these, the peer
/// is not the one who asks.
const FORWARDED: [&str; 3] = ["forwarded", "via", "x-real-ip"];

/// Who may use the dashboard.
///
/// There is no default: a dashboard shows payloads and can delete jobs, so somebody has to say who
/// may.
#[derive(Clone, Debug)]
#[must_use]
pub struct Access {
    read_only: bool,
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
        Self { read_only: false }
    }

    /// The same people, but they may only look: no buttons, and every change is refused.
    pub fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }

    pub(crate) fn is_read_only(&self) -> bool {
        self.read_only
    }

    pub(crate) fn check(&self, parts: &Parts) -> Result<(), Fault> {
        check_peer(parts)?;
        check_proxy(&parts.headers)?;
        check_host(parts)?;
        match self.read_only && !parts.method.is_safe() && parts.uri.path() != "/settings" {
            true => Err(Fault::forbidden("This dashboard is read-only.")),
            false => Ok(()),
        }
    }
}

fn check_peer(parts: &Parts) -> Result<(), Fault> {
    let Some(ConnectInfo(peer)) = parts.extensions.get::<ConnectInfo<SocketAddr>>() else {
        return Err(Fault::forbidden(
            "This dashboard is for this machine only, and the server does not tell who asks. Serve it with \
             into_make_service_with_connect_info::<SocketAddr>().",
        ));
    };
    match peer.ip().to_canonical().is_loopback() {
        true => Ok(()),
        false => Err(Fault::forbidden("This dashboard is for this machine only.")),
    }
}

fn check_proxy(headers: &HeaderMap) -> Result<(), Fault> {
    let by_proxy = |name: &&str| FORWARDED.contains(name) || name.starts_with("x-forwarded-");
    match headers.keys().map(HeaderName::as_str).find(by_proxy) {
        Some(name) => {
            Err(Fault::forbidden(format!("This dashboard is for this machine only, and a proxy is between ({name}).")))
        }
        None => Ok(()),
    }
}

fn check_host(parts: &Parts) -> Result<(), Fault> {
    match host(parts).is_some_and(is_this_machine) {
        true => Ok(()),
        false => {
            Err(Fault::forbidden("This dashboard is for this machine only: open it as localhost, 127.0.0.1 or [::1]."))
        }
    }
}

/// The host that the browser believes to talk to, with its port.
pub(crate) fn host(parts: &Parts) -> Option<&str> {
    let header = parts.headers.get(header::HOST).and_then(|value| value.to_str().ok());
    header.or_else(|| parts.uri.authority().map(|authority| authority.as_str()))
}

fn is_this_machine(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost") || bare.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_machine_are_this_machine() {
        for good in ["localhost", "LOCALHOST:4700", "127.0.0.1", "127.0.0.1:80", "[::1]", "[::1]:4700"] {
            assert!(is_this_machine(good), "{good}");
        }
        for bad in ["", "example.org", "localhost.example.org:4700", "127.0.0.1.example.org", "10.0.0.1", "[::2]:1"] {
            assert!(!is_this_machine(bad), "{bad}");
        }
    }
}
