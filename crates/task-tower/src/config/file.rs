//! Options from a TOML file: one of their own, or the table `[task_tower]` of the application's.

use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use toml::de::Error as TomlError;

use super::{Options, layers};
use crate::error::{Error, Result};

/// A file in which our options are one table among others.
#[derive(Deserialize)]
struct Shared<T> {
    task_tower: Option<T>,
}

impl Options {
    /// Takes what the file names, and keeps the rest.
    pub(crate) fn change_by_file(&mut self, path: &Path) -> Result<()> {
        let told = |error: Error| error.context(format!("options file \"{}\"", path.display()));
        let text = fs::read_to_string(path)
            .map_err(|error| told(Error::invalid(format!("cannot be read: {error}")).because(error)))?;
        self.change_by_text(&text).map_err(told)
    }

    fn change_by_text(&mut self, text: &str) -> Result<()> {
        let shared = read::<Shared<Value>>(text)?.task_tower.filter(Value::is_object);
        // Read as options for the errors, which know their lines; as values, to see what is named.
        let named = match shared {
            Some(ours) => read::<Shared<Options>>(text).map(|_| ours)?,
            None => read::<Options>(text).and_then(|_| read(text))?,
        };
        let places = layers::places().into_iter();
        let values = places.filter_map(|(place, _)| named.pointer(&place).cloned().map(|value| (place, value)));
        self.put(values).map_err(|error| Error::invalid(error.to_string()))
    }
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T> {
    toml::from_str(text).map_err(|error| refused(text, error))
}

/// Tells the line by its number only: it may be the one with the password.
fn refused(text: &str, mut error: TomlError) -> Error {
    let place = error.span().map_or(0, |span| span.start).min(text.len());
    let line = text.as_bytes()[..place].iter().filter(|byte| **byte == b'\n').count() + 1;
    // Without the text, the error shows in which option it is, in a second line.
    error.set_input(None);
    let said = layers::plain_words(error.to_string().trim_end());
    let is_foreign = said.starts_with("unknown option") && !said.contains('\n');
    let advice = if is_foreign { ". In the file of an application, options stand in a table [task_tower]" } else { "" };
    Error::invalid(format!("line {line}: {}{advice}", said.replace('\n', " ")))
}
