//! The ledger as it was before the window opened: a gateway and the conversations that will be looked at.

use std::net::SocketAddr;
use std::path::Path;

use nexdesk_ledger::{ConversationRow, GatewayRow, Ledger, MessageRow, MessageState, ModelRow, Role};
use serde_json::json;

use crate::{clock, words};

/// Messages of a long conversation.
pub(crate) const MESSAGES: usize = 1_000;
const MODEL: &str = "bench/bench";

/// The ids of the conversations, as the window knows them.
pub(crate) struct Seeded {
    /// One to send in.
    pub(crate) talk: String,
    pub(crate) long: Vec<String>,
    pub(crate) hostile: String,
}

pub(crate) async fn plant(dir: &Path, gateway: SocketAddr, hostile: Vec<String>) -> Seeded {
    std::fs::create_dir_all(dir).unwrap();
    let now = clock::unix_ms();
    let ledger = Ledger::open(dir, now).unwrap().ledger;
    let row = GatewayRow {
        id: "bench".into(),
        name: "bench".into(),
        preset: "ollama".into(), // the row of the catalogue that wants no key
        base_url: format!("http://{gateway}/v1"),
        created_at: now,
        models_fetched_at: None,
        last_problem: None,
    };
    ledger.put_gateway(row).await.unwrap();
    let model = ModelRow {
        gateway: "bench".into(),
        name: "bench".into(),
        kind: "chat".into(),
        price: None,
    };
    ledger.replace_models("bench", vec![model], now).await.unwrap();
    let mut at = now - 1_000_000;
    let mut add = async |title: &str, texts: Vec<(Role, String)>| {
        at += 2_000;
        let (conversation, messages) = conversation(title, texts, at);
        let id = conversation.id.clone();
        ledger.begin_turn(conversation, messages).await.unwrap();
        id
    };
    let mut long = Vec::new();
    for number in 0..10 {
        long.push(add(&format!("A thousand messages, {number}"), exchange(number)).await);
    }
    let hostile = hostile.into_iter().map(|text| (Role::Assistant, text)).collect();
    let hostile = add("Hostile", hostile).await;
    let talk = vec![
        (Role::User, "Are you there?".into()),
        (Role::Assistant, "Yes.".into()),
    ];
    let talk = add("Talk", talk).await;
    ledger.close();
    Seeded { talk, long, hostile }
}

/// Questions and answers in turn.
fn exchange(number: usize) -> Vec<(Role, String)> {
    let answers = words::short_answers(MESSAGES / 2 + number);
    let answers = answers.into_iter().skip(number).enumerate();
    answers
        .flat_map(|(index, answer)| {
            let question = format!("Question {}: and what then?", index + 1);
            [(Role::User, question), (Role::Assistant, answer)]
        })
        .collect()
}

fn conversation(title: &str, texts: Vec<(Role, String)>, at: i64) -> (ConversationRow, Vec<MessageRow>) {
    let id = nexdesk_ledger::new_id();
    let mut messages: Vec<MessageRow> = Vec::new();
    for (index, (role, text)) in (0..).zip(texts) {
        messages.push(MessageRow {
            id: nexdesk_ledger::new_id(),
            conversation: id.clone(),
            parent: messages.last().map(|last| last.id.clone()),
            role,
            state: MessageState::Complete,
            model: (role == Role::Assistant).then(|| MODEL.to_owned()),
            text,
            reasoning: String::new(),
            reasoning_ms: None,
            tool_calls: json!([]),
            exchange: None,
            receipt: None,
            problem: None,
            created_at: at + index,
        });
    }
    let row = ConversationRow {
        id,
        title: title.to_owned(),
        model: Some(MODEL.to_owned()),
        created_at: at,
        updated_at: at,
        leaf: messages.last().map(|last| last.id.clone()),
        titled_by: Some("person".to_owned()),
        ..ConversationRow::default()
    };
    (row, messages)
}
