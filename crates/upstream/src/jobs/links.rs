//! Where a result may stand in an answer, what counts as a link, and how long it lives.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use time::PrimitiveDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use url::Url;

use super::media::sniff;
use super::{ResultFile, Source};

/// Every place a single link has been seen at, the likeliest first.
const PLACES: [&str; 8] = [
    "/url",
    "/result_url",
    "/metadata/url",
    "/0/url",
    "/video/url",
    "/content/video_url",
    "/task_result/videos/0/url",
    "/output/0",
];

/// The first link in `said`, or in what it wraps as `data`, once or twice.
pub(super) fn one(said: &Value) -> Option<ResultFile> {
    let inner = said.get("data");
    let innermost = inner.and_then(|data| data.get("data"));
    let wrapped = [inner, Some(said), innermost];
    wrapped
        .into_iter()
        .flatten()
        .find_map(|value| PLACES.iter().find_map(|place| file(value.pointer(place)?, None)))
}

/// Every entry of a list of `{url, …}`.
pub(super) fn all(list: Option<&Value>) -> Vec<ResultFile> {
    let entries = list.and_then(Value::as_array).into_iter().flatten();
    let read = |entry: &Value| {
        let mime = ["mimeType", "content_type", "mime_type"];
        let mime = mime.into_iter().find_map(|name| entry.get(name)?.as_str());
        let inline = ["b64_json", "bytesBase64Encoded"];
        let inline = inline.into_iter().find_map(|name| entry.get(name)?.as_str());
        if let Some(base64) = inline.filter(|base64| !base64.is_empty()) {
            return bytes(base64, mime);
        }
        file(
            entry.get("url").or_else(|| entry.get("uri")).unwrap_or(entry),
            mime,
        )
    };
    entries.filter_map(read).collect()
}

/// A link that can be followed, or bytes in a `data:` URI. A sentence in a field for links is neither.
pub(super) fn file(said: &Value, mime: Option<&str>) -> Option<ResultFile> {
    let text = said.as_str()?.trim();
    if let Some((head, base64)) = text.strip_prefix("data:").and_then(|rest| rest.split_once(',')) {
        return bytes(base64, mime.or_else(|| head.split(';').next()));
    }
    let url = Url::parse(text).ok()?;
    let is_web = matches!(url.scheme(), "http" | "https") && url.host_str().is_some();
    is_web.then(|| ResultFile {
        source: Source::Link(text.to_owned()),
        mime: mime.map(str::to_owned),
    })
}

fn bytes(base64: &str, mime: Option<&str>) -> Option<ResultFile> {
    let bytes = STANDARD.decode(base64.trim()).ok()?;
    let mime = mime.filter(|mime| !mime.is_empty()).or_else(|| sniff(&bytes));
    Some(ResultFile {
        mime: mime.map(str::to_owned),
        source: Source::Bytes(bytes.into()),
    })
}

const AMAZON: &[BorrowedFormatItem<'_>] = format_description!("[year][month][day]T[hour][minute][second]Z");

/// When a signed link dies, in Unix milliseconds, where it says so.
#[must_use]
pub fn expiry(link: &str) -> Option<i64> {
    let url = Url::parse(link).ok()?;
    let asks = |names: &[&str]| {
        url.query_pairs()
            .find(|(name, _)| names.iter().any(|wanted| name.eq_ignore_ascii_case(wanted)))
            .map(|(_, value)| value.into_owned())
    };
    let lives = asks(&["X-Amz-Expires", "X-Goog-Expires", "X-Tos-Expires"]);
    let lives = lives.and_then(|value| value.parse::<u32>().ok());
    let signed = asks(&["X-Amz-Date", "X-Goog-Date", "X-Tos-Date"]);
    if let (Some(lives), Some(signed)) = (lives, signed) {
        let signed = PrimitiveDateTime::parse(&signed, AMAZON).ok()?.as_utc();
        return Some((signed.unix_timestamp() + i64::from(lives)) * 1000);
    }
    // Qiniu's `e`, S3's and OSS's `Expires`.
    let at: i64 = asks(&["e", "Expires", "x-expires"])?.parse().ok()?;
    (at > 1_000_000_000).then_some(at * 1000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn link(said: Value) -> Option<String> {
        match one(&said)?.source {
            Source::Link(link) => Some(link),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_link_is_found_wherever_a_gateway_puts_it() {
        let url = "https://cdn.example/a.mp4";
        for said in [
            json!({"data": {"url": url}}),
            json!({"data": {"result_url": url}}),
            json!({"url": url}),
            json!({"metadata": {"url": url}}),
            json!({"data": [{"url": url}]}),
            json!({"video": {"url": url}}),
            json!({"content": {"video_url": url}}),
            json!({"task_result": {"videos": [{"url": url}]}}),
            json!({"output": [url]}),
            json!({"data": {"data": {"task_result": {"videos": [{"url": url}]}}}}),
        ] {
            assert_eq!(link(said.clone()).as_deref(), Some(url), "{said}");
        }
    }

    #[test]
    fn a_sentence_in_a_field_for_links_is_no_link() {
        assert_eq!(one(&json!({"result_url": "generation failed: blocked"})), None);
        assert_eq!(one(&json!({"url": "/relative.mp4"})), None);
        assert_eq!(one(&json!({"url": "file:///etc/passwd"})), None);
    }

    #[test]
    fn a_link_says_when_it_dies_in_three_ways() {
        let at = 1_785_000_000_000;
        assert_eq!(expiry("https://c.example/a?e=1785000000&token=x"), Some(at));
        assert_eq!(
            expiry("https://c.example/a?Expires=1785000000&Signature=x"),
            Some(at)
        );
        assert_eq!(
            expiry("https://c.example/a?X-Amz-Date=20260725T171000Z&X-Amz-Expires=600"),
            Some(at)
        );
        assert_eq!(expiry("https://c.example/a.mp4"), None);
    }
}
