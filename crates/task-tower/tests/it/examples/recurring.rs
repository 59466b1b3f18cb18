//! The example of jobs that recur.

use crate::support::example::Example;

#[tokio::test]
async fn recurring_tells_next_times_and_greets_every_two_seconds() {
    let mut recurring = Example::start("recurring").await;

    let told = recurring.lines(7).await;
    let mut greetings = Vec::new();
    while greetings.iter().filter(|whom| *whom == "often").count() < 2 || !greetings.contains(&"yearly".to_owned()) {
        greetings.push(recurring.until("hello, ").await);
    }

    assert_eq!(told[0], "At 02:30 in Europe/Berlin");
    assert_eq!(told[1], "2027-03-27 02:30:00 ");
    assert_eq!(told[2], "2027-03-28 03:00:00 LeftOut(2027-03-28T02:30:00)");
    assert_eq!(told[3], "2027-03-29 02:30:00 ");
    assert_eq!(told[4], "could not add it: recurring job \"wrong\", column 3: hour 25 is not within 0 to 23");
    assert_eq!(told[5..], ["    0 25 * * *", "      ^"]);
    assert_eq!(greetings.iter().filter(|whom| *whom == "yearly").count(), 1);
    recurring.stop().await;
}
