//! Only programs on this computer, under its own name. A web page can reach 127.0.0.1 through the browser, and a
//! hostile DNS name can point there (rebinding): the Host tells the second, the Origin the first.

use http::HeaderMap;
use http::header::{HOST, ORIGIN};
use nexdesk_protocol::refusal::Refusal;

use crate::refuse;

pub(crate) fn check(headers: &HeaderMap, port: u16) -> Result<(), Refusal> {
    let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let host = headers.get(HOST).map(text).unwrap_or_default();
    if !is_own(&host, port) {
        return Err(refuse::foreign_host(&host));
    }
    match headers.get(ORIGIN).map(text) {
        Some(origin)
            if !origin
                .strip_prefix("http://")
                .is_some_and(|host| is_own(host, port)) =>
        {
            Err(refuse::foreign_origin(&origin))
        }
        _ => Ok(()),
    }
}

fn is_own(host: &str, port: u16) -> bool {
    let Some((name, number)) = host.rsplit_once(':') else {
        return false;
    };
    matches!(name, "127.0.0.1" | "localhost" | "[::1]") && number.parse() == Ok(port)
}
