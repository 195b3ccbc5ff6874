//! Folders, pins and the archive; branches deleted with a way back, and copied; conversations from elsewhere.

use nexdesk_ledger::*;
use serde_json::json;

use crate::support::*;

const DAY: i64 = 24 * 60 * 60 * 1000;

/// A question with two answers, the first of which goes on.
async fn tree(ledger: &Ledger) -> (ConversationRow, [MessageRow; 4]) {
    let talk = conversation("Tree");
    let row = |parent: Option<&MessageRow>, role, text, later| MessageRow {
        parent: parent.map(|parent: &MessageRow| parent.id.clone()),
        created_at: NOW + later,
        ..message(&talk.id, role, text)
    };
    let question = row(None, Role::User, "Question", 0);
    let first = row(Some(&question), Role::Assistant, "First answer", 1);
    let more = row(Some(&first), Role::User, "More", 2);
    let second = row(Some(&question), Role::Assistant, "Second answer", 3);
    let rows = [question, first, more, second];
    ledger.begin_turn(talk.clone(), rows.to_vec()).await.unwrap();
    (talk, rows)
}

fn shown(ledger: &Ledger, talk: &ConversationRow) -> (Vec<String>, Option<String>) {
    let texts = ledger
        .messages(&talk.id)
        .unwrap()
        .into_iter()
        .map(|row| row.text)
        .collect();
    (texts, ledger.conversation(&talk.id).unwrap().unwrap().leaf)
}

#[tokio::test]
async fn a_message_goes_with_all_that_follows_it_and_comes_back_with_it() {
    let ledger = Ledger::in_memory().unwrap();
    let (talk, [question, first, more, second]) = tree(&ledger).await;
    let talk = ConversationRow {
        leaf: Some(more.id.clone()),
        ..talk
    };
    ledger.put_conversation(talk.clone()).await.unwrap();
    ledger
        .add_picture("p", &more.id, "image/png", vec![1])
        .await
        .unwrap();

    ledger.delete_message(&first.id, NOW).await.unwrap();
    assert_eq!(
        shown(&ledger, &talk),
        (
            vec!["Question".into(), "Second answer".into()],
            Some(second.id.clone())
        ),
        "the answer beside it is shown"
    );
    assert_eq!(ledger.message(&more.id).unwrap(), None);
    assert_eq!(ledger.pictures_of(&talk.id).unwrap(), []);
    assert_eq!(ledger.conversations(None, 10).unwrap()[0].messages, 2);
    assert!(
        ledger.delete_message(&first.id, NOW).await.is_err(),
        "it is gone already"
    );

    ledger.delete_message(&second.id, NOW + 1).await.unwrap();
    assert_eq!(
        shown(&ledger, &talk).1,
        Some(question.id.clone()),
        "nothing beside it: what it answered"
    );
    assert!(
        ledger.restore_message(&more.id).await.is_err(),
        "what it follows is not there"
    );

    ledger.restore_message(&first.id).await.unwrap();
    assert_eq!(
        shown(&ledger, &talk),
        (
            vec!["Question".into(), "First answer".into(), "More".into()],
            Some(more.id.clone())
        ),
        "the second answer was deleted for itself"
    );
    assert_eq!(ledger.pictures_of(&talk.id).unwrap().len(), 1);
}

#[tokio::test]
async fn a_deleted_message_can_be_had_back_for_thirty_days_and_takes_its_words_along() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(dir.path(), NOW).unwrap().ledger;
    let (talk, [_, first, ..]) = tree(&ledger).await;
    ledger.delete_message(&first.id, NOW).await.unwrap();
    ledger.close();
    let ledger = Ledger::open(dir.path(), NOW + 30 * DAY).unwrap().ledger;
    ledger.restore_message(&first.id).await.unwrap();
    ledger.delete_message(&first.id, NOW).await.unwrap();
    ledger.close();
    let ledger = Ledger::open(dir.path(), NOW + 30 * DAY + 1).unwrap().ledger;
    assert!(ledger.restore_message(&first.id).await.is_err());
    assert_eq!(shown(&ledger, &talk).0, ["Question", "Second answer"]);
    ledger.close();
    let raw = rusqlite::Connection::open(dir.path().join("nexdesk.db")).unwrap();
    let rows: [i64; 3] = ["messages", "search_rows", "search_words"].map(|table| {
        raw.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0))
            .unwrap()
    });
    assert_eq!(rows, [2, 3, 3], "two messages, and the title");
}

#[tokio::test]
async fn a_fork_has_the_branch_and_its_pictures_and_costs_nothing_a_second_time() {
    let ledger = Ledger::in_memory().unwrap();
    let (talk, [question, first, ..]) = tree(&ledger).await;
    ledger
        .add_picture("p", &question.id, "image/png", vec![7])
        .await
        .unwrap();
    let made_by = ExchangeRow {
        cost_nano: Some(40),
        cost_basis: Basis::Reported,
        input: Some(11),
        output: Some(5),
        message: Some(first.id.clone()),
        ..exchange(NOW)
    };
    let first = MessageRow {
        exchange: Some(made_by.id.to_string()),
        receipt: Some(json!({ "cost": { "nano": 40 } })),
        ..first
    };
    ledger.finish_message(first.clone()).await.unwrap();
    ledger.tell_exchange(made_by);
    ledger.flush().await.unwrap();

    let fork = ConversationRow {
        pinned_at: None,
        ..conversation("Fork")
    };
    ledger.fork(&first.id, fork.clone()).await.unwrap();

    let copies = ledger.messages(&fork.id).unwrap();
    let texts: Vec<_> = copies.iter().map(|row| row.text.as_str()).collect();
    assert_eq!(texts, ["Question", "First answer"]);
    assert_eq!(copies[1].parent.as_ref(), Some(&copies[0].id));
    assert_eq!(
        copies[1].receipt, first.receipt,
        "the receipt is shown all the same"
    );
    assert_eq!(
        ledger.conversation(&fork.id).unwrap().unwrap().leaf,
        Some(copies[1].id.clone())
    );
    let pictures = ledger.pictures_of(&fork.id).unwrap();
    assert_eq!(pictures[0].0, copies[0].id);
    assert_eq!(ledger.picture(&pictures[0].1).unwrap().unwrap().1, [7]);

    let cost = |id: &str| ledger.conversation_in_list(id).unwrap().unwrap().cost_nano;
    assert_eq!((cost(&talk.id), cost(&fork.id)), (Some(40), None));
    assert_eq!(
        ledger.exchanges_of_conversation(&talk.id).unwrap()[0].input,
        Some(11)
    );
    assert_eq!(ledger.exchanges_of_conversation(&fork.id).unwrap(), []);
    ledger.delete_message(&question.id, NOW).await.unwrap();
    assert_eq!(ledger.messages(&fork.id).unwrap().len(), 2, "the copy is its own");
}

#[tokio::test]
async fn sending_does_not_undo_what_was_put_in_order_meanwhile() {
    let ledger = Ledger::in_memory().unwrap();
    let talk = conversation("Talk");
    ledger.put_conversation(talk.clone()).await.unwrap();
    let work = FolderRow {
        id: new_id(),
        name: "Work".into(),
        position: 0,
    };
    ledger.put_folder(work.clone()).await.unwrap();
    ledger.file_conversation(&talk.id, Some(&work.id)).await.unwrap();
    ledger.pin_conversation(&talk.id, Some(NOW)).await.unwrap();
    // As read before all that.
    ledger
        .put_conversation(ConversationRow {
            updated_at: NOW + 1,
            ..talk.clone()
        })
        .await
        .unwrap();
    let kept = ledger.conversation(&talk.id).unwrap().unwrap();
    assert_eq!(
        (kept.folder, kept.pinned_at, kept.updated_at),
        (Some(work.id.clone()), Some(NOW), NOW + 1)
    );

    assert!(ledger.file_conversation(&talk.id, Some("nowhere")).await.is_err());
    ledger.delete_folder(&work.id).await.unwrap();
    assert_eq!(
        ledger.conversation(&talk.id).unwrap().unwrap().folder,
        None,
        "it stays, outside"
    );
}

fn arrival(foreign_id: &str) -> Arrival {
    let talk = conversation("From elsewhere");
    let question = message(&talk.id, Role::User, "An imported lighthouse");
    let picture = PictureRow {
        id: new_id(),
        message: question.id.clone(),
        mime: "image/png".into(),
        bytes: vec![3],
    };
    Arrival {
        source: "chatgpt".into(),
        foreign_id: foreign_id.into(),
        conversation: talk,
        folder_name: Some("Travel".into()),
        messages: vec![question],
        pictures: vec![picture],
        attachments: Vec::new(),
    }
}

#[tokio::test]
async fn what_comes_from_elsewhere_comes_once_and_whole_or_not_at_all() {
    let ledger = Ledger::in_memory().unwrap();
    assert!(ledger.import(arrival("a")).await.unwrap());
    assert!(!ledger.import(arrival("a")).await.unwrap(), "it is here already");
    assert!(ledger.import(arrival("b")).await.unwrap());
    assert_eq!(ledger.folders().unwrap().len(), 1, "one folder for both");
    assert_eq!(
        ledger
            .search("lighthouse has:image", 10, &|_, _, _| None)
            .unwrap()
            .len(),
        2
    );

    let mut broken = arrival("c");
    broken.messages.push(MessageRow {
        parent: Some("nobody".into()),
        ..message(&broken.conversation.id, Role::User, "lost")
    });
    ledger.import(broken).await.unwrap_err();
    assert_eq!(ledger.conversations(None, 10).unwrap().len(), 2);
    let known = ledger.imported_from("chatgpt").unwrap();
    assert!(known.contains("a") && known.contains("b") && known.len() == 2);

    let own = ledger.conversations(None, 10).unwrap()[0].row.id.clone();
    let back = Arrival {
        source: "nexdesk".into(),
        ..arrival(&own)
    };
    assert!(
        !ledger.import(back).await.unwrap(),
        "our own export of what never left"
    );
}
