//! Where a request comes from, and what it is called in logs and in the audit.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// What a request is called, in its headers and in those of the answer.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
/// The longest id that is taken from a request.
const ID_BYTES_MAX: usize = 64;

/// Whence a request comes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Source {
    /// Of the one who asks; `None` when the server does not tell it.
    pub(crate) address: Option<IpAddr>,
    pub(crate) request: String,
}

impl Source {
    /// `proxies` stand between the one who asks and this server, and each tells who has asked it.
    pub(crate) fn of(parts: &Parts, proxies: u8) -> Self {
        Self { address: address(parts, proxies), request: given(&parts.headers).unwrap_or_else(made) }
    }

    pub(crate) fn put_on(&self, headers: &mut HeaderMap) {
        if let Ok(id) = HeaderValue::from_str(&self.request) {
            headers.insert(REQUEST_ID, id);
        }
    }
}

/// What the request calls itself, if that is a name. Of two names, neither counts.
fn given(headers: &HeaderMap) -> Option<String> {
    let mut all = headers.get_all(REQUEST_ID).iter();
    let (Some(id), None) = (all.next(), all.next()) else { return None };
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
    let id = id.to_str().ok()?;
    (1..=ID_BYTES_MAX).contains(&id.len()).then_some(id).filter(|id| id.bytes().all(is_part)).map(str::to_owned)
}

/// One that nobody else has: 16 hexadecimal digits of the randomness that the standard library has for its maps.
fn made() -> String {
    format!("{:016x}", RandomState::new().build_hasher().finish())
}

fn address(parts: &Parts, proxies: u8) -> Option<IpAddr> {
    let ConnectInfo(peer) = parts.extensions.get::<ConnectInfo<SocketAddr>>()?;
    let told = if proxies == 0 { None } else { told(&parts.headers, usize::from(proxies)) };
    Some(told.unwrap_or_else(|| peer.ip().to_canonical()))
}

/// What the outermost of the proxies says. What stands left of that anybody may have written. A proxy writes one of two
/// headers and lets the other one through: where both are there and disagree, nobody knows which one it wrote.
fn told(headers: &HeaderMap, proxies: usize) -> Option<IpAddr> {
    let by_address = nth_last(headers, FORWARDED_FOR, proxies).map(|entry| ip(&entry));
    let by_pairs = nth_last(headers, header::FORWARDED, proxies).map(|entry| ip(named_for(&entry)));
    match (by_address, by_pairs) {
        (Some(one), Some(other)) if one != other => None,
        (one, other) => one.or(other).flatten(),
    }
}

/// Each proxy adds an entry at the end; when there are fewer, the first.
fn nth_last(headers: &HeaderMap, name: HeaderName, number: usize) -> Option<String> {
    let lines: Vec<&str> = headers.get_all(name).iter().filter_map(|line| line.to_str().ok()).collect();
    let entries = lines.iter().rev().flat_map(|line| line.rsplit(',')).map(str::trim);
    entries.filter(|entry| !entry.is_empty()).take(number).last().map(str::to_owned)
}

/// `for="[2001:db8::1]:4711";proto=https`
fn named_for(entry: &str) -> &str {
    let pairs = entry.split(';').filter_map(|pair| pair.split_once('='));
    let mut named = pairs.filter(|(name, _)| name.trim().eq_ignore_ascii_case("for"));
    named.next().map_or("", |(_, value)| value.trim().trim_matches('"'))
}

/// With or without a port, and with or without brackets.
fn ip(text: &str) -> Option<IpAddr> {
    let address = text.parse::<SocketAddr>().map(|address| address.ip());
    let address = address.or_else(|_| text.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>());
    address.ok().map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn asked(headers: &[(&str, &str)]) -> Parts {
        let request = Request::builder().extension(ConnectInfo(SocketAddr::from(([10, 0, 0, 1], 80))));
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        request.body(()).unwrap().into_parts().0
    }

    fn from(headers: &[(&str, &str)], proxies: u8) -> String {
        Source::of(&asked(headers), proxies).address.unwrap().to_string()
    }

    #[test]
    fn nobody_says_who_they_are_unless_a_proxy_is_known_to() {
        let forwarded = [("x-forwarded-for", "192.0.2.7"), ("forwarded", "for=192.0.2.7")];

        assert_eq!(from(&forwarded, 0), "10.0.0.1");
        assert_eq!(from(&[], 2), "10.0.0.1");
        assert!(Source::of(&Request::new(()).into_parts().0, 1).address.is_none());
    }

    #[test]
    fn what_the_outermost_known_proxy_says_counts_and_nothing_before_it() {
        for (name, value) in [
            ("x-forwarded-for", "203.0.113.9, 192.0.2.7,198.51.100.1"),
            ("forwarded", "for=203.0.113.9, for=\"192.0.2.7:4711\";proto=https, by=x; For=198.51.100.1"),
        ] {
            assert_eq!(from(&[(name, value)], 1), "198.51.100.1", "{name}");
            assert_eq!(from(&[(name, value)], 2), "192.0.2.7", "{name}");
            assert_eq!(from(&[(name, value)], 9), "203.0.113.9", "{name}");
        }
        assert_eq!(from(&[("x-forwarded-for", "192.0.2.7"), ("x-forwarded-for", "198.51.100.1")], 2), "192.0.2.7");
        assert_eq!(from(&[("forwarded", "for=\"[2001:db8::1]:4711\"")], 1), "2001:db8::1");
        assert_eq!(from(&[("x-forwarded-for", "::ffff:192.0.2.7")], 1), "192.0.2.7");
    }

    #[test]
    fn what_is_no_address_or_contradicts_itself_is_not_believed() {
        for headers in [
            &[("x-forwarded-for", "unknown")][..],
            &[("forwarded", "for=_hidden")],
            &[("forwarded", "proto=https")],
            &[("x-forwarded-for", " , ")],
            &[("x-forwarded-for", "192.0.2.7"), ("forwarded", "for=198.51.100.1")],
        ] {
            assert_eq!(from(headers, 1), "10.0.0.1", "{headers:?}");
        }
        assert_eq!(from(&[("x-forwarded-for", "192.0.2.7"), ("forwarded", "for=192.0.2.7")], 1), "192.0.2.7");
    }

    #[test]
    fn a_request_keeps_its_name_if_it_is_one() {
        let named = |headers: &[(&str, &str)]| Source::of(&asked(headers), 0).request;

        assert_eq!(named(&[("x-request-id", "req-1_a.B:2")]), "req-1_a.B:2");
        let long = "a".repeat(65);
        for wrong in ["", "a b", "a\"b", "a/b", long.as_str()] {
            let id = named(&[("x-request-id", wrong)]);

            assert!(id.len() == 16 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{wrong}: {id}");
        }
        assert_eq!(named(&[("x-request-id", "a"), ("x-request-id", "b")]).len(), 16);
        assert_ne!(named(&[]), named(&[]));
    }
}
