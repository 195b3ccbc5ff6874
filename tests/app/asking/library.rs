//! The library of prompts, and titles that a model writes.

use nexdesk_app::chat::{ConversationSettings, Prompt, PromptKind};
use nexdesk_app::problem::ProblemCode;
use nexdesk_app::settings::Settings;
use nexdesk_tests::{Replay, World, soon};

use super::plain;

const MODEL: &str = "upstream/sandbox-chat";
/// Of that gateway, among the models that say what they cost.
const CHEAPEST: &str = "upstream/sandbox-fast";

fn prompt(name: &str, text: &str) -> Prompt {
    Prompt {
        id: String::new(),
        name: name.into(),
        text: text.into(),
        variables: Vec::new(),
        kind: PromptKind::Prompt,
        settings: None,
    }
}

#[tokio::test]
async fn prompts_and_assistants_are_added_changed_and_removed() {
    let mut world = World::new().await;
    let saved = world
        .app()
        .save_prompt(prompt("Translate", "Into {{language}}: {{text}}"))
        .await
        .unwrap();
    assert_eq!(saved.variables, ["language", "text"]);
    let keeper = Prompt {
        kind: PromptKind::Assistant,
        settings: Some(ConversationSettings {
            temperature: Some(0.1),
            ..plain()
        }),
        ..prompt("Keeper", "You keep a lighthouse.")
    };
    let keeper = world.app().save_prompt(keeper).await.unwrap();
    let changed = Prompt {
        text: "Into {{language}}".into(),
        ..saved.clone()
    };
    let changed = world.app().save_prompt(changed).await.unwrap();
    assert_eq!((&changed.id, changed.variables.len()), (&saved.id, 1));
    world.reopen();
    assert_eq!(world.app().list_prompts().unwrap(), [changed, keeper.clone()]);
    world.app().delete_prompt(&saved.id).await.unwrap();
    assert_eq!(world.app().list_prompts().unwrap(), [keeper]);
    let nameless = world.app().save_prompt(prompt(" ", "text")).await.unwrap_err();
    assert_eq!(nameless.code, ProblemCode::InvalidInput);
}

#[tokio::test]
async fn a_model_names_a_conversation_only_where_that_is_wanted_and_nobody_has_named_it() {
    let world = World::new().await;
    let title = |id: &str| world.app().open_conversation(id).unwrap().summary.title;
    let unwanted = world.window().asks(MODEL, "Hello").await;
    assert_eq!(
        world.exchanges().await.len(),
        1,
        "nothing is asked that nobody wants"
    );
    assert_eq!(title(&unwanted.conversation), "Hello");

    let settings = |auto_title| Settings {
        auto_title,
        relay_port: 0,
        ..Settings::default()
    };
    assert!(Settings::default().auto_title, "as people know it from elsewhere");
    world.app().use_settings(&settings(true)).await.unwrap();
    let named = world.window().asks(MODEL, "Tell me of lamps").await;
    soon("it has another title", async || {
        (title(&named.conversation) != "Tell me of lamps").then_some(())
    })
    .await;
    let rows = world.exchanges().await;
    let naming = rows.iter().find(|row| row.model_asked == CHEAPEST);
    let naming = naming.expect("the cheapest model of the gateway was asked");
    let answer = named.receipt.clone().unwrap().cost.nano.unwrap();
    let total = world.app().conversation_total(&named.conversation).unwrap();
    assert_eq!(
        (total.requests, total.cost.nano),
        (2, Some(answer + naming.cost_nano.unwrap()))
    );
    let listed = world
        .app()
        .open_conversation(&named.conversation)
        .unwrap()
        .summary;
    assert_eq!(listed.cost.nano, total.cost.nano, "and the list says the same");
    let kept = world.window().message(&named.conversation, &named.id);
    assert_eq!(kept.receipt, named.receipt, "no answer is charged for its title");

    let coming = world.window().begins(MODEL, "A table of oils").await;
    let conversation = coming.sent.conversation.id.clone();
    world
        .app()
        .rename_conversation(&conversation, "Mine")
        .await
        .unwrap();
    coming.ended().await;
    world.exchanges().await;
    world.app().ledger().flush().await.unwrap();
    assert_eq!(title(&conversation), "Mine");

    world.app().use_settings(&settings(false)).await.unwrap();
    let before = world.exchanges().await.len();
    world.window().asks(MODEL, "Hello again").await;
    assert_eq!(
        world.exchanges().await.len(),
        before + 1,
        "and it can be switched off"
    );
}

#[tokio::test]
async fn where_nobody_can_tell_the_price_no_model_is_asked_for_a_title() {
    let body = b"data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
    let gateway = Replay::of("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream", body);
    let world = World::new().await;
    world
        .add_gateway_with_key("unpriced", &gateway.url(), "sk-any")
        .await;
    let settings = Settings {
        relay_port: 0,
        ..Settings::default()
    };
    world.app().use_settings(&settings).await.unwrap();
    world.window().asks("unpriced/any", "Hello").await;
    world.exchanges().await;
    // Had a title been asked for, its row would be there by the end of a later answer to somebody else.
    world.window().asks("sandbox/sandbox-chat", "Hello").await;
    let asked = gateway.requests();
    let chats = asked.iter().filter(|seen| seen.head.starts_with("POST"));
    assert_eq!(chats.count(), 1);
}
