//! Conversations for other programs and for paper: Markdown, one HTML file, JSON.

mod branches;
mod html;
mod markdown;
mod words;

use serde::Serialize;

pub use html::html;
pub use markdown::markdown;
pub use words::Language;

use crate::chat::Chat;

/// What the JSON export calls itself.
pub(crate) const FORMAT: &str = "nexdesk-chat";

/// Grows only when an older reader would misunderstand what is written.
pub(crate) const VERSION: u64 = 1;

/// What Markdown and HTML show besides the words.
#[derive(Debug, Clone)]
pub struct Layout {
    /// All branches instead of the one on show.
    pub whole_tree: bool,
    /// The model of each answer.
    pub model: bool,
    /// The time of each message.
    pub time: bool,
    /// What each answer cost, where it is known, with its tokens.
    pub cost: bool,
    /// What the model thought.
    pub reasoning: bool,
    /// Which tools it called and what they returned.
    pub tools: bool,
    /// A line that says that answers were written by a machine, as some countries ask of what is published.
    pub mark: bool,
    /// The language of the few words that are ours.
    pub language: Language,
    /// Minutes east of UTC for the times.
    pub offset_minutes: i32,
}

impl Default for Layout {
    fn default() -> Self {
        Self {
            whole_tree: false,
            model: true,
            time: true,
            cost: false,
            reasoning: true,
            tools: true,
            mark: true,
            language: Language::English,
            offset_minutes: 0,
        }
    }
}

/// A conversation as JSON, to be read again by Nexdesk or by anybody:
///
/// ```json
/// { "format": "nexdesk-chat", "version": 1, "conversation": { "source": "nexdesk", "foreignId": "…", "messages": […] } }
/// ```
///
/// The body is [`Chat`] as it stands, names in camelCase, times in milliseconds since 1970. A message's `parent` and
/// the conversation's `active` are places in `messages`. An asset has `data` (base64), or `link`, or neither when its
/// bytes were left out. Many conversations in one file are `"conversations": […]` in place of `"conversation"`. Unknown
/// members are to be ignored; `version` grows when that would be wrong.
pub fn json(chat: &Chat) -> Result<String, serde_json::Error> {
    #[derive(Serialize)]
    struct Envelope<'a> {
        format: &'static str,
        version: u64,
        conversation: &'a Chat,
    }
    serde_json::to_string_pretty(&Envelope {
        format: FORMAT,
        version: VERSION,
        conversation: chat,
    })
}

/// A code block that its own content cannot end.
pub(crate) fn fence(language: &str, code: &str) -> String {
    let ticks = longest_run(code).max(2) + 1;
    let fence = "`".repeat(ticks);
    let language: String = language
        .chars()
        .filter(|one| one.is_ascii_alphanumeric() || "+-#_.".contains(*one))
        .collect();
    format!("{fence}{language}\n{}\n{fence}", code.trim_end_matches('\n'))
}

fn longest_run(code: &str) -> usize {
    let mut longest = 0;
    let mut run = 0;
    for one in code.chars() {
        run = if one == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}
