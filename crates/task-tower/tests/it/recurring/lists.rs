//! Recurring jobs as people look for them.

use task_tower::{RecurringDraft, RecurringFilter};

use super::bed::yearly;
use crate::support::TestBed;

#[tokio::test]
async fn a_list_is_by_name_in_pages_and_can_be_narrowed_down() {
    let bed = TestBed::new().await;
    let console = bed.builder().build().await.unwrap().console();
    for (name, queue) in [("b-mail", "Mails"), ("a-mail", "other"), ("c", "images")] {
        console.add_recurring(&RecurringDraft { queue: Some(queue.to_owned()), ..yearly(name) }).await.unwrap();
    }
    console.pause_recurring("c", None, None).await.unwrap();
    let names = async |filter: RecurringFilter| -> Vec<String> {
        console.recurring_jobs(&filter).await.unwrap().into_iter().map(|recurring| recurring.name).collect()
    };

    assert_eq!(names(RecurringFilter::new()).await, ["a-mail", "b-mail", "c"]);
    assert_eq!(names(RecurringFilter::new().limit(2)).await, ["a-mail", "b-mail"]);
    assert_eq!(names(RecurringFilter::new().after("b-mail")).await, ["c"]);
    assert_eq!(names(RecurringFilter::new().containing(" MAILS ")).await, ["b-mail"]);
    assert_eq!(names(RecurringFilter::new().paused(true)).await, ["c"]);
    assert_eq!(names(RecurringFilter::new().paused(false)).await, ["a-mail", "b-mail"]);
    let scope = |queue: &str| RecurringFilter::new().scoped(Some(vec![queue.to_owned()]), None);
    assert_eq!(names(scope("images")).await, ["c"]);
    assert_eq!(names(scope("im*")).await, ["c"]);
    assert!(names(RecurringFilter::new().scoped(None, Some(vec!["else".to_owned()]))).await.is_empty());
}

#[tokio::test]
async fn what_comes_next_comes_first() {
    let bed = TestBed::new().await;
    let console = bed.builder().build().await.unwrap().console();
    for (name, expression) in
        [("a", "0 0 1 1 *"), ("b", "every 1 hour"), ("c", "every 1 second"), ("d", "every second")]
    {
        console.add_recurring(&RecurringDraft { expression: expression.to_owned(), ..yearly(name) }).await.unwrap();
    }
    console.pause_recurring("d", None, None).await.unwrap();

    let next = console.next_recurring(&RecurringFilter::new()).await.unwrap();

    let names: Vec<&str> = next.iter().map(|recurring| recurring.name.as_str()).collect();
    assert_eq!(names, ["c", "b", "a"]);
    assert_eq!(next[1].upcoming(10).len(), 10);
    assert_eq!(next[1].upcoming(10)[0].at(), next[1].next_at.unwrap());
}
