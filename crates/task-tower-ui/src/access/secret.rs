//! A secret that is only compared, in a time that tells nothing about it.

use std::fmt;

use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

/// The hash of a secret, since the secret itself is not needed to compare.
#[derive(Clone)]
pub(super) struct Secret {
    hash: Option<[u8; 32]>,
}

impl Secret {
    /// One that is empty is nobody's secret: nothing equals it.
    pub(super) fn new(secret: &str) -> Self {
        Self { hash: (!secret.is_empty()).then(|| hash(secret)) }
    }

    /// Hashes have one length and nothing to do with the secret's letters, and all their bytes are compared: how long it
    /// takes does not depend on how much of `given` is right.
    pub(super) fn is(&self, given: &str) -> Choice {
        let known = self.hash.unwrap_or_default();
        known.ct_eq(&hash(given)) & Choice::from(u8::from(self.hash.is_some()))
    }
}

fn hash(text: &str) -> [u8; 32] {
    Sha256::digest(text).into()
}

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Secret")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(secret: &Secret, given: &str) -> bool {
        secret.is(given).into()
    }

    #[test]
    fn only_the_secret_itself_equals_it() {
        let secret = Secret::new("correct horse");

        assert!(is(&secret, "correct horse"));
        for wrong in ["", "c", "correct hors", "correct horse ", "Correct horse", "correct horse\0", "battery staple"] {
            assert!(!is(&secret, wrong), "{wrong:?}");
        }
    }

    #[test]
    fn an_empty_secret_is_equal_to_nothing() {
        assert!(!is(&Secret::new(""), ""));
    }

    #[test]
    fn it_is_never_shown() {
        assert_eq!(format!("{:?}", Secret::new("correct horse")), "Secret");
    }
}
