//! What the well-behaved chat models say: composed from the question, the same for the same question every time.

use super::voice::{self, Voice};
use crate::tokens;

/// How much of the question is quoted back.
const QUOTED: usize = 280;
/// How long "long" is, in tokens.
const LONG: u64 = 3000;

/// The answer of `sandbox-chat`, `-fast`, `-slow` and (after its thoughts) `-reasoning` to a last user message.
pub fn answer_to(question: &str) -> String {
    let voice = voice::of(question);
    let words = tokens::words(question);
    let asks_for = |keys: &[&str]| {
        keys.iter()
            .any(|key| words.iter().any(|word| word == key) || (!key.is_ascii() && question.contains(key)))
    };
    let greets = words.len() <= 4 && asks_for(voice::GREETINGS);
    let mut parts = vec![opening(voice, question)];
    if greets {
        parts.push(voice.greeting.to_owned());
        return parts.join("\n\n");
    }
    if !question.trim().is_empty() {
        parts.push(quote(question));
        parts.push(count(voice, question, words.len()));
    }
    if asks_for(&["long", "essay", "长文", "很长", "长篇"]) {
        parts.push(long(voice, question));
        return parts.join("\n\n");
    }
    let sections: Vec<&str> = [
        (
            voice.code,
            &["code", "program", "function", "代码", "程序"] as &[&str],
        ),
        (voice.table, &["table", "表格"]),
        (
            voice.maths,
            &["math", "maths", "formula", "equation", "数学", "公式"],
        ),
    ]
    .into_iter()
    .filter(|(_, keys)| asks_for(keys))
    .map(|(section, _)| section)
    .collect();
    if asks_for(&["haiku", "poem", "俳句", "诗"]) {
        parts.push(pick(voice.poems, question).to_owned());
    } else if sections.is_empty() {
        parts.extend([voice.about, voice.tries, voice.code, voice.table, voice.maths].map(str::to_owned));
    }
    parts.extend(sections.into_iter().map(str::to_owned));
    parts.join("\n\n")
}

/// What `sandbox-reasoning` thinks before it speaks.
pub(crate) fn reasoning(question: &str) -> String {
    let voice = voice::of(question);
    let words = tokens::words(question).len();
    voice
        .reasoning
        .replace("{words}", &words.to_string())
        .replace("{tokens}", &tokens::count(question).to_string())
}

/// The line under a picture of `sandbox-picture`.
pub(crate) fn picture_line(question: &str) -> String {
    let shown: String = question.chars().take(QUOTED).collect();
    voice::of(question).picture.replace("{question}", shown.trim())
}

fn pick<'a>(from: &[&'a str], question: &str) -> &'a str {
    from[(tokens::hash(question.as_bytes()) % from.len() as u64) as usize]
}

fn opening(voice: &Voice, question: &str) -> String {
    format!("## {}", pick(voice.openings, question))
}

fn quote(question: &str) -> String {
    let mut shown: String = question.trim().chars().take(QUOTED).collect();
    if shown.len() < question.trim().len() {
        shown.push('…');
    }
    shown
        .lines()
        .map(|line| format!("> {line}"))
        .collect::<Vec<_>>()
        .join("\n")
}

fn count(voice: &Voice, question: &str, words: usize) -> String {
    voice
        .count
        .replace("{words}", &words.to_string())
        .replace("{characters}", &question.chars().count().to_string())
        .replace("{tokens}", &tokens::count(question).to_string())
}

/// Numbered paragraphs, shuffled by the question, until there are [`LONG`] tokens of them.
fn long(voice: &Voice, question: &str) -> String {
    let mut state = tokens::hash(question.as_bytes());
    let mut text = String::new();
    let (mut number, mut written) = (0, 0);
    while written < LONG {
        number += 1;
        let mut section = format!(
            "### {number}. {}\n\n",
            voice.chapters[number % voice.chapters.len()]
        );
        for _ in 0..5 {
            section.push_str(
                voice.sentences[(tokens::next(&mut state) % voice.sentences.len() as u64) as usize],
            );
        }
        section.push_str("\n\n");
        written += tokens::count(&section);
        text.push_str(&section);
    }
    text.trim_end().to_owned()
}
