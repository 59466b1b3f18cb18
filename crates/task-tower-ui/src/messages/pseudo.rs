//! The pseudo-locale: every letter gets an accent, so that what has none is missing in the messages.

const PLAIN: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const ACCENTED: &str = "åƀçđéƒĝĥîĵķļɱñöþɋřšţûṽŵẋýžÅƁÇĐÉƑĜĤÎĴĶĻṀÑÖÞɊŘŠŢÛṼŴẊÝŽ";

pub(super) fn accented(words: &str) -> String {
    words.chars().map(accent).collect()
}

fn accent(letter: char) -> char {
    let place = PLAIN.chars().position(|plain| plain == letter);
    place.and_then(|place| ACCENTED.chars().nth(place)).unwrap_or(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_has_an_accent_of_its_own() {
        let mut accents: Vec<char> = accented(PLAIN).chars().collect();
        accents.sort_unstable();
        accents.dedup();

        assert_eq!(accents.len(), PLAIN.len());
        assert!(!accents.iter().any(char::is_ascii));
    }
}
