//! Figures: medians, percentiles, and how they are written.

/// The value below which so many percent of the values lie; the values are sorted by this.
pub fn percentile(values: &mut [f64], percent: usize) -> f64 {
    if values.is_empty() {
        return f64::NAN;
    }
    values.sort_by(f64::total_cmp);
    values[(values.len() * percent / 100).min(values.len() - 1)]
}

/// The rounds of one contender in one workload.
#[derive(Clone, Debug, Default)]
pub struct Series {
    rounds: Vec<Vec<f64>>,
}

impl Series {
    /// Adds a round.
    pub fn add(&mut self, sample: Vec<f64>) {
        self.rounds.push(sample);
    }

    /// The median of one of the figures over all rounds.
    pub fn median(&self, figure: usize) -> f64 {
        let mut values = self.values(figure);
        values.sort_by(f64::total_cmp);
        match values.len() {
            0 => f64::NAN,
            count if count % 2 == 1 => values[count / 2],
            count => (values[count / 2 - 1] + values[count / 2]) / 2.0,
        }
    }

    /// One of the figures in all rounds.
    pub fn values(&self, figure: usize) -> Vec<f64> {
        self.rounds.iter().filter_map(|round| round.get(figure)).copied().collect()
    }

    /// How many figures each round has.
    pub fn figures(&self) -> usize {
        self.rounds.first().map_or(0, Vec::len)
    }

    /// The medians of all figures, with the spread of the first: `5,210 [5,100–5,300]`.
    pub fn text(&self) -> String {
        let medians: Vec<String> = (0..self.figures()).map(|figure| number(self.median(figure))).collect();
        let first = self.values(0);
        let (least, most) =
            (first.iter().copied().fold(f64::NAN, f64::min), first.iter().copied().fold(f64::NAN, f64::max));
        match first.len() {
            0 => "–".to_owned(),
            1 => medians.join(" / "),
            _ => format!("{} [{}–{}]", medians.join(" / "), number(least), number(most)),
        }
    }
}

/// Three digits that count, and commas between thousands.
pub fn number(value: f64) -> String {
    match value {
        _ if !value.is_finite() => "–".to_owned(),
        _ if value >= 1_000.0 => with_commas(value.round() as u64),
        _ if value >= 100.0 => format!("{value:.0}"),
        _ if value >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

fn with_commas(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A table with a head, for a terminal or as Markdown.
pub fn table(rows: &[Vec<String>], markdown: bool) -> String {
    let columns = rows.first().map_or(0, Vec::len);
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut lines: Vec<String> = rows.iter().map(|row| line(row, &widths, markdown)).collect();
    let rule: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
    lines.insert(1.min(lines.len()), line(&rule, &widths, markdown));
    lines.join("\n") + "\n"
}

fn line(cells: &[String], widths: &[usize], markdown: bool) -> String {
    let padded: Vec<String> = cells.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
    match markdown {
        true => format!("| {} |", padded.join(" | ")),
        false => padded.join("  ").trim_end().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_an_even_number_lies_between_the_middle_two() {
        let mut series = Series::default();
        for value in [4.0, 1.0, 3.0, 2.0] {
            series.add(vec![value]);
        }

        assert_eq!(series.median(0), 2.5);
    }

    #[test]
    fn a_percentile_is_a_value_that_was_measured() {
        let mut values: Vec<f64> = (1..=100).rev().map(f64::from).collect();

        assert_eq!(percentile(&mut values, 50), 51.0);
        assert_eq!(percentile(&mut values, 99), 100.0);
    }

    #[test]
    fn numbers_have_commas_and_three_digits() {
        let written = [1_234_567.4, 999.6, 12.34, 0.567].map(number);

        assert_eq!(written, ["1,234,567", "1000", "12.3", "0.57"]);
    }

    #[test]
    fn a_multiple_of_nothing_is_no_number() {
        assert_eq!(number(2.0 / 0.0), "–");
    }

    #[test]
    fn a_table_is_aligned_and_has_a_rule_below_its_head() {
        let rows = [["a", "bb"], ["ccc", "d"]].map(|row| row.map(str::to_owned).to_vec());

        assert_eq!(table(&rows, true), "| a   | bb |\n| --- | -- |\n| ccc | d  |\n");
        assert_eq!(table(&rows, false), "a    bb\n---  --\nccc  d\n");
    }
}
