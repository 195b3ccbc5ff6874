//! What the table makes of paths as tools write them.

use super::*;

fn read_as(method: &str, path: &str) -> Endpoint {
    read(&method.parse().expect("a verb"), &path.parse().expect("a path")).expect(path)
}

#[test]
fn the_version_may_be_there_twice_or_not_at_all() {
    for path in [
        "/v1/chat/completions",
        "/v1/v1/chat/completions",
        "/v1//v1/chat/completions/",
        "/chat/completions",
    ] {
        let endpoint = read_as("POST", path);
        assert_eq!(
            (endpoint.interface, endpoint.route.as_str()),
            (Interface::Chat, "chat/completions"),
            "{path}"
        );
    }
}

#[test]
fn gemini_is_told_from_openai_by_the_verb_behind_the_colon() {
    for path in [
        "/v1/models/a%2Fb:streamGenerateContent?alt=sse&key=secret",
        "/v1beta/models/a/b:generateContent",
        "/models/a/b:generateContent",
    ] {
        let endpoint = read_as("POST", path);
        assert_eq!(
            (endpoint.interface, endpoint.dialect),
            (Interface::Generate, Dialect::Gemini)
        );
        assert!(
            matches!(&endpoint.subject, Subject::InPath { model, .. } if model == "a/b"),
            "{endpoint:?}"
        );
    }
    let streamed = read_as("POST", "/v1/models/m:streamGenerateContent?alt=sse&key=secret");
    assert_eq!(streamed.query.as_deref(), Some("alt=sse"));
    assert_eq!(
        read_as("GET", "/v1/models/a/b").subject,
        Subject::Model("a/b".into())
    );
}

#[test]
fn an_id_in_the_path_names_the_thing_it_is_about() {
    for (method, path, id) in [
        ("GET", "/v1/videos/video_1/content", "video_1"),
        ("POST", "/v1/responses/resp_2/cancel", "resp_2"),
        ("GET", "/v1/threads/thread_abc123/messages", "thread_abc123"),
        (
            "GET",
            "/queue/fal-ai/vidu/requests/qvideo-1-2/status",
            "qvideo-1-2",
        ),
    ] {
        assert_eq!(
            read_as(method, path).subject,
            Subject::Object(id.into()),
            "{path}"
        );
    }
}

#[test]
fn a_path_of_the_gateways_root_keeps_its_slash_and_none_climbs_out() {
    let messages = read_as("POST", "/bypass/anthropic/v1/messages");
    assert_eq!(
        (messages.route.as_str(), messages.interface),
        ("/bypass/anthropic/v1/messages", Interface::Messages)
    );
    let clip = read_as("POST", "/v3/contents/generations/tasks");
    assert_eq!(clip.interface, Interface::Video);
    for path in [
        "/",
        "/v1",
        "/v1/../admin",
        "/v1/%2e%2e/admin",
        "/api/pricing",
        "/metrics",
    ] {
        let read = read(&Method::GET, &path.parse().expect("a path"));
        assert!(read.is_err(), "{path}");
    }
}

#[test]
fn whatever_else_stands_behind_v1_passes() {
    let endpoint = read_as("PATCH", "/v1/organization/things?limit=2");
    assert_eq!(
        (endpoint.interface, endpoint.subject),
        (Interface::Other, Subject::Optional)
    );
    assert_eq!(
        (endpoint.route.as_str(), endpoint.query.as_deref()),
        ("organization/things", Some("limit=2"))
    );
}
