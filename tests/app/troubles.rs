//! Answers that go wrong, as the person at the window sees them: what stays, what is said, what to do.

use nexdesk_app::chat::{MessageState, SendMessage};
use nexdesk_app::problem::{Fault, ProblemCode};
use nexdesk_sandbox::{full_text, partial_text};
use nexdesk_tests::{Replay, World, collecting};

#[tokio::test]
async fn an_answer_that_breaks_off_keeps_what_came_and_says_that_it_can_go_on() {
    for (bad, code) in [
        ("cut", ProblemCode::StreamInterrupted),
        ("clean-end", ProblemCode::StreamInterrupted),
        ("error-mid", ProblemCode::GatewayFailed),
    ] {
        let mut world = World::new().await;
        let model = format!("sandbox-bad-{bad}");
        let answer = world.window().asks(&format!("upstream/{model}"), "Hello").await;
        assert_eq!(
            (answer.state, answer.text()),
            (MessageState::Interrupted, partial_text(&model)),
            "{bad}"
        );
        let problem = answer.problem.clone().unwrap();
        assert_eq!(
            (problem.code, problem.fault),
            (code, Fault::Gateway),
            "{bad}: {problem}"
        );
        assert!(problem.remedy.is_some(), "{bad}: what to do");
        world.reopen();
        let kept = world.window().message(&answer.conversation, &answer.id);
        assert_eq!(
            (kept.text, kept.problem),
            (partial_text(&model), answer.problem),
            "{bad}"
        );
    }
}

#[tokio::test]
async fn an_answer_that_never_begins_fails_with_a_reason() {
    for (bad, code) in [
        ("401", ProblemCode::KeyRefused),
        ("402", ProblemCode::QuotaExhausted),
        ("404", ProblemCode::ModelNotFound),
        ("429", ProblemCode::RateLimited),
        ("500", ProblemCode::GatewayFailed),
        ("503", ProblemCode::GatewayFailed),
        ("html-502", ProblemCode::GatewayFailed),
        ("error-first", ProblemCode::GatewayFailed),
        ("error-json", ProblemCode::GatewayFailed),
        ("html", ProblemCode::NotAnApi),
        ("empty", ProblemCode::StreamInterrupted),
    ] {
        let world = World::new().await;
        let answer = world
            .window()
            .asks(&format!("upstream/sandbox-bad-{bad}"), "Hello")
            .await;
        assert_eq!(
            (answer.state, answer.text().as_str()),
            (MessageState::Failed, ""),
            "{bad}"
        );
        let problem = answer.problem.unwrap();
        assert_eq!(problem.code, code, "{bad}: {problem}");
        assert!(
            problem.message.ends_with('.') || problem.message.len() > 15,
            "{bad}: a sentence: {problem}"
        );
        assert!(problem.remedy.is_some(), "{bad}: what to do");
        assert!(answer.receipt.is_some(), "{bad}: it stands in Usage all the same");
        assert_eq!(world.last_exchange().await.message, Some(answer.id), "{bad}");
    }
}

#[tokio::test]
async fn a_gateway_nobody_answers_at_is_named() {
    let world = World::new().await;
    world
        .add_gateway_with_key("Gone", "http://127.0.0.1:9/v1", "sk-gone")
        .await;
    let answer = world.window().asks("gone/anything", "Hello").await;
    let problem = answer.problem.unwrap();
    assert_eq!(
        (answer.state, problem.code),
        (MessageState::Failed, ProblemCode::GatewayUnreachable)
    );
    assert!(
        problem.message.contains("127.0.0.1:9") && problem.message.contains("Gone"),
        "{problem}"
    );
}

#[tokio::test]
async fn a_model_that_runs_into_its_limit_or_a_filter_is_not_called_broken() {
    let world = World::new().await;
    let short = world.window().asks("upstream/sandbox-bad-length", "Hello").await;
    assert_eq!(
        (short.state, short.text()),
        (MessageState::Truncated, full_text("sandbox-bad-length"))
    );
    let filtered = world.window().asks("upstream/sandbox-bad-filter", "Hello").await;
    assert_eq!(filtered.state, MessageState::Complete);
    assert!(filtered.problem.unwrap().message.contains("content filter"));
}

#[tokio::test]
async fn empty_events_in_the_middle_do_not_cost_the_rest() {
    let stream = "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n: queue\n\ndata: \n\ndata: {\"choices\":null}\n\n\
        data: {\"choices\":[{\"delta\":{\"content\":\"b\"},\"finish_reason\":\"stop\"}]}\n\n";
    let gateway = Replay::of(
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream",
        stream.as_bytes(),
    );
    let world = World::new().await;
    world
        .add_gateway_with_key("Replay", &gateway.url(), "sk-replay")
        .await;
    let answer = world.window().asks("replay/anything", "Hello").await;
    assert_eq!(
        (answer.text().as_str(), answer.state),
        ("ab", MessageState::Complete),
        "{:?}",
        answer.problem
    );
}

#[tokio::test]
async fn nothing_to_say_or_nobody_to_ask_is_said_before_anything_is_written() {
    let world = World::new().await;
    for (text, model) in [(" \n", "upstream/sandbox-chat"), ("Hello", " ")] {
        let (sink, _kept) = collecting();
        let ask = SendMessage {
            conversation: None,
            parent: None,
            text: text.into(),
            model: model.into(),
            ..SendMessage::default()
        };
        let refused = world.app().send_message(ask, sink).await.unwrap_err();
        assert_eq!(refused.code, ProblemCode::InvalidInput);
    }
    assert!(world.app().list_conversations(None).unwrap().is_empty());
    assert!(world.exchanges().await.is_empty());
}
