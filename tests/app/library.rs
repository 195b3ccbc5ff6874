//! The library: folders, what is found, branches taken out and copied, and what a conversation came to.

use nexdesk_app::chat::{Folder, MessageState};
use nexdesk_app::problem::ProblemCode;
use nexdesk_tests::World;

fn folder(name: &str) -> Folder {
    Folder {
        id: String::new(),
        name: name.into(),
        position: 0,
    }
}

#[tokio::test]
async fn what_is_filed_pinned_and_put_away_says_so_and_stays_so() {
    let mut world = World::new().await;
    let answer = world.window().asks("sandbox/sandbox-chat", "Hello").await;
    let id = answer.conversation;
    let app = world.app();
    let work = app.save_folder(folder(" Work ")).await.unwrap();
    assert_eq!(work.name, "Work");
    let taken = app.save_folder(folder("work")).await.unwrap_err();
    assert_eq!(taken.code, ProblemCode::NameTaken);
    assert_eq!(
        app.save_folder(folder(" ")).await.unwrap_err().code,
        ProblemCode::InvalidInput
    );
    app.move_conversation(&id, Some(&work.id)).await.unwrap();
    app.pin_conversation(&id, true).await.unwrap();
    let put_away = app.archive_conversation(&id, true).await.unwrap();
    assert_eq!(
        (put_away.folder.as_deref(), put_away.pinned, put_away.archived),
        (Some(work.id.as_str()), true, true)
    );
    world.reopen();
    let listed = world.app().list_conversations(None).unwrap().remove(0);
    assert_eq!(listed, put_away, "it is listed all the same, and says so");

    world.app().delete_folder(&work.id).await.unwrap();
    world.app().pin_conversation(&id, false).await.unwrap();
    let listed = world.app().list_conversations(None).unwrap().remove(0);
    assert_eq!((listed.folder, listed.pinned), (None, false));
    assert!(world.app().list_folders().unwrap().is_empty());
}

#[tokio::test]
async fn what_was_asked_and_what_was_answered_is_found() {
    let world = World::new().await;
    let answer = world
        .window()
        .asks("upstream/sandbox-chat", "十一只纸船驶过灯塔")
        .await;
    world
        .window()
        .asks("sandbox/sandbox-chat", "Something else")
        .await;
    let hits = world.app().search("纸船 model:upstream/*", 10).unwrap();
    let ids: Vec<_> = hits.iter().map(|hit| hit.message.as_str()).collect();
    assert_eq!(
        ids,
        [answer.id.as_str()],
        "the answer repeats the question and has a model"
    );
    assert_eq!(hits[0].model.as_deref(), Some("upstream/sandbox-chat"));
    let question = world.app().search("纸船 before:2099-01-01", 10).unwrap();
    assert!(
        question
            .iter()
            .any(|hit| hit.model.is_none() && hit.snippet == "十一只纸船驶过灯塔")
    );
    assert_eq!(world.app().search("纸船 after:2099-01-01", 10).unwrap(), []);
}

#[tokio::test]
async fn a_copied_branch_goes_on_by_itself_and_its_total_begins_at_nothing() {
    let world = World::new().await;
    let window = world.window();
    let first = window.asks("upstream/sandbox-chat", "Hello").await;
    let before = world.app().conversation_total(&first.conversation).unwrap();
    let receipt = first.receipt.clone().unwrap();
    assert_eq!(before.requests, 1);
    assert_eq!((before.tokens, before.cost), (receipt.tokens, receipt.cost));

    let fork = world.app().fork_conversation(&first.id).await.unwrap();

    assert_eq!((fork.messages, fork.cost.nano), (2, None));
    let empty = world.app().conversation_total(&fork.id).unwrap();
    assert_eq!(
        (empty.requests, empty.tokens.input, empty.cost.nano),
        (0, None, None)
    );
    let copied = world.app().open_conversation(&fork.id).unwrap();
    let copy = copied.messages.last().unwrap().clone();
    assert_eq!((copy.text, copy.receipt), (first.text(), first.receipt.clone()));
    window
        .sends(
            Some(&fork.id),
            Some(&copy.id),
            "upstream/sandbox-chat",
            "And more",
        )
        .await
        .ended()
        .await;
    world.app().ledger().flush().await.unwrap();
    assert_eq!(world.app().conversation_total(&fork.id).unwrap().requests, 1);
    assert_eq!(
        world.app().conversation_total(&first.conversation).unwrap(),
        before
    );
}

#[tokio::test]
async fn a_message_taken_out_is_not_told_to_the_model_and_can_be_had_back() {
    let world = World::new().await;
    let window = world.window();
    let first = window.asks("upstream/sandbox-chat", "Hello").await;
    let more = window
        .sends(
            Some(&first.conversation),
            Some(&first.id),
            "upstream/sandbox-chat",
            "More",
        )
        .await
        .ended()
        .await;
    let whole = world.app().open_conversation(&first.conversation).unwrap();
    let question = whole.messages[2].id.clone();

    let left = world.app().delete_message(&question).await.unwrap();

    assert_eq!(left.messages, whole.messages[..2]);
    assert_eq!(
        (left.leaf.as_deref(), left.summary.messages),
        (Some(first.id.as_str()), 2)
    );
    let back = world.app().restore_message(&question).await.unwrap();
    assert_eq!(
        (&back.messages, back.leaf.as_deref()),
        (&whole.messages, Some(more.id.as_str()))
    );
}

#[tokio::test]
async fn an_answer_that_is_coming_is_stopped_when_its_question_is_taken_out() {
    let world = World::new().await;
    let mut coming = world
        .window()
        .begins("upstream/sandbox-slow", "A long essay, please")
        .await;
    coming.until(5).await;
    let (conversation, question) = (
        coming.sent.conversation.id.clone(),
        coming.sent.user.clone().unwrap().id,
    );
    let left = world.app().delete_message(&question).await.unwrap();
    assert_eq!((left.messages.len(), left.leaf), (0, None));
    let ended = coming.ended().await;
    assert_eq!(ended.state, MessageState::Stopped);
    let back = world.app().restore_message(&question).await.unwrap();
    assert_eq!(back.summary.id, conversation);
    assert!(
        !back.messages[1].text.is_empty() && !back.summary.streaming,
        "what had come is kept"
    );
}
