//! Rows with everything a test does not care about filled in.

use nexdesk_ledger::*;
use serde_json::json;

/// A moment in 2026.
pub(crate) const NOW: i64 = 1_795_261_500_000;

pub(crate) fn gateway(name: &str) -> GatewayRow {
    GatewayRow {
        id: new_id(),
        name: name.into(),
        preset: "openai".into(),
        base_url: "https://api.example.com/v1".into(),
        created_at: NOW,
        models_fetched_at: None,
        last_problem: None,
    }
}

pub(crate) fn key(gateway: &str, name: &str) -> KeyRow {
    KeyRow {
        id: new_id(),
        gateway: gateway.into(),
        name: name.into(),
        last_four: "f00d".into(),
        state: KeyState::Unchecked,
        rests_until: None,
        created_at: NOW,
        last_used_at: None,
        weight: 1,
        enabled: true,
        reads_on: false,
    }
}

pub(crate) fn exchange(started_at: i64) -> ExchangeRow {
    ExchangeRow {
        id: ExchangeId::fresh(),
        started_at,
        caller_id: None,
        caller: "window".into(),
        door: "window".into(),
        endpoint: "/v1/chat/completions".into(),
        interface: "chat".into(),
        stream: true,
        model_asked: "small".into(),
        model_answered: None,
        gateway: None,
        gateway_id: None,
        key: None,
        key_id: None,
        status: None,
        outcome: Outcome::Running,
        code: None,
        input: None,
        cached: None,
        output: None,
        reasoning: None,
        units: None,
        tokens_basis: Basis::Estimated,
        cost_nano: None,
        cost_basis: Basis::Estimated,
        price: None,
        first_token_ms: None,
        took_ms: None,
        message: None,
        job: None,
        attempts: vec![],
    }
}

pub(crate) fn conversation(title: &str) -> ConversationRow {
    ConversationRow {
        id: new_id(),
        title: title.into(),
        model: Some("small".into()),
        created_at: NOW,
        updated_at: NOW,
        leaf: None,
        deleted_at: None,
        ..ConversationRow::default()
    }
}

pub(crate) fn message(conversation: &str, role: Role, text: &str) -> MessageRow {
    MessageRow {
        id: new_id(),
        conversation: conversation.into(),
        parent: None,
        role,
        state: MessageState::Complete,
        model: None,
        text: text.into(),
        reasoning: String::new(),
        reasoning_ms: None,
        tool_calls: json!([]),
        exchange: None,
        receipt: None,
        problem: None,
        created_at: NOW,
    }
}

/// A conversation with one answer being written.
pub(crate) async fn streaming_answer(ledger: &Ledger) -> MessageRow {
    let talk = conversation("Streaming");
    let mut answer = message(&talk.id, Role::Assistant, "");
    answer.state = MessageState::Streaming;
    ledger.begin_turn(talk, vec![answer.clone()]).await.unwrap();
    answer
}
