//! Groups of errors: the list, one of them, and what people say of them.

mod asked;
mod change;
mod list;
mod more;
mod show;

pub(crate) use change::change;
pub(crate) use list::errors;
pub(crate) use show::{error, sample};

use axum::http::StatusCode;
use task_tower::{ErrorGroup, ErrorGroupDetails};

use super::links;
use crate::access::Visitor;
use crate::desk::Desk;
use crate::fault::Fault;
use crate::look::Look;

/// A group as this visitor may see it. One out of their sight is not there.
pub(crate) async fn find(desk: &Desk, visitor: &Visitor, fingerprint: &str) -> Result<ErrorGroupDetails, Fault> {
    let fingerprint = fingerprint.to_owned();
    let found = desk.error_group(&fingerprint, visitor).await?;
    found.ok_or_else(|| Fault::said(StatusCode::NOT_FOUND, move |m| m.fault_no_errors(&fingerprint)))
}

/// The filter of the jobs whose last failure is of this group.
fn filter(group: &ErrorGroup, state: &str) -> String {
    match state {
        "" => format!("error:{}", group.fingerprint),
        state => format!("error:{} state:{state}", group.fingerprint),
    }
}

/// A window of the matrix: its words, its filter, and how often the group occurred within it.
struct Within {
    word: String,
    href: String,
    count: u64,
    /// How dark the cell is.
    shade: &'static str,
}

fn matrix(group: &ErrorGroup, look: &Look) -> Vec<Within> {
    let (m, counts) = (look.m, &group.counts);
    let windows = [
        (m.hours(1), "1h", counts.hour),
        (m.hours(3), "3h", counts.three_hours),
        (m.hours(24), "24h", counts.day),
        (m.days(3), "3d", counts.three_days),
        (m.days(7), "7d", counts.week),
    ];
    let within = |(word, window, count): (String, &str, u64)| Within {
        word,
        href: links::jobs(&format!("{} created:<{window}", filter(group, ""))),
        count,
        shade: shade(count),
    };
    windows.map(within).into()
}

fn shade(count: u64) -> &'static str {
    match count {
        0..20 => "",
        20..100 => "some",
        100..300 => "many",
        _ => "most",
    }
}
