//! What interceptors hand to the handler of one run: one value of each type.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::Mutex;

/// Values of one run by their type.
#[derive(Default)]
pub(super) struct Extensions(Mutex<HashMap<TypeId, Box<dyn Any + Send + Sync>>>);

impl Extensions {
    pub(super) fn insert<T: Clone + Send + Sync + 'static>(&self, value: T) {
        self.0.lock().expect("no panic while held").insert(TypeId::of::<T>(), Box::new(value));
    }

    pub(super) fn get<T: Clone + Send + Sync + 'static>(&self) -> Option<T> {
        self.0.lock().expect("no panic while held").get(&TypeId::of::<T>())?.downcast_ref::<T>().cloned()
    }
}

impl std::fmt::Debug for Extensions {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Extensions")
    }
}
