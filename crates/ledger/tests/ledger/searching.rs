//! Finding what was said: words in every script, filters, and an index that never says anything else than the messages.

use nexdesk_ledger::*;
use serde_json::json;

use crate::support::*;

/// Days as numbers that can be read: 20260131.
fn day(year: i32, month: u8, day: u8) -> Option<i64> {
    Some(i64::from(year) * 10_000 + i64::from(month) * 100 + i64::from(day))
}

fn found(ledger: &Ledger, query: &str) -> Vec<FoundRow> {
    ledger.search(query, 50, &day).unwrap()
}

/// The texts of what is found, in order.
fn texts(ledger: &Ledger, query: &str) -> Vec<String> {
    let hits = found(ledger, query).into_iter();
    hits.map(|hit| ledger.message(&hit.message).unwrap().unwrap().text)
        .collect()
}

/// A conversation of these messages, each answering the one before.
async fn said(ledger: &Ledger, title: &str, texts: &[&str]) -> (ConversationRow, Vec<MessageRow>) {
    let talk = conversation(title);
    let mut rows: Vec<MessageRow> = Vec::new();
    for (text, at) in texts.iter().zip(0..) {
        let role = [Role::User, Role::Assistant][at as usize % 2];
        rows.push(MessageRow {
            parent: rows.last().map(|row| row.id.clone()),
            created_at: NOW + at,
            ..message(&talk.id, role, text)
        });
    }
    ledger.begin_turn(talk.clone(), rows.clone()).await.unwrap();
    (talk, rows)
}

#[tokio::test]
async fn chinese_is_found_by_two_characters_by_one_and_by_sentences() {
    let ledger = Ledger::in_memory().unwrap();
    said(
        &ledger,
        "一",
        &["十一只纸船驶过灯塔。", "用Rust写一个Ｗｅｂ服务器"],
    )
    .await;
    let (boats, rust) = ("十一只纸船驶过灯塔。", "用Rust写一个Ｗｅｂ服务器");
    for (query, expected) in [
        ("纸船", vec![boats]),
        ("塔", vec![boats]),
        ("过灯塔", vec![boats]),
        ("灯塔 纸船", vec![boats]),
        ("船纸", vec![]),
        ("纸灯", vec![]),
        ("rust", vec![rust]),
        ("用rust写", vec![rust]),
        ("\"web 服务\"", vec![rust]),
        ("web服", vec![rust]),
    ] {
        assert_eq!(texts(&ledger, query), expected, "{query}");
    }
    assert_eq!(texts(&ledger, "一").len(), 2, "one character, in both");
    let hit = &found(&ledger, "纸船")[0];
    assert_eq!(
        (hit.snippet.as_str(), hit.at.as_slice()),
        (boats, [(3, 5)].as_slice())
    );
}

#[tokio::test]
async fn all_words_must_occur_whatever_their_accents_and_the_last_may_be_begun() {
    let ledger = Ledger::in_memory().unwrap();
    said(
        &ledger,
        "-",
        &["The lighthouse keeper of Besançon", "A lighthouse in snake_case"],
    )
    .await;
    for (query, expected) in [
        ("LIGHTHOUSE", 2),
        ("lighthouse besan", 1),
        ("besancon lightho", 1),
        ("lightho besancon", 0),
        ("\"keeper lighthouse\"", 0),
        ("\"lighthouse keeper\"", 1),
        ("snake_case", 1),
        ("\"unclosed lighthouse", 0),
        ("\" OR * ( NEAR", 0),
        ("'; DROP TABLE", 0),
        ("", 0),
        ("  !? ", 0),
    ] {
        assert_eq!(found(&ledger, query).len(), expected, "{query}");
    }
}

fn answered(row: &MessageRow, model: &str, nano: i64) -> MessageRow {
    MessageRow {
        model: Some(model.into()),
        receipt: Some(json!({ "cost": { "nano": nano, "basis": "reported" } })),
        ..row.clone()
    }
}

#[tokio::test]
async fn filters_narrow_and_filters_alone_list_the_newest() {
    let ledger = Ledger::in_memory().unwrap();
    let (talk, rows) = said(
        &ledger,
        "Boats",
        &["draw boats", "```rust\nboats\n```", "boats?", "boats cost"],
    )
    .await;
    ledger
        .add_picture("p", &rows[0].id, "image/png", vec![1])
        .await
        .unwrap();
    let cheap = answered(&rows[1], "nexhina/GPT-4o-mini", 10_000_000);
    let dear = MessageRow {
        tool_calls: json!([{ "id": "a", "name": "look", "arguments": "{}" }]),
        created_at: 20_260_201,
        ..answered(&rows[3], "anthropic/claude", 200_000_000)
    };
    ledger.finish_message(cheap).await.unwrap();
    ledger.finish_message(dear).await.unwrap();
    let work = FolderRow {
        id: new_id(),
        name: "My Work".into(),
        position: 1,
    };
    ledger.put_folder(work.clone()).await.unwrap();
    ledger.file_conversation(&talk.id, Some(&work.id)).await.unwrap();
    said(&ledger, "Other", &["other boats"]).await;
    for (query, expected) in [
        ("boats has:image", vec![0]),
        ("boats has:code", vec![1]),
        ("has:tool", vec![3]),
        ("boats has:file", vec![]),
        ("boats model:gpt*", vec![1]),
        ("boats model:nexhina/*", vec![1]),
        ("model:claude boats", vec![3]),
        ("boats cost:>0.1", vec![3]),
        ("boats cost:<0.1", vec![1]),
        ("boats before:2026-02-02", vec![3]),
        ("boats before:2026-02-01", vec![]),
        ("boats after:2026-02 before:2026-03-01", vec![3]),
        ("in:nowhere boats", vec![]),
    ] {
        let expected: Vec<&str> = expected
            .into_iter()
            .map(|at: usize| rows[at].id.as_str())
            .collect();
        let hits = found(&ledger, query);
        let ids: Vec<&str> = hits.iter().map(|hit| hit.message.as_str()).collect();
        assert_eq!(ids, expected, "{query}");
    }
    assert_eq!(found(&ledger, "boats in:\"my work\"").len(), 4);
    assert_eq!(found(&ledger, "boats in:my").len(), 4);
    assert_eq!(found(&ledger, "boats").len(), 5);
    assert_eq!(
        found(&ledger, "boats teeth:long").len(),
        0,
        "an unknown filter is words"
    );
}

#[tokio::test]
async fn a_title_is_found_and_leads_to_the_first_message_that_fits() {
    let ledger = Ledger::in_memory().unwrap();
    let (talk, rows) = said(&ledger, "Iceland", &["Where to?", "North, with ```code```"]).await;
    let hit = &found(&ledger, "icel")[0];
    assert_eq!(
        (hit.message.as_str(), hit.snippet.as_str()),
        (rows[0].id.as_str(), "Iceland")
    );
    assert_eq!(hit.at, [(0, 7)], "the whole word is marked");
    assert_eq!(found(&ledger, "iceland has:code")[0].message, rows[1].id);
    assert_eq!(found(&ledger, "iceland has:image"), []);

    let renamed = ConversationRow {
        title: "Norway".into(),
        ..talk
    };
    ledger.put_conversation(renamed).await.unwrap();
    assert_eq!(found(&ledger, "iceland"), []);
    assert_eq!(found(&ledger, "norway").len(), 1);
}

#[tokio::test]
async fn an_answer_is_found_once_it_has_ended_and_by_what_it_says_last() {
    let ledger = Ledger::in_memory().unwrap();
    let answer = streaming_answer(&ledger).await;
    assert_eq!(found(&ledger, "lighthouse"), []);
    let ended = MessageRow {
        state: MessageState::Interrupted,
        text: "A lighthouse".into(),
        ..answer
    };
    ledger.finish_message(ended.clone()).await.unwrap();
    assert_eq!(found(&ledger, "lighthouse").len(), 1);
    ledger.continue_message(&ended.id).await.unwrap();
    let whole = MessageRow {
        state: MessageState::Complete,
        text: "A windmill".into(),
        ..ended
    };
    ledger.finish_message(whole).await.unwrap();
    assert_eq!(
        (
            found(&ledger, "lighthouse").len(),
            found(&ledger, "windmill").len()
        ),
        (0, 1)
    );
}

#[tokio::test]
async fn what_is_deleted_is_not_found_and_what_is_put_away_is_marked() {
    let ledger = Ledger::in_memory().unwrap();
    let (talk, rows) = said(
        &ledger,
        "-",
        &["one lighthouse", "two lighthouses", "three lighthouses"],
    )
    .await;
    ledger.delete_message(&rows[1].id, NOW).await.unwrap();
    assert_eq!(texts(&ledger, "lighthouse"), ["one lighthouse"]);
    ledger.restore_message(&rows[1].id).await.unwrap();
    assert_eq!(found(&ledger, "lighthouse").len(), 3);
    ledger.delete_conversation(&talk.id, NOW).await.unwrap();
    assert_eq!(found(&ledger, "lighthouse"), []);
    ledger.restore_conversation(&talk.id).await.unwrap();
    ledger.archive_conversation(&talk.id, Some(NOW)).await.unwrap();
    assert!(found(&ledger, "lighthouse").iter().all(|hit| hit.archived));
    assert_eq!(found(&ledger, "lighthouse").len(), 3);
}

#[tokio::test]
async fn what_an_older_version_stored_is_found_once_it_is_noted_in_the_background() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(dir.path(), NOW).unwrap().ledger;
    let (_, rows) = said(&ledger, "Old title", &["an old lighthouse", "十一只纸船"]).await;
    ledger.close();
    // As the migration leaves what it finds.
    let raw = rusqlite::Connection::open(dir.path().join("nexdesk.db")).unwrap();
    raw.execute_batch(
        "DELETE FROM search_rows;
         INSERT INTO search_backlog SELECT 'titles', max(id) || '~' FROM conversations;
         INSERT INTO search_backlog SELECT 'messages', max(id) || '~' FROM messages;",
    )
    .unwrap();
    drop(raw);

    let ledger = Ledger::open(dir.path(), NOW).unwrap().ledger;
    assert_eq!(found(&ledger, "lighthouse"), []);
    said(&ledger, "New", &["a new lighthouse"]).await;
    ledger.note_old_words(|| true).unwrap();
    assert_eq!(found(&ledger, "lighthouse").len(), 2);
    assert_eq!(found(&ledger, "纸船")[0].message, rows[1].id);
    assert_eq!(found(&ledger, "title").len(), 1);
    ledger.close();
    let raw = rusqlite::Connection::open(dir.path().join("nexdesk.db")).unwrap();
    let left: i64 = raw
        .query_row("SELECT count(*) FROM search_backlog", [], |row| row.get(0))
        .unwrap();
    assert_eq!(left, 0, "and never again");
}

#[tokio::test]
async fn among_a_hundred_thousand_messages_the_right_ones_are_found() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(dir.path(), NOW).unwrap().ledger;
    for block in 0..100 {
        let talk = conversation(&format!("Block {block}"));
        let rows = (0..1000).map(|at| {
            let number = block * 1000 + at;
            let text = format!(
                "message n{number} of all 消息第{number}号 {}",
                ["even", "odd"][number % 2]
            );
            MessageRow {
                created_at: NOW + number as i64,
                ..message(&talk.id, Role::User, &text)
            }
        });
        ledger.begin_turn(talk.clone(), rows.collect()).await.unwrap();
    }
    assert_eq!(
        texts(&ledger, "\"n777\""),
        ["message n777 of all 消息第777号 odd"]
    );
    assert_eq!(
        texts(&ledger, "n9999").len(),
        11,
        "itself, and the ten that begin so"
    );
    assert_eq!(
        texts(&ledger, "第54321号"),
        ["message n54321 of all 消息第54321号 odd"]
    );
    let newest = texts(&ledger, "message of all even");
    assert_eq!(
        newest[0], "message n99998 of all 消息第99998号 even",
        "of equals the newest first"
    );
    assert_eq!(texts(&ledger, "消息 n4 before:2000").len(), 0);
}
