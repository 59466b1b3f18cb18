//! The schema that the tables live in. SQL files are written for the schema `task_tower` and run
//! in psql as they stand; this puts the configured name in its place.

use crate::error::{Error, Result};

/// PostgreSQL cuts longer identifiers, silently.
const SCHEMA_BYTES_MAX: usize = 63;

/// The tag of the dollar quotes in our functions.
const BODY_TAG: &str = "$task_tower$";

#[derive(Clone, Debug)]
pub(crate) struct Schema {
    name: String,
    identifier: String,
    literal: String,
}

impl Schema {
    pub(crate) fn new(name: &str) -> Result<Self> {
        check(name)?;
        Ok(Self {
            name: name.to_owned(),
            identifier: format!("\"{}\"", name.replace('"', "\"\"")),
            literal: quote_literal(name),
        })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The name as it stands in SQL, quoted.
    pub(crate) fn identifier(&self) -> &str {
        &self.identifier
    }

    /// The SQL text with this schema: `task_tower.` as a qualifier, `'task_tower'` as a text.
    pub(crate) fn render(&self, sql: &str) -> String {
        // Piece by piece, so that a name with `task_tower.` in it is not taken for a qualifier.
        let pieces: Vec<String> =
            sql.split("task_tower.").map(|piece| piece.replace("'task_tower'", &self.literal)).collect();
        pieces.join(&format!("{}.", self.identifier))
    }
}

fn check(name: &str) -> Result<()> {
    let fault = if name.is_empty() {
        "is empty"
    } else if name.len() > SCHEMA_BYTES_MAX {
        "is longer than 63 bytes"
    } else if name.contains('\0') {
        "contains a NUL character"
    } else if name.contains(BODY_TAG) {
        "contains \"$task_tower$\""
    } else if name.starts_with("pg_") {
        "starts with \"pg_\", which PostgreSQL keeps for itself"
    } else {
        return Ok(());
    };
    Err(Error::invalid(format!("schema_name \"{}\" {fault}", name.escape_debug())))
}

/// A backslash needs the `E''` form, whatever `standard_conforming_strings` says.
fn quote_literal(text: &str) -> String {
    let quoted = text.replace('\'', "''");
    match quoted.contains('\\') {
        true => format!("E'{}'", quoted.replace('\\', "\\\\")),
        false => format!("'{quoted}'"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_is_quoted_where_it_is_a_name_and_where_it_is_a_text() {
        let schema = Schema::new("o'brien \"x\"").unwrap();

        let sql = schema.render("SELECT 'task_tower', 'task_tower_x' FROM task_tower.job");

        assert_eq!(sql, "SELECT 'o''brien \"x\"', 'task_tower_x' FROM \"o'brien \"\"x\"\"\".job");
    }

    #[test]
    fn a_schema_may_be_called_like_a_qualifier() {
        let schema = Schema::new("task_tower.x").unwrap();

        let sql = schema.render("SELECT 'task_tower' FROM task_tower.job");

        assert_eq!(sql, "SELECT 'task_tower.x' FROM \"task_tower.x\".job");
    }

    #[test]
    fn a_schema_that_postgresql_would_cut_or_refuse_is_refused() {
        for bad in ["", &"x".repeat(64), "a\0b", "pg_tower", "a$task_tower$b"] {
            assert!(Schema::new(bad).unwrap_err().is_invalid(), "{bad:?}");
        }
    }
}
