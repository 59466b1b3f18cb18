//! Interceptors for all kinds, given to the builder. Those for one kind are given where it is registered.

use super::builder::TowerBuilder;
use crate::job::{AroundInterceptor, EnqueueInterceptor, Interceptor, KindConfig};

/// Interceptors for all kinds of this tower. At each moment they come first, in the order in which they are given
/// here, and those of the kind after them; around interceptors are outside of those of the kind. It does not matter
/// whether they or the jobs are given to the builder first. All else is as for one kind.
impl TowerBuilder {
    /// For all kinds that this tower's clients enqueue, also those that have no handler here: see
    /// [`KindConfig::enqueue_interceptor`].
    pub fn enqueue_interceptor(self, interceptor: impl EnqueueInterceptor) -> Self {
        self.everywhere(|all| all.enqueue_interceptor(interceptor))
    }

    /// For all kinds: see [`KindConfig::pre_processing_interceptor`].
    pub fn pre_processing_interceptor(self, interceptor: impl Interceptor) -> Self {
        self.everywhere(|all| all.pre_processing_interceptor(interceptor))
    }

    /// For all kinds: see [`KindConfig::around_interceptor`].
    pub fn around_interceptor(self, interceptor: impl AroundInterceptor) -> Self {
        self.everywhere(|all| all.around_interceptor(interceptor))
    }

    /// For all kinds: see [`KindConfig::success_interceptor`].
    pub fn success_interceptor(self, interceptor: impl Interceptor) -> Self {
        self.everywhere(|all| all.success_interceptor(interceptor))
    }

    /// For all kinds: see [`KindConfig::failure_interceptor`].
    pub fn failure_interceptor(self, interceptor: impl Interceptor) -> Self {
        self.everywhere(|all| all.failure_interceptor(interceptor))
    }

    /// For all kinds: see [`KindConfig::death_interceptor`].
    pub fn death_interceptor(self, interceptor: impl Interceptor) -> Self {
        self.everywhere(|all| all.death_interceptor(interceptor))
    }

    /// For all kinds: see [`KindConfig::requeue_interceptor`].
    pub fn requeue_interceptor(self, interceptor: impl Interceptor) -> Self {
        self.everywhere(|all| all.requeue_interceptor(interceptor))
    }

    /// For all kinds: see [`KindConfig::cancel_interceptor`].
    pub fn cancel_interceptor(self, interceptor: impl Interceptor) -> Self {
        self.everywhere(|all| all.cancel_interceptor(interceptor))
    }

    fn everywhere(mut self, add: impl FnOnce(KindConfig) -> KindConfig) -> Self {
        self.everywhere = add(self.everywhere);
        self
    }
}
