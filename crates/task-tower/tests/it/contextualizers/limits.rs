//! What contextualizers cannot store with a job.

use serde_json::json;
use task_tower::PARAMETERS_BYTES_MAX;

use super::{build, count, letter, refusal, sets, stored};
use crate::support::TestBed;

#[tokio::test]
async fn parameters_have_a_limit() {
    let bed = TestBed::new().await;
    let tower = build(&bed).await;
    // The name, quotes, colon and braces take 10 bytes.
    let of_size = |bytes: usize| tower.client().with_context(sets("Long", "x".repeat(bytes - 11)));

    let taken = of_size(PARAMETERS_BYTES_MAX).enqueue(letter("ada")).await;
    let error = refusal(of_size(PARAMETERS_BYTES_MAX + 1).enqueue(letter("ada"))).await;

    assert!(taken.is_ok(), "{taken:?}");
    assert!(error.is_invalid(), "{error:?}");
    assert_eq!(error.to_string(), "context parameters of \"letter\" have 65537 bytes, at most 65536 are allowed");
    assert_eq!(count(&bed).await, 1);
}

#[tokio::test]
async fn what_cannot_be_stored_is_refused_by_name() {
    let bed = TestBed::new().await;
    let client = build(&bed).await.client();
    let deep = (0..200).fold(json!(1), |inner, _| json!([inner]));

    for (contextualizer, fault) in [
        (
            client.with_context(sets("User", "a\0b")),
            "\"User\" has a NUL character in it, which PostgreSQL cannot store",
        ),
        (client.with_context(sets("U\0", 1)), "\"U\\0\" has a NUL character in it, which PostgreSQL cannot store"),
        (client.with_context(sets("User", u128::MAX)), "\"User\": number out of range"),
        (client.with_context(sets("User", deep)), "\"User\" is nested 200 deep, at most 100 is allowed"),
    ] {
        let error = refusal(contextualizer.enqueue(letter("ada"))).await;

        assert!(error.is_refused(), "{error:?}");
        assert!(error.to_string().ends_with(&format!("context parameter {fault}")), "{error}");
    }
    assert_eq!(count(&bed).await, 0);
}

#[tokio::test]
async fn text_that_only_looks_like_a_nul_is_stored() {
    let tower = build(&TestBed::new().await).await;

    let client = tower.client().with_context(sets("Path", r"C:\u0000"));

    assert_eq!(stored(&tower, &client).await, Some(json!({"Path": r"C:\u0000"})));
}

/// What the server says to an enqueue with such a context.
async fn sql_refusal(bed: &TestBed, context: &str) -> String {
    let sql = format!("SELECT {}.enqueue('letter', context => {context})", bed.quoted());
    let error = bed.connect().await.query(&sql, &[]).await.unwrap_err();
    error.as_db_error().unwrap().message().to_owned()
}

#[tokio::test]
async fn sql_has_the_same_limits_with_room_for_the_blanks_of_jsonb() {
    let bed = TestBed::new().await;
    let _ = build(&bed).await;
    let long = |bytes| format!("jsonb_build_object('Long', repeat('x', {bytes} - 12))");

    let no_object = sql_refusal(&bed, "'[1]'").await;
    let too_long = sql_refusal(&bed, &long(2 * PARAMETERS_BYTES_MAX + 1)).await;
    bed.query(&format!("SELECT tower.enqueue('letter', context => {})", long(2 * PARAMETERS_BYTES_MAX)), &[]).await;

    assert_eq!(no_object, "context is of type array, an object of parameters is wanted");
    assert_eq!(too_long, "context has 131073 bytes, at most 131072 are allowed");
}
