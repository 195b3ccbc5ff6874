//! Who asks.

use std::sync::Arc;

use http::HeaderMap;
use http::header::{AUTHORIZATION, HeaderName};
use nexdesk_protocol::refusal::Refusal;

use crate::directory::{Token, token_hash};
use crate::{Door, Relay, refuse};

/// Where SDKs put the key, in the order of how common it is (`reference/tools.md` fact 3).
const KEY_HEADERS: [HeaderName; 2] = [
    HeaderName::from_static("x-api-key"),
    HeaderName::from_static("x-goog-api-key"),
];

#[derive(Clone, Debug)]
pub(crate) enum Caller {
    Inside(&'static str),
    Tool(Arc<Token>),
}

impl Caller {
    pub(crate) fn id(&self) -> Option<&str> {
        match self {
            Self::Inside(_) => None,
            Self::Tool(token) => Some(&token.id),
        }
    }

    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Inside(name) => name,
            Self::Tool(token) => &token.name,
        }
    }
}

pub(crate) fn caller(relay: &Relay, door: &Door, headers: &HeaderMap) -> Result<Caller, Refusal> {
    match door {
        Door::Inside { caller, .. } => Ok(Caller::Inside(caller)),
        Door::Http => {
            let secret = presented(headers).ok_or_else(refuse::no_token)?;
            // The hash is looked up, not the secret: a timing difference tells about the hash only.
            let token = relay.0.directory.load().tokens.get(&token_hash(secret)).cloned();
            let token = token.ok_or_else(refuse::no_token)?;
            let now = relay.0.clock.unix_ms();
            if token.is_news(now) {
                relay.0.ledger.tell_token_used(&token.id, now);
            }
            Ok(Caller::Tool(token))
        }
    }
}

fn presented(headers: &HeaderMap) -> Option<&str> {
    let bearer = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .map(|value| {
            let (scheme, rest) = value.split_once(' ').unwrap_or(("", value));
            if scheme.eq_ignore_ascii_case("bearer") {
                rest.trim()
            } else {
                value.trim()
            }
        });
    bearer.or_else(|| {
        KEY_HEADERS
            .iter()
            .find_map(|name| headers.get(name)?.to_str().ok())
    })
}
