//! What the model says before it is put on the wire, and how many tokens that was.

use serde_json::{Value, json};

use super::request::Ask;
use crate::call::Call;
use crate::server::Gateway;
use crate::tokens;

/// What a picture in a message costs, whatever its size.
const IMAGE_TOKENS: u64 = 256;

/// What the model says, before it is put on the wire.
#[derive(Default)]
pub(crate) struct Spoken {
    pub(crate) reasoning: String,
    pub(crate) content: String,
    /// Pictures as data URLs.
    pub(crate) images: Vec<String>,
    pub(crate) calls: Vec<ToolCall>,
    pub(crate) finish: &'static str,
}

/// One tool call, arguments as JSON text.
pub(crate) struct ToolCall {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) arguments: String,
}

impl Spoken {
    pub(super) fn text(content: String) -> Spoken {
        Spoken {
            content,
            finish: "stop",
            ..Spoken::default()
        }
    }

    /// Ends at the first stop word, and after `limit` tokens. Reasoning counts, as it does at the gateways.
    pub(super) fn within(mut self, limit: Option<u64>, stops: &[String]) -> Spoken {
        let stop = stops
            .iter()
            .filter(|stop| !stop.is_empty())
            .filter_map(|stop| self.content.find(stop))
            .min();
        if let Some(at) = stop {
            self.content.truncate(at);
        }
        let Some(limit) = limit else { return self };
        let thought = tokens::count(&self.reasoning);
        if thought + tokens::count(&self.content) > limit {
            self.reasoning.truncate(tokens::cut(&self.reasoning, limit).len());
            self.content
                .truncate(tokens::cut(&self.content, limit.saturating_sub(thought)).len());
            self.finish = "length";
        }
        self
    }
}

/// What an answer cost, in tokens that were really sent.
#[derive(Clone, Copy)]
pub(crate) struct Usage {
    pub(crate) prompt: u64,
    pub(crate) cached: u64,
    pub(crate) completion: u64,
    pub(crate) reasoning: u64,
    pub(crate) image: u64,
}

impl Usage {
    pub(super) fn of(gateway: &Gateway, call: &Call, ask: &Ask, spoken: &Spoken) -> Usage {
        let prompt = ask.prompt_tokens();
        let reasoning = tokens::count(&spoken.reasoning);
        let image = spoken.images.len() as u64 * IMAGE_TOKENS;
        let called: u64 = spoken
            .calls
            .iter()
            .map(|tool| tokens::count(&tool.name) + tokens::count(&tool.arguments))
            .sum();
        let usage = Usage {
            prompt,
            cached: gateway.accounts.cached(&call.key, &ask.prompt).min(prompt),
            completion: reasoning + tokens::count(&spoken.content) + image + called,
            reasoning,
            image,
        };
        gateway.accounts.charge(
            &call.key,
            &ask.model,
            usage.prompt,
            usage.cached,
            usage.completion,
        );
        usage
    }

    pub(crate) fn json(self) -> Value {
        json!({"prompt_tokens": self.prompt, "completion_tokens": self.completion,
            "total_tokens": self.prompt + self.completion,
            "prompt_tokens_details": {"cached_tokens": self.cached},
            "completion_tokens_details": {"reasoning_tokens": self.reasoning, "image_tokens": self.image}})
    }
}
