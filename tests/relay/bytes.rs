//! Bytes pass as they are: what the tool sends reaches the gateway, and what the gateway sends reaches the tool.

use nexdesk_tests::{Replay, World, text_of};

/// Fields nobody knows, odd spacing, escapes, and numbers whose writing carries meaning.
const ODD: &str = "{ \"temperature\" : 1.0,\t\"top_k\":1,\r\n \"model\":\"MODEL\" , \"messages\":[{\"role\":\"user\",\
    \"content\":\"caf\\u00e9 \\/ 灯塔 \\ud83d\\udea3\",\"cache_control\":{\"type\":\"ephemeral\"}}],\"seed\":12345678901234567890,\
    \"x_unknown\":{\"b\":1e3,\"a\":[ ]} ,\"stream\":false}\n";

#[tokio::test]
async fn the_callers_bytes_reach_the_gateway_untouched() {
    let world = World::new().await;
    let sent = ODD.replace("MODEL", "sandbox-chat");
    let heard = world.cursor().await.posts(sent.clone()).await;
    assert_eq!(heard.status, 200);
    let seen = world.chats_seen().remove(0);
    assert_eq!(std::str::from_utf8(&seen.body).unwrap(), sent);
}

#[tokio::test]
async fn a_named_gateway_changes_the_models_bytes_and_no_others() {
    let world = World::new().await;
    let cursor = world.cursor().await;
    for written in [
        "upstream/sandbox-chat",
        "upstream\\/sandbox-chat",
        "\\u0075pstream/sandbox-chat",
    ] {
        let heard = cursor.posts(ODD.replace("MODEL", written)).await;
        assert_eq!(heard.status, 200, "{written}");
        let seen = world.chats_seen().pop().unwrap();
        assert_eq!(
            std::str::from_utf8(&seen.body).unwrap(),
            ODD.replace("MODEL", "sandbox-chat"),
            "asked for as {written}"
        );
    }
}

#[tokio::test]
async fn the_word_model_elsewhere_in_the_body_is_left_alone() {
    let world = World::new().await;
    let body = |model: &str| {
        format!(
            "{{\"metadata\":{{\"model\":\"upstream/sandbox-chat\"}},\"messages\":[{{\"role\":\"user\",\
             \"content\":\"\\\"model\\\": \\\"upstream/sandbox-chat\\\"\"}}],\"model\":\"{model}\"}}"
        )
    };
    assert_eq!(
        world
            .cursor()
            .await
            .posts(body("upstream/sandbox-chat"))
            .await
            .status,
        200
    );
    let seen = world.chats_seen().remove(0);
    assert_eq!(std::str::from_utf8(&seen.body).unwrap(), body("sandbox-chat"));
}

#[tokio::test]
async fn a_whole_answer_reaches_the_caller_byte_for_byte() {
    let answer = "{\"id\":\"1\", \"choices\" : [ {\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"caf\\u00e9\",\
        \"thinking_signature\":\"EqQB\\/==\"},\"finish_reason\":\"stop\",\"score\":1.0} ],\r\n\"x_trace\" : null }\n\n";
    let gateway = Replay::of(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Kept: yes",
        answer.as_bytes(),
    );
    let world = World::new().await;
    world
        .add_gateway_with_key("Replay", &gateway.url(), "sk-replay")
        .await;

    let heard = world.cursor().await.asks("replay/anything", "Hello").await;

    assert_eq!(String::from_utf8(heard.bytes()).unwrap(), answer);
    assert_eq!(
        heard.header("x-kept"),
        "yes",
        "the gateway's own headers come along"
    );
}

#[tokio::test]
async fn a_stream_reaches_the_caller_byte_for_byte() {
    let chunk = |text: &str| {
        format!("{{\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{text}\"}},\"p\": 1.0}}]}}")
    };
    let stream = [
        ": processing\r\n\r\n".to_owned(),
        format!("id: 7\nevent: chunk\ndata:{}\n\n", chunk("caf\\u00e9 灯塔")),
        format!("data: {}\r\rretry: 5\n\n", chunk(" 🚣")),
        "data: not json at all\n\n\n\n".to_owned(),
        "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n"
            .to_owned(),
        ": goodbye\n\n".to_owned(),
    ]
    .concat();
    let gateway = Replay::of(
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream",
        stream.as_bytes(),
    );
    let world = World::new().await;
    world
        .add_gateway_with_key("Replay", &gateway.url(), "sk-replay")
        .await;

    let heard = world.cursor().await.streams("replay/anything", "Hello").await;

    assert_eq!(
        String::from_utf8(heard.bytes()).unwrap(),
        stream.replace("retry: 5\n\n", ""),
        "but for the event without data, which breaks openai-python"
    );
    assert_eq!(text_of(&heard.events()), "café 灯塔 🚣");
}

/// What follows a line end cut in two does not pass; its second half did not pass either.
#[tokio::test]
async fn a_line_end_cut_in_two_belongs_to_the_event_before_it() {
    let chunk = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"one\"}}]}\r\n\r";
    let behind =
        "\ndata: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
    let pieces = [chunk, "\nretry: 5\r\n\r", behind];
    let gateway = Replay::in_pieces(
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream",
        &pieces.map(str::as_bytes),
    );
    let world = World::new().await;
    world
        .add_gateway_with_key("Replay", &gateway.url(), "sk-replay")
        .await;

    let heard = world.cursor().await.streams("replay/anything", "Hello").await;

    assert_eq!(
        String::from_utf8(heard.bytes()).unwrap(),
        pieces.concat().replace("retry: 5\r\n\r\n", "")
    );
}

#[tokio::test]
async fn of_a_gateway_that_is_a_relay_itself_only_what_we_say_too_is_replaced() {
    let gateway = Replay::of(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Nexdesk-Gateway: theirs\r\nX-Nexdesk-Loss: audio",
        br#"{"choices":[{"index":0,"message":{"role":"assistant","content":"one"},"finish_reason":"stop"}]}"#,
    );
    let world = World::new().await;
    world
        .add_gateway_with_key("Replay", &gateway.url(), "sk-replay")
        .await;

    let heard = world.cursor().await.asks("replay/anything", "Hello").await;

    let own: Vec<_> = heard.headers.get_all("x-nexdesk-gateway").iter().collect();
    assert_eq!(own, ["Replay"]);
    assert_eq!(heard.header("x-nexdesk-loss"), "audio");
}

#[tokio::test]
async fn a_refusal_of_the_gateway_reaches_the_caller_byte_for_byte() {
    let refusal =
        "{ \"error\" : {\"code\":\"context_length_exceeded\",\"message\":\"太长了\", \"extra\":1.0}}";
    let head = "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nX-Request-Id: abc";
    let gateway = Replay::of(head, refusal.as_bytes());
    let world = World::new().await;
    world
        .add_gateway_with_key("Replay", &gateway.url(), "sk-replay")
        .await;

    let heard = world.cursor().await.streams("replay/anything", "Hello").await;

    assert_eq!(heard.status, 400);
    assert_eq!(String::from_utf8(heard.bytes()).unwrap(), refusal);
    assert_eq!(heard.header("x-request-id"), "abc");
}
