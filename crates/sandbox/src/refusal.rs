//! Every way the sandbox says no: OpenAI's error body with the statuses and words gateways really use.

use http::{HeaderName, HeaderValue, StatusCode};
use serde_json::{Value, json};

use crate::reply::Reply;

/// The OpenAI error body.
pub(crate) fn body(message: &str, kind: &str, param: Option<&str>, code: Option<&str>) -> Value {
    json!({"error": {"message": message, "type": kind, "param": param, "code": code}})
}

/// 400 for a request that cannot be understood, naming the field at fault.
pub(crate) fn invalid(message: &str, param: Option<&str>) -> Reply {
    Reply::json(
        StatusCode::BAD_REQUEST,
        &body(message, "invalid_request_error", param, None),
    )
}

/// 404 for a model nobody here has heard of.
pub(crate) fn unknown_model(model: &str) -> Reply {
    let message = format!("The model `{model}` does not exist or you do not have access to it.");
    Reply::json(
        StatusCode::NOT_FOUND,
        &body(
            &message,
            "invalid_request_error",
            Some("model"),
            Some("model_not_found"),
        ),
    )
}

/// 404 for an address nobody here has heard of.
pub(crate) fn unknown_address(method: &str, path: &str) -> Reply {
    let message = format!("Invalid URL ({method} {path})");
    Reply::json(
        StatusCode::NOT_FOUND,
        &body(&message, "invalid_request_error", None, None),
    )
}

/// 404 for a thing whose id is not known.
pub(crate) fn unknown_thing(what: &str, id: &str) -> Reply {
    let message = format!("No {what} with the id `{id}`");
    Reply::json(
        StatusCode::NOT_FOUND,
        &body(&message, "invalid_request_error", None, Some("not_found")),
    )
}

/// 413 for a body over the cap.
pub(crate) fn too_large() -> Reply {
    let message = "The request body is larger than 64 MB";
    Reply::json(
        StatusCode::PAYLOAD_TOO_LARGE,
        &body(message, "invalid_request_error", None, None),
    )
}

// The next three bodies are the gateways' own, field for field: some of them leave `param` out.

/// 401, as Nexhina documents it.
pub(crate) fn wrong_key() -> Reply {
    Reply::json(
        StatusCode::UNAUTHORIZED,
        &json!({"error": {"message": "Incorrect API key provided", "type": "invalid_request_error",
                          "code": "invalid_api_key"}}),
    )
}

/// 402: the quota of this key is used up.
pub(crate) fn no_quota() -> Reply {
    Reply::json(
        StatusCode::PAYMENT_REQUIRED,
        &json!({"error": {"message": "Insufficient quota", "type": "insufficient_quota",
                          "code": "insufficient_quota"}}),
    )
}

/// 429 with the wait it asks for.
pub(crate) fn too_fast() -> Reply {
    let reply = Reply::json(
        StatusCode::TOO_MANY_REQUESTS,
        &json!({"error": {"message": "Rate limit reached for default", "type": "rate_limit_error",
                          "code": "rate_limit_exceeded"}}),
    );
    reply
        .with(
            HeaderName::from_static("retry-after"),
            HeaderValue::from_static("2"),
        )
        .with(
            HeaderName::from_static("x-ratelimit-remaining"),
            HeaderValue::from_static("0"),
        )
        .with(
            HeaderName::from_static("x-ratelimit-remaining-requests"),
            HeaderValue::from_static("0"),
        )
}

/// 500: the gateway fell over.
pub(crate) fn broken() -> Reply {
    let message = "The server had an error while processing your request";
    Reply::json(
        StatusCode::INTERNAL_SERVER_ERROR,
        &body(message, "api_error", None, None),
    )
}

/// 503: the gateway is too busy.
pub(crate) fn overloaded() -> Reply {
    let message = "The engine is currently overloaded, please try again later";
    Reply::json(
        StatusCode::SERVICE_UNAVAILABLE,
        &body(message, "overloaded", None, None),
    )
}

/// The web page a proxy shows when it speaks in the gateway's place.
pub(crate) fn web_page(status: StatusCode) -> Reply {
    let page = format!(
        "<!doctype html>\n<html><head><title>{status}</title></head>\n\
         <body><center><h1>{status}</h1></center><hr><center>sandbox</center></body></html>\n"
    );
    Reply::bytes(status, "text/html; charset=utf-8", page)
}

/// The error that travels inside an answer with status 200.
pub(crate) fn inside_a_200() -> Value {
    body(
        "The upstream model failed while answering",
        "upstream_error",
        None,
        Some("upstream_error"),
    )
}
