//! Only programs on this computer, under its own name. A web page can reach 127.0.0.1 through the browser, and a
//! hostile DNS name can point there (rebinding): the Host tells the second, the Origin the first. Whoever passes still
//! needs a token.

use std::net::IpAddr;

use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD, HOST, HeaderName, ORIGIN, VARY,
};
use http::{HeaderMap, HeaderValue, Method, Uri};
use nexdesk_protocol::refusal::Refusal;

use super::access::Access;
use crate::refuse;

/// What a page may send: what SDKs put on their requests, and nothing that changes what the relay does.
const ALLOWED: [&str; 12] = [
    "accept",
    "authorization",
    "cache-control",
    "content-type",
    "http-referer",
    "idempotency-key",
    "traceparent",
    "user-agent",
    "x-api-key",
    "x-goog-api-client",
    "x-goog-api-key",
    "x-title",
];
const ALLOWED_FAMILIES: [&str; 3] = ["anthropic-", "openai-", "x-stainless-"];
const EXPOSED: &str = "request-id, retry-after, x-request-id, x-nexdesk-request-id, x-nexdesk-gateway, x-nexdesk-key, \
     x-nexdesk-model, x-nexdesk-attempts";

/// The rules of one door.
#[derive(Debug)]
pub(crate) struct Guard {
    /// As they stand behind `Host:`, to the letter.
    hosts: Vec<String>,
    origins: Vec<String>,
    port: u16,
    lan: bool,
}

/// By what a caller came in.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Way {
    /// To this address of ours.
    Net(IpAddr),
    /// Through a file that only one user can open; browsers cannot.
    Socket,
}

impl Guard {
    pub(crate) fn new(access: &Access, port: u16) -> Self {
        let own = ["127.0.0.1", "localhost", "[::1]"].map(|name| format!("{name}:{port}"));
        let mut hosts = own.to_vec();
        if access.lan {
            hosts.extend(names().into_iter().map(|name| format!("{name}:{port}")));
        }
        for host in &access.hosts {
            hosts.push(host.clone());
            // A tunnel has a port of its own, which it leaves out; a name in the hosts file has ours.
            if !host.contains(':') {
                hosts.push(format!("{host}:{port}"));
            }
        }
        Self {
            hosts,
            origins: access.origins.clone(),
            port,
            lan: access.lan,
        }
    }

    /// Lets a request in or not; and if it is a page's that was let in by name, says whose.
    pub(crate) fn check(
        &self,
        headers: &HeaderMap,
        uri: &Uri,
        way: Way,
    ) -> Result<Option<HeaderValue>, Refusal> {
        if let Way::Net(address) = way {
            let mut hosts = headers.get_all(HOST).iter();
            let host = hosts.next().map(HeaderValue::as_bytes).unwrap_or_default();
            // Two of them, or another in the first line, and whoever stands in between believes the wrong one.
            let is_double = hosts.next().is_some();
            let in_line = uri.authority().map(|authority| authority.as_str().as_bytes());
            if is_double
                || !self.is_own(host, address)
                || in_line.is_some_and(|host| !self.is_own(host, address))
            {
                return Err(refuse::foreign_host(&String::from_utf8_lossy(host)));
            }
        }
        match headers.get(ORIGIN) {
            None => Ok(None),
            Some(origin)
                if self
                    .origins
                    .iter()
                    .any(|known| known.as_bytes() == origin.as_bytes()) =>
            {
                Ok(Some(origin.clone()))
            }
            Some(origin) if self.is_ours(origin.as_bytes(), way) => Ok(None),
            Some(origin) => Err(refuse::foreign_origin(&String::from_utf8_lossy(
                origin.as_bytes(),
            ))),
        }
    }

    fn is_own(&self, host: &[u8], address: IpAddr) -> bool {
        let is_known = self
            .hosts
            .iter()
            .any(|known| known.as_bytes().eq_ignore_ascii_case(host));
        // Another computer calls this one by the address it has just connected to; any other is somebody else's.
        is_known || (self.lan && self.at(address).as_bytes().eq_ignore_ascii_case(host))
    }

    /// A page of this very door asks nothing of a stranger.
    fn is_ours(&self, origin: &[u8], way: Way) -> bool {
        let Way::Net(address) = way else { return false };
        origin
            .strip_prefix(b"http://")
            .is_some_and(|host| self.is_own(host, address))
    }

    fn at(&self, address: IpAddr) -> String {
        match address.to_canonical() {
            IpAddr::V4(address) => format!("{address}:{}", self.port),
            IpAddr::V6(address) => format!("[{address}]:{}", self.port),
        }
    }
}

/// What this computer calls itself, and what others find it by.
fn names() -> Vec<String> {
    let name = gethostname::gethostname().to_string_lossy().to_ascii_lowercase();
    let bare = name.trim_end_matches(".local").to_owned();
    if bare.is_empty() {
        Vec::new()
    } else {
        vec![format!("{bare}.local"), bare, name]
    }
}

/// What a browser that asks before it sends is told; none where this is no such question.
pub(crate) fn preflight(method: &Method, headers: &HeaderMap) -> Option<HeaderMap> {
    if *method != Method::OPTIONS || !headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD) {
        return None;
    }
    let mut answer = HeaderMap::new();
    answer.insert(
        ACCESS_CONTROL_ALLOW_METHODS,
        HeaderValue::from_static("GET, POST, PUT, PATCH, DELETE"),
    );
    let asked = headers
        .get(ACCESS_CONTROL_REQUEST_HEADERS)
        .and_then(|value| value.to_str().ok());
    let allowed: Vec<String> = asked
        .unwrap_or_default()
        .split(',')
        .map(|name| name.trim().to_ascii_lowercase())
        .filter(|name| {
            ALLOWED.contains(&name.as_str()) || ALLOWED_FAMILIES.iter().any(|family| name.starts_with(family))
        })
        .collect();
    if let Ok(allowed) = HeaderValue::from_str(&allowed.join(", ")) {
        answer.insert(ACCESS_CONTROL_ALLOW_HEADERS, allowed);
    }
    answer.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    // Chrome asks this of whatever is on the person's own computer or network.
    let asks_for_private = HeaderName::from_static("access-control-request-private-network");
    if headers.contains_key(asks_for_private) {
        let allow = HeaderName::from_static("access-control-allow-private-network");
        answer.insert(allow, HeaderValue::from_static("true"));
    }
    Some(answer)
}

/// What a gateway says about pages is about its own.
pub(crate) fn without_cors(headers: &mut HeaderMap) {
    let is_cors = |name: &&HeaderName| name.as_str().starts_with("access-control-");
    let found: Vec<HeaderName> = headers.keys().filter(is_cors).cloned().collect();
    for name in found {
        headers.remove(name);
    }
}

/// Lets the page read the answer: this page, by name, and never with its cookies.
pub(crate) fn let_read(headers: &mut HeaderMap, origin: HeaderValue) {
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
    headers.append(VARY, HeaderValue::from_static("origin"));
}
