//! One question to several models at once.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use nexdesk_app::chat::{ChatEvent, MessageState, SendMessage};
use nexdesk_app::problem::ProblemCode;
use nexdesk_sandbox::answer_to;
use nexdesk_tests::{Setup, World, collecting};

use super::asking;

const MODELS: [&str; 3] = [
    "upstream/sandbox-chat",
    "upstream/sandbox-fast",
    "upstream/sandbox-bad-500",
];

#[tokio::test]
async fn three_models_answer_side_by_side_each_with_its_own_events_and_end() {
    let mut world = Setup::default().pace(Duration::from_millis(2)).open().await;
    let (sink, mut batches) = collecting();
    let ask = SendMessage {
        models: MODELS.map(str::to_owned).to_vec(),
        ..asking(MODELS[0], "Hello")
    };
    let sent = world.app().send_message(ask, sink).await.unwrap();
    let ids: Vec<String> = std::iter::once(&sent.answer)
        .chain(&sent.others)
        .map(|answer| answer.id.clone())
        .collect();
    assert_eq!(ids.iter().collect::<HashSet<_>>().len(), 3);

    let mut texts: HashMap<String, String> = HashMap::new();
    let mut ends = HashMap::new();
    while ends.len() < 3 {
        let batch = batches.recv().await.expect("all of them end");
        let [ChatEvent::Answer { id }, rest @ ..] = batch.as_slice() else {
            panic!("each batch begins with whose it is: {batch:?}");
        };
        for event in rest {
            match event {
                ChatEvent::Text { text } => texts.entry(id.clone()).or_default().push_str(text),
                ChatEvent::Ended { state, .. } => drop(ends.insert(id.clone(), *state)),
                _ => {}
            }
        }
    }
    let state = |at: usize| ends[&ids[at]];
    assert_eq!(
        (state(0), state(1), state(2)),
        (
            MessageState::Complete,
            MessageState::Complete,
            MessageState::Failed
        ),
        "one that fails disturbs nobody"
    );
    assert_eq!(
        (&texts[&ids[0]], &texts[&ids[1]]),
        (&answer_to("Hello"), &answer_to("Hello"))
    );

    world.reopen();
    let opened = world.app().open_conversation(&sent.conversation.id).unwrap();
    let groups: HashSet<_> = opened
        .messages
        .iter()
        .filter_map(|message| message.compare.clone())
        .collect();
    assert_eq!(
        (opened.messages.len(), groups.len()),
        (4, 1),
        "siblings under one question"
    );
    assert_eq!(opened.leaf.as_ref(), Some(&ids[0]));
    assert!(opened.messages.iter().all(|message| !message.picked));
}

#[tokio::test]
async fn one_is_picked_by_hand_or_by_going_on_behind_it() {
    let world = World::new().await;
    let window = world.window();
    let compared = async || {
        let ask = SendMessage {
            models: MODELS[..2].iter().map(|model| (*model).to_owned()).collect(),
            ..asking(MODELS[0], "Hello")
        };
        let (sink, mut batches) = collecting();
        let sent = world.app().send_message(ask, sink).await.unwrap();
        let mut ended = 0;
        while ended < 2 {
            let batch = batches.recv().await.unwrap();
            ended += batch
                .iter()
                .filter(|event| matches!(event, ChatEvent::Ended { .. }))
                .count();
        }
        sent
    };
    let sent = compared().await;
    let (first, second) = (sent.answer.id, sent.others[0].id.clone());
    world.app().pick_answer(&second).await.unwrap();
    let conversation = sent.conversation.id;
    assert!(window.message(&conversation, &second).picked);
    world.app().pick_answer(&first).await.unwrap();
    assert!(window.message(&conversation, &first).picked && !window.message(&conversation, &second).picked);

    let sent = compared().await;
    let (second, conversation) = (sent.others[0].id.clone(), sent.conversation.id);
    let next = window
        .sends(Some(&conversation), Some(&second), MODELS[0], "Go on")
        .await;
    next.ended().await;
    assert!(window.message(&conversation, &second).picked);
}

#[tokio::test]
async fn more_than_four_are_refused() {
    let world = World::new().await;
    let (sink, _kept) = collecting();
    let ask = SendMessage {
        models: vec![MODELS[0].to_owned(); 5],
        ..asking(MODELS[0], "Hello")
    };
    let refused = world.app().send_message(ask, sink).await.unwrap_err();
    assert_eq!(refused.code, ProblemCode::InvalidInput);
    assert!(world.chats_seen().is_empty());
}
