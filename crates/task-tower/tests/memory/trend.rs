//! Whether a series of measurements grows.

/// By how much it grew from its first quarter to its last: a median of each, so that a moment's peak does not count.
pub fn growth(samples: &[u64]) -> i64 {
    let quarter = samples.len().div_ceil(4);
    median(&samples[samples.len() - quarter..]) - median(&samples[..quarter])
}

fn median(samples: &[u64]) -> i64 {
    let mut sorted = samples.to_vec();
    sorted.sort_unstable();
    sorted[sorted.len() / 2].cast_signed()
}

#[test]
fn what_grows_is_noticed_and_what_only_peaks_is_not() {
    let leak: Vec<u64> = (0..100).map(|second| 1_000 + second * 10).collect();
    let peak: Vec<u64> = (0..100).map(|second| if second == 97 { 9_000 } else { 1_000 }).collect();

    assert_eq!(growth(&leak), 750);
    assert_eq!(growth(&peak), 0);
}
