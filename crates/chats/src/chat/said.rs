//! One message, and what happens when a program tells one answer in several of its own.

use serde::{Deserialize, Serialize};

use super::Asset;

/// Who said it. What tools returned is part of the answer that called them, so there is no fourth role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The person.
    #[default]
    User,
    /// The model.
    Assistant,
    /// Instructions that appear in the middle of a conversation.
    System,
}

/// One message.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Said {
    /// Its id in the program it comes from; unique within its conversation.
    pub foreign_id: String,
    /// What it answers, by its place in the conversation's `messages`; `None` begins the conversation.
    pub parent: Option<usize>,
    /// Who said it.
    pub role: Role,
    /// Markdown.
    pub text: String,
    /// What the model thought before it answered.
    pub reasoning: Option<String>,
    /// For how long it thought, in milliseconds.
    pub reasoning_ms: Option<u64>,
    /// The model that answered.
    pub model: Option<String>,
    /// When, in milliseconds since 1970.
    pub created_at: Option<i64>,
    /// Tools it called, in order.
    pub tool_calls: Vec<ToolCall>,
    /// Pictures and files.
    pub assets: Vec<Asset>,
    /// Pages it refers to.
    pub citations: Vec<Citation>,
    /// What went wrong with this message, in the words of the program it comes from.
    pub problem: Option<String>,
    /// Tokens of the prompt, as reported there.
    pub tokens_in: Option<u64>,
    /// Tokens of the answer, as reported there.
    pub tokens_out: Option<u64>,
    /// What it cost, ready to be printed; imports leave it empty, our own exports fill it.
    pub cost: Option<String>,
}

/// One call of a tool.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ToolCall {
    /// The call's id, where the program gives one.
    pub id: Option<String>,
    /// The tool.
    pub name: String,
    /// What it was given, mostly JSON.
    pub arguments: String,
    /// What it returned.
    pub result: Option<String>,
    /// Whether it failed.
    pub failed: bool,
}

impl ToolCall {
    /// Whether there is anything to show of what it was given.
    pub(crate) fn has_arguments(&self) -> bool {
        !self.arguments.trim().is_empty()
    }

    /// What it returned, where there is anything to show.
    pub(crate) fn returned(&self) -> Option<&str> {
        self.result.as_deref().filter(|result| !result.trim().is_empty())
    }
}

/// A page an answer refers to. The address is always http or https.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Citation {
    /// Its title, or its address again.
    pub title: String,
    /// Its address.
    pub url: String,
}

impl Said {
    pub(crate) fn is_empty(&self) -> bool {
        self.text.trim().is_empty()
            && self.reasoning.is_none()
            && self.reasoning_ms.is_none()
            && self.tool_calls.is_empty()
            && self.assets.is_empty()
            && self.problem.is_none()
    }

    /// Adds a paragraph of text.
    pub(crate) fn write(&mut self, text: &str) {
        join(&mut self.text, text);
    }

    /// Adds a paragraph of thought.
    pub(crate) fn think(&mut self, text: &str) {
        if !text.trim().is_empty() {
            join(self.reasoning.get_or_insert_default(), text);
        }
    }

    /// Notes a page, once.
    pub(crate) fn cite(&mut self, citation: Citation) {
        let known = self.citations.iter().any(|known| known.url == citation.url);
        if !known && self.citations.len() < 500 {
            self.citations.push(citation);
        }
    }

    /// A tool's return belongs to the call that waits for it: the one with its id, else the last of its name that has
    /// no result. A return nobody waits for is kept as a call whose arguments are not known.
    pub(crate) fn resolve(&mut self, outcome: ToolCall) {
        let waiting = |call: &&mut ToolCall| call.result.is_none();
        let by_id = self
            .tool_calls
            .iter_mut()
            .filter(waiting)
            .find(|call| call.id.is_some() && call.id == outcome.id);
        let found = match by_id {
            Some(call) => Some(call),
            None => self.tool_calls.iter_mut().rev().filter(waiting).find(|call| {
                outcome.name.is_empty() || call.name == outcome.name || call.name.starts_with(&outcome.name)
            }),
        };
        match found {
            Some(call) => {
                call.result = outcome.result;
                call.failed = outcome.failed;
            }
            None => self.tool_calls.push(outcome),
        }
    }

    /// Takes in the next part of the same answer.
    pub(crate) fn absorb(&mut self, next: Self) {
        self.write(&next.text);
        if let Some(reasoning) = &next.reasoning {
            self.think(reasoning);
        }
        self.reasoning_ms = sum(self.reasoning_ms, next.reasoning_ms);
        self.tokens_in = sum(self.tokens_in, next.tokens_in);
        self.tokens_out = sum(self.tokens_out, next.tokens_out);
        self.model = next.model.or_else(|| self.model.take());
        self.created_at = self.created_at.or(next.created_at);
        self.problem = self.problem.take().or(next.problem);
        for call in next.tool_calls {
            if call.arguments.is_empty() && call.result.is_some() {
                self.resolve(call);
            } else {
                self.tool_calls.push(call);
            }
        }
        self.assets.extend(next.assets);
        for citation in next.citations {
            self.cite(citation);
        }
    }
}

fn join(text: &mut String, more: &str) {
    let more = more.trim_matches('\n');
    if more.trim().is_empty() {
        return;
    }
    if !text.is_empty() {
        text.push_str("\n\n");
    }
    text.push_str(more);
}

fn sum(one: Option<u64>, other: Option<u64>) -> Option<u64> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.saturating_add(other)),
        (one, other) => one.or(other),
    }
}
