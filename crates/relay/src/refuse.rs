//! Failures and refusals of our own, worded for the caller. The one place where trouble becomes an HTTP answer.

use nexdesk_protocol::refusal::Refusal;
use nexdesk_upstream::Failure;

pub(crate) fn no_token() -> Refusal {
    Refusal::new(
        401,
        "invalid_api_key",
        "This relay wants a local token as the API key. Make one in Nexdesk under Keys, or with `nexd tokens add NAME`.",
    )
}

pub(crate) fn foreign_host(host: &str) -> Refusal {
    Refusal::new(
        403,
        "foreign_host",
        format!("This relay answers to 127.0.0.1 and localhost only, not to “{host}”."),
    )
}

pub(crate) fn foreign_origin(origin: &str) -> Refusal {
    Refusal::new(
        403,
        "foreign_origin",
        format!("Web pages may not use this relay; the request came from “{origin}”."),
    )
}

pub(crate) fn unknown_path(path: &str) -> Refusal {
    Refusal::new(
        404,
        "unknown_url",
        format!("There is nothing at {path}. This relay serves /v1/models and /v1/chat/completions."),
    )
}

pub(crate) fn wrong_method(method: &http::Method, path: &str) -> Refusal {
    Refusal::new(
        405,
        "method_not_allowed",
        format!("{path} does not answer {method}."),
    )
}

pub(crate) fn too_large(cap: usize) -> Refusal {
    Refusal::new(
        413,
        "request_too_large",
        format!("The request is larger than {} MB.", cap / 1_048_576),
    )
}

pub(crate) fn unreadable(why: &str) -> Refusal {
    Refusal::new(
        400,
        "invalid_input",
        format!("The request cannot be read: {why}."),
    )
}

pub(crate) fn too_many(limit: usize) -> Refusal {
    let said = format!("This token already has {limit} requests under way. Wait for one to end.");
    Refusal {
        retry_after: Some(1),
        ..Refusal::new(429, "rate_limited", said)
    }
}

pub(crate) fn no_such_model(model: &str) -> Refusal {
    let said = format!(
        "No gateway here offers “{model}”. GET /v1/models lists what there is; names are case sensitive."
    );
    Refusal::new(404, "model_not_found", said)
}

pub(crate) fn no_gateway() -> Refusal {
    Refusal::new(
        503,
        "no_gateway",
        "No gateway is set up yet. Add one in Nexdesk under Keys, or with `nexd gateways add`.",
    )
}

/// What the caller sees of a gateway's failure when there is no answer of the gateway's own to pass on.
pub(crate) fn failed(gateway: &str, failure: &Failure) -> Refusal {
    let said = format!("{gateway}: {}", failure.message);
    let retry_after = failure.retry_after.map(|after| after.as_secs().max(1));
    let refused = failure.status.filter(|status| *status >= 400);
    let status = refused.unwrap_or_else(|| failure.kind.status());
    Refusal {
        retry_after,
        ..Refusal::new(status, failure.kind.code(), said)
    }
}
