//! The neutral form: what a conversation is once it no longer matters which program it came from. It is also, as it
//! stands, the body of our own JSON export; what each field is called there is its name here in camelCase.

mod asset;
mod said;

use serde::{Deserialize, Serialize};

pub(crate) use asset::bare;
pub use asset::{Asset, AssetEntry, Place};
pub use said::{Citation, Role, Said, ToolCall};

/// The program a conversation comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// OpenAI's "export data".
    ChatGpt,
    /// Anthropic's "export data".
    Claude,
    /// A Cherry Studio backup.
    Cherry,
    /// A Chatbox export.
    Chatbox,
    /// Jan's data folder.
    Jan,
    /// An Open WebUI chat export.
    OpenWebUi,
    /// A LibreChat conversation export.
    LibreChat,
    /// Our own export.
    #[default]
    Nexdesk,
}

impl Source {
    /// The word this source has in JSON and wherever a caller stores it; it never changes.
    pub fn word(self) -> &'static str {
        match self {
            Self::ChatGpt => "chatgpt",
            Self::Claude => "claude",
            Self::Cherry => "cherry",
            Self::Chatbox => "chatbox",
            Self::Jan => "jan",
            Self::OpenWebUi => "openwebui",
            Self::LibreChat => "librechat",
            Self::Nexdesk => "nexdesk",
        }
    }

    /// The name people know.
    pub fn name(self) -> &'static str {
        match self {
            Self::ChatGpt => "ChatGPT",
            Self::Claude => "Claude",
            Self::Cherry => "Cherry Studio",
            Self::Chatbox => "Chatbox",
            Self::Jan => "Jan",
            Self::OpenWebUi => "Open WebUI",
            Self::LibreChat => "LibreChat",
            Self::Nexdesk => "Nexdesk",
        }
    }
}

/// One conversation. Times are milliseconds since 1970, UTC.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Chat {
    /// Where it comes from.
    pub source: Source,
    /// Its id there. Together with `source` it says whether a conversation has been imported before.
    pub foreign_id: String,
    /// Never empty: without a title it is the beginning of the first question.
    pub title: String,
    /// When it began.
    pub created_at: Option<i64>,
    /// When it was last changed.
    pub updated_at: Option<i64>,
    /// The model it was set to, by the name the program uses.
    pub model: Option<String>,
    /// The project, folder or assistant it was filed under.
    pub folder: Option<String>,
    /// The assistant, copilot or custom GPT it was held with.
    pub assistant: Option<String>,
    /// What the model was told before the first question.
    pub system_prompt: Option<String>,
    /// Kept at the top of the list, or starred.
    pub pinned: bool,
    /// Put away.
    pub archived: bool,
    /// All branches. A message's parent always stands before it.
    pub messages: Vec<Said>,
    /// The last message of the branch that was shown, by its place in `messages`.
    pub active: Option<usize>,
}

impl Chat {
    /// The branch that was shown, first message first, as places in `messages`.
    pub fn branch(&self) -> Vec<usize> {
        self.path_to(self.active)
    }

    /// The messages from the first one down to `leaf`. Links that do not point backwards end the path, so that a chat
    /// made by hand cannot send anybody in circles.
    pub(crate) fn path_to(&self, leaf: Option<usize>) -> Vec<usize> {
        let mut path = Vec::new();
        let mut next = leaf.filter(|at| *at < self.messages.len());
        while let Some(at) = next {
            path.push(at);
            next = self.messages[at].parent.filter(|parent| *parent < at);
        }
        path.reverse();
        path
    }
}
