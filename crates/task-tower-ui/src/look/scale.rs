//! Scales: from a number to a place. Pure.

/// The end of an axis from zero, and its steps: round numbers, four steps at the most.
pub(super) fn steps(max: u64) -> (u64, Vec<u64>) {
    let max = max.max(1);
    let mut power = 1;
    let step = loop {
        if let Some(step) = [1, 2, 5].map(|digit| digit * power).into_iter().find(|step| max.div_ceil(*step) <= 4) {
            break step;
        }
        power *= 10;
    };
    let count = max.div_ceil(step);
    (count * step, (0..=count).map(|index| index * step).collect())
}

/// Where a duration lies between two others, by its logarithm.
pub(super) fn log_share(value: f64, from: f64, to: f64) -> f64 {
    ((value.max(from) / from).ln() / (to / from).ln()).min(1.0)
}

/// Where one of `count` things begins.
pub(super) fn share(index: usize, count: usize) -> f64 {
    index as f64 / count.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_ends_at_a_round_number() {
        assert_eq!(steps(1_205), (1_500, vec![0, 500, 1_000, 1_500]));
        assert_eq!(steps(37), (40, vec![0, 10, 20, 30, 40]));
        assert_eq!(steps(0), (1, vec![0, 1]));
    }

    #[test]
    fn the_middle_of_a_log_axis_is_the_mean_of_the_powers() {
        assert!((log_share(100.0, 1.0, 10_000.0) - 0.5).abs() < 1e-9);
        assert!(log_share(0.0, 1.0, 10_000.0).abs() < 1e-9);
    }
}
