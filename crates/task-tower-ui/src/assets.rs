//! Style, scripts and icons: embedded, and served under addresses that change with their content.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::fault::Fault;
use crate::live;
use crate::messages::Messages;

struct Asset {
    name: &'static str,
    kind: &'static str,
    body: &'static str,
}

/// Kept in files by subject, served as one: a page needs them all.
const STYLE: &str = concat!(
    include_str!("../assets/css/tokens.css"),
    include_str!("../assets/css/base.css"),
    include_str!("../assets/css/shell.css"),
    include_str!("../assets/css/controls.css"),
    include_str!("../assets/css/marks.css"),
    include_str!("../assets/css/panels.css"),
    include_str!("../assets/css/charts.css"),
    include_str!("../assets/css/jobs.css"),
    include_str!("../assets/css/pages.css"),
    include_str!("../assets/css/steps.css"),
    include_str!("../assets/css/doctor.css"),
    include_str!("../assets/css/overview.css"),
    include_str!("../assets/css/errors.css"),
);

const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

/// The files in `vendor/` are no modules by themselves, and are served as such.
macro_rules! vendored {
    ($file:literal, $exports:literal) => {
        concat!(include_str!(concat!("../assets/vendor/", $file)), "\nexport { ", $exports, " };\n")
    };
}

macro_rules! assets {
    ($($name:literal: $kind:ident = $body:expr;)*) => { &[$(Asset { name: $name, kind: $kind, body: $body }),*] };
}

const ASSETS: &[Asset] = assets! {
    "tower.css": CSS = STYLE;
    "icons.svg": SVG = include_str!("../assets/icons.svg");
    "states.svg": SVG = include_str!("../assets/states.svg");
    "tower.svg": SVG = include_str!("../assets/tower.svg");
    "tower-red.svg": SVG = include_str!("../assets/tinted/tower-red.svg");
    "tower-orange.svg": SVG = include_str!("../assets/tinted/tower-orange.svg");
    "tower-green.svg": SVG = include_str!("../assets/tinted/tower-green.svg");
    "tower-blue.svg": SVG = include_str!("../assets/tinted/tower-blue.svg");
    "tower-violet.svg": SVG = include_str!("../assets/tinted/tower-violet.svg");
    "tower-gray.svg": SVG = include_str!("../assets/tinted/tower-gray.svg");
    "tower.js": SCRIPT = include_str!("../assets/tower.js");
    "announcer.js": SCRIPT = include_str!("../assets/announcer.js");
    "badge.js": SCRIPT = include_str!("../assets/badge.js");
    "channel.js": SCRIPT = include_str!("../assets/channel.js");
    "bindings.js": SCRIPT = live::BINDINGS;
    "copy.js": SCRIPT = include_str!("../assets/copy.js");
    "brush.js": SCRIPT = include_str!("../assets/brush.js");
    "chart.js": SCRIPT = include_str!("../assets/chart.js");
    "explain.js": SCRIPT = include_str!("../assets/explain.js");
    "help.js": SCRIPT = include_str!("../assets/help.js");
    "keys.js": SCRIPT = include_str!("../assets/keys.js");
    "listbox.js": SCRIPT = include_str!("../assets/listbox.js");
    "palette.js": SCRIPT = include_str!("../assets/palette.js");
    "rows.js": SCRIPT = include_str!("../assets/rows.js");
    "select.js": SCRIPT = include_str!("../assets/select.js");
    "settings.js": SCRIPT = include_str!("../assets/settings.js");
    "suggest.js": SCRIPT = include_str!("../assets/suggest.js");
    "tail.js": SCRIPT = include_str!("../assets/tail.js");
    "tick.js": SCRIPT = include_str!("../assets/tick.js");
    "toast.js": SCRIPT = include_str!("../assets/toast.js");
    "hold.js": SCRIPT = include_str!("../assets/hold.js");
    "live.js": SCRIPT = include_str!("../assets/live.js");
    "regions.js": SCRIPT = include_str!("../assets/regions.js");
    "store.js": SCRIPT = include_str!("../assets/store.js");
    "view.js": SCRIPT = include_str!("../assets/view.js");
    "idiomorph.js": SCRIPT = vendored!("idiomorph.min.js", "Idiomorph");
};

/// One hash over all of them: whatever changes, every address does, and no old file meets a new one.
pub(crate) static HASH: LazyLock<String> = LazyLock::new(|| {
    let mut hasher = DefaultHasher::new();
    ASSETS.iter().for_each(|asset| asset.body.hash(&mut hasher));
    format!("{:016x}", hasher.finish())
});

/// Whether a request is for one of these files and nothing else, by the address that leads there as it is written.
pub(crate) fn is_asked_for(parts: &Parts) -> bool {
    let pieces: Vec<&str> = parts.uri.path().split('/').collect();
    match pieces[..] {
        ["", "assets", hash, name] => parts.method.is_safe() && !hash.is_empty() && find(name).is_some(),
        _ => false,
    }
}

fn find(name: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.name == name)
}

pub(crate) async fn serve(Path((hash, name)): Path<(String, String)>) -> Result<Response, Fault> {
    let Some(asset) = find(&name) else {
        return Err(Fault::said(StatusCode::NOT_FOUND, Messages::fault_no_file));
    };
    // A page of an older release may ask by an older address: it is served, but not for ever.
    let cache = if hash == *HASH { "public, max-age=31536000, immutable" } else { "no-store" };
    Ok(([(header::CONTENT_TYPE, asset.kind), (header::CACHE_CONTROL, cache)], asset.body).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(name: &str) -> &'static str {
        ASSETS.iter().find(|asset| asset.name == name).unwrap().body
    }

    #[test]
    fn the_tinted_towers_are_the_tower_in_another_color() {
        let bare = |name: &str| body(name).split_once("fill=\"#").map(|(before, rest)| (before, &rest[6..]));
        let colors = ASSETS.iter().filter(|asset| asset.name.starts_with("tower-")).map(|asset| asset.name);
        let colors: Vec<&str> = colors.collect();

        assert_eq!(colors.len(), 6);
        assert!(colors.iter().all(|name| bare(name) == bare("tower.svg") && body(name) != body("tower.svg")));
    }

    #[test]
    fn the_shapes_of_the_badges_are_the_icons_of_the_states_in_the_order_of_the_style() {
        let drawn = |line: &'static str| line.split_once('>').unwrap().1;
        let shapes = body("states.svg").lines().filter(|line| line.contains("translate"));
        let states = STYLE.lines().filter_map(|line| line.trim().strip_prefix('.')?.split_once(" { --shape: "));
        let states: Vec<_> = states.map(|(state, rest)| (state, rest.split(';').next().unwrap())).collect();

        assert_eq!(states.len(), 8);
        for (index, (shape, (state, position))) in shapes.zip(states).enumerate() {
            let start = format!("<symbol id=\"{state}\"");
            let icon = body("icons.svg").lines().find(|line| line.trim().starts_with(&start)).unwrap();
            assert_eq!(position, index.to_string());
            assert_eq!(drawn(shape).strip_suffix("</g>"), drawn(icon).strip_suffix("</symbol>"), "{state}");
        }
    }
}
