//! Every URL a tool may call.

use http::Method;
use nexdesk_protocol::refusal::Refusal;
use percent_encoding::percent_decode_str;

use crate::refuse;

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Endpoint {
    Models,
    Model(String),
    Chat,
}

pub(crate) fn read(method: &Method, path: &str) -> Result<Endpoint, Refusal> {
    let route = route(path);
    let (wanted, endpoint) = match route.as_str() {
        "models" => (Method::GET, Endpoint::Models),
        "chat/completions" => (Method::POST, Endpoint::Chat),
        _ => match route.strip_prefix("models/") {
            // Ids hold slashes at some gateways, so everything behind is the id.
            Some(id) if !id.is_empty() => (Method::GET, Endpoint::Model(id.to_owned())),
            _ => return Err(refuse::unknown_path(path)),
        },
    };
    if *method == wanted {
        Ok(endpoint)
    } else {
        Err(refuse::wrong_method(method, path))
    }
}

/// Without the version, which people type twice (`/v1/v1/…`) when a tool adds its own, and without a last slash.
fn route(path: &str) -> String {
    let mut rest = path.trim_end_matches('/').trim_start_matches('/');
    while let Some(shorter) = rest.strip_prefix("v1/") {
        rest = shorter;
    }
    percent_decode_str(rest).decode_utf8_lossy().into_owned()
}
