//! Options from environment variables: `TASK_TOWER_`, then the option's name in capitals. The
//! variables are given as pairs; only the builder knows that they are those of the process.

use std::collections::BTreeMap;
use std::ffi::OsString;

use serde_json::{Map, Value};

use super::nearest::nearest;
use super::{Options, layers};
use crate::error::{Error, Result};

const PREFIX: &str = "TASK_TOWER_";

/// Other variables of ours, by how they begin.
const NO_OPTIONS: &[&str] = &["TASK_TOWER_PG_BIN", "TASK_TOWER_TEST_", "TASK_TOWER_CHAOS_", "TASK_TOWER_SEED"];

/// What Kubernetes sets for a service that is called `task-tower`, or `task-tower-` and more.
const OF_KUBERNETES: &[&str] = &["_SERVICE_HOST", "_SERVICE_PORT", "_PORT"];

impl Options {
    /// Takes what the variables name, and keeps the rest. Returns a warning for each variable that
    /// looks like an option and is none.
    pub(crate) fn change_by_environment(
        &mut self,
        variables: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<Vec<String>> {
        let mut ours = ours(variables)?;
        let options: Vec<_> = layers::places().into_iter().map(|(place, value)| (name(&place), place, value)).collect();
        for (name, place, default) in &options {
            // A variable that is set to nothing names nothing.
            if let Some(text) = ours.remove(name).filter(|text| !text.trim().is_empty()) {
                let told = |error: Error| error.context(name);
                let value = match place.as_str() {
                    "/kinds" => json(text.trim()),
                    _ => value(&text, default),
                };
                let value = value.map_err(told)?;
                self.put([(place.clone(), value)])
                    .map_err(|error| told(Error::invalid(layers::plain_words(&error.to_string()))))?;
            }
        }
        let names: Vec<&str> = options.iter().map(|(name, ..)| &name[PREFIX.len()..]).collect();
        Ok(ours.into_keys().filter(|name| is_stranger(name)).map(|name| warning(&name, &names)).collect())
    }
}

/// `/retention/dead` is `TASK_TOWER_RETENTION_DEAD`.
fn name(place: &str) -> String {
    format!("{PREFIX}{}", place[1..].replace('/', "_").to_uppercase())
}

fn ours(variables: impl IntoIterator<Item = (OsString, OsString)>) -> Result<BTreeMap<String, String>> {
    let named = variables.into_iter().filter_map(|(name, text)| Some((name.into_string().ok()?, text)));
    let ours = named.filter(|(name, _)| name.starts_with(PREFIX));
    ours.map(|(name, text)| match text.into_string() {
        Ok(text) => Ok((name, text)),
        Err(_) => Err(Error::invalid(format!("{name} is not UTF-8"))),
    })
    .collect()
}

/// The text as a value of the same kind as the option's default.
fn value(text: &str, default: &Value) -> Result<Value> {
    let text = text.trim();
    match default {
        Value::Bool(_) => match text {
            "true" => Ok(true.into()),
            "false" => Ok(false.into()),
            _ => Err(Error::invalid(format!("{text:?} is neither \"true\" nor \"false\""))),
        },
        Value::Number(_) => number::<u64>(text),
        Value::Array(_) => Ok(words(text).map(Value::from).collect()),
        Value::Object(_) => pairs(text).map(Value::Object),
        Value::String(_) | Value::Null => Ok(text.into()),
    }
}

fn number<N: std::str::FromStr + Into<Value>>(text: &str) -> Result<Value> {
    match text.parse::<N>() {
        Ok(number) => Ok(number.into()),
        Err(_) => Err(Error::invalid(format!("{text:?} is not a whole number"))),
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|word| !word.is_empty())
}

fn pairs(text: &str) -> Result<Map<String, Value>> {
    words(text)
        .map(|pair| match pair.split_once('=') {
            Some((queue, priority)) => Ok((queue.trim().to_owned(), number::<i64>(priority.trim())?)),
            None => Err(Error::invalid(format!("{pair:?} has no \"=\": write \"critical=3,default=2\""))),
        })
        .collect()
}

fn json(text: &str) -> Result<Value> {
    serde_json::from_str(text).map_err(|error| {
        Error::invalid(format!("is not JSON such as {{\"send_welcome\": {{\"queue\": \"mail\"}}}}: {error}"))
    })
}

fn is_stranger(name: &str) -> bool {
    !NO_OPTIONS.iter().any(|ours| name.starts_with(ours)) && !OF_KUBERNETES.iter().any(|theirs| name.contains(theirs))
}

fn warning(name: &str, names: &[&str]) -> String {
    match nearest(&name[PREFIX.len()..], names) {
        Some(near) => format!("{name} is not an option of Task Tower; did you mean {PREFIX}{near}?"),
        None => format!("{name} is not an option of Task Tower"),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::priority::QueuePrioritization;

    fn change(variables: &[(&str, &str)]) -> Result<(Options, Vec<String>)> {
        let mut options = Options::default();
        let pairs = variables.iter().map(|(name, text)| (OsString::from(name), OsString::from(text)));
        let warnings = options.change_by_environment(pairs)?;
        Ok((options, warnings))
    }

    #[test]
    fn each_kind_of_value_has_its_text() {
        let (options, warnings) = change(&[
            ("TASK_TOWER_CONNECTION_STRING", "postgres://localhost/shop"),
            ("TASK_TOWER_MIGRATE", "false"),
            ("TASK_TOWER_BACKEND_CONCURRENCY", " 5 "),
            ("TASK_TOWER_QUEUES", "mail, default,"),
            ("TASK_TOWER_QUEUE_PRIORITIES", "critical=3, default = -2"),
            ("TASK_TOWER_QUEUE_PRIORITIZATION", "strict"),
            ("TASK_TOWER_JOB_CHECK_INTERVAL", "750ms"),
            ("TASK_TOWER_LOG_LEVEL", "off"),
            ("TASK_TOWER_RETENTION_COMPLETED", "3days"),
        ])
        .unwrap();

        assert_eq!(options.connection_string.as_deref(), Some("postgres://localhost/shop"));
        assert!(!options.migrate);
        assert_eq!(options.backend_concurrency, 5);
        assert_eq!(options.queues, ["mail", "default"]);
        assert_eq!(options.queue_priorities, [("critical".to_owned(), 3), ("default".to_owned(), -2)].into());
        assert_eq!(options.queue_prioritization, QueuePrioritization::Strict);
        assert_eq!(options.job_check_interval, Duration::from_millis(750));
        assert_eq!(options.log_level, None);
        assert_eq!(options.retention.completed, Duration::from_secs(3 * 24 * 60 * 60));
        assert_eq!(options.retention.dead, Options::default().retention.dead);
        assert!(warnings.is_empty(), "{warnings:?}");
    }

    #[test]
    fn what_is_not_set_or_set_to_nothing_stays() {
        let (options, warnings) = change(&[("TASK_TOWER_QUEUES", ""), ("TASK_TOWER_POISON_AFTER", " ")]).unwrap();

        assert_eq!(options, Options::default());
        assert!(warnings.is_empty(), "{warnings:?}");
    }

    #[test]
    fn a_text_that_cannot_be_read_is_refused_with_the_variable_and_what_it_may_be() {
        let cases = [
            ("TASK_TOWER_MIGRATE", "yes", "\"yes\" is neither \"true\" nor \"false\""),
            ("TASK_TOWER_BACKEND_CONCURRENCY", "five", "\"five\" is not a whole number"),
            ("TASK_TOWER_BACKEND_CONCURRENCY", "-1", "\"-1\" is not a whole number"),
            ("TASK_TOWER_QUEUE_PRIORITIES", "critical", "\"critical\" has no \"=\": write \"critical=3,default=2\""),
            ("TASK_TOWER_QUEUE_PRIORITIES", "critical=x", "\"x\" is not a whole number"),
            (
                "TASK_TOWER_KINDS",
                "letter",
                "is not JSON such as {\"send_welcome\": {\"queue\": \"mail\"}}: expected value at line 1 column 1",
            ),
            ("TASK_TOWER_LOG_LEVEL", "loud", "\"loud\" is not off, error, warn, info, debug or trace"),
            ("TASK_TOWER_DEAD_AFTER", "15", "\"15\" is not a duration such as \"500ms\", \"1s\" or \"7days\""),
        ];

        for (variable, text, said) in cases {
            let error = change(&[(variable, text)]).unwrap_err();
            assert!(error.is_invalid());
            assert_eq!(error.to_string(), format!("{variable}: {said}"));
        }
        let error = change(&[("TASK_TOWER_QUEUE_PRIORITIZATION", "fifo")]).unwrap_err().to_string();
        assert!(error.starts_with("TASK_TOWER_QUEUE_PRIORITIZATION: ") && error.contains("`alpha_numeric`"), "{error}");
    }

    #[test]
    fn a_variable_that_is_no_option_is_warned_of_with_the_nearest_one() {
        let (options, warnings) = change(&[
            ("TASK_TOWER_CONCURRENCY", "5"),
            ("TASK_TOWER_BACKEND_CONCURENCY", "5"),
            ("TASK_TOWER_COLOR", "blue"),
        ])
        .unwrap();

        assert_eq!(options, Options::default());
        assert_eq!(
            warnings,
            [
                "TASK_TOWER_BACKEND_CONCURENCY is not an option of Task Tower; did you mean TASK_TOWER_BACKEND_CONCURRENCY?",
                "TASK_TOWER_COLOR is not an option of Task Tower",
                "TASK_TOWER_CONCURRENCY is not an option of Task Tower; did you mean TASK_TOWER_BACKEND_CONCURRENCY?",
            ]
        );
    }

    #[test]
    fn what_kubernetes_sets_and_our_other_variables_are_no_strangers() {
        let (_, warnings) = change(&[
            ("TASK_TOWER_PORT", "tcp://10.0.0.1:4700"),
            ("TASK_TOWER_PORT_4700_TCP_ADDR", "10.0.0.1"),
            ("TASK_TOWER_UI_SERVICE_HOST", "10.0.0.1"),
            ("TASK_TOWER_SERVICE_PORT_HTTP", "4700"),
            ("TASK_TOWER_TEST_URL", "postgres://localhost"),
            ("TASK_TOWER_PG_BIN", "/usr/lib/postgresql/17/bin"),
        ])
        .unwrap();

        assert!(warnings.is_empty(), "{warnings:?}");
    }

    #[cfg(unix)]
    #[test]
    fn a_text_that_is_not_utf_8_is_refused_only_if_it_is_ours() {
        use std::os::unix::ffi::OsStringExt;
        let odd = || OsString::from_vec(vec![0xff]);

        let mut options = Options::default();
        options.change_by_environment([(OsString::from("OTHER"), odd()), (odd(), odd())]).unwrap();
        let error = options.change_by_environment([(OsString::from("TASK_TOWER_QUEUES"), odd())]).unwrap_err();

        assert_eq!(error.to_string(), "TASK_TOWER_QUEUES is not UTF-8");
    }
}
