//! The block of the README that holds the results in short, between two comments.

use anyhow::{Context, Result};

use crate::machine::Setting;
use crate::report::rates;
use crate::results::Results;

const BEGIN: &str = "<!-- Written by bin/bench: begin -->\n";
const END: &str = "<!-- Written by bin/bench: end -->\n";
const PICTURE: &str = "![Rates and delays of all contenders, as bars](crates/task-tower/docs/benchmarks/plot.svg)";

/// The block for these results.
pub fn block(results: &Results, setting: &Setting) -> String {
    let table = rates(results).replace("## Rates and delays\n\n", "");
    format!("{PICTURE}\n\n{} `{}`.\n\n{}\n", setting.text(), setting.command, table.trim_end())
}

/// The text with another block.
pub fn replace(text: &str, block: &str) -> Result<String> {
    let (before, rest) = text.split_once(BEGIN).with_context(|| format!("there is no line {BEGIN:?}"))?;
    let (_, after) = rest.split_once(END).with_context(|| format!("there is no line {END:?}"))?;
    Ok(format!("{before}{BEGIN}{block}{END}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stands_between_the_comments_is_replaced() {
        let text = format!("# Title\n{BEGIN}old\n{END}rest\n");

        assert_eq!(replace(&text, "new\n").unwrap(), format!("# Title\n{BEGIN}new\n{END}rest\n"));
        assert!(replace("# Title\n", "new\n").is_err());
    }

    #[test]
    fn the_readme_has_a_place_for_it() {
        let readme = include_str!("../../../README.md");

        assert!(replace(readme, "new\n").unwrap().contains("new\n"));
    }
}
