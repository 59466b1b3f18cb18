//! What a reader chose for this browser, kept in one cookie: no account, no row in the database.

use axum::http::{HeaderMap, HeaderValue, header};
use chrono_tz::Tz;
use serde::Deserialize;

use crate::place::is_inside;

const COOKIE: &str = "task-tower-settings";
const YEAR_SECONDS: u32 = 365 * 24 * 60 * 60;

/// How pages look to this reader. What the cookie does not say, or says wrongly, is as usual.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) theme: Theme,
    pub(crate) zone: Tz,
    pub(crate) density: Density,
    pub(crate) times: Times,
    pub(crate) motion: Motion,
    pub(crate) keys: Keys,
}

/// An enum whose variants have a word each, by which cookie, form and page know them.
macro_rules! choices {
    ($($(#[$doc:meta])* $name:ident: $usual:ident = $usual_word:literal $(, $variant:ident = $word:literal)*;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub(crate) enum $name { #[default] $usual $(, $variant)* }

        impl $name {
            pub(crate) fn as_str(self) -> &'static str {
                match self { Self::$usual => $usual_word $(, Self::$variant => $word)* }
            }

            fn parse(word: &str) -> Self {
                match word { $($word => Self::$variant,)* _ => Self::$usual }
            }
        }
    )*};
}

choices! {
    /// The colors.
    Theme: System = "system", Light = "light", Dark = "dark";
    /// How high rows are.
    Density: Normal = "normal", Compact = "compact";
    /// How times are told.
    Times: Both = "both", Exact = "exact", Relative = "relative";
    /// Whether things may move.
    Motion: System = "system", Reduced = "reduced";
    /// Whether single keys are shortcuts.
    Keys: On = "on", Off = "off";
}

/// What a form asks to change; what it leaves out stays.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Change {
    pub(crate) theme: Option<String>,
    pub(crate) zone: Option<String>,
    pub(crate) density: Option<String>,
    pub(crate) times: Option<String>,
    pub(crate) motion: Option<String>,
    pub(crate) keys: Option<String>,
    /// The page to go back to, from the root of the dashboard.
    pub(crate) back: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: Theme::default(),
            zone: Tz::UTC,
            density: Density::default(),
            times: Times::default(),
            motion: Motion::default(),
            keys: Keys::default(),
        }
    }
}

impl Settings {
    /// As the cookie of the request says.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let kept = pairs.filter(|(name, _)| *name == COOKIE).map(|(_, value)| value).next();
        kept.map_or_else(Self::default, Self::read)
    }

    fn read(text: &str) -> Self {
        let mut settings = Self::default();
        for (name, word) in text.split('&').filter_map(|pair| pair.split_once('=')) {
            settings.set(name, word);
        }
        settings
    }

    fn set(&mut self, name: &str, word: &str) {
        match name {
            "theme" => self.theme = Theme::parse(word),
            "zone" => self.zone = word.parse().unwrap_or(Tz::UTC),
            "density" => self.density = Density::parse(word),
            "times" => self.times = Times::parse(word),
            "motion" => self.motion = Motion::parse(word),
            "keys" => self.keys = Keys::parse(word),
            _ => {}
        }
    }

    /// These settings with the changes; `None` when the zone is none.
    pub(crate) fn with(mut self, change: &Change) -> Option<Self> {
        change.zone.as_deref().map(str::parse::<Tz>).transpose().ok()?;
        for (name, word) in change.words() {
            self.set(name, word);
        }
        Some(self)
    }

    /// The header that keeps them, under the path at which the dashboard is mounted.
    pub(crate) fn cookie(&self, mount: &str) -> Option<HeaderValue> {
        let path = if mount.is_empty() { "/" } else { mount };
        let value = self.write();
        HeaderValue::try_from(format!("{COOKIE}={value}; Path={path}; Max-Age={YEAR_SECONDS}; SameSite=Strict")).ok()
    }

    fn write(&self) -> String {
        let words = [
            ("theme", self.theme.as_str()),
            ("zone", self.zone.name()),
            ("density", self.density.as_str()),
            ("times", self.times.as_str()),
            ("motion", self.motion.as_str()),
            ("keys", self.keys.as_str()),
        ];
        words.map(|(name, word)| format!("{name}={word}")).join("&")
    }
}

impl Change {
    fn words(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let words = [
            ("theme", &self.theme),
            ("zone", &self.zone),
            ("density", &self.density),
            ("times", &self.times),
            ("motion", &self.motion),
            ("keys", &self.keys),
        ];
        words.into_iter().filter_map(|(name, word)| word.as_deref().map(|word| (name, word)))
    }

    /// Where to go afterwards, relative to `settings`; nowhere outside the dashboard.
    pub(crate) fn way_back(&self) -> String {
        let back = self.back.as_deref().unwrap_or_default();
        match is_inside(back) {
            true => format!("./{back}"),
            false => "./settings".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn back(path: &str) -> String {
        Change { back: Some(path.to_owned()), ..Change::default() }.way_back()
    }

    #[test]
    fn what_was_written_is_read_again() {
        let chosen = Settings { theme: Theme::Dark, zone: Tz::Europe__Berlin, keys: Keys::Off, ..Settings::default() };

        assert_eq!(Settings::read(&chosen.write()), chosen);
    }

    #[test]
    fn what_nobody_understands_is_as_usual() {
        for text in ["", "theme=pink&zone=Atlantis/Main&x", "&&==;"] {
            assert_eq!(Settings::read(text), Settings::default(), "{text}");
        }
    }

    #[test]
    fn the_way_back_stays_in_the_dashboard() {
        assert_eq!(back("jobs?state=dead&q=a:b//c"), "./jobs?state=dead&q=a:b//c");
        for elsewhere in ["", "/evil", "//evil.example", "https://evil.example", "a/../../b", "\\evil", "jobs\r\nx: y"]
        {
            assert_eq!(back(elsewhere), "./settings", "{elsewhere}");
        }
    }
}
