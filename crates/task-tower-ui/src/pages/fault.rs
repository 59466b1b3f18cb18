//! The page that says why there is no other.

use askama::Template;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};
use serde_json::json;

use super::Frame;
use crate::fault::Fault;
use crate::messages::Messages;
use crate::visit::Visit;

/// The media type of RFC 9457.
const PROBLEM: HeaderValue = HeaderValue::from_static("application/problem+json");

#[derive(Template)]
#[template(path = "fault.html")]
struct FaultPage {
    frame: Frame,
    m: Messages,
    message: String,
    away: bool,
    /// The list in which to look for what is not there, and the words that lead to it.
    back: &'static str,
    back_word: String,
}

/// What a sentence ends with; the last one in the pseudo-locale.
const ENDS: [char; 4] = ['.', '?', '!', ']'];

/// What addresses begin with.
const LISTS: [&str; 7] = ["jobs", "queues", "kinds", "errors", "workers", "operations", "audit"];

/// The page, with what the answer says beside its body about how to do better.
pub(crate) fn fault(visit: &Visit, fault: &Fault, headers: &HeaderMap) -> Response {
    let m = visit.look.m;
    let list = list(&visit.here);
    let back = list.unwrap_or("jobs");
    let page = FaultPage {
        frame: Frame::new(visit, list.unwrap_or_default(), fault.title(m)).still(),
        m,
        message: sentence(&fault.message(m), m),
        away: fault.away,
        back,
        back_word: m.fault_back(back),
    };
    match page.render() {
        Ok(html) => kept(fault, Html(html), headers),
        // The words matter more than how they look.
        Err(_) => kept(fault, page.message, headers),
    }
}

/// The library says what is the matter in fragments, which programs put behind words of their own. Here nothing stands
/// before them.
fn sentence(words: &str, m: Messages) -> String {
    let mut letters = words.chars();
    let capital = letters.next().map(char::to_uppercase).into_iter().flatten();
    let said: String = capital.chain(letters).collect();
    match said.ends_with(ENDS) {
        true => said,
        false => m.sentence(said),
    }
}

/// The list that the address stands in.
fn list(address: &str) -> Option<&'static str> {
    let first = address.split(['/', '?']).next().unwrap_or_default();
    LISTS.into_iter().find(|list| *list == first)
}

/// The same for a program.
pub(crate) fn problem(visit: &Visit, fault: &Fault, headers: &HeaderMap) -> Response {
    let m = visit.look.m;
    let mut body = json!({ "title": fault.title(m), "status": fault.status.as_u16(), "detail": fault.message(m) });
    if let Some((name, value)) = &fault.beside {
        body[*name] = value.clone();
    }
    kept(fault, ([(header::CONTENT_TYPE, PROBLEM)], body.to_string()), headers)
}

fn kept(fault: &Fault, body: impl IntoResponse, headers: &HeaderMap) -> Response {
    let mut response = (fault.status, body).into_response();
    let kept = |name: &HeaderName| [header::ALLOW, header::WWW_AUTHENTICATE].contains(name);
    for (name, value) in headers.iter().filter(|(name, _)| kept(name)) {
        response.headers_mut().append(name, value.clone());
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fragment_is_a_sentence_and_a_sentence_stays_what_it_is() {
        let said = |words: &str| sentence(words, Messages::default());

        assert_eq!(said("queue mail does not exist"), "Queue mail does not exist.");
        assert_eq!(said("There is no such file."), "There is no such file.");
    }
}
