//! What an error is called: by this, and by its message, failures are grouped. An enum is called by its
//! variant, a struct by its type, as far as that can be known.

use std::any::type_name;
use std::error::Error as StdError;
use std::fmt::{self, Write};
use std::io;

/// The longest that a class can be, in bytes.
const CLASS_BYTES_MAX: usize = 80;
/// What is called so when nothing better is known.
pub(super) const UNKNOWN: &str = "Error";

/// Types that say nothing of what is in them.
const WRAPPERS: &[&str] = &["anyhow::Error", "eyre::Report", "alloc::", "core::fmt::Arguments", "dyn ", "str"];

/// The class of an error of type `E`.
pub(super) fn of_error<E>(error: &(dyn StdError + 'static)) -> String {
    if is_report::<E>() {
        // The outermost shows a report in place of itself.
        return root(error).and_then(variant).unwrap_or_else(|| UNKNOWN.to_owned());
    }
    match variant(error) {
        Some(variant) if variant != UNKNOWN => variant,
        _ => of_type::<E>(),
    }
}

/// The class of what only its type is known of.
pub(super) fn of_type<T: ?Sized>() -> String {
    let name = type_name::<T>().trim_start_matches('&');
    let path = name.split(['<', ' ']).next().unwrap_or_default();
    let last = path.rsplit("::").next().unwrap_or_default();
    if is_wrapper(name) || !is_class(last) {
        return UNKNOWN.to_owned();
    }
    // Half of all crates have an error of this name.
    let origin = path.split("::").next().filter(|_| last == UNKNOWN && path != last);
    let class = origin.map_or_else(|| last.to_owned(), |origin| format!("{origin}::{last}"));
    class.chars().take(CLASS_BYTES_MAX).collect()
}

/// Whether the debug form of such errors is a report for people. There is no trait that tells, and
/// the standard library has no stable way to ask an error for its backtrace.
pub(super) fn is_report<E>() -> bool {
    ["anyhow::Error", "eyre::Report"].contains(&type_name::<E>())
}

fn is_wrapper(name: &str) -> bool {
    WRAPPERS.iter().any(|wrapper| name.starts_with(wrapper))
}

fn root<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    let mut root = None;
    let mut next = error.source();
    let mut depth = 0;
    while let Some(cause) = next.filter(|_| depth < 32) {
        (root, next) = (Some(cause), cause.source());
        depth += 1;
    }
    root
}

/// The name with which a derived debug form begins: of the variant of an enum, of the type of a struct.
fn variant(error: &(dyn StdError + 'static)) -> Option<String> {
    if let Some(error) = error.downcast_ref::<io::Error>() {
        return Some(format!("{:?}", error.kind()));
    }
    let mut text = Beginning::default();
    // A full text refuses more, and is all that we need.
    let _ = write!(text, "{error:?}");
    let end = text.0.find(|character: char| !character.is_alphanumeric() && character != '_').unwrap_or(text.0.len());
    let (name, rest) = text.0.split_at(end);
    let is_derived = rest.is_empty() || rest.starts_with('(') || rest.starts_with(" {");
    (is_derived && is_class(name)).then(|| name.to_owned())
}

fn is_class(name: &str) -> bool {
    let is_word = name.chars().all(|character| character.is_ascii_alphanumeric() || character == '_');
    is_word && name.starts_with(|first: char| first.is_ascii_uppercase()) && name.len() < CLASS_BYTES_MAX
}

/// The first bytes of a text; the rest is not even made.
#[derive(Default)]
struct Beginning(String);

impl Write for Beginning {
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        let room = CLASS_BYTES_MAX - self.0.len();
        self.0.extend(piece.chars().take(room).filter(char::is_ascii));
        if self.0.len() >= CLASS_BYTES_MAX { Err(fmt::Error) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::JobError;

    #[derive(Debug)]
    #[allow(dead_code, reason = "they only show in the debug form")]
    enum Refusal {
        GatewayTimeout { after: u32 },
        Declined(String),
        Busy,
    }

    #[derive(Debug)]
    struct Broken;

    /// Its debug form is prose.
    struct Poem;

    impl fmt::Debug for Poem {
        fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
            out.write_str("Roses are red")
        }
    }

    macro_rules! errors {
        ($($error:ty),*) => {
            $(impl fmt::Display for $error {
                fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                    out.write_str("it went wrong")
                }
            }

            impl StdError for $error {})*
        };
    }

    errors!(Refusal, Broken, Poem);

    fn class(error: impl Into<JobError>) -> String {
        error.into().class
    }

    #[test]
    fn an_enum_is_called_by_its_variant_and_a_struct_by_its_type() {
        assert_eq!(class(Refusal::GatewayTimeout { after: 30 }), "GatewayTimeout");
        assert_eq!(class(Refusal::Declined("no".to_owned())), "Declined");
        assert_eq!(class(Refusal::Busy), "Busy");
        assert_eq!(class(Broken), "Broken");
        assert_eq!(class(Poem), "Poem");
    }

    #[test]
    fn errors_of_others_are_called_by_what_tells_them_apart() {
        assert_eq!(class(io::Error::from(io::ErrorKind::TimedOut)), "TimedOut");
        assert_eq!(class(serde_json::from_str::<u8>("x").unwrap_err()), "serde_json::Error");
        assert_eq!(class("x".parse::<u8>().unwrap_err()), "ParseIntError");
    }

    #[test]
    fn a_box_is_called_by_what_is_in_it() {
        let boxed = |error: Refusal| -> Box<dyn StdError + Send + Sync> { error.into() };

        assert_eq!(class(boxed(Refusal::GatewayTimeout { after: 1 })), "GatewayTimeout");
        assert_eq!(class(anyhow::Error::from(Refusal::Busy).context("while charging")), "Busy");
        assert_eq!(class(eyre::Report::from(Broken).wrap_err("while charging")), "Broken");
    }

    #[test]
    fn a_text_has_no_name_of_its_own() {
        assert_eq!(class("Gateway"), "Error");
        assert_eq!(class("Gateway".to_owned()), "Error");
        assert_eq!(class(anyhow::anyhow!("Gateway")), "Error");
        assert_eq!(JobError::new("Gateway").class, "Error");
        assert_eq!(JobError::new(format_args!("Gateway {}", 1)).class, "Error");
        assert_eq!(JobError::discard(5).class, "Error");
    }

    #[test]
    fn an_error_that_is_only_displayed_is_called_by_its_type() {
        assert_eq!(JobError::discard(Broken).class, "Broken");
        assert_eq!(JobError::discard(&Refusal::Busy).class, "Refusal");
    }
}
