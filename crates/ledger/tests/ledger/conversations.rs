//! Conversations and their messages: the tree, the journal, the search, the bin.

use nexdesk_ledger::*;
use serde_json::json;

use crate::support::*;

const DAY: i64 = 24 * 60 * 60 * 1000;

#[tokio::test]
async fn a_turn_is_stored_whole_or_not_at_all() {
    let ledger = Ledger::in_memory().unwrap();
    let talk = conversation("Hello");
    let question = message(&talk.id, Role::User, "Hi");
    let answer = MessageRow {
        parent: Some(question.id.clone()),
        state: MessageState::Streaming,
        created_at: NOW + 1,
        ..message(&talk.id, Role::Assistant, "")
    };
    let orphan = MessageRow {
        parent: Some("nobody".into()),
        ..message(&talk.id, Role::User, "lost")
    };
    ledger
        .begin_turn(talk.clone(), vec![question.clone(), orphan])
        .await
        .unwrap_err();
    assert_eq!(ledger.conversation(&talk.id).unwrap(), None);

    ledger
        .begin_turn(talk.clone(), vec![question.clone(), answer.clone()])
        .await
        .unwrap();
    assert_eq!(
        ledger.messages(&talk.id).unwrap(),
        [question.clone(), answer.clone()]
    );

    let finished = MessageRow {
        state: MessageState::Complete,
        model: Some("small".into()),
        text: "Hello!".into(),
        reasoning: "A greeting.".into(),
        reasoning_ms: Some(40),
        tool_calls: json!([{"id": "call", "name": "look", "arguments": "{}"}]),
        exchange: Some("exchange".into()),
        receipt: Some(json!({"cost_nano": 5})),
        problem: Some(json!({"code": "odd"})),
        ..answer
    };
    ledger.finish_message(finished.clone()).await.unwrap();
    assert_eq!(ledger.message(&finished.id).unwrap(), Some(finished.clone()));
    assert_eq!(ledger.messages(&talk.id).unwrap(), [question, finished]);
}

#[tokio::test]
async fn an_interrupted_answer_has_every_journalled_word_and_can_be_written_on() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(dir.path(), NOW).unwrap().ledger;
    let answer = streaming_answer(&ledger).await;
    let deltas = [
        (JournalKind::Reasoning, "Let me "),
        (JournalKind::Reasoning, "see."),
        (JournalKind::Text, "One, "),
        (
            JournalKind::ToolCall,
            r#"{"index":0,"id":"a","name":"look","arguments":""}"#,
        ),
        (
            JournalKind::ToolCall,
            r#"{"index":1,"id":"b","name":"find","arguments":"{\"x\""}"#,
        ),
        (JournalKind::ToolCall, r#"{"index":0,"arguments":"{}"}"#),
        (
            JournalKind::ToolCall,
            r#"{"index":1,"id":null,"name":"","arguments":":1}"}"#,
        ),
        (JournalKind::Text, "two"),
    ];
    for ((kind, text), seq) in deltas.into_iter().zip(0..) {
        ledger.tell_journal(&answer.id, seq, kind, text.into());
    }
    ledger.close();

    let ledger = Ledger::open(dir.path(), NOW).unwrap().ledger;
    let found = ledger.message(&answer.id).unwrap().unwrap();
    assert_eq!(found.state, MessageState::Interrupted);
    assert_eq!(
        (found.text.as_str(), found.reasoning.as_str()),
        ("One, two", "Let me see.")
    );
    let calls = json!([
        {"index": 0, "id": "a", "name": "look", "arguments": "{}"},
        {"index": 1, "id": "b", "name": "find", "arguments": "{\"x\":1}"},
    ]);
    assert_eq!(found.tool_calls, calls);

    let continued = ledger.continue_message(&answer.id).await.unwrap();
    assert_eq!(
        (continued.state, continued.text.as_str()),
        (MessageState::Streaming, "One, two")
    );
    ledger.tell_journal(&answer.id, 0, JournalKind::Text, ", three".into());
    ledger.close();

    let ledger = Ledger::open(dir.path(), NOW).unwrap().ledger;
    let found = ledger.message(&answer.id).unwrap().unwrap();
    assert_eq!(
        (found.text.as_str(), found.tool_calls),
        ("One, two, three", calls)
    );
    assert!(matches!(
        ledger.continue_message("nobody").await,
        Err(LedgerError::NotFound)
    ));
}

#[tokio::test]
async fn deltas_told_after_an_answer_was_finished_are_not_added_to_it_later() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(dir.path(), NOW).unwrap().ledger;
    let answer = streaming_answer(&ledger).await;
    ledger.tell_journal(&answer.id, 0, JournalKind::Text, "whole".into());
    let finished = MessageRow {
        state: MessageState::Stopped,
        text: "whole".into(),
        ..answer
    };
    ledger.finish_message(finished.clone()).await.unwrap();
    ledger.tell_journal(&finished.id, 1, JournalKind::Text, " late".into());
    assert_eq!(ledger.continue_message(&finished.id).await.unwrap().text, "whole");
    ledger.close();

    let ledger = Ledger::open(dir.path(), NOW).unwrap().ledger;
    assert_eq!(ledger.message(&finished.id).unwrap().unwrap().text, "whole");
}

/// A conversation with one answer, which says it came from an exchange of 40 nano-dollars, reported.
async fn answered(ledger: &Ledger) -> (ConversationRow, MessageRow) {
    let talk = conversation("Costly");
    let mut answer = message(&talk.id, Role::Assistant, "An answer");
    let made_by = ExchangeRow {
        cost_nano: Some(40),
        cost_basis: Basis::Reported,
        ..exchange(NOW)
    };
    answer.exchange = Some(made_by.id.to_string());
    let turn = vec![message(&talk.id, Role::User, "Hi"), answer.clone()];
    ledger.begin_turn(talk.clone(), turn).await.unwrap();
    // Known from both sides, to be counted once all the same.
    ledger.tell_exchange(ExchangeRow {
        message: Some(answer.id.clone()),
        ..made_by
    });
    ledger.flush().await.unwrap();
    (talk, answer)
}

#[tokio::test]
async fn a_list_shows_the_latest_first_with_messages_and_cost() {
    let ledger = Ledger::in_memory().unwrap();
    let (costly, _) = answered(&ledger).await;
    let free = ConversationRow {
        updated_at: NOW + 1,
        ..conversation("Free")
    };
    ledger.put_conversation(free.clone()).await.unwrap();

    let listed = |row, messages, cost_nano| ConversationListRow {
        row,
        messages,
        cost_nano,
        cost_basis: Basis::Reported,
    };
    let expected = [listed(free, 0, None), listed(costly, 2, Some(40))];
    assert_eq!(ledger.conversations(None, 10).unwrap(), expected);
    assert_eq!(ledger.conversations(None, 1).unwrap(), expected[..1]);
}

#[tokio::test]
async fn every_exchange_an_answer_took_counts_and_one_estimate_makes_the_sum_one() {
    let ledger = Ledger::in_memory().unwrap();
    let (_, answer) = answered(&ledger).await;
    ledger.tell_exchange(ExchangeRow {
        cost_nano: Some(2),
        message: Some(answer.id),
        ..exchange(NOW)
    });
    ledger.flush().await.unwrap();

    let listed = ledger.conversations(None, 10).unwrap().remove(0);
    assert_eq!(
        (listed.cost_nano, listed.cost_basis),
        (Some(42), Basis::Estimated)
    );
}

#[tokio::test]
async fn a_search_looks_in_titles_and_messages_and_takes_signs_literally() {
    let ledger = Ledger::in_memory().unwrap();
    for (title, text) in [
        ("Discount", "It is 50% off"),
        ("Snake", "call snake_case"),
        ("Plain", "50 offers, snakeXcase"),
    ] {
        let talk = conversation(title);
        ledger
            .begin_turn(talk.clone(), vec![message(&talk.id, Role::User, text)])
            .await
            .unwrap();
    }
    let found = |words: &str| -> Vec<String> {
        ledger
            .conversations(Some(words), 10)
            .unwrap()
            .into_iter()
            .map(|listed| listed.row.title)
            .collect()
    };

    assert_eq!(found("50% o"), ["Discount"]);
    assert_eq!(found("SNAKE_c"), ["Snake"]);
    assert_eq!(found("plain"), ["Plain"]);
    assert_eq!(found("\\"), [""; 0]);
    assert_eq!(found("  ").len(), 3, "no words, no search");
}

#[tokio::test]
async fn a_deleted_conversation_can_be_brought_back_for_thirty_days() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(dir.path(), NOW).unwrap().ledger;
    let talk = conversation("Oops");
    let question = message(&talk.id, Role::User, "Hi");
    ledger
        .begin_turn(talk.clone(), vec![question.clone()])
        .await
        .unwrap();
    ledger.tell_draft(Some(&talk.id), "and".into(), Vec::new(), NOW);
    ledger
        .add_picture("picture", &question.id, "image/png", vec![1, 2, 3])
        .await
        .unwrap();

    ledger.delete_conversation(&talk.id, NOW).await.unwrap();
    assert!(ledger.conversations(None, 10).unwrap().is_empty());
    assert_eq!(ledger.deleted_conversations(10).unwrap()[0].row.id, talk.id);
    ledger.restore_conversation(&talk.id).await.unwrap();
    assert_eq!(ledger.conversations(None, 10).unwrap()[0].row, talk);

    ledger.delete_conversation(&talk.id, NOW).await.unwrap();
    ledger.close();
    let ledger = Ledger::open(dir.path(), NOW + 30 * DAY).unwrap().ledger;
    assert_eq!(
        ledger.messages(&talk.id).unwrap(),
        [question],
        "on the thirtieth day it is still there"
    );
    ledger.close();
    let ledger = Ledger::open(dir.path(), NOW + 30 * DAY + 1).unwrap().ledger;
    assert_eq!(ledger.conversation(&talk.id).unwrap(), None);
    assert!(ledger.messages(&talk.id).unwrap().is_empty());
    assert_eq!(ledger.draft(Some(&talk.id)).unwrap(), None);
    assert_eq!(ledger.picture("picture").unwrap(), None);
    assert!(matches!(
        ledger.restore_conversation(&talk.id).await,
        Err(LedgerError::NotFound)
    ));
}

#[tokio::test]
async fn a_very_long_conversation_can_be_purged() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(dir.path(), NOW).unwrap().ledger;
    let talk = conversation("Long");
    let mut turns: Vec<MessageRow> = Vec::new();
    for _ in 0..3000 {
        let parent = turns.last().map(|before| before.id.clone());
        turns.push(MessageRow {
            parent,
            ..message(&talk.id, Role::User, "and then?")
        });
    }
    ledger.begin_turn(talk.clone(), turns).await.unwrap();
    ledger.delete_conversation(&talk.id, NOW).await.unwrap();
    ledger.close();

    let ledger = Ledger::open(dir.path(), NOW + 31 * DAY).unwrap().ledger;
    assert!(ledger.messages(&talk.id).unwrap().is_empty());
}

#[tokio::test]
async fn pictures_come_in_the_order_of_their_messages() {
    let ledger = Ledger::in_memory().unwrap();
    let talk = conversation("Pictures");
    let first = message(&talk.id, Role::User, "Two of them");
    let second = MessageRow {
        created_at: NOW + 1,
        ..message(&talk.id, Role::Assistant, "One more")
    };
    ledger
        .begin_turn(talk.clone(), vec![first.clone(), second.clone()])
        .await
        .unwrap();
    for (id, of) in [("z", &second), ("y", &first), ("x", &first)] {
        ledger
            .add_picture(id, &of.id, "image/png", id.as_bytes().to_vec())
            .await
            .unwrap();
    }

    let order = [(&first, "y"), (&first, "x"), (&second, "z")].map(|(of, id)| (of.id.clone(), id.to_owned()));
    assert_eq!(ledger.pictures_of(&talk.id).unwrap(), order);
    assert_eq!(
        ledger.picture("y").unwrap(),
        Some(("image/png".into(), b"y".to_vec()))
    );
}

#[tokio::test]
async fn a_draft_is_kept_per_conversation_and_for_the_one_not_begun() {
    let ledger = Ledger::in_memory().unwrap();
    ledger.tell_draft(None, "new".into(), Vec::new(), NOW);
    ledger.tell_draft(Some("talk"), "old".into(), Vec::new(), NOW);
    ledger.tell_draft(Some("talk"), "older".into(), Vec::new(), NOW + 1);
    ledger.flush().await.unwrap();
    assert_eq!(
        ledger.draft(None).unwrap().map(|draft| draft.text).as_deref(),
        Some("new")
    );
    assert_eq!(
        ledger
            .draft(Some("talk"))
            .unwrap()
            .map(|draft| draft.text)
            .as_deref(),
        Some("older")
    );

    ledger.tell_draft(None, String::new(), Vec::new(), NOW + 2);
    ledger.flush().await.unwrap();
    assert_eq!(ledger.draft(None).unwrap(), None);
}
