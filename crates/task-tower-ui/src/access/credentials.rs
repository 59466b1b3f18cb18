//! What the header `Authorization` carries: a name and a password, or a token.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

/// A name and a password, as browsers send them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Login {
    pub(super) user: String,
    pub(super) password: String,
}

pub(super) fn login(headers: &HeaderMap) -> Option<Login> {
    let bytes = BASE64_STANDARD.decode(after("basic", headers)?).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (user, password) = text.split_once(':')?;
    Some(Login { user: user.to_owned(), password: password.to_owned() })
}

pub(super) fn token(headers: &HeaderMap) -> Option<&str> {
    after("bearer", headers)
}

/// What stands behind the scheme. Of two headers, nobody knows which one counts: so neither does.
fn after<'a>(scheme: &str, headers: &'a HeaderMap) -> Option<&'a str> {
    let mut all = headers.get_all(AUTHORIZATION).iter();
    let (Some(value), None) = (all.next(), all.next()) else { return None };
    let (given, rest) = value.to_str().ok()?.split_once(' ')?;
    given.eq_ignore_ascii_case(scheme).then(|| rest.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(values: &[&str]) -> HeaderMap {
        values.iter().map(|value| (AUTHORIZATION, value.parse().unwrap())).collect()
    }

    #[test]
    fn a_login_is_read_whatever_the_password_contains() {
        let read = |value: &str| login(&headers(&[value]));
        let expected = Login { user: "ana".into(), password: "p:ä ss".into() };

        let value = BASE64_STANDARD.encode("ana:p:ä ss");

        assert_eq!(read(&format!("Basic {value}")), Some(expected.clone()));
        assert_eq!(read(&format!("bAsIc  {value}")), Some(expected));
        for nonsense in ["Basic", "Basic ", "Basic ???", "Basic YW5h", "Bearer YW5hOmE=", "BasicYW5hOmE=", "Basic /w=="]
        {
            assert_eq!(read(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn two_headers_are_none() {
        assert_eq!(token(&headers(&["Bearer one"])), Some("one"));
        assert_eq!(token(&headers(&["Bearer one", "Bearer two"])), None);
    }
}
