//! Which kinds this process knows, with their handlers and their configuration.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use super::config::KindConfig;
use super::context::JobContext;
use super::handler::{Erased, Handler, erase};
use super::interceptor::{AnyInterceptor, Interceptors, Running};
use super::states::States;
use super::{Job, Unique, setup};
use crate::config::{KindOptions, nearest};
use crate::error::{Error, Result};

/// One kind of job that this process can run.
pub(crate) struct Kind {
    pub(crate) config: KindConfig,
    /// What the type itself says.
    pub(crate) defaults: Defaults,
    handler: Erased,
    check: fn(&States) -> Result<(), super::MissingState>,
}

/// What a type says of its jobs, where nothing else does.
pub(crate) struct Defaults {
    pub(super) queue: &'static str,
    pub(super) priority: i16,
    pub(super) max_retries: u32,
    pub(super) unique: Option<Unique>,
    timeout: Option<Duration>,
}

impl Kind {
    /// The longest that one run of it may take, unless the job says otherwise.
    pub(crate) fn timeout(&self) -> Option<Duration> {
        self.config.options.timeout.or(self.defaults.timeout)
    }

    /// Starts a run, with what its interceptors do before and around it.
    pub(crate) fn run(&self, context: &JobContext) -> Running {
        self.config.interceptors.wrap(context, (self.handler)(context.clone()))
    }
}

/// Kinds by name.
#[derive(Clone, Default)]
pub(crate) struct Registry {
    kinds: BTreeMap<&'static str, Arc<Kind>>,
    /// Those of all kinds; each kind that is registered has them among its own.
    everywhere: Interceptors,
}

impl Registry {
    pub(crate) fn add<J: Job, P, H: Handler<J, P>>(&mut self, handler: H, config: KindConfig) -> Result<()> {
        config.options.check(J::KIND)?;
        let unique = config.unique.or(J::UNIQUE).map_or(Ok(()), Unique::check);
        unique.map_err(|error| error.context(format!("kind \"{}\"", J::KIND)))?;
        let defaults = Defaults {
            queue: J::QUEUE,
            priority: J::PRIORITY,
            max_retries: J::MAX_RETRIES,
            unique: J::UNIQUE,
            timeout: J::TIMEOUT,
        };
        let kind = Kind { config, defaults, handler: erase::<J, P, H>(handler), check: H::check };
        match self.kinds.insert(J::KIND, Arc::new(kind)) {
            None => Ok(()),
            Some(_) => Err(Error::invalid(format!("kind \"{}\" is registered twice", J::KIND))),
        }
    }

    /// Refuses handlers that ask for what nobody gave.
    pub(crate) fn check(&self, states: &States) -> Result<()> {
        self.kinds.iter().try_for_each(|(name, kind)| {
            (kind.check)(states).map_err(|missing| {
                Error::invalid(format!(
                    "the handler of kind \"{name}\" asks for State<{0}>, which is not there: add .state(…) with a \
                     {0} to the builder",
                    missing.type_name
                ))
            })
        })
    }

    pub(crate) fn get(&self, kind: &str) -> Option<Arc<Kind>> {
        self.kinds.get(kind).cloned()
    }

    /// Gives each kind these interceptors, in front of its own. Must be called before anybody else has the registry.
    pub(crate) fn intercept(&mut self, everywhere: Interceptors) {
        for kind in self.kinds.values_mut() {
            let kind = Arc::get_mut(kind).expect("nobody else has the registry yet");
            kind.config.interceptors.begin_with(&everywhere);
        }
        self.everywhere = everywhere;
    }

    pub(crate) fn everywhere(&self) -> &Interceptors {
        &self.everywhere
    }

    /// Lets the tower's options win over what the kinds were registered with, and tells there what
    /// holds for each. Must be called before anybody else has the registry.
    pub(crate) fn apply(&mut self, options: &mut BTreeMap<String, KindOptions>) {
        self.warn_of_strangers(options);
        for (name, kind) in &mut self.kinds {
            let kind = Arc::get_mut(kind).expect("nobody else has the registry yet");
            let holds = kind.config.options.under(options.get(*name).unwrap_or(&KindOptions::default()));
            kind.config.options = holds.clone();
            options.insert((*name).to_owned(), holds);
        }
    }

    /// A process that only enqueues knows no kind; one that runs some may have a name wrong.
    fn warn_of_strangers(&self, options: &BTreeMap<String, KindOptions>) {
        let known: Vec<&str> = self.kinds.keys().copied().collect();
        for name in options.keys().filter(|name| !known.is_empty() && !known.contains(&name.as_str())) {
            let nearest = nearest(name, &known);
            tracing::warn!(kind = name, nearest, "the options name a kind that has no handler here");
        }
    }

    /// What holds for each kind that is enqueued, with or without a handler here.
    pub(crate) fn configs(&self, options: &BTreeMap<String, KindOptions>) -> HashMap<String, KindConfig> {
        let config = |(name, options): (&String, &KindOptions)| {
            let registered = self.kinds.get(name.as_str()).map(|kind| kind.config.clone());
            let config = registered.unwrap_or_else(|| KindConfig {
                options: options.clone(),
                interceptors: self.everywhere.clone(),
                ..KindConfig::default()
            });
            (name.clone(), config)
        };
        options.iter().map(config).collect()
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.kinds.keys().map(|name| (*name).to_owned()).collect()
    }

    /// What people call them, in the order of the names.
    pub(crate) fn display_names(&self) -> Vec<Option<String>> {
        self.kinds.values().map(|kind| kind.config.options.display_name.clone()).collect()
    }

    /// How long a run of each takes at the most when all is well, in the order of the names.
    pub(crate) fn expected_ms(&self) -> Vec<Option<i64>> {
        let expected = self.kinds.values().map(|kind| kind.config.options.expected);
        expected.map(|time| time.and_then(|time| i64::try_from(time.as_millis()).ok())).collect()
    }

    /// The kinds that have interceptors of this sort.
    pub(crate) fn kinds_with(&self, sort: impl Fn(&Interceptors) -> &[AnyInterceptor]) -> Vec<String> {
        let with = self.kinds.iter().filter(|(_, kind)| !sort(&kind.config.interceptors).is_empty());
        with.map(|(name, _)| (*name).to_owned()).collect()
    }

    /// How each of them is run, in JSON by the names.
    pub(crate) fn setups(&self) -> String {
        setup::setups(self.kinds.iter().map(|(name, kind)| (*name, &**kind)))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }
}
