//! Every command of the guide's chapter works as it stands.

use std::collections::BTreeMap;

use task_tower_ui::{Access, router};

use super::{get, json};
use crate::browser::{Answer, Browser, Desk, from, welcome};
use crate::support::until;

const CHAPTER: &str = include_str!("../../../../task-tower/docs/api.md");

/// The words of a command, as a shell takes it apart: quotes keep blanks, and variables are known.
fn words(command: &str, variables: &BTreeMap<&str, String>) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for letter in command.chars() {
        match (letter, quote) {
            ('"' | '\'', None) => quote = Some(letter),
            (letter, Some(open)) if letter == open => quote = None,
            (' ', None) => words.push(String::new()),
            (letter, _) => words.last_mut().unwrap().push(letter),
        }
    }
    let fill =
        |word: String| variables.iter().fold(word, |word, (name, value)| word.replace(&format!("${name}"), value));
    words.into_iter().map(fill).collect()
}

/// Does what curl would.
async fn curl(browser: &Browser, words: &[String]) -> Answer {
    let (mut method, mut path, mut body, mut headers) = (None, "", "", Vec::new());
    let mut rest = words.iter().skip(1);
    while let Some(word) = rest.next() {
        match word.as_str() {
            "-X" => method = rest.next(),
            "-d" => body = rest.next().unwrap(),
            "-H" => headers.push(rest.next().unwrap().split_once(": ").unwrap()),
            url => path = url.strip_prefix("https://tower.example").expect("a URL of the tower"),
        }
    }
    let usual = if body.is_empty() { "GET" } else { "POST" };
    let request = from("192.0.2.7:1", method.map_or(usual, String::as_str), path).header("host", "tower.example");
    let kind = headers
        .iter()
        .find(|(name, _)| *name == "Content-Type")
        .map_or("application/x-www-form-urlencoded", |(_, kind)| kind);
    let others = headers.iter().filter(|(name, _)| *name != "Content-Type");
    let request = others.fold(request, |request, (name, value)| request.header(*name, *value));
    browser.send_as(request, kind, body).await
}

fn commands() -> Vec<&'static str> {
    let commands: Vec<&str> = CHAPTER.lines().filter_map(|line| line.strip_prefix("$ ")).collect();
    assert!(commands.len() > 15 && commands.iter().all(|command| command.starts_with("curl ")));
    commands
}

#[tokio::test]
async fn every_command_of_the_guide_is_answered() {
    let desk = Desk::new().await;
    let job = desk.client.schedule(welcome("ana")).in_hours(1).await.unwrap();
    let other = desk.client.schedule(welcome("bob")).in_hours(1).to_queue("mail").await.unwrap();
    desk.client.schedule(welcome("eve")).in_hours(1).to_queue("mail").await.unwrap();
    let robots = Browser::new(router(desk.console.clone(), Access::bearer("t0ken")));
    let mut variables = BTreeMap::from([
        ("TOWER", "https://tower.example/api/v1".to_owned()),
        ("AUTH", "Authorization: Bearer t0ken".to_owned()),
        ("JOB", job.to_string()),
        ("OTHER", other.to_string()),
    ]);

    for command in commands() {
        if command.contains("$REVISION") {
            let shown = get(&desk.browser, &format!("/jobs/{other}")).await;
            variables.insert("REVISION", shown["revision"].as_str().unwrap().to_owned());
        }
        if command.contains("$OPERATION/undo") {
            let path = format!("/operations/{}", variables["OPERATION"]);
            until("the operation has ended", async || !get(&desk.browser, &path).await["ended_at"].is_null()).await;
        }
        let answer = curl(&robots, &words(command, &variables)).await;

        assert!(answer.status.is_success(), "{command}: {} {}", answer.status, answer.body);
        if command.contains("we move house") {
            variables.insert("ENTRY", json(&answer)["entry"].as_str().unwrap().to_owned());
        }
        if command.contains("\"move\"") {
            variables.insert("OPERATION", json(&answer)["id"].as_str().unwrap().to_owned());
        }
    }
}
