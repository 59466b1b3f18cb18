//! Filters, and which jobs they mean.

use chrono::TimeDelta;
use task_tower::{JobFilter, JobState};

use super::fixture::{Archive, HOSTS, Made};

type Fits = fn(&Made) -> bool;

fn has_run(job: &Made) -> bool {
    [JobState::Completed, JobState::Dead].contains(&job.state)
}

const GOLDEN: &[(&str, Fits)] = &[
    ("", |_| true),
    ("state:dead", |job| job.state == JobState::Dead),
    ("state:dead,failed", |job| [JobState::Dead, JobState::Failed].contains(&job.state)),
    ("state:scheduled", |job| job.state == JobState::Scheduled),
    ("state:enqueued", |job| job.state == JobState::Enqueued),
    ("state:processing", |job| job.state == JobState::Processing),
    ("-state:completed,cancelled", |job| ![JobState::Completed, JobState::Cancelled].contains(&job.state)),
    ("-state:enqueued", |job| job.state != JobState::Enqueued),
    ("state:dead state:failed", |_| false),
    ("state:awaiting", |job| job.state == JobState::Awaiting),
    ("-state:awaiting,dead", |job| ![JobState::Awaiting, JobState::Dead].contains(&job.state)),
    ("state:scheduled,awaiting,enqueued,processing,failed", |job| !job.state.is_final()),
    ("batch:01987a6e-0000-7000-8000-00000000000a", Made::is_member),
    ("-batch:01987a6e-0000-7000-8000-00000000000a", |job| !job.is_member()),
    ("batch:01987a6e-0000-7000-8000-00000000000a state:dead,awaiting queue:mail*", |job| {
        job.is_member() && [JobState::Dead, JobState::Awaiting].contains(&job.state) && job.queue.starts_with("mail")
    }),
    ("batch:01987a6e-0000-7000-8000-00000000000b", |_| false),
    ("parent:01987a6e-0000-7000-8000-00000000000a", |_| false),
    ("queue:mail", |job| job.queue == "mail"),
    ("queue:mail*", |job| job.queue.starts_with("mail")),
    ("queue:mail,critical", |job| ["mail", "critical"].contains(&job.queue)),
    ("queue:critical,mail*", |job| job.queue != "default"),
    ("-queue:mail*", |job| !job.queue.starts_with("mail")),
    ("queue:mail -queue:mail", |_| false),
    ("kind:send_*", |job| job.kind.starts_with("send_")),
    ("kind:send_welcome", |job| job.kind == "send_welcome"),
    ("kind:\"Resize Image\"", |job| job.kind == "Resize Image"),
    ("kind:send_welcome,cleanup queue:mail", |job| {
        ["send_welcome", "cleanup"].contains(&job.kind) && job.queue == "mail"
    }),
    ("kind:cleanup,cleanup", |job| job.kind == "cleanup"),
    ("tag:beta", |job| job.tags.contains(&"beta")),
    ("-tag:beta", |job| !job.tags.contains(&"beta")),
    ("tag:beta tag:vip", |job| job.tags.contains(&"vip")),
    ("tag:\"two words\",vip", |job| job.tags.contains(&"vip") || job.tags.contains(&"two words")),
    ("tag:be*", |job| job.tags.iter().any(|tag| tag.starts_with("be"))),
    ("-tag:*", |job| job.tags.is_empty()),
    ("args.user.id:42", |job| job.number % 50 == 42),
    ("args.user.id:42 state:completed", |job| job.number % 50 == 42 && job.state == JobState::Completed),
    ("args.user.id:\"42\"", |_| false),
    ("args.answer:42", |_| true),
    ("args.answer:\"42\"", |job| job.number % 3 == 0),
    ("-args.answer:\"42\"", |job| job.number % 3 != 0),
    ("args.flag:true", |job| [0, 3].contains(&(job.number % 4))),
    ("args.flag:\"true\"", |job| job.number % 4 == 3),
    ("args.flag:null", |job| job.number % 4 == 2),
    ("args.plan:\"pro plus\"", |job| job.number % 2 == 0),
    ("args.plan:pro*", |job| job.number % 2 == 0),
    ("args.plan:*", |_| true),
    ("-args.nothing:*", |_| true),
    ("args.user.name:\"user 1\"*", |job| format!("{}", job.number).starts_with('1')),
    ("args.amount:>=300", |job| job.number >= 200),
    ("args.amount:1.5..3", |job| [1, 2].contains(&job.number)),
    ("args.plan:>3", |_| false),
    ("args.\"odd key\".\"a.b\":7", |job| job.number % 10 == 7),
    ("error:3f9a1c0b7e21", |job| job.error_group == Some("3f9a1c0b7e21")),
    ("error:3F9A1C0B7E21,aaaaaaaaaaaa", |job| job.error_group.is_some()),
    ("-error:aaaaaaaaaaaa", |job| job.error_group != Some("aaaaaaaaaaaa")),
    ("error:3f9a1c0b7e21 kind:cleanup queue:default state:failed,dead", |job| {
        job.error_group == Some("3f9a1c0b7e21")
            && job.kind == "cleanup"
            && [JobState::Failed, JobState::Dead].contains(&job.state)
    }),
    ("error:000000000000", |_| false),
    ("worker:2", |job| job.attempt > 0 && job.worker == 1),
    ("worker:web-1", |job| job.attempt > 0 && HOSTS[job.worker] == "web-1"),
    ("worker:web*", |job| job.attempt > 0 && HOSTS[job.worker] != "db 1"),
    ("-worker:\"db 1\"", |job| job.attempt == 0 || HOSTS[job.worker] != "db 1"),
    ("attempts:>=3", |job| job.attempt >= 3),
    ("attempts:1", |job| job.attempt == 1),
    ("attempts:0,5..", |job| job.attempt == 0 || job.attempt >= 5),
    ("priority:>4", |job| job.priority > 4),
    ("priority:-5..-4", |job| job.priority <= -4),
    ("created:<30m30s", |job| job.number <= 30),
    ("created:>4h30s", |job| job.number > 240),
    ("created:9m30s..20m30s", |job| (10..=20).contains(&job.number)),
    ("-created:<30m30s", |job| job.number > 30),
    ("created:<2020-01-01", |_| false),
    ("created:>=2020-01-01 kind:cleanup", |job| job.kind == "cleanup"),
    ("finished:>2020-01-01", |job| job.state.is_final()),
    ("-finished:>2020-01-01", |job| !job.state.is_final()),
    ("run:>1m30s state:dead,completed", |job| has_run(job) && job.run() > TimeDelta::seconds(90)),
    ("run:..5s", |job| has_run(job) && job.run() <= TimeDelta::seconds(5)),
    ("wait:10s", |job| job.state.is_final() || job.state == JobState::Processing),
    ("wait:>1h30s", |job| job.state == JobState::Enqueued && job.number > 60),
    ("resize", |job| job.kind == "Resize Image"),
    ("\"e i\"", |job| job.kind == "Resize Image"),
    ("send*", |job| job.kind.starts_with("send")),
    ("-clean state:failed", |job| job.state == JobState::Failed && job.kind != "cleanup"),
    // Sixteen digits, in letters that a word could have, too.
    ("0000000000fe", |job| job.number == 0xfe),
    ("id:00fe", |job| job.number == 0xfe),
    ("id:00fe,00ff -state:dead", |job| [0xfe, 0xff].contains(&job.number) && job.state != JobState::Dead),
    ("id:01*", |_| true),
    ("id:ffff*", |_| false),
    ("queue:mail tag:beta kind:send_* args.plan:free attempts:>1 priority:<5 created:<5h", |job| {
        job.queue == "mail"
            && job.tags.contains(&"beta")
            && job.kind.starts_with("send_")
            && job.number % 2 == 1
            && job.attempt > 1
            && job.priority < 5
    }),
];

#[tokio::test]
async fn each_filter_finds_the_jobs_that_fit() {
    let archive = Archive::new().await;
    assert!(GOLDEN.len() >= 40);

    for (filter, fits) in GOLDEN {
        let expected: Vec<usize> = archive.made.iter().filter(|job| fits(job)).map(|job| job.number).collect();

        assert_eq!(archive.find(filter).await, expected, "{filter}");
        assert_eq!(archive.find_by(filter.parse::<JobFilter>().unwrap().exhaustive()).await, expected, "{filter}");
    }
}

#[tokio::test]
async fn what_cannot_be_seen_is_not_found() {
    let archive = Archive::new().await;
    let scoped = |filter: &str, queues: Option<&[&str]>, kinds: Option<&[&str]>| {
        let names = |names: &[&str]| names.iter().map(ToString::to_string).collect();
        filter.parse::<JobFilter>().unwrap().scoped(queues.map(names), kinds.map(names))
    };
    let seen = |fits: Fits| archive.made.iter().filter(move |job| fits(job)).map(|job| job.number).collect::<Vec<_>>();

    for (filter, expected) in [
        (scoped("", Some(&["mail"]), None), seen(|job| job.queue == "mail")),
        (
            scoped("", Some(&["mail*"]), Some(&["cleanup"])),
            seen(|job| job.queue.starts_with("mail") && job.kind == "cleanup"),
        ),
        (scoped("queue:default", Some(&["mail"]), None), Vec::new()),
        (scoped("", Some(&[]), None), Vec::new()),
        (
            scoped("kind:cleanup", Some(&["mail", "default"]), Some(&["c*"])),
            seen(|job| ["mail", "default"].contains(&job.queue) && job.kind == "cleanup"),
        ),
    ] {
        assert_eq!(archive.find_by(filter.clone()).await, expected, "{filter:?}");
        let counted: u64 = archive.console().counts(&filter).await.unwrap().values().map(|count| count.number()).sum();
        assert_eq!(counted, expected.len() as u64, "{filter:?}");
    }
}

#[tokio::test]
async fn an_id_is_found_by_all_of_it_its_beginning_and_its_end() {
    let archive = Archive::new().await;
    let job = &archive.made[123];
    let id = job.id.to_string();

    for text in [&*id, &id.to_uppercase(), &id.replace('-', ""), &job.id.short(), &id[9..], &id[..35]] {
        assert_eq!(archive.find(text).await, [123], "{text}");
        assert_eq!(archive.find(&format!("id:{text}")).await, [123], "{text}");
    }
}

#[tokio::test]
async fn nothing_that_is_written_becomes_sql() {
    let archive = Archive::new().await;

    for odd in ["'", "''); DROP TABLE job; --", "$1", "{horizon}", "{order}", "%", "\\", "task_tower.job", "$$", "/*"] {
        for key in ["queue", "kind", "tag", "worker", "args.plan", "args.x"] {
            let quoted = odd.replace('\\', "\\\\");
            assert_eq!(archive.find(&format!("{key}:\"{quoted}\"")).await, [0; 0], "{key} {odd}");
            assert_eq!(archive.find(&format!("{key}:\"{quoted}\"*")).await, [0; 0], "{key} {odd}");
        }
        assert_eq!(archive.find(&format!("args.\"{}\":1", odd.replace('\\', "\\\\"))).await, [0; 0], "{odd}");
        assert_eq!(archive.find(&format!("\"{}\"", odd.replace('\\', "\\\\"))).await, [0; 0], "{odd}");
    }
    assert_eq!(archive.find("").await.len(), archive.made.len());
}

#[tokio::test]
async fn counts_are_those_of_the_jobs_that_fit() {
    let archive = Archive::new().await;

    for (filter, fits) in GOLDEN.iter().filter(|(filter, _)| !filter.is_empty()) {
        let counts = archive.console().counts(&filter.parse().unwrap()).await.unwrap();
        for state in JobState::ALL {
            let expected = archive.made.iter().filter(|job| job.state == state && fits(job)).count() as u64;
            assert_eq!(counts[&state], task_tower::Count::Exact(expected), "{filter}: {state}");
        }
    }
}

#[tokio::test]
async fn all_that_fit_are_told_step_by_step_up_to_a_time() {
    let archive = Archive::new().await;
    let until = archive.made[10].created_at + TimeDelta::seconds(30);

    for (filter, fits) in GOLDEN {
        let filter: JobFilter = filter.parse().unwrap();
        let expected: Vec<_> =
            archive.made[10..].iter().rev().filter(|job| fits(job)).map(|job| (job.id, job.state)).collect();

        let found = archive.console().matching(&filter, until, None).await.unwrap();

        assert_eq!(found, expected, "{filter}");
        if let Some((middle, _)) = expected.get(expected.len() / 2) {
            let rest = archive.console().matching(&filter, until, Some(*middle)).await.unwrap();
            assert_eq!(rest, expected[expected.len() / 2 + 1..], "{filter}");
        }
    }
}
