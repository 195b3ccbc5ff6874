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
        format!(
            "This relay answers to its own names only, such as 127.0.0.1 and localhost, and not to “{host}”."
        ),
    )
}

pub(crate) fn foreign_origin(origin: &str) -> Refusal {
    Refusal::new(
        403,
        "foreign_origin",
        format!(
            "Web pages may not use this relay unless its person has named them; this request came from “{origin}”."
        ),
    )
}

pub(crate) fn unknown_path(path: &str) -> Refusal {
    Refusal::new(
        404,
        "unknown_url",
        format!("There is nothing at {path}. This relay serves /v1/… as its gateways do."),
    )
}

pub(crate) fn no_websocket() -> Refusal {
    Refusal::new(
        426,
        "websocket_not_served",
        "Responses are not served over a WebSocket here. Ask with POST; events come as server-sent events.",
    )
}

pub(crate) fn cannot_hold(error: &std::io::Error) -> Refusal {
    let said = format!(
        "The upload names its model behind a large file, so it has to be put on disk first, and that failed: {error}."
    );
    Refusal::new(507, "no_room", said)
}

pub(crate) fn too_large(cap: u64) -> Refusal {
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

/// What came in is no request, and no caller is known yet in whose words to say so.
pub(crate) fn not_http(status: u16, why: &str) -> Refusal {
    Refusal::new(
        status,
        "not_http",
        format!(
            "The relay cannot take this request: {why}. The program that sent it must send it otherwise."
        ),
    )
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
