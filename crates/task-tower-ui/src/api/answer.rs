//! How answers are written: times with microseconds, ids as strings, counts with how exact they are.

use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Serialize, Serializer};
use task_tower::{Count, Percentiles};

use crate::fault::Fault;
use crate::messages::Messages;

pub(super) const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// An answer in JSON.
pub(super) struct Json<T>(pub(super) T);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_string(&self.0) {
            Ok(text) => ([(header::CONTENT_TYPE, JSON)], text).into_response(),
            Err(error) => {
                tracing::error!(%error, "could not write an answer of the API");
                Fault::said(StatusCode::INTERNAL_SERVER_ERROR, Messages::fault_not_rendered).into_response()
            }
        }
    }
}

/// A part of a list, and where it goes on.
#[derive(Serialize)]
pub(super) struct Listed<T> {
    pub(super) items: Vec<T>,
    /// What to give as `before` for the next ones.
    pub(super) next: Option<String>,
}

/// A time as RFC 3339 has it, always with microseconds.
#[derive(Clone, Copy)]
pub(super) struct Moment(pub(super) DateTime<Utc>);

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.to_rfc3339_opts(SecondsFormat::Micros, true))
    }
}

impl From<DateTime<Utc>> for Moment {
    fn from(time: DateTime<Utc>) -> Self {
        Self(time)
    }
}

/// How long something took: half of all at most so long, 95 of a hundred, and 99 of a hundred.
#[derive(Serialize)]
pub(super) struct Times {
    p50_ms: f64,
    p95_ms: f64,
    p99_ms: f64,
}

impl From<Percentiles> for Times {
    fn from(times: Percentiles) -> Self {
        Self { p50_ms: milliseconds(times.p50), p95_ms: milliseconds(times.p95), p99_ms: milliseconds(times.p99) }
    }
}

pub(super) fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

/// A number, and how exact it is.
#[derive(Serialize)]
pub(super) struct Number {
    n: u64,
    exactness: &'static str,
}

impl From<Count> for Number {
    fn from(count: Count) -> Self {
        let exactness = match count {
            Count::Exact(_) => "exact",
            Count::AtLeast(_) => "at_least",
            _ => "estimate",
        };
        Self { n: count.number(), exactness }
    }
}
