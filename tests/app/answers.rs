//! An answer as the window gets it: in pieces, small ones, and the same when it is opened again.

use std::time::Duration;

use nexdesk_app::chat::{ChatEvent, MessageState, Role, ToolCall};
use nexdesk_sandbox::{answer_to, full_text};
use nexdesk_tests::{Answer, Replay, Setup, World};

fn sizes(answer: &Answer) -> Vec<usize> {
    let size = |batch: &Vec<ChatEvent>| serde_json::to_string(batch).unwrap().len();
    answer.batches.iter().map(size).collect()
}

#[tokio::test]
async fn an_answer_comes_in_more_than_one_piece_and_stands_the_same_after_a_restart() {
    let mut world = Setup::default().pace(Duration::from_millis(5)).open().await;
    let question = "Write a table about lighthouses";

    let answer = world.window().asks("upstream/sandbox-chat", question).await;

    assert_eq!(answer.text(), answer_to(question));
    assert_eq!(
        (answer.state, answer.problem.as_ref()),
        (MessageState::Complete, None)
    );
    let with_text = answer
        .batches
        .iter()
        .filter(|batch| matches!(batch[0], ChatEvent::Text { .. }));
    assert!(with_text.count() > 2, "it could be watched growing");
    let before = world.window().message(&answer.conversation, &answer.id);
    world.reopen();
    let after = world.window().message(&answer.conversation, &answer.id);
    assert_eq!(before, after);
    assert_eq!(
        (after.text, after.state),
        (answer_to(question), MessageState::Complete)
    );
    let exchange = |receipt: Option<nexdesk_app::chat::Receipt>| receipt.map(|receipt| receipt.exchange);
    assert!(after.receipt.is_some());
    assert_eq!(exchange(after.receipt), exchange(answer.receipt));
}

#[tokio::test]
async fn however_much_comes_at_once_no_batch_exceeds_eight_kilobytes() {
    let world = World::new().await;
    for model in ["sandbox-chat", "sandbox-bad-huge"] {
        let answer = world
            .window()
            .asks(&format!("upstream/{model}"), "A long essay, please")
            .await;
        let expected = if model == "sandbox-chat" {
            answer_to("A long essay, please")
        } else {
            full_text(model)
        };
        assert!(
            answer.text() == expected,
            "{model}: {} bytes came",
            answer.text().len()
        );
        let largest = sizes(&answer).into_iter().max().unwrap();
        assert!(largest < 8192, "{model}: a batch of {largest} bytes");
        let kept = world.window().message(&answer.conversation, &answer.id);
        assert!(kept.text == expected, "{model}: what is kept is what was shown");
    }
}

#[tokio::test]
async fn the_receipt_says_what_it_took_and_where_it_stands_in_usage() {
    let world = World::new().await;
    let answer = world.window().asks("upstream/sandbox-chat", "Hello").await;
    let (receipt, row) = (answer.receipt.unwrap(), world.last_exchange().await);
    assert_eq!(*receipt.exchange, *row.id);
    assert_eq!(
        (receipt.gateway.as_str(), receipt.key.as_deref()),
        ("Upstream", Some("first"))
    );
    assert_eq!(
        (receipt.model.as_str(), receipt.tokens.output),
        ("sandbox-chat", row.output)
    );
    assert_eq!(receipt.cost.nano, row.cost_nano);
    assert!(row.cost_nano.is_some_and(|nano| nano > 0) && row.first_token_ms.is_some());
}

#[tokio::test]
async fn a_stopped_answer_keeps_its_text_and_says_that_it_was_stopped() {
    let mut world = World::new().await;
    let window = world.window();
    let mut coming = window
        .begins("upstream/sandbox-slow", "A long essay, please")
        .await;
    let seen = coming.until(20).await;
    let running = world
        .app()
        .open_conversation(&coming.sent.conversation.id)
        .unwrap();
    assert!(
        running.summary.streaming,
        "while it comes its conversation says so"
    );
    world.app().stop_answer(&coming.sent.answer.id);
    let answer = coming.ended().await;

    assert_eq!(
        (answer.state, answer.problem.as_ref()),
        (MessageState::Stopped, None)
    );
    assert!(answer.text().starts_with(&seen));
    assert!(answer_to("A long essay, please").starts_with(&answer.text()));
    drop(window);
    world.reopen();
    let kept = world.window().message(&answer.conversation, &answer.id);
    assert_eq!((kept.text, kept.state), (answer.text(), MessageState::Stopped));
    let row = world.last_exchange().await;
    assert_eq!(row.outcome, nexdesk_ledger::Outcome::Cancelled);
    assert!(row.output.unwrap() > 0, "what had come was still paid for");
}

#[tokio::test]
async fn an_answer_stopped_before_its_first_word_is_stopped_all_the_same() {
    let world = World::new().await;
    let coming = world
        .window()
        .begins("upstream/sandbox-bad-slow-first", "Hello")
        .await;
    world.app().stop_answer(&coming.sent.answer.id);
    let answer = coming.ended().await;
    assert_eq!(
        (answer.state, answer.text().as_str()),
        (MessageState::Stopped, "")
    );
}

#[tokio::test]
async fn deleting_a_conversation_stops_its_answer() {
    let world = World::new().await;
    let mut coming = world
        .window()
        .begins("upstream/sandbox-slow", "A long essay, please")
        .await;
    coming.until(5).await;
    world
        .app()
        .delete_conversation(&coming.sent.conversation.id)
        .await
        .unwrap();
    assert_eq!(coming.ended().await.state, MessageState::Stopped);
}

#[tokio::test]
async fn thinking_comes_apart_from_the_text_and_with_its_time() {
    let world = World::new().await;
    let answer = world
        .window()
        .asks("upstream/sandbox-reasoning", "Why is the sea salt?")
        .await;
    assert_eq!(answer.text(), answer_to("Why is the sea salt?"));
    assert!(!answer.reasoning().is_empty());
    let kept = world.window().message(&answer.conversation, &answer.id);
    assert_eq!(kept.reasoning, answer.reasoning());
    assert!(kept.reasoning_ms.is_some());
    assert!(
        answer
            .receipt
            .unwrap()
            .tokens
            .reasoning
            .is_some_and(|tokens| tokens > 0)
    );
}

#[tokio::test]
async fn a_picture_is_kept_and_can_be_loaded_after_a_restart() {
    let mut world = World::new().await;
    let answer = world
        .window()
        .asks("upstream/sandbox-picture", "A red lighthouse at night")
        .await;
    let [picture] = answer.pictures().try_into().expect("one picture");
    world.reopen();
    let kept = world.window().message(&answer.conversation, &answer.id);
    assert_eq!(kept.pictures, std::slice::from_ref(&picture));
    let loaded = world.app().load_picture(&picture).unwrap();
    let sent = world.upstream_picture("A red lighthouse at night").await;
    assert!(
        loaded == sent && loaded.starts_with("data:image/png;base64,iVBOR"),
        "{loaded:.60}"
    );
}

#[tokio::test]
async fn the_fragments_of_tool_calls_are_joined() {
    let delta =
        |calls: &str| format!("data: {{\"choices\":[{{\"delta\":{{\"tool_calls\":[{calls}]}}}}]}}\n\n");
    let stream = [
        delta(r#"{"index":0,"id":"c1","function":{"name":"look","arguments":""}}"#),
        delta(r#"{"index":0,"function":{"arguments":"{\"at\":"}}"#),
        delta(r#"{"index":1,"id":"c2","function":{"name":"find","arguments":"{}"}}"#),
        delta(r#"{"index":0,"function":{"arguments":"\"sea\"}"}}"#),
        "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"tool_calls\"}]}\n\ndata: [DONE]\n\n".into(),
    ];
    let gateway = Replay::of(
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream",
        stream.concat().as_bytes(),
    );
    let mut world = World::new().await;
    world
        .add_gateway_with_key("Replay", &gateway.url(), "sk-replay")
        .await;
    let answer = world.window().asks("replay/anything", "Look").await;
    assert_eq!(answer.state, MessageState::Complete);
    world.reopen();
    let calls = world
        .window()
        .message(&answer.conversation, &answer.id)
        .tool_calls;
    let told = |call: &ToolCall| (call.id.clone(), call.name.clone(), call.arguments.clone());
    let call = |id: &str, name: &str, arguments: &str| (id.to_owned(), name.to_owned(), arguments.to_owned());
    assert_eq!(
        calls.iter().map(told).collect::<Vec<_>>(),
        [call("c1", "look", "{\"at\":\"sea\"}"), call("c2", "find", "{}")]
    );
}

#[tokio::test]
async fn the_next_question_takes_the_conversation_along() {
    let world = World::new().await;
    let window = world.window();
    let first = window.asks("upstream/sandbox-chat", "Hello").await;
    let second = window
        .sends(
            Some(&first.conversation),
            Some(&first.id),
            "upstream/sandbox-chat",
            "A haiku, please",
        )
        .await
        .ended()
        .await;
    let sent: serde_json::Value = serde_json::from_slice(&world.chats_seen()[1].body).unwrap();
    let said: Vec<_> = sent["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|message| {
            (
                message["role"].as_str().unwrap(),
                message["content"].as_str().unwrap(),
            )
        })
        .collect();
    let hello = answer_to("Hello");
    assert_eq!(
        said,
        [
            ("user", "Hello"),
            ("assistant", hello.as_str()),
            ("user", "A haiku, please")
        ]
    );
    let opened = world.app().open_conversation(&first.conversation).unwrap();
    let roles: Vec<_> = opened.messages.iter().map(|message| message.role).collect();
    assert_eq!(
        roles,
        [Role::User, Role::Assistant, Role::User, Role::Assistant],
        "in the order of speaking"
    );
    assert_eq!(opened.leaf, Some(second.id));
}

#[tokio::test]
async fn pages_a_model_names_are_shown_kept_and_go_along_into_a_fork() {
    let body = concat!(
        r#"data: {"citations":["https://a.example/1","https://a.example/2"],"choices":[{"delta":{"content":"Lamps [1]"}}]}"#,
        "\n\n",
        r#"data: {"citations":["https://a.example/1"],"choices":[{"delta":{"annotations":[{"type":"url_citation","#,
        r#""url_citation":{"url":"https://a.example/3","title":"Three"}}]},"finish_reason":"stop"}]}"#,
        "\n\ndata: [DONE]\n\n"
    );
    let gateway = Replay::of(
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream",
        body.as_bytes(),
    );
    let mut world = World::new().await;
    world
        .add_gateway_with_key("searching", &gateway.url(), "sk-any")
        .await;

    let answer = world.window().asks("searching/any", "Lamps?").await;

    let shown = answer.batches.iter().flatten().filter_map(|event| match event {
        ChatEvent::Citation { title, url } => Some((title.as_str(), url.as_str())),
        _ => None,
    });
    let expected = [
        ("a.example", "https://a.example/1"),
        ("a.example", "https://a.example/2"),
        ("Three", "https://a.example/3"),
    ];
    assert_eq!(shown.collect::<Vec<_>>(), expected);
    let cited = |conversation: &str, world: &World| -> Vec<(String, String)> {
        let opened = world.app().open_conversation(conversation).unwrap();
        let pages = opened.messages.into_iter().flat_map(|message| message.citations);
        pages.map(|page| (page.title, page.url)).collect()
    };
    let kept = cited(&answer.conversation, &world);
    assert_eq!(
        kept,
        expected.map(|(title, url)| (title.to_owned(), url.to_owned()))
    );
    world.reopen();
    assert_eq!(cited(&answer.conversation, &world), kept);
    let fork = world.app().fork_conversation(&answer.id).await.unwrap();
    assert_eq!(cited(&fork.id, &world), kept);
}
