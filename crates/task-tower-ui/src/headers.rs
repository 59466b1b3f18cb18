//! The headers of safety, which every answer carries.

use axum::http::{HeaderName, HeaderValue, header};
use axum::response::Response;

const OPENER: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const RESOURCE: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Everything comes from this server, nothing is inline, and only some may frame it.
#[derive(Clone, Debug)]
pub(crate) struct Headers {
    policy: HeaderValue,
    is_framed: bool,
}

impl Default for Headers {
    fn default() -> Self {
        Self { policy: policy("'none'"), is_framed: false }
    }
}

impl Headers {
    pub(crate) fn framed_by(sources: &[String]) -> Self {
        Self { policy: policy(&sources.join(" ")), is_framed: true }
    }

    pub(crate) fn put_on(&self, response: &mut Response) {
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_SECURITY_POLICY, self.policy.clone());
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
        headers.insert(OPENER, HeaderValue::from_static("same-origin"));
        headers.insert(RESOURCE, HeaderValue::from_static("same-origin"));
        // It knows no list of those who may.
        if !self.is_framed {
            headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
        }
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
}

fn policy(frame_ancestors: &str) -> HeaderValue {
    let text = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
         form-action 'self'; frame-ancestors {frame_ancestors}; base-uri 'none'"
    );
    HeaderValue::try_from(text).expect("sources were checked when they were given")
}
