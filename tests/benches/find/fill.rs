//! A life of chats, made up: conversations of fifty messages, a minute apart, with what searches ask for.

use nexdesk_ledger::{
    Basis, ConversationRow, ExchangeId, ExchangeRow, Ledger, MessageRow, MessageState, Outcome, Role, new_id,
};
use serde_json::{Value, json};

const ENGLISH: &str = "the of and a to in is you that it he was for on are as with his they at be this have from or \
    one had by word but not what all were we when your can said there use an each which she do how their if will up \
    other about out many then them these so some her would make like him into time has look two more write go see \
    number no way could people my than first water been call who oil its now find long down day did get come made \
    may part lighthouse paper boat boats harbour keeper storm lantern cliff";
const CHINESE: [&str; 40] = [
    "的",
    "我们",
    "是",
    "在",
    "了",
    "你",
    "他",
    "这个",
    "有",
    "和",
    "就",
    "不",
    "人",
    "都",
    "一个",
    "上",
    "也",
    "很",
    "到",
    "说",
    "要",
    "去",
    "会",
    "着",
    "没有",
    "看",
    "好",
    "自己",
    "这",
    "灯塔",
    "纸船",
    "港口",
    "海边",
    "你是谁",
    "问题",
    "模型",
    "回答",
    "程序",
    "表格",
    "明天",
];
/// A dot, the smallest picture there is.
const PICTURE: &[u8] =
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\
    \x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";

pub(crate) async fn fill(ledger: &Ledger, count: usize) {
    let english: Vec<&str> = ENGLISH.split_whitespace().collect();
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    for block in 0..count.div_ceil(50) {
        let mut talk = ConversationRow {
            id: new_id(),
            title: format!("Conversation {block}"),
            created_at: at(block * 50),
            updated_at: at(block * 50 + 49),
            ..ConversationRow::default()
        };
        let mut rows: Vec<MessageRow> = Vec::new();
        for number in (block * 50..count).take(50) {
            let text = match number % 4 < 2 {
                true => sentence(&mut seed, 120, |at| {
                    format!("{} ", english[at * english.len() / SPREAD])
                }),
                false => sentence(&mut seed, 140, |at| {
                    CHINESE[at * CHINESE.len() / SPREAD].to_owned()
                }),
            };
            let parent = rows.last().map(|row| row.id.clone());
            let row = message(&talk.id, parent, number, text);
            if row.role == Role::Assistant {
                ledger.tell_exchange(exchange(&row, number));
            }
            rows.push(row);
        }
        talk.leaf = rows.last().map(|row| row.id.clone());
        let drawn = rows.get(1).map(|row| row.id.clone());
        ledger.begin_turn(talk, rows).await.unwrap();
        if let Some(drawn) = drawn.filter(|_| block % 4 == 0) {
            ledger
                .add_picture(&new_id(), &drawn, "image/gif", PICTURE.to_vec())
                .await
                .unwrap();
        }
    }
    ledger.flush().await.unwrap();
}

fn message(talk: &str, parent: Option<String>, number: usize, text: String) -> MessageRow {
    let answers = number % 2 == 1;
    let cost = json!({ "cost": { "nano": cost(number), "basis": "reported" } });
    MessageRow {
        id: new_id(),
        conversation: talk.to_owned(),
        parent,
        role: if answers { Role::Assistant } else { Role::User },
        state: MessageState::Complete,
        model: answers.then(|| ["nexhina/gpt-4o", "anthropic/claude-sonnet"][number / 2 % 2].to_owned()),
        text: match number % 40 {
            7 => format!("w{number} {text}\n```rust\nfn main() {{}}\n```"),
            _ => format!("w{number} {text}"),
        },
        reasoning: String::new(),
        reasoning_ms: None,
        tool_calls: match number % 500 {
            3 => json!([{ "id": "a", "name": "look", "arguments": "{}" }]),
            _ => Value::Array(Vec::new()),
        },
        exchange: None,
        receipt: answers.then_some(cost),
        problem: None,
        created_at: at(number),
    }
}

fn exchange(answer: &MessageRow, number: usize) -> ExchangeRow {
    ExchangeRow {
        id: ExchangeId::fresh(),
        started_at: at(number),
        caller_id: None,
        caller: "window".into(),
        door: "window".into(),
        endpoint: "/v1/chat/completions".into(),
        interface: "chat".into(),
        stream: true,
        model_asked: answer.model.as_deref().unwrap_or_default().into(),
        model_answered: None,
        gateway: None,
        gateway_id: None,
        key: None,
        key_id: None,
        status: Some(200),
        outcome: Outcome::Ok,
        code: None,
        input: Some(1_000),
        cached: None,
        output: Some(200),
        reasoning: None,
        units: None,
        tokens_basis: Basis::Reported,
        cost_nano: Some(cost(number)),
        cost_basis: Basis::Reported,
        price: None,
        first_token_ms: Some(300),
        took_ms: Some(900),
        message: Some(answer.id.clone()),
        job: None,
        attempts: Vec::new(),
    }
}

fn cost(number: usize) -> i64 {
    i64::try_from(number % 1000).unwrap() * 1_000_000
}

/// A minute apart.
fn at(number: usize) -> i64 {
    1_764_547_200_000 + i64::try_from(number).unwrap() * 60_000
}

const SPREAD: usize = 10_000;

/// Some words are said far more often than others, as in life.
fn sentence(seed: &mut u64, length: usize, word: impl Fn(usize) -> String) -> String {
    (0..length)
        .map(|_| {
            *seed ^= *seed << 13;
            *seed ^= *seed >> 7;
            *seed ^= *seed << 17;
            let spread = usize::try_from(*seed % SPREAD as u64).unwrap();
            word(spread * spread / SPREAD)
        })
        .collect()
}
