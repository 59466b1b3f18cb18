//! Whether the one who asks is on this machine.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, header};

use crate::fault::Fault;
use crate::messages::Messages;

/// What a proxy adds, beside everything that begins with `x-forwarded-`: with one of these, the peer
/// is not the one who asks.
const FORWARDED: [&str; 3] = ["forwarded", "via", "x-real-ip"];

/// Says why the one who asks is not on this machine.
pub(super) fn check(parts: &Parts) -> Result<(), Fault> {
    check_peer(parts)?;
    check_proxy(&parts.headers)?;
    check_host(parts)
}

fn check_peer(parts: &Parts) -> Result<(), Fault> {
    let Some(ConnectInfo(peer)) = parts.extensions.get::<ConnectInfo<SocketAddr>>() else {
        return Err(Fault::forbidden(Messages::fault_no_peer));
    };
    match peer.ip().to_canonical().is_loopback() {
        true => Ok(()),
        false => Err(Fault::forbidden(Messages::fault_this_machine)),
    }
}

fn check_proxy(headers: &HeaderMap) -> Result<(), Fault> {
    let by_proxy = |name: &&HeaderName| FORWARDED.contains(&name.as_str()) || name.as_str().starts_with("x-forwarded-");
    match headers.keys().find(by_proxy).cloned() {
        Some(name) => Err(Fault::forbidden(move |m| m.fault_proxy(&name))),
        None => Ok(()),
    }
}

fn check_host(parts: &Parts) -> Result<(), Fault> {
    match host(parts).is_some_and(is_this_machine) {
        true => Ok(()),
        false => Err(Fault::forbidden(Messages::fault_host)),
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
