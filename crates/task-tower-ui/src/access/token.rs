//! A token for one address, beside the doors of the dashboard.

use axum::http::HeaderMap;

use super::credentials;
use super::secret::Secret;

#[derive(Clone, Debug)]
pub(crate) struct Token(Secret);

impl Token {
    /// One that is empty is nobody's.
    pub(crate) fn new(token: &str) -> Self {
        Self(Secret::new(token))
    }

    /// Whether these headers carry it.
    pub(crate) fn is_in(&self, headers: &HeaderMap) -> bool {
        credentials::token(headers).is_some_and(|given| self.0.is(given).into())
    }
}
