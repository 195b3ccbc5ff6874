//! The seam where bytes leave: one request to one gateway, and its answer as it comes.
//!
//! Straight to the gateway it is `wire`. Where the system's settings or the environment name a proxy for the
//! address, it is reqwest, which knows every kind of proxy and sends the same bytes.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use foldhash::fast::RandomState;
use http::header::{ACCEPT_ENCODING, AUTHORIZATION};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use nexdesk_vault::{Vault, VaultError};
use tokio::time::Instant;

use crate::addresses::Addresses;
use crate::answer::{Answer, Body, Whole};
use crate::outgoing::Outgoing;
use crate::proxied::Proxied;
use crate::wire::{Asked, Broke, Heard, Rest, Wire};
use crate::{Auth, Failure, Kind};

/// How long to wait, for what.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Until somebody answers the door.
    pub connect: Duration,
    /// Until the status comes. A reasoning model asked without a stream thinks for minutes.
    pub status: Duration,
    /// Until a stream says something that a person would see.
    pub first_token: Duration,
    /// Between two pieces of an answer.
    pub silence: Duration,
    /// Before the same key is asked a second time; doubled with every time more.
    pub again: Duration,
}

impl Patience {
    /// A wait that was worked out for a first wait of one second, as long as it is here.
    #[must_use]
    pub fn scaled(&self, wait: Duration) -> Duration {
        wait.mul_f64(self.again.as_secs_f64())
    }
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            status: Duration::from_secs(600),
            first_token: Duration::from_secs(300),
            silence: Duration::from_secs(180),
            again: Duration::from_secs(1),
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
#[derive(Debug)]
pub struct Call {
    /// The verb.
    pub method: Method,
    /// Where to.
    pub url: String,
    /// Already without hop-by-hop headers and without the caller's own credentials.
    pub headers: HeaderMap,
    /// The body, byte for byte.
    pub body: Outgoing,
    /// `None` for providers that want none.
    pub key: Option<Key>,
    /// It orders something that is billed: it is not sent again even where nothing was heard of the first time.
    pub once: bool,
}

/// The client that every call to every gateway shares.
#[derive(Clone)]
pub struct Upstream {
    wire: Wire,
    /// None where no address leads through one, as for nearly everybody.
    proxies: Option<Arc<Proxied>>,
    pub(crate) vault: Vault,
    pub(crate) shown: Arc<Mutex<HashMap<String, HeaderValue, RandomState>>>,
    addresses: Arc<Addresses>,
    patience: Patience,
}

impl Upstream {
    /// A client over `vault`.
    ///
    /// # Errors
    /// When the system's TLS settings cannot be read.
    pub fn new(vault: Vault, patience: Patience) -> Result<Self, Failure> {
        let wire = Wire::new(patience.connect)
            .map_err(|error| Failure::new(Kind::Unreachable, format!("TLS cannot be set up: {error}.")))?;
        Ok(Self {
            wire,
            proxies: Proxied::from_system(patience.connect)?,
            vault,
            shown: Arc::default(),
            addresses: Arc::default(),
            patience,
        })
    }

    /// How long this client waits.
    #[must_use]
    pub fn patience(&self) -> Patience {
        self.patience
    }

    /// Sends one request. Any status is an answer; no answer is a failure.
    ///
    /// # Errors
    /// When nobody answers, or the vault does not show the key.
    pub async fn send(&self, call: Call) -> Result<Answer, Failure> {
        let Call {
            method,
            url,
            headers,
            mut body,
            key,
            once,
        } = call;
        let url = self.addresses.read(url).ok_or_else(|| {
            Failure::new(
                Kind::BadRequest,
                "The path holds characters that no address may have.",
            )
        })?;
        let mut to = To {
            method: &method,
            url: &url,
            headers: &headers,
            secret: None,
            once,
        };
        let Some(key) = key else {
            return self.once(&to, &mut body).await;
        };
        let secret = self.header(&key).await?;
        let raw = (key.auth == Auth::BearerThenRaw && body.can_go_again())
            .then(|| HeaderValue::from_bytes(secret.as_bytes().strip_prefix(b"Bearer ")?).ok())
            .flatten();
        to.secret = Some(&secret);
        let answer = self.once(&to, &mut body).await?;
        let Some(mut raw) = raw.filter(|_| answer.status == StatusCode::UNAUTHORIZED) else {
            return Ok(answer);
        };
        raw.set_sensitive(true);
        to.secret = Some(&raw);
        let second = self.once(&to, &mut body).await?;
        if second.status != StatusCode::UNAUTHORIZED {
            self.remember(key.id, raw);
        }
        Ok(second)
    }

    /// Sends one request and reads the answer whole.
    ///
    /// # Errors
    /// As `send`, and when the answer is a refusal.
    pub async fn ask(&self, mut call: Call) -> Result<Whole, Failure> {
        call.headers
            .insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        let answer = self.send(call).await?.inflated();
        let (status, headers) = (answer.status, answer.headers);
        let body = answer.body.whole().await?;
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

    async fn once(&self, to: &To<'_>, body: &mut Outgoing) -> Result<Answer, Failure> {
        // One limit for all of it: a large upload to a slow gateway may take as long as a slow answer.
        match self.proxies.as_ref().filter(|proxies| proxies.want(to.url)) {
            None => self.straight(to, body).await,
            Some(proxies) => {
                let answered = proxies.send(to, body, self.patience.silence);
                tokio::time::timeout(self.patience.status, answered)
                    .await
                    .unwrap_or_else(|_| Err(self.late()))
            }
        }
    }

    fn late(&self) -> Failure {
        let waited = self.patience.status.as_secs_f32();
        let said = format!("The gateway did not answer within {waited} seconds.");
        Failure::new(Kind::Stalled, said)
    }

    async fn straight(&self, to: &To<'_>, body: &mut Outgoing) -> Result<Answer, Failure> {
        let now = Instant::now();
        let asked = Asked {
            method: to.method,
            url: to.url,
            headers: to.headers,
            secret: to.secret.map(|value| (&AUTHORIZATION, value)),
            once: to.once,
            now,
            until: now.checked_add(self.patience.status),
        };
        let Heard {
            status,
            headers,
            rest,
        } = self
            .wire
            .ask(asked, body)
            .await
            .map_err(|broke| self.told(broke, to.url))?;
        // The host and no more: a path may hold what is nobody's business.
        tracing::debug!(method = %to.method, host = to.url.host(), status = status.as_u16(), "a gateway answered");
        let body = match rest {
            Rest::Body(body) => Body::wire(body, self.patience.silence),
            Rest::Tunnel(socket, ahead) => Body::tunnel(socket, ahead),
        };
        Ok(Answer {
            status,
            headers,
            body,
        })
    }

    /// People need the host and the cause; the path may hold what is nobody's business.
    fn told(&self, broke: Broke, url: &Uri) -> Failure {
        let host = url.authority().map_or("", |authority| authority.as_str());
        // The number behind it tells people nothing.
        let plain = |error: &io::Error| {
            error
                .to_string()
                .split(" (os error")
                .next()
                .unwrap_or_default()
                .to_owned()
        };
        match broke {
            Broke::Connect(error) => Failure {
                unsent: true,
                ..Failure::new(
                    Kind::Unreachable,
                    format!("Nothing answers at {host}: {}.", plain(&error)),
                )
            },
            Broke::Wire(error) if error.kind() == io::ErrorKind::InvalidData => Failure::new(
                Kind::NotAnApi,
                format!("What answers at {host} is no web server: {}.", plain(&error)),
            ),
            Broke::Late => self.late(),
            Broke::Wire(_) => Failure::new(Kind::Interrupted, format!("{host} hung up without an answer.")),
            Broke::Source => Failure::new(Kind::BadRequest, "The request's body broke off before its end."),
        }
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

/// Where a call goes, borrowed: a second try sends the same.
pub(crate) struct To<'a> {
    pub(crate) method: &'a Method,
    pub(crate) url: &'a Uri,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) secret: Option<&'a HeaderValue>,
    once: bool,
}

/// A locked vault is opened by its person; a key that is not in it has to be added again.
fn not_shown(error: &VaultError) -> Failure {
    let kind = match error {
        VaultError::NotFound => Kind::NoKey,
        _ => Kind::VaultLocked,
    };
    Failure::new(kind, error.to_string())
}
