//! What a conversation is set to goes into its requests, and what was mistyped is told before anything is sent.

use nexdesk_app::chat::{ConversationSettings, MessageState};
use nexdesk_app::problem::ProblemCode;
use nexdesk_tests::{World, collecting};
use serde_json::json;

use super::{asking, last_sent, plain};

const MODEL: &str = "upstream/sandbox-chat";

#[tokio::test]
async fn what_is_set_before_a_conversation_begins_goes_into_all_its_requests_and_survives_a_restart() {
    let mut world = World::new().await;
    let settings = ConversationSettings {
        system_prompt: "You keep a lighthouse.".into(),
        temperature: Some(0.5),
        top_p: Some(0.9),
        max_tokens: Some(4000),
        presence_penalty: Some(0.1),
        frequency_penalty: Some(0.2),
        reasoning_effort: Some("low".into()),
        seed: Some(7),
        stop: vec!["THE END".into()],
        extra: Some(r#"{"seed": 8, "user": "keeper"}"#.into()),
        ..plain()
    };
    world
        .app()
        .save_conversation_settings(None, settings.clone())
        .await
        .unwrap();
    assert_eq!(world.app().new_draft().unwrap().settings, settings);

    let first = world.window().asks(MODEL, "Hello").await;

    let sent = last_sent(&world);
    assert_eq!(
        sent["messages"][0],
        json!({ "role": "system", "content": "You keep a lighthouse." })
    );
    assert_eq!(sent["messages"][1]["content"], "Hello");
    assert_eq!((&sent["temperature"], &sent["top_p"]), (&json!(0.5), &json!(0.9)));
    assert_eq!(sent["max_tokens"], 4000);
    assert_eq!(
        (&sent["presence_penalty"], &sent["frequency_penalty"]),
        (&json!(0.1), &json!(0.2))
    );
    assert_eq!(
        (&sent["reasoning_effort"], &sent["stop"]),
        (&json!("low"), &json!(["THE END"]))
    );
    assert_eq!(
        (&sent["seed"], &sent["user"]),
        (&json!(8), &json!("keeper")),
        "what was typed as JSON comes last"
    );
    assert_eq!(
        world.app().new_draft().unwrap().settings,
        plain(),
        "the next conversation begins afresh"
    );

    world.reopen();
    let opened = world.app().open_conversation(&first.conversation).unwrap();
    assert_eq!(opened.settings, settings);
    let retried = world
        .window()
        .retries(&first.id, "sandbox/sandbox-chat")
        .await
        .ended()
        .await;
    assert_eq!(retried.state, MessageState::Complete);
}

#[tokio::test]
async fn json_that_is_none_is_told_before_anything_is_written_or_sent() {
    let world = World::new().await;
    let wrong = [
        ConversationSettings {
            extra: Some("{\"seed\": }".into()),
            ..plain()
        },
        ConversationSettings {
            extra: Some("[1]".into()),
            ..plain()
        },
        ConversationSettings {
            extra: Some(r#"{"messages": []}"#.into()),
            ..plain()
        },
        ConversationSettings {
            schema: Some("{".into()),
            ..plain()
        },
        ConversationSettings {
            schema: Some(r#"{"type": 7}"#.into()),
            ..plain()
        },
    ];
    for settings in wrong {
        world
            .app()
            .save_conversation_settings(None, settings.clone())
            .await
            .unwrap();
        let (sink, _kept) = collecting();
        let refused = world
            .app()
            .send_message(asking(MODEL, "Hello"), sink)
            .await
            .unwrap_err();
        assert_eq!(refused.code, ProblemCode::InvalidInput, "{settings:?}");
        assert!(
            refused.to_string().contains("settings"),
            "where to mend it: {refused}"
        );
    }
    assert!(world.chats_seen().is_empty());
    assert!(world.app().list_conversations(None).unwrap().is_empty());
}

#[tokio::test]
async fn an_answer_is_checked_against_the_schema_it_was_asked_for() {
    let mut world = World::new().await;
    let with = |schema: &str| ConversationSettings {
        schema: Some(schema.into()),
        ..plain()
    };
    let fits = with(r#"{"type":"object","properties":{"name":{"type":"string"}},"required":["name"]}"#);
    world.app().save_conversation_settings(None, fits).await.unwrap();
    let good = world.window().asks(MODEL, "Name one").await;
    assert_eq!(last_sent(&world)["response_format"]["type"], "json_schema");
    assert_eq!(
        world
            .window()
            .message(&good.conversation, &good.id)
            .schema_problem,
        None
    );

    let misses = with(
        r#"{"type":"object","properties":{"name":{"type":"string","maxLength":0}},"required":["name"]}"#,
    );
    world
        .app()
        .save_conversation_settings(None, misses)
        .await
        .unwrap();
    let bad = world.window().asks(MODEL, "Name one").await;
    world.reopen();
    let told = world.window().message(&bad.conversation, &bad.id).schema_problem;
    assert!(
        told.as_deref().is_some_and(|told| told.contains("/name")),
        "{told:?}"
    );
}
