//! The description of the API.

use axum::http::{HeaderName, HeaderValue, header};

use super::answer::JSON;

/// OpenAPI 3.1.
pub(super) const DOCUMENT: &str = include_str!("../../openapi.json");

pub(super) async fn document() -> ([(HeaderName, HeaderValue); 1], &'static str) {
    ([(header::CONTENT_TYPE, JSON)], DOCUMENT)
}
