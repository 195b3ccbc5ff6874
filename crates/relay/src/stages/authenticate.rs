//! Who asks.

use std::borrow::Cow;
use std::sync::Arc;

use http::header::{AUTHORIZATION, HeaderName};
use http::{HeaderMap, Uri};
use nexdesk_protocol::refusal::Refusal;
use percent_encoding::percent_decode_str;

use crate::token::Token;
use crate::{Door, Relay, limited, refuse};

/// Where SDKs put the key, beside `Authorization` and Gemini's `?key=` (`reference/tools.md` fact 3). Any of them is
/// good on any path: tools mix them.
static KEY_HEADERS: [HeaderName; 2] = [
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

    /// Whether a list of models may show it one that goes by these names.
    pub(crate) fn sees(&self, names: &[&str]) -> bool {
        match self {
            Self::Inside(_) => true,
            Self::Tool(token) => token.allows(names),
        }
    }
}

pub(crate) fn caller(relay: &Relay, door: &Door, uri: &Uri, headers: &HeaderMap) -> Result<Caller, Refusal> {
    match door {
        Door::Inside { caller, .. } => Ok(Caller::Inside(caller)),
        Door::Http => {
            let directory = relay.0.directory.load();
            // A tool may send a stale key of its own beside the right one, so each is looked at.
            let mut presented = presented(uri, headers);
            let token = presented.find_map(|secret| directory.tokens.find(&secret));
            let token = token.ok_or_else(refuse::no_token)?;
            let now = relay.0.clock.unix_ms();
            token.open(now).map_err(|why| limited::closed(token, why))?;
            if token.is_news(now) {
                relay.0.ledger.tell_token_used(&token.id, now);
            }
            Ok(Caller::Tool(token.clone()))
        }
    }
}

fn presented<'a>(uri: &'a Uri, headers: &'a HeaderMap) -> impl Iterator<Item = Cow<'a, str>> {
    let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let bearer = text(&AUTHORIZATION).map(bare);
    let others = KEY_HEADERS.iter().filter_map(text).map(str::trim);
    let in_headers = bearer.into_iter().chain(others).map(Cow::Borrowed);
    in_headers.chain(uri.query().and_then(in_query))
}

/// With the scheme or, as some tools send it, without.
pub(crate) fn bare(authorization: &str) -> &str {
    match authorization.trim().split_once(' ') {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("bearer") => rest.trim(),
        Some(_) | None => authorization.trim(),
    }
}

fn in_query(query: &str) -> Option<Cow<'_, str>> {
    let key = query.split('&').find_map(|pair| pair.strip_prefix("key="))?;
    percent_decode_str(key).decode_utf8().ok()
}
