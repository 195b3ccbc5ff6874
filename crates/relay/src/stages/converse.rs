//! What leaves and what comes back. The dialect is the same on both sides, so bytes pass untouched; headers pass but
//! for those that belong to one connection, or to nobody else.

use http::header::{
    ACCEPT_ENCODING, AUTHORIZATION, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, EXPECT, HOST,
    HeaderName, ORIGIN, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, REFERER, SET_COOKIE, TE, TRAILER,
    TRANSFER_ENCODING, UPGRADE,
};
use http::{HeaderMap, HeaderValue};

fn is_hop_by_hop(name: &HeaderName) -> bool {
    matches!(
        *name,
        CONNECTION
            | PROXY_AUTHENTICATE
            | PROXY_AUTHORIZATION
            | TE
            | TRAILER
            | TRANSFER_ENCODING
            | UPGRADE
            | CONTENT_LENGTH
            | EXPECT
    ) || name == "keep-alive"
}

/// The caller's own credentials and whereabouts are nobody's business upstream.
fn is_private(name: &HeaderName) -> bool {
    matches!(
        *name,
        AUTHORIZATION | COOKIE | HOST | ORIGIN | REFERER | ACCEPT_ENCODING
    ) || name == "x-api-key"
        || name == "x-goog-api-key"
}

/// What we can read a copy of, for the books.
const CODINGS: [&str; 6] = ["gzip", "deflate", "br", "zstd", "identity", "*"];

/// The headers of a request as the gateway gets them.
///
/// Events are asked for in plain: an error could not be put into a compressed stream, and some clients inflate none.
pub(crate) fn outgoing_headers(headers: &HeaderMap, stream: bool, upgrades: bool) -> HeaderMap {
    let mut kept = without(headers, |name| is_hop_by_hop(name) || is_private(name));
    let codings = headers.get(ACCEPT_ENCODING).filter(|_| !stream).map(readable);
    let codings = codings.filter(|codings| !codings.is_empty());
    let codings = codings.and_then(|codings| HeaderValue::from_str(&codings).ok());
    kept.insert(
        ACCEPT_ENCODING,
        codings.unwrap_or(HeaderValue::from_static("identity")),
    );
    if upgrades && let Some(protocol) = headers.get(UPGRADE) {
        kept.insert(CONNECTION, HeaderValue::from_static("upgrade"));
        kept.insert(UPGRADE, protocol.clone());
    }
    kept
}

fn readable(codings: &HeaderValue) -> String {
    let known = |item: &&str| {
        let name = item.split(';').next().unwrap_or_default().trim();
        CODINGS.iter().any(|known| known.eq_ignore_ascii_case(name))
    };
    let list = codings.to_str().unwrap_or_default().split(',').map(str::trim);
    list.filter(known).collect::<Vec<_>>().join(", ")
}

/// Whether a caller that accepts `accepted` can read an answer in this coding.
pub(crate) fn accepts(accepted: Option<&HeaderValue>, coding: &HeaderValue) -> bool {
    let (Some(accepted), Ok(coding)) = (accepted, coding.to_str()) else {
        return false;
    };
    let accepted = accepted.to_str().unwrap_or_default();
    accepted.split(',').any(|item| {
        let mut parts = item.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default();
        let refused = parts.any(|weight| weight.replace(' ', "").trim_end_matches(['0', '.']) == "q=");
        !refused && (name == "*" || name.eq_ignore_ascii_case(coding.trim()))
    })
}

/// The headers of an answer as the caller gets them. Its length goes too: where the body is as the gateway sent it, it
/// is put back.
pub(crate) fn incoming_headers(mut headers: HeaderMap) -> HeaderMap {
    let named = named_hops(&headers);
    let drops = |name: &HeaderName| {
        is_hop_by_hop(name) || name == SET_COOKIE || named.iter().any(|hop| hop == name.as_str())
    };
    // Mostly it is one, the length: to take it out is cheaper than to copy the others.
    let dropped: Vec<HeaderName> = headers.keys().filter(|name| drops(name)).cloned().collect();
    for name in dropped {
        headers.remove(name);
    }
    headers
}

/// Both headers of a switch of protocols, which are hop-by-hop everywhere else.
pub(crate) fn switched(mut headers: HeaderMap, upgrade: Option<&HeaderValue>) -> HeaderMap {
    headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
    if let Some(protocol) = upgrade {
        headers.insert(UPGRADE, protocol.clone());
    }
    headers
}

/// Events under another content type are still events; clients that look at it should not stumble.
pub(crate) fn as_events(headers: &mut HeaderMap) {
    if !is(headers, "text/event-stream") {
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("text/event-stream; charset=utf-8"),
        );
    }
}

/// Whether the content type is this one, whatever stands behind the semicolon.
pub(crate) fn is(headers: &HeaderMap, kind: &str) -> bool {
    let said = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    said.is_some_and(|said| {
        let said = said.split(';').next().unwrap_or_default().trim();
        said.eq_ignore_ascii_case(kind)
    })
}

/// What `Connection` names is hop-by-hop too.
fn named_hops(headers: &HeaderMap) -> Vec<String> {
    let lists = headers.get_all(CONNECTION).iter();
    lists
        .filter_map(|value| value.to_str().ok())
        .flat_map(|list| list.split(','))
        .map(|name| name.trim().to_ascii_lowercase())
        .filter(|name| name != "keep-alive" && name != "close")
        .collect()
}

fn without(headers: &HeaderMap, drop: impl Fn(&HeaderName) -> bool) -> HeaderMap {
    let named = named_hops(headers);
    let mut kept = HeaderMap::with_capacity(headers.len() + 4);
    for (name, value) in headers {
        if !drop(name) && !named.iter().any(|hop| hop == name.as_str()) {
            kept.append(name.clone(), value.clone());
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &'static str) -> HeaderValue {
        HeaderValue::from_static(text)
    }

    #[test]
    fn a_coding_is_accepted_only_where_the_caller_says_so() {
        let br = value("br");
        assert!(accepts(Some(&value("gzip, br;q=0.5")), &br));
        assert!(accepts(Some(&value("*")), &br));
        assert!(!accepts(Some(&value("gzip, br;q=0")), &br));
        assert!(!accepts(Some(&value("gzip, br; q=0.0")), &br));
        assert!(
            !accepts(None, &br),
            "who asks for nothing may be unable to inflate"
        );
    }

    #[test]
    fn the_gateway_is_offered_only_codings_that_can_be_read() {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_ENCODING, value("gzip;q=0.9, lzma, zstd"));
        assert_eq!(
            outgoing_headers(&headers, false, false)[ACCEPT_ENCODING],
            "gzip;q=0.9, zstd"
        );
        assert_eq!(
            outgoing_headers(&headers, true, false)[ACCEPT_ENCODING],
            "identity"
        );
    }
}
