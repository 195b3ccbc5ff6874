//! new-api's `/v1/video/generations`, whose poll has three shapes in the wild. Reference §2.1.

use http::HeaderMap;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use super::answered::{Created, JobError, Standing, progress, word};
use super::{CallParts, Order, ResultFile, Source, State, links};
use crate::Failure;

/// What new-api reads beside the fields of every order. Anything else it drops unless it stands in `metadata`.
const KNOWN: [&str; 6] = ["fps", "seed", "mode", "response_format", "user", "metadata"];
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// An id as one segment of a path, whatever a gateway puts into it.
pub(super) fn segment(id: &str) -> String {
    utf8_percent_encode(id, PLAIN).to_string()
}

pub(super) fn create(order: &Order) -> Result<CallParts, Failure> {
    order.no_file_ids()?;
    let mut body = Map::new();
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            body.insert(name.to_owned(), value);
        }
    };
    put("model", Some(order.model.as_str().into()));
    put(
        "prompt",
        order.prompt_or(!order.pictures.is_empty())?.map(Value::from),
    );
    put("size", order.size.as_deref().map(Value::from));
    // The sora channel passes the body on to OpenAI, which knows `seconds` only; the others read `duration`.
    if order.model.contains("sora") {
        put("seconds", order.seconds.as_deref().map(Value::from));
    } else {
        let whole = order.whole_seconds().map(Value::from);
        put(
            "duration",
            whole.or_else(|| order.seconds.as_deref().map(Value::from)),
        );
    }
    put("n", order.n.map(Value::from));
    match order.pictures.as_slice() {
        [] => {}
        [one] => put("image", Some(one.uri().into())),
        several => put(
            "images",
            Some(several.iter().map(|picture| picture.uri()).collect()),
        ),
    }
    let (known, vendor): (Map<_, _>, Map<_, _>) = order
        .vendor_fields()
        .into_iter()
        .partition(|(name, _)| KNOWN.contains(&name.as_str()));
    body.extend(known);
    if !vendor.is_empty() {
        body.insert("metadata".into(), vendor.into());
    }
    Ok(CallParts::post("video/generations", &body.into()))
}

/// `X-New-Api-Other-Ratios`, by which new-api multiplies its price.
pub(super) fn ratios(headers: &HeaderMap) -> Option<Value> {
    serde_json::from_slice(headers.get("x-new-api-other-ratios")?.as_bytes()).ok()
}

pub(super) fn created(said: &Value) -> Option<Created> {
    let inner = inner(said);
    let id = word(inner, &["task_id", "id"])?;
    Some(Created {
        poll: format!("video/generations/{}", segment(id)),
        id: id.to_owned(),
        ..Created::default()
    })
}

/// Two of the shapes are wrapped in `data`, the documented one is flat.
fn inner(said: &Value) -> &Value {
    let wrapped = said.get("data").filter(|data| data.is_object());
    wrapped.unwrap_or(said)
}

pub(super) fn polled(said: &Value) -> Option<Standing> {
    let inner = inner(said);
    let mut standing = Standing::of(word(inner, &["status", "task_status"])?);
    standing.progress = progress(inner.get("progress"));
    match standing.state {
        State::Done => {
            let link = links::one(said).unwrap_or_else(|| ResultFile {
                source: Source::Content(format!(
                    "videos/{}/content",
                    segment(word(inner, &["task_id", "id"]).unwrap_or_default())
                )),
                mime: Some("video/mp4".into()),
            });
            standing.results = vec![link];
        }
        State::Failed | State::Cancelled => {
            let state = standing.state;
            // `result_url` of a failed task is the reason in words, not a link.
            standing.fail([
                JobError::read(inner.get("error")),
                JobError::read(inner.get("fail_reason")),
                JobError::read(inner.get("result_url")),
                JobError::read(inner.pointer("/data/error")),
            ]);
            standing.state = state;
        }
        State::Queued | State::Running => {}
    }
    Some(standing)
}

#[cfg(test)]
mod tests {
    use super::super::tests::*;
    use super::super::{CallParts, Family, State};
    use http::{HeaderMap, HeaderValue};
    use serde_json::{Value, json};

    #[test]
    fn what_new_api_would_drop_goes_into_metadata() {
        let (path, body) = sent(
            Family::NewApi,
            &film(json!({"model": "veo-2", "prompt": "p", "seconds": "8",
            "size": "1280x720", "input_reference": "https://p.example/a.png", "negative_prompt": "rain", "seed": 5,
            "metadata": {"image_tail": "https://p.example/z.png"}})),
        );
        assert_eq!(path, "video/generations");
        assert_eq!(
            body["metadata"],
            json!({"image_tail": "https://p.example/z.png", "negative_prompt": "rain"})
        );
        assert_eq!(
            (&body["duration"], &body["seed"], &body["image"]),
            (&json!(8), &json!(5), &json!("https://p.example/a.png"))
        );
    }

    #[test]
    fn sora_is_told_seconds_as_a_string_and_no_duration() {
        let (_, body) = sent(
            Family::NewApi,
            &film(json!({"model": "sora", "prompt": "p", "duration": 8})),
        );
        assert_eq!(
            (body.get("seconds"), body.get("duration")),
            (Some(&json!("8")), None)
        );
    }

    #[test]
    fn the_three_shapes_of_a_poll_mean_the_same() {
        let link = "https://c.example/a.mp4";
        let raw = json!({"code": "success", "message": "", "data": {"task_id": "task_1", "status": "SUCCESS",
            "progress": "100%", "result_url": link, "fail_reason": "", "data": {"id": "x"}}});
        let vertex = json!({"code": "success", "data": {"task_id": "task_1", "status": "succeeded", "url": link,
            "format": "mp4", "metadata": {}, "error": null}});
        let flat =
            json!({"task_id": "task_1", "status": "completed", "url": link, "metadata": {"duration": 8}});
        for said in [raw, vertex, flat] {
            let standing = standing(Family::NewApi, "p", &said);
            assert_eq!(
                (standing.state, links(&standing)),
                (State::Done, vec![link.to_owned()]),
                "{said}"
            );
        }
        let going =
            json!({"code": "success", "data": {"task_id": "t", "status": "IN_PROGRESS", "progress": "30%"}});
        let going = standing(Family::NewApi, "p", &going);
        assert_eq!((going.state, going.progress), (State::Running, Some(30)));
        let waiting = json!({"code": "success", "data": {"task_id": "t", "status": "NOT_START"}});
        assert_eq!(standing(Family::NewApi, "p", &waiting).state, State::Queued);
    }

    #[test]
    fn result_url_of_a_failed_task_is_its_reason_and_not_a_link() {
        for (reason, told) in [
            ("blocked by the vendor", "blocked by the vendor"),
            (
                "https://c.example/looks-like-one",
                "https://c.example/looks-like-one",
            ),
        ] {
            let said = json!({"code": "success", "data": {"task_id": "t", "status": "FAILURE", "progress": "100%",
                "result_url": reason, "fail_reason": ""}});
            let standing = standing(Family::NewApi, "p", &said);
            assert_eq!(standing.state, State::Failed);
            assert!(standing.results.is_empty());
            assert_eq!(standing.error.expect("why").message, told);
        }
    }

    #[test]
    fn a_success_without_a_link_is_fetched_from_the_gateway_itself() {
        let said =
            json!({"code": "success", "data": {"task_id": "task_1", "status": "SUCCESS", "result_url": ""}});
        assert_eq!(
            links(&standing(Family::NewApi, "p", &said)),
            ["videos/task_1/content"]
        );
    }

    #[test]
    fn the_multipliers_of_the_price_are_kept() {
        let mut headers = HeaderMap::new();
        headers.insert(
            "x-new-api-other-ratios",
            HeaderValue::from_static(r#"{"seconds":8,"size":1}"#),
        );
        let said = json!({"task_id": "task_1", "status": "queued"}).to_string();
        let made = Family::NewApi.created(&CallParts::post("p", &Value::Null), &headers, said.as_bytes());
        let made = made.expect("created");
        assert_eq!(made.billing, Some(json!({"seconds": 8, "size": 1})));
        assert_eq!(made.poll, "video/generations/task_1");
    }
}
