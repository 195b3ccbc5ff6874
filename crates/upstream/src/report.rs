//! What goes to a collector of figures instead of a gateway, and what keeps secrets out of what is shown: the vault is
//! asked only in this crate.

use std::borrow::Cow;
use std::sync::PoisonError;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName};
use http::{HeaderMap, HeaderValue, Method};

use crate::answer::Whole;
use crate::outgoing::Outgoing;
use crate::{Call, Failure, Kind, Upstream};

impl Upstream {
    /// Posts JSON to `url`. `secret` names a header and what the vault keeps for it, which is sent as it stands there.
    ///
    /// # Errors
    /// As `ask`, and when the vault does not show the secret.
    pub async fn report(
        &self,
        url: &str,
        secret: Option<(HeaderName, String)>,
        json: Bytes,
    ) -> Result<Whole, Failure> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some((name, kept_as)) = secret {
            headers.insert(name, self.revealed(kept_as).await?);
        }
        self.ask(Call {
            method: Method::POST,
            url: url.to_owned(),
            headers,
            body: Outgoing::Whole(json),
            key: None,
            once: false,
        })
        .await
    }

    async fn revealed(&self, kept_as: String) -> Result<HeaderValue, Failure> {
        let vault = self.vault.clone();
        let secret = tokio::task::spawn_blocking(move || vault.reveal(&kept_as)).await;
        let secret = secret.map_err(|_| Failure::new(Kind::VaultLocked, "The keychain did not answer."))?;
        let secret = secret.map_err(|error| Failure::new(Kind::VaultLocked, error.to_string()))?;
        let mut value = HeaderValue::from_str(secret.expose()).map_err(|_| {
            Failure::new(
                Kind::BadRequest,
                "The header for the collector holds characters that no header may have.",
            )
        })?;
        value.set_sensitive(true);
        Ok(value)
    }

    /// The bytes with every key that was used so far struck out, whatever its shape.
    #[must_use]
    pub fn without_secrets<'a>(&self, bytes: &'a [u8], struck: &str) -> Cow<'a, [u8]> {
        let shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let mut clean = Cow::Borrowed(bytes);
        for value in shown.values() {
            let secret = value.as_bytes();
            let secret = secret.strip_prefix(b"Bearer ").unwrap_or(secret);
            // Shorter ones would strike out parts of words.
            if secret.len() < 6 {
                continue;
            }
            while let Some(at) = memchr::memmem::find(&clean, secret) {
                clean.to_mut().splice(at..at + secret.len(), struck.bytes());
            }
        }
        clean
    }
}
