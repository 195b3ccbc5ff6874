//! The library of prompts, and titles that a model writes.

use nexdesk_app::chat::{ConversationSettings, Prompt, PromptKind};
use nexdesk_app::problem::ProblemCode;
use nexdesk_app::settings::Settings;
use nexdesk_tests::{World, soon};

use super::plain;

const MODEL: &str = "upstream/sandbox-chat";

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

    let settings = Settings {
        auto_title: true,
        title_model: Some("upstream/sandbox-fast".into()),
        relay_port: 0,
        ..Settings::default()
    };
    world.app().use_settings(&settings).await.unwrap();
    let named = world.window().asks(MODEL, "Tell me of lamps").await;
    soon("it has another title", async || {
        (title(&named.conversation) != "Tell me of lamps").then_some(())
    })
    .await;

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
}
