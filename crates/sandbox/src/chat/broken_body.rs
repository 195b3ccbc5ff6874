//! Whole answers, well-behaved and not: what the faults of a stream amount to when no stream was asked for.

use std::io::Write;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use http::{HeaderValue, StatusCode};
use serde_json::Value;

use super::misbehave::Fault;
use crate::refusal;
use crate::reply::{Reply, Step};

const JSON: &str = "application/json";
const FLUSH: Step = Step::Pause(Duration::ZERO);

/// Sends the body as `fault` would; `trouble` is an error in the same dialect.
pub(crate) fn act(fault: Option<Fault>, mut body: Value, trouble: &Value) -> Reply {
    let Some(fault) = fault else {
        return Reply::ok(&body);
    };
    match fault {
        Fault::Empty => Reply::bytes(StatusCode::OK, JSON, ""),
        Fault::Html => refusal::web_page(StatusCode::OK),
        Fault::ErrorFirst | Fault::ErrorMid | Fault::ErrorJson => Reply::ok(trouble),
        Fault::ContentType => Reply::bytes(StatusCode::OK, "text/plain; charset=utf-8", body.to_string()),
        Fault::CleanEnd => {
            if let Some(choice) = body.pointer_mut("/choices/0/finish_reason") {
                *choice = Value::Null;
            }
            Reply::ok(&body)
        }
        Fault::Cut => half(&body, Step::Break),
        Fault::Stall => half(&body, Step::Silence),
        Fault::Bom => Reply::bytes(StatusCode::OK, JSON, format!("\u{feff}{body}")),
        // What DeepSeek sends while a request waits in its queue.
        Fault::Comments => Reply::bytes(StatusCode::OK, JSON, format!("\n\n\n{body}")),
        Fault::MultiData => Reply::bytes(StatusCode::OK, JSON, format!("{body:#}")),
        Fault::Crlf => Reply::bytes(StatusCode::OK, JSON, format!("{body:#}").replace('\n', "\r\n")),
        Fault::Cr => Reply::bytes(StatusCode::OK, JSON, format!("{body:#}").replace('\n', "\r")),
        Fault::Split => {
            let bytes = body.to_string().into_bytes();
            Reply::steps(
                JSON,
                bytes
                    .into_iter()
                    .flat_map(|byte| [Step::Send(vec![byte].into()), FLUSH]),
            )
        }
        Fault::Gzip => gzipped(&body),
        _ => Reply::ok(&body),
    }
}

/// Promises the whole length and sends half of it.
fn half(body: &Value, then: Step) -> Reply {
    let body = body.to_string().into_bytes();
    let length = HeaderValue::from(body.len());
    let begun = body[..body.len() / 2].to_vec();
    Reply::steps(JSON, [Step::Send(begun.into()), FLUSH, then]).with(CONTENT_LENGTH, length)
}

fn gzipped(body: &Value) -> Reply {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    let written = encoder
        .write_all(body.to_string().as_bytes())
        .and_then(|()| encoder.finish());
    Reply::bytes(StatusCode::OK, JSON, written.unwrap_or_default())
        .with(CONTENT_ENCODING, HeaderValue::from_static("gzip"))
}
