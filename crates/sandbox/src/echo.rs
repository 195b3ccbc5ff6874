//! `/v1/anything…`: says what it got, to the last byte, so that a test can compare that with what was sent.

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::call::Call;
use crate::reply::Reply;

/// Bodies up to here are kept for those who look at requests; larger ones are only weighed.
const KEPT: usize = 1024 * 1024;

/// A body that went through without being held.
pub(crate) struct Weight {
    bytes: u64,
    sha256: String,
}

/// Whether an address is one of these.
pub(crate) fn is_wanted(path: &str) -> bool {
    path == "/v1/anything" || path.starts_with("/v1/anything/")
}

/// Reads a body of any length, and what could be kept of it.
pub(crate) async fn read(mut body: Incoming) -> (Option<Bytes>, Option<Weight>) {
    let (mut hash, mut bytes, mut kept) = (Sha256::new(), 0u64, BytesMut::new());
    while let Some(Ok(frame)) = body.frame().await {
        let Ok(piece) = frame.into_data() else { continue };
        hash.update(&piece);
        bytes += piece.len() as u64;
        if bytes <= KEPT as u64 {
            kept.extend_from_slice(&piece);
        }
    }
    if bytes > KEPT as u64 {
        kept.clear();
    }
    let sha256 = format!("{:x}", hash.finalize());
    (Some(kept.freeze()), Some(Weight { bytes, sha256 }))
}

/// The verb, the address, every header in its order, and the body's length and hash.
pub(crate) fn answer(call: &Call, weight: &Weight) -> Reply {
    let mut headers: Map<String, Value> = Map::new();
    for (name, value) in &call.headers {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        // The key itself is no business of whoever reads answers; that there was one is.
        let value = match name.as_str() {
            "authorization" | "x-api-key" | "x-goog-api-key" => format!("({} bytes)", value.len()),
            _ => value,
        };
        let list = headers.entry(name.as_str()).or_insert_with(|| json!([]));
        if let Value::Array(list) = list {
            list.push(value.into());
        }
    }
    Reply::ok(
        &json!({"method": call.method, "path": call.path, "query": call.query, "headers": headers,
        "bytes": weight.bytes, "sha256": weight.sha256}),
    )
}
