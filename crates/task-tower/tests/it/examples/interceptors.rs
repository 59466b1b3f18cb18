//! The examples whose code runs around that of the handler: interceptors and contextualizers.

use crate::support::example::Example;

#[tokio::test]
async fn interceptors_tell_slack_and_then_teams_of_the_death() {
    let mut interceptors = Example::start("interceptors").await;

    let id = interceptors.until("Job created with ID: ").await;
    let tries = interceptors.lines(3).await;
    let slack = interceptors.until("Slack, 'death' channel: ").await;
    let teams = interceptors.until("Teams, 'death' channel: ").await;

    assert_eq!(tries, [r#"trying with "a dozen""#; 3]);
    assert!(slack.starts_with(&format!("Job {id} has died with error: this is not a number at 20")), "{slack}");
    assert!(slack.ends_with("Here's the details: caused by: invalid digit found in string"), "{slack}");
    assert_eq!(teams, slack);
    interceptors.stop().await;
}

#[tokio::test]
async fn pre_processing_refuses_one_and_sees_how_the_others_end() {
    let mut pre_processing = Example::start("pre_processing").await;

    let printed = pre_processing.lines(10).await;
    let story: Vec<&str> = printed.iter().map(|line| line.split_once(" took").map_or(&**line, |(it, _)| it)).collect();

    let took = "send_newsletter";
    assert_eq!(story[..4], ["newsletter to Ada", took, "success in attempt 1", "refused: Bob has unsubscribed"]);
    assert_eq!(story[4..7], ["newsletter to Cleo", took, "failure in attempt 1: the mailbox is full"]);
    assert_eq!(story[7..], ["newsletter to Cleo", took, "success in attempt 2"]);
    assert_eq!(pre_processing.stop().await.len(), 10);
}

#[tokio::test]
async fn stages_shows_every_moment_and_those_of_all_kinds_first() {
    let mut stages = Example::start("stages").await;

    let printed = stages.lines(12).await;
    let at = |line: &str| {
        printed.iter().position(|printed| printed == line).unwrap_or_else(|| panic!("{line}: {printed:#?}"))
    };
    let count = |line: &str| printed.iter().filter(|printed| *printed == line).count();

    assert!(printed[0].ends_with("refused it: Bob has no credit"), "{printed:#?}");
    let ada = [at("ship_order begins in queue large"), at("100 items for Ada"), at("success of ship_order")];
    assert!(ada.is_sorted(), "{printed:#?}");
    at("cancelled: Dora has changed her mind");
    at("requeued after 1 runs");
    for twice in ["ship_order begins in queue default", "failure: there is nothing in it", "death: discarded"] {
        assert_eq!(count(twice), 2, "{twice}: {printed:#?}");
    }
    assert_eq!(stages.stop().await.len(), 12);
}

#[tokio::test]
async fn context_parameters_carry_the_user_and_refuse_nobody() {
    let mut context_parameters = Example::start("context_parameters").await;
    let mut printed = context_parameters.lines(2).await;
    printed.sort();

    assert_eq!(
        printed,
        [
            "Handled DoAContextualizerThing with a user from the param as: Ada and from the context as: Ada",
            r#"could not enqueue "do_a_contextualizer_thing": a contextualizer refused it: a user could not be established"#,
        ]
    );
    assert_eq!(context_parameters.stop().await.len(), 2);
}
