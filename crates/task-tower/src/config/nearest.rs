//! What somebody may have meant who wrote a name that does not exist.

/// The known name that is most like this one, if any is: one that few letters tell from it, or else
/// one that has it inside.
pub(crate) fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let with_distance = known.iter().map(|known| (distance(name, known), *known));
    let similar = with_distance.filter(|(distance, known)| *distance * 4 <= name.len().max(known.len())).min();
    let around = || known.iter().find(|known| name.len() >= 4 && known.contains(name));
    similar.map(|(_, known)| known).or_else(|| around().copied())
}

/// How many letters have to be put in, taken out or changed (Levenshtein), row by row.
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (line, byte) in one.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = line + 1;
        for (column, of_other) in other.bytes().enumerate() {
            let changed = diagonal + usize::from(byte != of_other);
            diagonal = row[column + 1];
            row[column + 1] = changed.min(row[column] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_the_one_that_was_meant() {
        let known = ["queues", "queue_priorities", "backend_concurrency", "dead_after"];

        assert_eq!(nearest("queue", &known), Some("queues"));
        assert_eq!(nearest("backend_concurency", &known), Some("backend_concurrency"));
        assert_eq!(nearest("concurrency", &known), Some("backend_concurrency"));
        assert_eq!(nearest("priorities", &known), Some("queue_priorities"));
        assert_eq!(nearest("ded", &["scheduled", "dead", "failed"]), Some("dead"));
        assert_eq!(nearest("color", &known), None);
        assert_eq!(nearest("", &known), None);
    }

    #[test]
    fn a_distance_counts_letters() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abc", "abc"), 0);
    }
}
