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

/// What hides the secrets of this payload in texts.
fn secrets(redact: &Redact, payload: Value) -> Secrets {
    let (mut payload, mut gatherer) = (payload, Gatherer::default());
    redact.hide("charge_card", &mut payload, &mut gatherer);
    gatherer.finish(redact.keys_of_texts())
}

#[test]
fn a_secret_is_masked_wherever_it_is_repeated() {
    let payload = json!({ "token": ["s3cret \"x\"", { "deep": 4_242_424_242_u64 }], "body": "{\"cvv\": \"9-8-7-6\"}" });
    let secrets = secrets(&Redact::default(), payload);

    for (text, masked) in [
        ("got s3cret \"x\".", "got [redacted]."),
        ("got {\"a\":\"s3cret \\\"x\\\"\"}", "got {\"a\":\"[redacted]\"}"),
        ("GET /?q=s3cret%20%22x%22&r=1", "GET /?q=[redacted]&r=1"),
        ("card 4242424242, card 9-8-7-6", "card [redacted], card [redacted]"),
        ("s3cret \"x\"s3cret \"x\"", "[redacted]"),
        ("s3cret \"y\", s3cre", "s3cret \"y\", s3cre"),
        ("a long text with s3cret \" … (cut)", "a long text with [redacted] … (cut)"),
        ("", ""),
    ] {
        assert_eq!(secrets.mask(text), masked, "{text}");
    }
}

#[test]
fn what_is_too_short_is_not_looked_for() {
    let secrets = secrets(&Redact::default(), json!({ "cvv": 1, "token": "short", "secret": true, "password": "" }));

    assert_eq!(secrets.mask("1 short true"), "1 short true");
}

#[test]
fn each_line_of_a_long_secret_is_one() {
    let key = "-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG\n9w0BAQEFAASCBKcwggSj\n-----END KEY-----";
    let secrets = secrets(&Redact::default(), json!({ "secret": key }));

    assert_eq!(secrets.mask("line: 9w0BAQEFAASCBKcwggSj"), "line: [redacted]");
    assert_eq!(secrets.mask(key), "[redacted]");
}

#[test]
fn a_secret_is_masked_in_the_rest_of_the_data() {
    let payload = json!({
        "token": "hunter2x", "url": "https://x/?t=hunter2x", "list": ["hunter2x", 1], "by": { "hunter2x": 1, "b": 2 },
        "pin_token": 12_345_678, "same": 12_345_678, "other": 912_345_678, "dsn": "postgres://a:hush@db"
    });

    let expected = json!({
        "token": "[redacted]", "url": "https://x/?t=[redacted]", "list": ["[redacted]", 1], "by": "[redacted]",
        "pin_token": "[redacted]", "same": "[redacted]", "other": 912_345_678, "dsn": "postgres://a:[redacted]@db"
    });
    assert_eq!(shown(&Redact::default(), payload), expected);
}

#[test]
fn what_a_function_hides_is_masked_too() {
    let redact = Redact::default().by(|_, value| {
        if let Some(mail) = value.get_mut("mail") {
            *mail = json!("a…");
        }
    });
    let secrets = secrets(&redact, json!({ "mail": "ana@example.org", "user": "hunter2" }));

    assert_eq!(secrets.mask("no mail to ana@example.org of hunter2"), "no mail to [redacted] of hunter2");
}

#[test]
fn of_a_payload_that_was_cut_the_known_beginning_of_a_secret_takes_the_rest_of_its_word() {
    let secrets = secrets(&Redact::default(), json!("{\"user\": \"ana\", \"token\": \"hunter2"));

    assert_eq!(secrets.mask("tag-hunter2-and-more, ana"), "tag-[redacted], ana");
}

#[test]
fn nothing_is_masked_where_nothing_is_to_be_hidden() {
    let redact = Redact::nothing();

    assert_eq!(secrets(&redact, json!({ "token": "hunter2" })).mask("password=hunter2"), "password=hunter2");
    let redact = Redact::nothing().key("iban").credentials(true);
    assert_eq!(secrets(&redact, json!({})).mask("iban=DE02, password=x"), "iban=[redacted], password=x");
}

#[test]
fn more_secrets_than_can_be_looked_for_hide_every_text() {
    let tokens: Vec<String> = (0..50_000).map(|number| format!("token-{number}")).collect();
    let secrets = secrets(&Redact::default(), json!({ "tokens": tokens }));

    assert_eq!((secrets.mask("any text"), secrets.mask("")), (REDACTED.into(), "".into()));
    let one = json!({ "secret": "x".repeat(5_000_000) });
    assert_eq!(self::secrets(&Redact::default(), one).mask("any text"), REDACTED);
}

/// Reading each text once for each secret would take minutes here, and so would going back over what was read.
#[test]
fn large_arguments_and_long_stacks_are_read_once() {
    let frame = "  12: shop::token::pay\n             at ./src/token.rs:118:5 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n";
    let stack = frame.repeat(50_000) + "end hunter-777";
    let tokens: Vec<String> = (0..8_000).map(|number| format!("hunter-{number}")).collect();
    let like = json!({ "tokens": tokens, "secret": format!("{}b", "a".repeat(20_000)), "data": "a".repeat(5_000_000) });
    let secrets = secrets(&Redact::default(), like.clone());

    let masked = secrets.mask(&stack);

    assert_eq!(masked.lines().count(), 100_001);
    assert!(masked.ends_with("\nend [redacted]") && masked.starts_with(frame));
    let shown = shown(&Redact::default(), like);
    assert_eq!((&shown["secret"], shown["data"].as_str().unwrap().len()), (&json!(REDACTED), 5_000_000));
    for nasty in ["://", "password:\"", "\\\"", "a=", "Bearer ", "-----BEGIN ", "token: Some(", "basic aaaaaaaaa "] {
        let text = nasty.repeat(500_000 / nasty.len());
        assert!(secrets.mask(&text).len() <= 2 * text.len(), "{nasty}");
    }
}
