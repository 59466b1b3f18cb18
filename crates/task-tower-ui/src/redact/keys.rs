//! The names under which secrets stand.

/// What the name of a secret has in it, once it is lowercase and without anything but letters and digits.
const USUAL: [&str; 14] = [
    "password",
    "passwd",
    "passphrase",
    "secret",
    "token",
    "authorization",
    "apikey",
    "credential",
    "privatekey",
    "cardnumber",
    "cvv",
    "cvc",
    "securitycode",
    "accesskey",
];

#[derive(Clone, Debug, Default)]
pub(super) struct Keys {
    hidden: Vec<String>,
    shown: Vec<String>,
}

impl Keys {
    pub(super) fn usual() -> Self {
        Self { hidden: USUAL.map(str::to_owned).into(), shown: Vec::new() }
    }

    /// Whatever has this in its name. False when every name has.
    pub(super) fn hide(&mut self, name: &str) -> bool {
        let name = plain(name);
        let is_name = !name.is_empty();
        self.hidden.extend(is_name.then_some(name));
        is_name
    }

    /// Exactly this one.
    pub(super) fn show(&mut self, name: &str) {
        self.shown.push(plain(name));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.hidden.is_empty()
    }

    /// What has one of these in its name is hidden, unless it is shown by exactly that name.
    pub(super) fn hidden(&self) -> impl Iterator<Item = &str> {
        self.hidden.iter().map(String::as_str)
    }

    pub(super) fn hides(&self, name: &str) -> bool {
        let name = plain(name);
        self.hidden.iter().any(|secret| name.contains(secret)) && !self.shown.contains(&name)
    }
}

/// `API-Key`, `api_key` and `apiKey` are one.
pub(super) fn plain(name: &str) -> String {
    name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
