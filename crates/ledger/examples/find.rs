//! What finding costs: `find [MESSAGES]` fills a ledger with that many (100,000 if not said), half of them Chinese, and
//! says how much processor time each kind of search takes, and opening, and what the words take on disk. With `old` behind
//! it, the words are noted in the background as after an update, and that is timed too.

use std::error::Error;
use std::fs;
use std::io::{self, Write};
use std::time::Duration;

use nexdesk_ledger::{ConversationRow, Ledger, MessageRow, MessageState, Role, new_id};
use serde_json::{Value, json};

const QUERIES: [&str; 17] = [
    "lighthouse",
    "the",
    "t",
    "th",
    "paper boats harbour",
    "\"the lighthouse\"",
    "灯塔",
    "的",
    "灯",
    "我们的灯塔",
    "w7777",
    "the model:gpt*",
    "the has:code",
    "the cost:>0.9",
    "cost:>0.9",
    "has:tool",
    "before:2026-01-31 the 灯",
];
const ENGLISH: &str = "the of and a to in is you that it he was for on are as with his they at be this have from or \
    one had by word but not what all were we when your can said there use an each which she do how their if will up \
    other about out many then them these so some her would make like him into time has look two more write go see \
    number no way could people my than first water been call who oil its now find long down day did get come made \
    may part lighthouse paper boat boats harbour keeper storm lantern cliff";
const CHINESE: &str = "我们的灯塔在海边每天晚上都亮着纸船从港口出发慢慢地驶向远方今天天气很好可以看见对面的山你是谁他说这个问题需要时间来\
    解决模型的回答非常长而且有很多代码和表格请帮我写一个程序把数据整理成图表谢谢你的帮助明天再见";

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1);
    let count: usize = words.next().map_or(Ok(100_000), |count| count.parse())?;
    let old = words.next().is_some_and(|word| word == "old");
    let dir = tempfile::tempdir()?;
    let ledger = Ledger::open(dir.path(), 0)?.ledger;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let mut out = io::stdout();
    runtime.block_on(fill(&ledger, count))?;
    // Of all threads: the writer is one of its own.
    let took = whole()?;
    writeln!(
        out,
        "stored {count} messages: {took:?}, {:?} each",
        took / u32::try_from(count)?
    )?;
    if old {
        forget(&dir.path().join("nexdesk.db"))?;
        let (took, noted) = timed(|| ledger.note_old_words(|| true));
        noted?;
        writeln!(out, "noted in the background: {took:?}")?;
    }
    ledger.close();
    let file = dir.path().join("nexdesk.db");
    writeln!(out, "on disk: {} MB", fs::metadata(&file)?.len() >> 20)?;
    let (took, opened) = timed(|| Ledger::open(dir.path(), 0));
    let ledger = opened?.ledger;
    writeln!(out, "opened: {took:?}")?;
    let (took, listed) = timed(|| ledger.conversations(None, 2000));
    writeln!(out, "listed {} conversations: {took:?}", listed?.len())?;
    for query in QUERIES {
        // The first one pays for pages that are not in memory yet.
        let (first, found) = timed(|| ledger.search(query, 50, &|_, _, _| Some(1_769_817_600_000)));
        let found = found?.len();
        let mut times: Vec<Duration> = (0..9)
            .map(|_| timed(|| ledger.search(query, 50, &|_, _, _| Some(1_769_817_600_000))).0)
            .collect();
        times.sort();
        writeln!(
            out,
            "{query:32} {found:3} hits  first {first:>12?}  median {:>12?}",
            times[4]
        )?;
    }
    Ok(())
}

/// Processor time of this thread: what else the machine does is not counted. Linux only.
fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let start = spent();
    let outcome = work();
    (Duration::from_nanos(spent().saturating_sub(start)), outcome)
}

fn spent() -> u64 {
    let times = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = times.split(' ').next().and_then(|nanos| nanos.parse().ok());
    nanos.unwrap_or_default()
}

fn whole() -> Result<Duration, Box<dyn Error>> {
    let mut nanos = 0;
    for thread in fs::read_dir("/proc/self/task")? {
        let times = fs::read_to_string(thread?.path().join("schedstat"))?;
        nanos += times
            .split(' ')
            .next()
            .and_then(|one| one.parse::<u64>().ok())
            .unwrap_or_default();
    }
    Ok(Duration::from_nanos(nanos))
}

/// As the migration leaves what it finds.
fn forget(database: &std::path::Path) -> rusqlite::Result<()> {
    rusqlite::Connection::open(database)?.execute_batch(
        "DELETE FROM search_rows;
         INSERT INTO search_backlog SELECT 'titles', max(id) || '~' FROM conversations;
         INSERT INTO search_backlog SELECT 'messages', max(id) || '~' FROM messages;",
    )
}

async fn fill(ledger: &Ledger, count: usize) -> Result<(), nexdesk_ledger::LedgerError> {
    let english: Vec<&str> = ENGLISH.split_whitespace().collect();
    let chinese: Vec<char> = CHINESE.chars().filter(|one| !one.is_whitespace()).collect();
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
                true => sentence(&mut seed, 120, |at| format!("{} ", english[at % english.len()])),
                false => sentence(&mut seed, 250, |at| chinese[at % chinese.len()].to_string()),
            };
            let parent = rows.last().map(|row| row.id.clone());
            rows.push(message(&talk.id, parent, number, text));
        }
        talk.leaf = rows.last().map(|row| row.id.clone());
        ledger.begin_turn(talk, rows).await?;
    }
    Ok(())
}

fn message(talk: &str, parent: Option<String>, number: usize, text: String) -> MessageRow {
    let answers = number % 2 == 1;
    let cost = json!({ "cost": { "nano": (number % 1000) * 1_000_000, "basis": "reported" } });
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

/// A minute apart.
fn at(number: usize) -> i64 {
    1_764_547_200_000 + i64::try_from(number).unwrap_or_default() * 60_000
}

/// Some words are said far more often than others, as in life.
fn sentence(seed: &mut u64, length: usize, word: impl Fn(usize) -> String) -> String {
    (0..length)
        .map(|_| {
            *seed ^= *seed << 13;
            *seed ^= *seed >> 7;
            *seed ^= *seed << 17;
            let spread = usize::try_from(*seed % 10_000).unwrap_or_default();
            word(spread * spread / 700_000)
        })
        .collect()
}
