//! Who does it.

/// Who changes something through a [`Console`](super::Console): it stands in the audit.
///
/// ```
/// use task_tower::Actor;
///
/// let actor = Actor::new("ana@shop.example").address("10.0.3.14");
///
/// assert_eq!(actor.name(), "ana@shop.example");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    pub(super) name: String,
    pub(super) address: Option<String>,
    pub(super) request: Option<String>,
}

/// The longest name of an actor, an address or a request, in characters; what is beyond is cut.
const NAME_MAX: usize = 200;

impl Actor {
    /// A person or a program, by name. Cut after 200 characters.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: plain(&name.into()), address: None, request: None }
    }

    /// The address that the request came from, or the host of a program. Cut after 200 characters.
    #[must_use]
    pub fn address(mut self, address: impl Into<String>) -> Self {
        self.address = Some(plain(&address.into()));
        self
    }

    /// The id of the request, to find it in the logs. Cut after 200 characters.
    #[must_use]
    pub fn request(mut self, id: impl Into<String>) -> Self {
        self.request = Some(plain(&id.into()));
        self
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

fn plain(text: &str) -> String {
    text.chars().filter(|character| !character.is_control()).take(NAME_MAX).collect()
}

impl Default for Actor {
    /// A program that did not say who it is.
    fn default() -> Self {
        Self::new("program")
    }
}
