//! The seam where bytes leave: one request to one gateway, and its answer as it comes.
//!
//! Straight to the gateway it is `wire`. Where the system's settings or the environment name a proxy for the
//! address, it is reqwest, which knows every kind of proxy and sends the same bytes.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::StreamExt;
use http::header::{ACCEPT_ENCODING, AUTHORIZATION, CONTENT_LENGTH};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use hyper_util::client::proxy::matcher::Matcher;
use nexdesk_vault::{Vault, VaultError};

use crate::answer::{Answer, Body, Whole};
use crate::outgoing::Outgoing;
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
    proxies: Arc<Matcher>,
    proxied: reqwest::Client,
    pub(crate) vault: Vault,
    pub(crate) shown: Arc<Mutex<HashMap<String, HeaderValue>>>,
    patience: Patience,
}

impl Upstream {
    /// A client over `vault`.
    ///
    /// # Errors
    /// When the system's TLS settings cannot be read.
    pub fn new(vault: Vault, patience: Patience) -> Result<Self, Failure> {
        let proxied = reqwest::Client::builder()
            // A redirect would carry the key to a host nobody chose.
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(patience.connect)
            .tcp_nodelay(true)
            .http1_only()
            .pool_idle_timeout(Duration::from_secs(50))
            .build()
            .map_err(|error| Failure::new(Kind::Unreachable, format!("TLS cannot be set up: {error}.")))?;
        let wire = Wire::new(patience.connect)
            .map_err(|error| Failure::new(Kind::Unreachable, format!("TLS cannot be set up: {error}.")))?;
        Ok(Self {
            wire,
            proxies: Arc::new(Matcher::from_system()),
            proxied,
            vault,
            shown: Arc::default(),
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
        let url: Uri = url.parse().map_err(|_| {
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
        let answered = async {
            match self.proxies.intercept(to.url) {
                None => self.straight(to, body).await,
                Some(_) => self.through_proxy(to, body).await,
            }
        };
        tokio::time::timeout(self.patience.status, answered)
            .await
            .unwrap_or_else(|_| {
                let waited = self.patience.status.as_secs_f32();
                let said = format!("The gateway did not answer within {waited} seconds.");
                Err(Failure::new(Kind::Stalled, said))
            })
    }

    async fn straight(&self, to: &To<'_>, body: &mut Outgoing) -> Result<Answer, Failure> {
        let asked = Asked {
            method: to.method,
            url: to.url,
            headers: to.headers,
            secret: to.secret.map(|value| (&AUTHORIZATION, value)),
            once: to.once,
        };
        let Heard {
            status,
            headers,
            rest,
        } = self
            .wire
            .ask(asked, body)
            .await
            .map_err(|broke| told(broke, to.url))?;
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

    async fn through_proxy(&self, to: &To<'_>, body: &mut Outgoing) -> Result<Answer, Failure> {
        let mut request = self
            .proxied
            .request(to.method.clone(), to.url.to_string())
            .headers(to.headers.clone());
        if let Some(secret) = to.secret {
            request = request.header(AUTHORIZATION, secret);
        }
        let request = match body {
            Outgoing::Whole(bytes)
                if bytes.is_empty() && matches!(*to.method, Method::GET | Method::HEAD) =>
            {
                request
            }
            Outgoing::Whole(bytes) => request.body(bytes.clone()),
            Outgoing::Coming { length, pieces } => {
                let coming = std::mem::replace(pieces, futures::stream::empty().boxed());
                let request = match length {
                    Some(length) => request.header(CONTENT_LENGTH, *length),
                    None => request,
                };
                request.body(reqwest::Body::wrap_stream(coming))
            }
        };
        let answer = request.send().await.map_err(|error| {
            let host = to.url.authority().map_or("", |authority| authority.as_str());
            Failure {
                unsent: error.is_connect(),
                ..Failure::new(
                    Kind::Unreachable,
                    format!(
                        "Nothing answers at {host} through the proxy: {}.",
                        deepest(&error)
                    ),
                )
            }
        })?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = if status == StatusCode::SWITCHING_PROTOCOLS {
            let tunnel = answer.upgrade().await;
            Body::proxied_tunnel(tunnel.map_err(|_| Failure::new(Kind::Interrupted, "The proxy broke off."))?)
        } else {
            Body::proxied(answer, self.patience.silence)
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

/// Where a call goes, borrowed: a second try sends the same.
struct To<'a> {
    method: &'a Method,
    url: &'a Uri,
    headers: &'a HeaderMap,
    secret: Option<&'a HeaderValue>,
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

/// People need the host and the cause; the path may hold what is nobody's business.
fn told(broke: Broke, url: &Uri) -> Failure {
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
        Broke::Wire(_) => Failure::new(Kind::Interrupted, format!("{host} hung up without an answer.")),
        Broke::Source => Failure::new(Kind::BadRequest, "The request's body broke off before its end."),
    }
}

fn deepest(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause
        .to_string()
        .split(" (os error")
        .next()
        .unwrap_or_default()
        .to_owned()
}
