//! A key as a type: it cannot be printed or serialised by accident, and there is one way to read it.

use std::fmt;
use std::sync::Arc;

use zeroize::Zeroizing;

/// A provider key or a passphrase. Clones share one buffer, which is overwritten when the last of them goes.
#[derive(Clone)]
pub struct Secret(Arc<Zeroizing<String>>);

impl Secret {
    /// Takes the text over without copying it.
    pub fn new(text: String) -> Secret {
        Secret(Arc::new(Zeroizing::new(text)))
    }

    /// The text itself, for the one place that must send it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The last four characters, by which people recognise a key; empty when they would give away half of it.
    pub fn last_four(&self) -> String {
        let length = self.0.chars().count();
        if length < 8 {
            return String::new();
        }
        self.0.chars().skip(length - 4).collect()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("••••")
    }
}
