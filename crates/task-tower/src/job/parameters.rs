//! The context parameters of a job: what contextualizers stored with it, read back by name and type.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::error::JobError;

type Named = BTreeMap<String, Box<RawValue>>;

/// The parameter of that name; `None` when there is none.
pub(super) fn find<T: DeserializeOwned>(context: Option<&str>, name: &str) -> Result<Option<T>, JobError> {
    let named = parse(context)?;
    let Some(value) = named.get(name) else { return Ok(None) };
    let value = serde_json::from_str(value.get());
    value.map(Some).map_err(|error| JobError::new(format_args!("context parameter \"{name}\": {error}")))
}

/// The error for a parameter that is not there: it names those that are.
pub(super) fn missing(context: Option<&str>, name: &str) -> JobError {
    let there = parse(context).unwrap_or_default().into_keys().collect::<Vec<_>>().join("\", \"");
    match there.is_empty() {
        true => JobError::new(format_args!("context parameter \"{name}\" is missing: the job has none")),
        false => JobError::new(format_args!("context parameter \"{name}\" is missing; there are \"{there}\"")),
    }
}

fn parse(context: Option<&str>) -> Result<Named, JobError> {
    let Some(context) = context else { return Ok(Named::new()) };
    serde_json::from_str(context).map_err(|error| JobError::new(format_args!("context parameters: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTEXT: Option<&str> = Some(r#"{"User": "ada", "Age": 36}"#);

    #[test]
    fn a_parameter_is_found_by_name_and_type() {
        assert_eq!(find::<String>(CONTEXT, "User").unwrap().as_deref(), Some("ada"));
        assert_eq!(find::<u8>(CONTEXT, "Age").unwrap(), Some(36));
        assert_eq!(find::<String>(CONTEXT, "Tenant").unwrap(), None);
    }

    #[test]
    fn an_error_names_the_parameter() {
        let wrong_type = find::<u8>(CONTEXT, "User").unwrap_err().to_string();
        let missing_one = missing(CONTEXT, "Tenant").to_string();
        let none_at_all = missing(None, "Tenant").to_string();

        assert!(wrong_type.starts_with("context parameter \"User\": invalid type: string \"ada\""), "{wrong_type}");
        assert_eq!(missing_one, "context parameter \"Tenant\" is missing; there are \"Age\", \"User\"");
        assert_eq!(none_at_all, "context parameter \"Tenant\" is missing: the job has none");
    }
}
