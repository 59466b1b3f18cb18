//! Who looks from where: what a page knows of the request before it asks the console.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{FromRequestParts, OriginalUri};
use axum::http::request::Parts;
use task_tower::{Census, ReadOnly};

use crate::access::Permissions;
use crate::dashboard::{Instance, Peer};
use crate::look::Look;
use crate::messages::{Locale, Messages};
use crate::place::Place;
use crate::settings::Settings;

/// One request for a page.
#[derive(Clone, Debug)]
pub(crate) struct Visit {
    pub(crate) place: Place,
    /// The path under which the dashboard is mounted; empty at the root.
    pub(crate) mount: String,
    /// The page with its query, from the root of the dashboard.
    pub(crate) here: String,
    /// How everything on the page is said and drawn.
    pub(crate) look: Look,
    pub(crate) view: View,
}

/// What the guard knows about a request, and every page shows.
#[derive(Clone, Debug)]
pub(crate) struct View {
    /// Who looks.
    pub(crate) actor: Option<String>,
    pub(crate) may: Permissions,
    /// Whether they see all jobs.
    pub(crate) sees_all: bool,
    /// Why nobody can change anything at present.
    pub(crate) read_only: Option<ReadOnly>,
    pub(crate) instance: Option<Instance>,
    /// The version of PostgreSQL, as far as it is known.
    pub(crate) postgres: Option<String>,
    pub(crate) peers: Arc<[Peer]>,
    /// How many there are of what the navigation leads to, for who sees all of it.
    pub(crate) census: Option<Census>,
}

impl Visit {
    /// Before nobody that is known: the guard tells the rest.
    pub(crate) fn of(parts: &Parts) -> Self {
        let place = Place::of(parts.uri.path());
        let m = Messages { locale: parts.extensions.get::<Locale>().copied().unwrap_or_default() };
        let here = parts.uri.path_and_query().map(|path| path.as_str().trim_start_matches('/').to_owned());
        Self {
            look: Look::new(m, Settings::of(&parts.headers), &place),
            mount: mount(parts).unwrap_or_default(),
            here: here.unwrap_or_default(),
            place,
            view: View {
                actor: None,
                may: Permissions::none(),
                sees_all: false,
                read_only: None,
                postgres: None,
                instance: None,
                peers: Arc::default(),
                census: None,
            },
        }
    }
}

/// What nesting took off the path.
fn mount(parts: &Parts) -> Option<String> {
    let OriginalUri(original) = parts.extensions.get()?;
    original.path().strip_suffix(parts.uri.path()).map(str::to_owned)
}

impl<S: Sync> FromRequestParts<S> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        let known = parts.extensions.get::<Self>().cloned();
        Ok(known.unwrap_or_else(|| Self::of(parts)))
    }
}
