//! What the tests of all families share: an order out of JSON, and an answer read as a gateway gave it.

use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::*;

pub(super) fn film(body: Value) -> Order {
    order(What::Film, body)
}

pub(super) fn order(what: What, body: Value) -> Order {
    let Value::Object(fields) = body else {
        panic!("an object")
    };
    Order::from_fields(what, fields).expect("an order")
}

/// The path and the body an order becomes.
pub(super) fn sent(family: Family, order: &Order) -> (String, Value) {
    let parts = family.create(order, &Families::shipped()).expect("a call");
    (parts.path, serde_json::from_slice(&parts.body).expect("JSON"))
}

/// The sentence of an order that is refused before anything leaves.
pub(super) fn refusal(family: Family, order: &Order) -> String {
    let refused = family.create(order, &Families::shipped());
    refused.expect_err("a refusal").message
}

pub(super) fn created(family: Family, asked: &str, said: &Value) -> Created {
    let asked = CallParts::post(asked, &Value::Null);
    family
        .created(&asked, &HeaderMap::new(), said.to_string().as_bytes())
        .expect("created")
}

/// How far a job is by this answer under a 200.
pub(super) fn standing(family: Family, path: &str, said: &Value) -> Standing {
    under(family, 200, path, said)
}

pub(super) fn under(family: Family, status: u16, path: &str, said: &Value) -> Standing {
    let status = StatusCode::from_u16(status).expect("a status");
    match family.polled(path, status, &HeaderMap::new(), said.to_string().as_bytes()) {
        Polled::Standing(standing) => standing,
        other => panic!("{other:?}"),
    }
}

pub(super) fn links(standing: &Standing) -> Vec<String> {
    let at = |file: &'_ ResultFile| match &file.source {
        Source::Link(link) => link.clone(),
        Source::Content(path) => path.clone(),
        Source::Bytes(_) => "bytes".into(),
    };
    standing.results.iter().map(at).collect()
}

#[test]
fn a_job_nobody_knows_is_told_from_a_gateway_in_trouble() {
    let polled = |status, body: Value| {
        let status = StatusCode::from_u16(status).expect("a status");
        Family::NewApi.polled("p", status, &HeaderMap::new(), body.to_string().as_bytes())
    };
    let gone = json!({"code": "task_not_exist", "message": "task_not_exist", "data": null});
    assert!(matches!(polled(400, gone), Polled::Missing));
    assert!(matches!(
        polled(404, json!({"error": {"message": "no"}})),
        Polled::Missing
    ));
    let full = json!({"code": "get_channel_failed", "message": "full", "data": null});
    assert!(matches!(polled(503, full), Polled::Trouble(_)));
    assert!(
        matches!(
            polled(200, json!({"error": {"message": "down"}})),
            Polled::Trouble(_)
        ),
        "an error under a 200 says nothing about the job"
    );
}

#[test]
fn an_order_that_was_answered_with_an_error_under_a_200_was_not_taken() {
    let asked = CallParts::post("videos", &Value::Null);
    let said = br#"{"error":{"message":"Insufficient quota","code":"insufficient_quota"}}"#;
    for family in [
        Family::OpenAi,
        Family::NewApi,
        Family::Veo,
        Family::Queue,
        Family::Ark,
    ] {
        let failure = family
            .created(&asked, &HeaderMap::new(), said)
            .expect_err("no job");
        assert_eq!(failure.kind, Kind::QuotaExhausted, "{family:?}");
    }
}

#[test]
fn a_state_nobody_has_heard_of_goes_on_and_is_told() {
    let standing = standing(Family::OpenAi, "p", &json!({"id": "v", "status": "rendering"}));
    assert_eq!(
        (standing.state, standing.unknown.as_deref()),
        (State::Running, Some("rendering"))
    );
}

#[test]
fn a_path_beside_the_api_is_not_put_behind_its_v1() {
    let base = Base::parse("https://api.example.com/v1").expect("an address");
    assert_eq!(address(&base, "/queue/x"), "https://api.example.com/queue/x");
    assert_eq!(address(&base, "videos/x"), "https://api.example.com/v1/videos/x");
}

#[test]
fn a_family_and_its_word_belong_together() {
    for (family, word) in Family::ALL {
        assert_eq!(Family::named(word), Some(family));
        assert_eq!(family.word(), word);
    }
}

#[test]
fn what_the_gateway_speaks_itself_passes_through_and_everything_else_becomes_a_job() {
    let json = "application/json";
    assert!(Family::OpenAi.speaks(Tongue::OpenAiVideos, json));
    assert!(!Family::OpenAi.speaks(Tongue::NewApiVideos, json));
    assert!(Family::NewApi.speaks(Tongue::NewApiVideos, json));
    assert!(
        !Family::Nexconn.speaks(Tongue::OpenAiVideos, json),
        "its fields are other ones"
    );
    assert!(Family::GeminiImages.speaks(Tongue::OpenAiImages, json));
    assert!(!Family::GeminiImages.speaks(Tongue::OpenAiImages, "multipart/form-data; boundary=b"));
}
