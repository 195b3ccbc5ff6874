//! The seam where bytes leave: one request to one gateway, and its answer as it comes.

use std::collections::HashMap;
use std::error::Error;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::{Stream, StreamExt};
use http::header::{ACCEPT_ENCODING, AUTHORIZATION};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use nexdesk_vault::{Vault, VaultError};

use crate::{Auth, Failure, Kind};

/// Error bodies and price lists are read whole; nobody needs more of them than this.
const WHOLE_CAP: usize = 64 * 1024 * 1024;

/// How long to wait, for what.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Until somebody answers the door.
    pub connect: Duration,
    /// Until the status comes. A reasoning model asked without a stream thinks for minutes.
    pub status: Duration,
    /// Between two pieces of an answer.
    pub silence: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            status: Duration::from_secs(600),
            silence: Duration::from_secs(180),
        }
    }
}

/// Which key to use, by its name in the vault. The secret itself never leaves this module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The key's name in the vault.
    pub id: String,
    /// How the provider wants it.
    pub auth: Auth,
}

/// One request.
#[derive(Clone, Debug)]
pub struct Call {
    /// The verb.
    pub method: Method,
    /// Where to.
    pub url: String,
    /// Already without hop-by-hop headers and without the caller's own credentials.
    pub headers: HeaderMap,
    /// The body, byte for byte.
    pub body: Bytes,
    /// `None` for providers that want none.
    pub key: Option<Key>,
}

/// An answer whose body is still coming.
pub struct Answer {
    /// The gateway's status.
    pub status: StatusCode,
    /// The gateway's headers.
    pub headers: HeaderMap,
    /// The rest, as it comes.
    pub body: Body,
}

/// An answer that has come whole.
#[derive(Clone, Debug)]
pub struct Whole {
    /// The gateway's status.
    pub status: StatusCode,
    /// The gateway's headers.
    pub headers: HeaderMap,
    /// All of it.
    pub body: Bytes,
}

/// The body of an answer, piece by piece. Dropping it hangs up on the gateway.
pub struct Body {
    pieces: Pin<Box<dyn Stream<Item = reqwest::Result<Bytes>> + Send>>,
    silence: Duration,
}

impl Body {
    /// The next piece, `None` at the proper end.
    pub async fn next(&mut self) -> Option<Result<Bytes, Failure>> {
        match tokio::time::timeout(self.silence, self.pieces.next()).await {
            Ok(piece) => Some(piece?.map_err(|error| told(&error, Kind::Interrupted))),
            Err(_) => Some(Err(Failure::new(
                Kind::Stalled,
                format!(
                    "The gateway sent nothing for {} seconds.",
                    self.silence.as_secs_f32()
                ),
            ))),
        }
    }

    /// Everything that is left.
    ///
    /// # Errors
    /// When the gateway breaks off, falls silent, or sends more than 64 MB.
    pub async fn whole(mut self) -> Result<Bytes, Failure> {
        let mut whole = BytesMut::new();
        while let Some(piece) = self.next().await {
            whole.extend_from_slice(&piece?);
            if whole.len() > WHOLE_CAP {
                return Err(Failure::new(
                    Kind::GatewayFailed,
                    "The gateway's answer is larger than 64 MB.",
                ));
            }
        }
        Ok(whole.freeze())
    }
}

/// The client that every call to every gateway shares.
#[derive(Clone)]
pub struct Upstream {
    http: reqwest::Client,
    vault: Vault,
    shown: Arc<Mutex<HashMap<String, HeaderValue>>>,
    patience: Patience,
}

impl Upstream {
    /// A client over `vault`.
    ///
    /// # Errors
    /// When the system's TLS settings cannot be read.
    pub fn new(vault: Vault, patience: Patience) -> Result<Self, Failure> {
        let http = reqwest::Client::builder()
            // A redirect would carry the key to a host nobody chose.
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(patience.connect)
            .tcp_nodelay(true)
            .pool_idle_timeout(Duration::from_secs(60))
            .build()
            .map_err(|error| told(&error, Kind::Unreachable))?;
        Ok(Self {
            http,
            vault,
            shown: Arc::default(),
            patience,
        })
    }

    /// Sends one request. Any status is an answer; no answer is a failure.
    ///
    /// # Errors
    /// When nobody answers, or the vault does not show the key.
    pub async fn send(&self, call: Call) -> Result<Answer, Failure> {
        let Some(key) = call.key.clone() else {
            return self.once(call, None).await;
        };
        let header = self.header(&key).await?;
        let is_bearer = header.as_bytes().starts_with(b"Bearer ");
        let raw = (key.auth == Auth::BearerThenRaw && is_bearer)
            .then(|| HeaderValue::from_bytes(&header.as_bytes()[7..]).ok())
            .flatten();
        let Some(mut raw) = raw else {
            return self.once(call, Some(header)).await;
        };
        let answer = self.once(call.clone(), Some(header)).await?;
        if answer.status != StatusCode::UNAUTHORIZED {
            return Ok(answer);
        }
        raw.set_sensitive(true);
        let second = self.once(call, Some(raw.clone())).await?;
        if second.status != StatusCode::UNAUTHORIZED {
            self.remember(key.id, raw);
        }
        Ok(second)
    }

    /// Sends one request and reads the answer whole.
    ///
    /// # Errors
    /// As `send`, and when the answer is a refusal.
    pub async fn ask(&self, call: Call) -> Result<Whole, Failure> {
        let Answer {
            status,
            headers,
            body,
        } = self.send(call).await?;
        let body = body.whole().await?;
        if !status.is_success() || crate::failure::looks_like_html(&body) {
            return Err(Failure::read(status, &headers, &body));
        }
        Ok(Whole {
            status,
            headers,
            body,
        })
    }

    /// Forgets a key that was removed or replaced.
    pub fn forget(&self, key_id: &str) {
        self.shown
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(key_id);
    }

    async fn once(&self, call: Call, authorization: Option<HeaderValue>) -> Result<Answer, Failure> {
        let mut headers = call.headers;
        // Plain bytes: some clients cannot inflate, and usage is read from a copy. What is gzipped unasked is
        // inflated by reqwest, which then drops the header that would be a lie.
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        if let Some(value) = authorization {
            headers.insert(AUTHORIZATION, value);
        }
        let sent = self
            .http
            .request(call.method, &call.url)
            .headers(headers)
            .body(call.body)
            .send();
        let answer = match tokio::time::timeout(self.patience.status, sent).await {
            Ok(answer) => answer.map_err(|error| told(&error, Kind::Unreachable))?,
            Err(_) => {
                let waited = self.patience.status.as_secs_f32();
                return Err(Failure::new(
                    Kind::Stalled,
                    format!("The gateway did not answer within {waited} seconds."),
                ));
            }
        };
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = Body {
            pieces: Box::pin(answer.bytes_stream()),
            silence: self.patience.silence,
        };
        Ok(Answer {
            status,
            headers,
            body,
        })
    }

    /// The vault is asked once a key: a keychain is a conversation over D-Bus, and the first may prompt a person.
    async fn header(&self, key: &Key) -> Result<HeaderValue, Failure> {
        if let Some(value) = self
            .shown
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&key.id)
        {
            return Ok(value.clone());
        }
        let (vault, id) = (self.vault.clone(), key.id.clone());
        let secret = tokio::task::spawn_blocking(move || vault.reveal(&id)).await;
        let secret = match secret {
            Ok(revealed) => revealed.map_err(|error| not_shown(&error))?,
            Err(_) => return Err(Failure::new(Kind::VaultLocked, "The keychain did not answer.")),
        };
        let mut value = HeaderValue::from_str(&format!("Bearer {}", secret.expose())).map_err(|_| {
            Failure::new(
                Kind::KeyRefused,
                "The key holds characters that no gateway accepts.",
            )
        })?;
        value.set_sensitive(true);
        self.remember(key.id.clone(), value.clone());
        Ok(value)
    }

    fn remember(&self, id: String, value: HeaderValue) {
        self.shown
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(id, value);
    }
}

/// A locked vault is opened by its person; a key that is not in it has to be added again.
fn not_shown(error: &VaultError) -> Failure {
    let kind = match error {
        VaultError::NotFound => Kind::NoKey,
        _ => Kind::VaultLocked,
    };
    Failure::new(kind, error.to_string())
}

/// reqwest's own text names the whole URL; people need the host and the cause.
fn told(error: &reqwest::Error, otherwise: Kind) -> Failure {
    let mut cause: &dyn Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    // The number behind it tells people nothing.
    let cause = cause.to_string();
    let cause = cause.split(" (os error").next().unwrap_or_default();
    let host = error.url().and_then(|url| {
        let host = url.host_str()?;
        Some(
            url.port()
                .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")),
        )
    });
    let at = host.map(|host| format!(" at {host}")).unwrap_or_default();
    if error.is_connect() || (error.is_timeout() && otherwise == Kind::Unreachable) {
        return Failure::new(Kind::Unreachable, format!("Nothing answers{at}: {cause}."));
    }
    match otherwise {
        Kind::Interrupted => Failure::new(
            Kind::Interrupted,
            "The gateway broke off before its answer was complete.",
        ),
        kind => Failure::new(kind, format!("The connection{at} failed: {cause}.")),
    }
}
