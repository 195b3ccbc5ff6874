//! What one event of a stream adds to an answer.

use super::Usage;

/// One step of an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Delta {
    /// Text that comes next.
    TextDelta(String),
    /// Thinking that comes next; never part of the text.
    ReasoningDelta(String),
    /// A tool call begins or goes on. `id` and `name` come once; arguments are fragments of JSON.
    ToolCallDelta {
        /// Which call.
        index: usize,
        /// Its id.
        id: Option<String>,
        /// The tool.
        name: Option<String>,
        /// More of the arguments.
        arguments: String,
    },
    /// A picture, whole, as a `data:` or `https:` URL.
    Picture(String),
    /// A page the answer rests on; each address comes once.
    Citation {
        /// What it is called; empty where the gateway does not say.
        title: String,
        /// Where it is: `http` or `https`.
        url: String,
    },
    /// Tokens so far; the last one counts.
    Usage(Usage),
    /// The model stopped, and why.
    Finish(Finish),
}

/// Why a model stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finish {
    /// It had said everything.
    Stop,
    /// It ran into `max_tokens` or the end of its context.
    Length,
    /// It waits for tools.
    ToolCalls,
    /// The gateway's filter cut it off.
    ContentFilter,
    /// A word we do not know, kept.
    Other(String),
}
