//! Lists in what croner says of an expression, in short: `Monday to Saturday` for six names, and `6, 8, … 22` for nine numbers.

const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A range of two says no more than both, and one of four numbers is as short as they are.
const RANGE_MIN: usize = 3;
const STEPS_MIN: usize = 5;

/// The same with what follows each other in its lists left out.
pub(super) fn shortened(text: &str) -> String {
    let parts: Vec<&str> = text.split(", ").collect();
    let mut told: Vec<String> = Vec::new();
    let mut at = 0;
    while at < parts.len() {
        let (short, taken) = list(&parts[at..]).unwrap_or_else(|| (parts[at].to_owned(), 1));
        told.push(short);
        at += taken;
    }
    told.join(", ")
}

/// The list that begins with the last word of the first part, and how many parts it has: `of hour 6`, `7`, `and 8 on`.
fn list(parts: &[&str]) -> Option<(String, usize)> {
    let (before, first) = parts.first()?.rsplit_once(' ')?;
    let between = parts[1..].iter().take_while(|part| !part.contains(' ')).count();
    let (last, rest) = {
        let last = parts.get(between + 1)?.strip_prefix("and ")?;
        last.split_once(' ').map_or((last, String::new()), |(last, rest)| (last, format!(" {rest}")))
    };
    let items: Vec<&str> = [first].into_iter().chain(parts[1..=between].iter().copied()).chain([last]).collect();
    let short = in_short(&items)?;
    Some((format!("{before} {short}{rest}"), between + 2))
}

fn in_short(items: &[&str]) -> Option<String> {
    let places: Vec<usize> = items.iter().map(|item| place(item)).collect::<Option<_>>()?;
    let step = places.get(1)?.checked_sub(places[0])?;
    let is_even = places.windows(2).all(|pair| pair[0] + step == pair[1]);
    let (first, last) = (items.first()?, items.last()?);
    match (is_even, step) {
        (true, 1) if items.len() >= RANGE_MIN => Some(format!("{first} to {last}")),
        (true, 2..) if items.len() >= STEPS_MIN => Some(format!("{first}, {}, … {last}", items[1])),
        _ => None,
    }
}

/// Where it stands among those like it.
fn place(item: &str) -> Option<usize> {
    let number = || item.parse().ok();
    let among = |names: &[&str]| names.iter().position(|name| *name == item);
    number().or_else(|| among(&DAYS)).or_else(|| among(&MONTHS))
}

#[cfg(test)]
mod tests {
    use super::shortened;

    #[test]
    fn what_follows_each_other_is_left_out_and_the_rest_stays() {
        for (long, short) in [
            ("At 02:30", "At 02:30"),
            (
                "At minute 0, of hour 6, 8, 10, 12, 14, 16, 18, 20, and 22, on Monday, Tuesday, Wednesday, and Thursday",
                "At minute 0, of hour 6, 8, … 22, on Monday to Thursday",
            ),
            ("At minute 0, 15, 30, and 45", "At minute 0, 15, 30, and 45"),
            ("At 03:00, in January, February, and March on the 1st", "At 03:00, in January to March on the 1st"),
            ("At 03:00, on Monday, Wednesday, and Friday", "At 03:00, on Monday, Wednesday, and Friday"),
            ("At 03:00, on Friday, and Monday", "At 03:00, on Friday, and Monday"),
            ("At minute 9, 5, and 1", "At minute 9, 5, and 1"),
        ] {
            assert_eq!(shortened(long), short);
        }
    }
}
