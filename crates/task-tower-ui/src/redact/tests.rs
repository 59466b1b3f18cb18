use serde_json::{Value, json};

use super::*;

fn shown(redact: &Redact, value: Value) -> Value {
    let mut value = value;
    redact.value("charge_card", &mut value);
    value
}

#[test]
fn every_key_of_the_list_is_hidden_however_it_is_written() {
    for key in [
        "password",
        "PASSWORD",
        "userPassword",
        "passwd",
        "secret",
        "client-secret",
        "token",
        "access_token",
        "Authorization",
        "api_key",
        "apiKey",
        "API-KEY",
        "X-Api-Key",
        "credential",
        "credentials",
        "private_key",
        "PrivateKey",
        "card_number",
        "cardNumber",
        "cvv",
        "CVV2",
        "passphrase",
    ] {
        assert_eq!(shown(&Redact::default(), json!({ key: "hunter2" })), json!({ key: "[redacted]" }), "{key}");
    }
    let plain = json!({ "user": "ana", "amount": 5, "pass": true });
    assert_eq!(shown(&Redact::default(), plain.clone()), plain);
}

#[test]
fn whatever_stands_under_a_secret_key_is_hidden_as_a_whole_and_at_any_depth() {
    let value = json!({ "a": [{ "token": { "deep": ["hunter2"] } }, { "b": { "cvv": 123, "secret": null } }] });

    let expected =
        json!({ "a": [{ "token": "[redacted]" }, { "b": { "cvv": "[redacted]", "secret": "[redacted]" } }] });
    assert_eq!(shown(&Redact::default(), value), expected);
}

#[test]
fn json_in_a_string_is_searched_too() {
    let inner = json!({ "password": "hunter2", "user": "ana" }).to_string();

    let value = shown(&Redact::default(), json!({ "body": inner, "twice": json!({ "body": inner }).to_string() }));

    assert!(!value.to_string().contains("hunter2"), "{value}");
    assert!(value.to_string().matches("ana").count() == 2, "{value}");
}

#[test]
fn a_path_hides_one_place_of_one_kind() {
    let redact = Redact::nothing().path("charge_*", "items.*.iban").path("other", "user").path("charge_card", "0");

    let value = shown(&redact, json!({ "items": [{ "iban": "DE1", "n": 1 }, { "iban": "DE2" }], "user": "ana" }));

    assert_eq!(value, json!({ "items": [{ "iban": "[redacted]", "n": 1 }, { "iban": "[redacted]" }], "user": "ana" }));
    assert_eq!(shown(&redact, json!(["x", "y"])), json!(["[redacted]", "y"]));
}

#[test]
fn a_key_can_be_added_and_one_that_only_looks_like_a_secret_shown() {
    let redact = Redact::default().key("iban").show("tokens_used");

    let value = shown(&redact, json!({ "IBAN": "DE1", "tokensUsed": 3, "tokens": 4 }));

    assert_eq!(value, json!({ "IBAN": "[redacted]", "tokensUsed": 3, "tokens": "[redacted]" }));
}

#[test]
fn a_function_sees_the_kind_and_the_value_and_never_a_piece() {
    let redact = Redact::default().by(|kind, value| {
        if value.get("user").is_some() {
            *value = json!(kind);
        }
    });

    assert_eq!(shown(&redact, json!({ "user": "ana" })), json!("charge_card"));
    assert_eq!(shown(&redact, json!("{\"user\": \"an")), json!("[redacted]"));
    assert_eq!(shown(&redact, json!("plain words")), json!("plain words"));
}

/// A payload with a secret in each form in which one can stand.
fn payload() -> String {
    let inner = json!({ "password": "hunter2-\"\\ü\u{1F511}-hunter2" }).to_string();
    json!({
        "user": "ana",
        "password": "hunter2 \"with\" \\ and ü \u{1F511} hunter2",
        "card": { "card_number": 4242_4242_4242_u64, "owner": "ana" },
        "list": [{ "api_key": ["hunter2", { "x": "hunter2" }] }, { "pass": [1, true, null] }],
        "body": inner,
        "deep": json!({ "body": inner }).to_string(),
        "token": { "a": "hunter2}", "b": "hunter2]" },
        "end": "ana",
    })
    .to_string()
}

#[test]
fn a_text_that_was_cut_shows_no_secret_wherever_it_was_cut() {
    for text in [payload(), json!(payload()).to_string(), payload().replace("password", "p\\u0061ssword")] {
        for (end, _) in text.char_indices() {
            let value = shown(&Redact::default(), Value::from(&text[..end])).to_string();

            for part in ["hunter", "4242", "with", "unter2"] {
                assert!(!value.contains(part), "{part} is in {value}, of {}", &text[..end]);
            }
        }
    }
}

#[test]
fn a_text_that_was_cut_within_a_secret_shows_what_stands_before_it() {
    let value = shown(&Redact::default(), json!("{\"user\": \"ana\", \"n\": [1, 2], \"password\": \"hunt"));

    assert_eq!(value, json!("{\"user\": \"ana\", \"n\": [1, 2], \"password\": \"[redacted]\""));
}

#[test]
fn a_path_is_followed_in_a_text_that_was_cut() {
    let redact = Redact::nothing().path("charge_card", "items.1.iban");

    let value = shown(&redact, json!("{\"items\": [{\"iban\": \"DE1\"}, {\"x\": [1, {}], \"iban\": \"DE2"));

    assert_eq!(value, json!("{\"items\": [{\"iban\": \"DE1\"}, {\"x\": [1, {}], \"iban\": \"[redacted]\""));
}

#[test]
fn text_without_secrets_stays_as_it_is_whatever_it_looks_like() {
    for text in [
        "",
        "words",
        "{",
        "[}",
        "\"",
        "{\"a\": \"[",
        "{\"a\" \"b\" 1 2, ]]}}",
        "[1,2,{\"ü\":\"ß{\"}]",
        "{\u{1F511}: x}",
    ] {
        assert_eq!(shown(&Redact::default(), json!(text)), json!(text), "{text}");
    }
}
