//! The numbers of the charts on the page of components.

use std::time::Duration;

use serde_json::json;

use crate::look::timeline::{Form, Row, Span};
use crate::look::{
    Backoff, Bar, Columns, HeatMap, Histogram, Lines, LogLine, Logs, Look, Mark, Plot, REDACTED, Slots, Spark, Stack,
    StackFrame, Strip, Timeline, Tree, Twin,
};

/// Small marks in a row: a spark, a bar and slots.
pub(super) fn small(look: &Look) -> (Spark, Spark, Bar, Slots) {
    let spark = |bars, values: [u64; 10]| {
        let values = values.map(Some).into();
        Spark { name: look.m.sample("Failures"), class: "failed", values, bars, width: 72, height: 20 }
    };
    let parts = vec![("completed", 70), ("processing", 8), ("failed", 4)];
    (
        spark(false, [2, 3, 2, 5, 4, 7, 12, 9, 6, 4]),
        spark(true, [0, 0, 3, 9, 4, 0, 1, 0, 2, 5]),
        Bar { name: look.m.sample("Depth by state"), parts, total: 100, width: 96, height: 8 },
        Slots { name: look.m.workers_slots(9, 16), busy: 9, slots: 16 },
    )
}

pub(super) fn throughput(look: &Look) -> Plot {
    let completed: Vec<u64> = (0..60).map(|minute| 900 + minute * 37 % 290).collect();
    let failed: Vec<u64> = (0..60)
        .map(|minute: u64| if minute > 40 { 37u64.saturating_sub((minute - 41) * 4).max(2) } else { minute % 3 })
        .collect();
    let dead = (0..60).map(|minute| u64::from(minute > 41 && minute < 45)).collect();
    let twin = twin(look, &completed);
    let marks = vec![Mark { at: 41.0 / 60.0, words: look.m.sample("14:13 deploy 2026.11.24-3"), is_said: true }];
    Columns {
        name: look.m.sample("Throughput"),
        upper: ("completed", completed),
        lower: vec![("failed", failed), ("dead", dead)],
        axis: axis(),
        marks,
        twin,
    }
    .plot()
}

pub(super) fn timeline(look: &Look) -> Plot {
    let span = |from, to, class, form, words: &str| Span { from, to, class, form, label: look.m.sample(words) };
    let job = vec![
        span(0.0, 0.03, "enqueued", Form::Outline, "queued"),
        span(0.03, 0.1, "processing", Form::Solid, "30.0 s"),
        span(0.1, 0.35, "failed", Form::Tinted, "retry in 60 s"),
        span(0.35, 0.42, "processing", Form::Solid, "30.0 s"),
        span(0.42, 0.65, "failed", Form::Tinted, "retry in 240 s"),
        span(0.65, 0.98, "failed", Form::Future, "attempt 3 in 3 min 01 s"),
    ];
    let attempt = |number, from, to| Row {
        label: look.m.sample(number),
        link: None,
        spans: vec![span(from, to, "processing", Form::Solid, "")],
        after: Some(("failed", look.m.sample("GatewayTimeout"))),
    };
    let rows = vec![
        Row { label: look.m.sample("Job"), link: None, spans: job, after: None },
        attempt("Attempt 1", 0.03, 0.1),
        attempt("Attempt 2", 0.35, 0.42),
    ];
    let now = Some((0.65, look.m.sample("now, 14:31:52")));
    let name = look.m.sample("State timeline");
    Timeline { name, ticks: axis(), rows, now, ends: None, twin: Twin::default() }.plot()
}

pub(super) fn strip(look: &Look) -> Plot {
    let run = |index: usize| match index {
        44 | 46 | 47 | 50 => ("failed", 30_000.0),
        48 => ("dead", 30_000.0),
        _ => ("completed", 90.0 + (index * 31 % 40) as f64),
    };
    Strip {
        name: look.m.sample("Last 60 runs"),
        runs: (0..60).map(run).collect(),
        current: Some(50),
        room: 60,
        links: Vec::new(),
        twin: Twin::default(),
    }
    .plot()
}

pub(super) fn lines(look: &Look) -> Plot {
    let course = |base: f64| {
        (0..60).map(|minute: u32| (minute != 20).then(|| base * (1.0 + f64::from(minute * 7 % 5) / 9.0))).collect()
    };
    let series = vec![("p50", course(38.0)), ("p95", course(1_900.0)), ("p99", course(9_000.0))];
    Lines { name: look.m.sample("Run"), class: "processing", series, axis: axis(), twin: Twin::default() }.plot(look)
}

pub(super) fn histogram(look: &Look) -> Plot {
    let counts = vec![2, 9, 40, 92, 120, 84, 40, 14, 6, 3, 2, 1, 1, 0, 0, 1];
    let marks = vec![(0.3, "p50".to_owned()), (0.5, "p95".to_owned())]
        .into_iter()
        .map(|(x, word)| (x, look.m.sample(&word)))
        .collect();
    let twin = twin(look, &counts);
    Histogram {
        name: look.m.sample("Notify to start"),
        layers: vec![("enqueued", counts)],
        axis: vec![(0.0, look.m.milliseconds(1)), (1.0, look.m.seconds(1))],
        marks,
        twin,
    }
    .plot()
}

pub(super) fn backoff(look: &Look) -> Plot {
    let delay = |retry: u64| {
        let least = Duration::from_secs(retry.pow(4) + 16);
        (least, least + Duration::from_secs(29 * retry))
    };
    let name = look.m.sample("Delays before retries");
    Backoff { name, delays: (1..=10).map(delay).collect(), twin: Twin::default() }.plot(look)
}

pub(super) fn heat(look: &Look) -> Plot {
    let column = |time: u64| {
        (0..14)
            .map(|bucket: u64| (40u64 >> bucket.abs_diff(4 + time % 3)) + u64::from(time > 18 && bucket == 12) * 9)
            .collect()
    };
    let columns: Vec<Vec<u64>> = (0..30).map(column).collect();
    let buckets = vec![(0, look.m.milliseconds(1)), (6, look.m.milliseconds(100)), (12, look.m.seconds(30))];
    HeatMap {
        name: look.m.sample("Run times"),
        twin: twin(look, &columns.iter().map(|counts| counts.iter().sum()).collect::<Vec<_>>()),
        columns,
        buckets,
        axis: axis(),
    }
    .plot()
}

pub(super) fn tree(look: &Look) -> Tree {
    let value = json!({
        "user_id": 9_007_199_254_740_993_u64, "plan": "pro plus", "address": { "city": "Leipzig", "default": true },
        "token": REDACTED, "lines": vec![1; 214], "note": null,
    });
    Tree::new(look.m, value)
}

pub(super) fn stack(look: &Look) -> Stack {
    let frame = |path: &str, function: &str, place: &str| StackFrame {
        path: path.to_owned(),
        function: function.to_owned(),
        place: place.to_owned(),
        link: None,
        own: path.starts_with("shop"),
    };
    Stack::new(
        look.m,
        vec![
            frame("shop::payments::gateway::", "capture", "src/payments/gateway.rs:118"),
            frame("111::222::", "333", "4/5:6"),
            frame("shop::", "main", "src/main.rs:63"),
        ],
    )
}

pub(super) fn logs(look: &Look) -> Logs {
    let line = |offset: &str, level: &str, message: &str| LogLine {
        id: offset.trim_start_matches('+').to_owned(),
        offset: offset.to_owned(),
        level: level.to_owned(),
        target: "111::222".to_owned(),
        message: message.to_owned(),
    };
    Logs {
        name: look.m.sample("Logs"),
        head: ["Offset", "Level", "Message"].map(|word| look.m.sample(word)),
        lines: vec![
            line("+0.000", "INFO", "charging order order_id=884240"),
            line("+10.006", "WARN", "no answer yet elapsed_ms=10002"),
            line("+30.002", "ERROR", "gateway timeout attempt=3"),
        ],
    }
}

fn axis() -> Vec<(f64, String)> {
    [(0.0, "13:32"), (0.25, "13:47"), (0.5, "14:02"), (0.75, "14:17"), (1.0, "14:32")]
        .map(|(x, word)| (x, word.to_owned()))
        .into()
}

fn twin(look: &Look, values: &[u64]) -> Twin {
    let rows = values.iter().enumerate().map(|(index, value)| vec![index.to_string(), value.to_string()]).collect();
    let head = vec![look.m.look_time(), look.m.state_completed()];
    Twin { summary: look.m.look_table(), head, rows, ..Twin::default() }
}
