//! Which ids are objects, where requests name them, and how long they are known.

use nexdesk_ledger::GatewayRow;

use super::*;

#[test]
fn an_answer_tells_which_objects_it_made() {
    let rows: [(&str, &[&str]); 9] = [
        (r#"{"id":"file-abc","object":"file"}"#, &["file-abc"]),
        (r#"{"id":"qfile-1-2","status":"pending"}"#, &["qfile-1-2"]),
        (r#"{"id":"resp_1","object":"response"}"#, &["resp_1"]),
        (
            r#"{"type":"response.created","response":{"id":"resp_2"}}"#,
            &["resp_2"],
        ),
        (
            r#"{"id":"video_1","task_id":"task_9","status":"queued"}"#,
            &["video_1", "task_9"],
        ),
        (r#"{"task_id":"whatever","status":"NOT_START"}"#, &["whatever"]),
        (r#"{"status":"IN_QUEUE","request_id":"r-1"}"#, &["r-1"]),
        (r#"{"id":"chatcmpl-1","choices":[],"request_id":"r-2"}"#, &[]),
        ("not json", &[]),
    ];
    for (answer, ids) in rows {
        assert_eq!(made_in(answer.as_bytes()), ids, "{answer}");
    }
}

#[test]
fn a_body_names_what_it_leans_on() {
    for (body, id) in [
        (
            r#"{"model":"m","previous_response_id" : "resp_1"}"#,
            Some("resp_1"),
        ),
        (r#"{"input_file_id":"file-1"}"#, Some("file-1")),
        (
            r#"{"messages":[{"content":[{"type":"file","file":{"file_id":"qfile-1"}}]}]}"#,
            Some("qfile-1"),
        ),
        (r#"{"previous_response_id":null}"#, None),
        (r#"{"model":"m"}"#, None),
    ] {
        assert_eq!(leaned_on(body.as_bytes()).as_deref(), id, "{body}");
    }
}

#[tokio::test]
async fn who_made_an_object_is_known_after_a_restart() {
    let ledger = Ledger::in_memory().unwrap();
    let gateway = GatewayRow {
        id: "g".into(),
        name: "G".into(),
        preset: "openai".into(),
        base_url: "http://127.0.0.1:9/v1".into(),
        created_at: 0,
        models_fetched_at: None,
        last_problem: None,
    };
    ledger.put_gateway(gateway).await.unwrap();
    let clock = Clock::default();
    let first = Objects::new(ledger.clone(), clock.clone());
    first.remember_all(br#"{"id":"file-1"}"#, "g", Some("k"));
    let made = Made {
        gateway: "g".into(),
        key: Some("k".into()),
    };
    assert_eq!(first.find("file-1"), Some(made.clone()), "before it is on disk");
    ledger.flush().await.unwrap();
    assert_eq!(ledger.object("file-1").unwrap().unwrap().kind, "file");

    let second = Objects::new(ledger.clone(), clock.clone());
    assert_eq!(second.find("file-1"), Some(made));
    assert_eq!(second.find("file-2"), None);

    clock.advance(KEPT + Duration::from_secs(1));
    let third = Objects::new(ledger.clone(), clock);
    ledger.flush().await.unwrap();
    assert_eq!(third.find("file-1"), None, "gateways have deleted it by now");
}
