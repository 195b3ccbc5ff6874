//! The list of conversations: titles, drafts, what is deleted and had back.

use nexdesk_app::AppEvent;
use nexdesk_app::problem::ProblemCode;
use nexdesk_tests::World;

#[tokio::test]
async fn a_title_is_the_first_line_and_cut_between_characters() {
    let world = World::new().await;
    let long = "灯塔".repeat(50);
    for (said, title) in [
        ("  Hello there  \nand more", "Hello there".to_owned()),
        (long.as_str(), format!("{}…", "灯塔".repeat(30))),
        ("🚣🏽 rowing", "🚣🏽 rowing".to_owned()),
    ] {
        let answer = world.window().asks("sandbox/sandbox-chat", said).await;
        let opened = world.app().open_conversation(&answer.conversation).unwrap();
        assert_eq!(opened.summary.title, title);
        assert_eq!(opened.messages[0].text, said, "the message itself is untouched");
    }
}

#[tokio::test]
async fn a_renamed_conversation_is_found_by_its_new_name_and_by_what_was_said() {
    let world = World::new().await;
    let answer = world
        .window()
        .asks("sandbox/sandbox-chat", "十一只纸船驶过灯塔")
        .await;
    world
        .window()
        .asks("sandbox/sandbox-chat", "Something else")
        .await;
    let renamed = world
        .app()
        .rename_conversation(&answer.conversation, " Boats ")
        .await
        .unwrap();
    assert_eq!(renamed.title, "Boats");
    for search in ["Boats", "纸船驶过"] {
        let found = world.app().list_conversations(Some(search)).unwrap();
        let ids: Vec<_> = found.iter().map(|found| found.id.as_str()).collect();
        assert_eq!(ids, [answer.conversation.as_str()], "{search}");
    }
    let refused = world
        .app()
        .rename_conversation(&answer.conversation, " ")
        .await
        .unwrap_err();
    assert_eq!(refused.code, ProblemCode::InvalidInput);
}

#[tokio::test]
async fn a_draft_survives_a_restart_and_goes_when_it_is_sent() {
    let mut world = World::new().await;
    let answer = world.window().asks("sandbox/sandbox-chat", "Hello").await;
    let conversation = answer.conversation;
    world
        .app()
        .save_draft(Some(&conversation), "half a thou".into(), Vec::new())
        .await;
    world
        .app()
        .save_draft(None, "and for the next one".into(), Vec::new())
        .await;
    let question = world.app().open_conversation(&conversation).unwrap().messages[0]
        .id
        .clone();
    assert_eq!(world.app().load_edit(&question).unwrap(), None);
    world
        .app()
        .save_draft(Some(&question), "Hello instea".into(), Vec::new())
        .await;
    world.reopen();
    assert_eq!(
        world.app().load_edit(&question).unwrap().as_deref(),
        Some("Hello instea"),
        "what is typed in the place of a message too"
    );
    assert_eq!(
        world.app().open_conversation(&conversation).unwrap().draft,
        "half a thou"
    );
    assert_eq!(world.app().new_draft().unwrap().text, "and for the next one");

    let window = world.window();
    let sent = window
        .sends(
            Some(&conversation),
            Some(&answer.id),
            "sandbox/sandbox-chat",
            "half a thought",
        )
        .await;
    sent.ended().await;
    world.app().ledger().flush().await.unwrap();
    assert_eq!(world.app().open_conversation(&conversation).unwrap().draft, "");
    assert_eq!(
        world.app().new_draft().unwrap().text,
        "and for the next one",
        "only what was sent"
    );
}

#[tokio::test]
async fn what_is_deleted_can_be_had_back_with_every_word() {
    let mut world = World::new().await;
    let answer = world.window().asks("sandbox/sandbox-chat", "Hello").await;
    let before = world.app().open_conversation(&answer.conversation).unwrap();
    world
        .app()
        .delete_conversation(&answer.conversation)
        .await
        .unwrap();
    assert!(world.app().list_conversations(None).unwrap().is_empty());
    world.reopen();
    let back = world
        .app()
        .restore_conversation(&answer.conversation)
        .await
        .unwrap();
    assert_eq!(back.title, "Hello");
    assert_eq!(
        world
            .app()
            .open_conversation(&answer.conversation)
            .unwrap()
            .messages,
        before.messages
    );
    let gone = world.app().restore_conversation("no-such-id").await;
    assert!(gone.is_err());
}

#[tokio::test]
async fn the_latest_stands_first_and_a_change_is_announced() {
    let world = World::new().await;
    let mut events = world.app().events();
    let first = world.window().asks("sandbox/sandbox-chat", "First").await;
    world.clock().advance(std::time::Duration::from_secs(5));
    let second = world.window().asks("sandbox/sandbox-chat", "Second").await;
    let order = || -> Vec<String> {
        let list = world.app().list_conversations(None).unwrap();
        list.into_iter().map(|summary| summary.id).collect()
    };
    assert_eq!(order(), [second.conversation.clone(), first.conversation.clone()]);
    world.clock().advance(std::time::Duration::from_secs(5));
    let window = world.window();
    let more = window
        .sends(
            Some(&first.conversation),
            Some(&first.id),
            "sandbox/sandbox-chat",
            "More",
        )
        .await;
    more.ended().await;
    assert_eq!(order(), [first.conversation.clone(), second.conversation]);
    // Each of the three answers is announced when it begins and when it has ended; the end of one may come after
    // the next one's beginning.
    let mut announced = Vec::new();
    while announced.len() < 6 {
        if let AppEvent::ConversationChanged { conversation } = events.recv().await.unwrap() {
            announced.push((conversation.id == first.conversation, conversation.streaming));
        }
    }
    let of = |is_first: bool| -> Vec<bool> {
        let own = announced.iter().filter(|(first, _)| *first == is_first);
        own.map(|(_, streaming)| *streaming).collect()
    };
    assert_eq!(
        (of(true), of(false)),
        (vec![true, false, true, false], vec![true, false])
    );
}
