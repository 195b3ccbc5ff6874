//! An answer with its calls as a model is told of it: what it said, what it called, what came back, in that order and
//! in OpenAI's shape, in which an assistant's calls are followed by one result each.

use nexdesk_protocol::wire::openai::chat::{
    ChatRequest, Content, FunctionCall, Message, ToolCall as WireCall,
};
use serde_json::{Value, json};

use crate::chat::ToolCall;

/// What there was of an answer when a request for more of it was made: the model is told of this separately.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Since {
    /// In UTF-16 units.
    text: u32,
    calls: usize,
}

impl Since {
    /// An answer whose last words are calls goes on with their results, so all of it is told with them; one that
    /// broke off in the middle of its words stands in the request already.
    pub(super) fn of(text: &str, calls: &[ToolCall]) -> Self {
        if is_between(text, calls) {
            return Self::default();
        }
        Self {
            text: length(text),
            calls: calls.len(),
        }
    }
}

/// Whether nothing was said yet behind the last call.
pub(super) fn is_between(text: &str, calls: &[ToolCall]) -> bool {
    calls
        .last()
        .is_some_and(|call| behind(text, call.at).trim().is_empty())
}

/// The messages for what an answer said and called since then. `thought` is what the model thought before a round,
/// which some want to hear again while they call tools; `picture` gives a picture's address, or none where the model
/// cannot be shown it.
pub(super) fn told(
    text: &str,
    calls: &[ToolCall],
    since: Since,
    thought: impl Fn(u32) -> Option<String>,
    picture: impl Fn(&str) -> Option<String>,
) -> Vec<Message> {
    let mut messages = Vec::new();
    let mut from = since.text;
    let rounds = calls.get(since.calls..).unwrap_or_default();
    for round in rounds.chunk_by(|one, next| one.round == next.round) {
        // Calls nobody has made, in a conversation without tools say, are not told: they would want results.
        if !round.iter().any(ToolCall::is_settled) {
            continue;
        }
        let at = round.first().map_or(from, |call| call.at.max(from));
        let said = between(text, from, at);
        from = at;
        messages.push(Message {
            role: "assistant".into(),
            content: (!said.trim().is_empty()).then(|| Content::Text(said.to_owned())),
            reasoning_content: round.first().and_then(|call| thought(call.round)),
            tool_calls: Some(round.iter().map(call).collect()),
            ..Message::default()
        });
        let shown = round
            .iter()
            .map(|call| call.pictures.iter().filter_map(|id| picture(id)).collect());
        let shown: Vec<Vec<String>> = shown.collect();
        let results = round.iter().zip(&shown);
        messages.extend(results.map(|(call, shown)| result(call, call.pictures.len() - shown.len())));
        messages.extend(pictures(shown.concat()));
    }
    let rest = behind(text, from);
    if !rest.trim().is_empty() {
        messages.push(Message {
            role: "assistant".into(),
            content: Some(Content::Text(rest.to_owned())),
            ..Message::default()
        });
    }
    messages
}

/// Calls in a request that offers no tools are refused by some gateways. What was said stays.
pub(super) fn without_tools(request: &mut ChatRequest) {
    request.messages.retain_mut(|message| {
        let called = message.tool_calls.take().is_some();
        message.role != "tool" && (!called || message.content.is_some())
    });
}

fn call(call: &ToolCall) -> WireCall {
    // Gateways that translate read the arguments, and refuse all of it if they cannot.
    let whole = serde_json::from_str::<Value>(&call.arguments).is_ok_and(|value| value.is_object());
    let arguments = if whole {
        call.arguments.clone()
    } else {
        "{}".into()
    };
    WireCall {
        id: Some(call.id.clone()),
        kind: Some("function".into()),
        function: Some(FunctionCall {
            name: Some(call.name.clone()),
            arguments: Some(arguments),
        }),
        ..WireCall::default()
    }
}

/// `unseen` is how many of its pictures the model is not shown; a model that is not told would look for them.
fn result(call: &ToolCall, unseen: usize) -> Message {
    let said = call.result.as_deref().unwrap_or("This call was not made.");
    let mut said = if said.is_empty() { "(nothing)" } else { said }.to_owned();
    if unseen > 0 {
        said.push_str(&format!(
            "\n\n[The tool returned {unseen} picture(s), which the person sees. You cannot be shown them.]"
        ));
    }
    let mut message = Message {
        role: "tool".into(),
        content: Some(Content::Text(said)),
        ..Message::default()
    };
    message
        .extra
        .insert("tool_call_id".into(), call.id.clone().into());
    message
}

/// A tool's message carries text only; its pictures are shown as if a person had.
fn pictures(urls: Vec<String>) -> Option<Message> {
    if urls.is_empty() {
        return None;
    }
    let words = json!({ "type": "text", "text": "[The pictures that the tools returned:]" });
    let shown = urls
        .into_iter()
        .map(|url| json!({ "type": "image_url", "image_url": { "url": url } }));
    Some(Message {
        role: "user".into(),
        content: Some(Content::Parts(std::iter::once(words).chain(shown).collect())),
        ..Message::default()
    })
}

fn length(text: &str) -> u32 {
    u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX)
}

fn behind(text: &str, at: u32) -> &str {
    text.get(byte_of(text, at)..).unwrap_or_default()
}

fn between(text: &str, from: u32, to: u32) -> &str {
    text.get(byte_of(text, from)..byte_of(text, to))
        .unwrap_or_default()
}

/// Where a place counted in UTF-16 units is in bytes.
fn byte_of(text: &str, place: u32) -> usize {
    let mut units = 0;
    for (at, letter) in text.char_indices() {
        if units >= place as usize {
            return at;
        }
        units += letter.len_utf16();
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(id: &str, at: u32, round: u32) -> ToolCall {
        ToolCall {
            id: id.into(),
            name: "files__read".into(),
            arguments: "{}".into(),
            result: Some(format!("result of {id}")),
            at,
            round,
            ..ToolCall::default()
        }
    }

    fn shape(messages: &[Message]) -> Vec<String> {
        let one = |message: &Message| {
            let text = match &message.content {
                Some(Content::Text(text)) => text.as_str(),
                Some(Content::Parts(_)) => "parts",
                None => "",
            };
            let calls: Vec<_> = message
                .tool_calls
                .iter()
                .flatten()
                .filter_map(|call| call.id.clone())
                .collect();
            format!("{}:{text}{}", message.role, calls.join(","))
        };
        messages.iter().map(one).collect()
    }

    #[test]
    fn words_calls_and_results_are_told_in_the_order_they_came_in() {
        // 😀 is two UTF-16 units.
        let text = "Let me look 😀.Now the other.Done.";
        let calls = [
            made("a", 15, 0),
            made("b", 15, 0),
            made("c", 29, 2),
            made("d", 29, 3),
        ];
        let told = told(text, &calls, Since::default(), |_| None, |_| None);
        assert_eq!(
            shape(&told),
            [
                "assistant:Let me look 😀.a,b",
                "tool:result of a",
                "tool:result of b",
                "assistant:Now the other.c",
                "tool:result of c",
                "assistant:d",
                "tool:result of d",
                "assistant:Done."
            ]
        );
    }

    #[test]
    fn a_call_without_a_result_gets_one_beside_others_and_is_left_out_alone() {
        let mut calls = [made("a", 0, 0), made("b", 0, 0), made("c", 2, 2)];
        (calls[1].result, calls[2].result) = (None, None);
        let told = told("Hm.", &calls, Since::default(), |_| None, |_| None);
        let expected = [
            "assistant:a,b",
            "tool:result of a",
            "tool:This call was not made.",
            "assistant:Hm.",
        ];
        assert_eq!(shape(&told), expected);
    }

    #[test]
    fn a_model_that_cannot_see_is_told_of_pictures_and_one_that_can_is_shown_them() {
        let mut calls = [made("a", 0, 0), made("b", 0, 0)];
        calls[1].pictures = vec!["p1".into(), "p2".into()];
        let blind = told("", &calls, Since::default(), |_| None, |_| None);
        let blind = shape(&blind);
        assert_eq!(blind.len(), 3, "{blind:?}");
        assert_eq!(blind[1], "tool:result of a");
        assert!(blind[2].contains("returned 2 picture(s)"), "{blind:?}");
        let seeing = told("", &calls, Since::default(), |_| None, |id| Some(id.to_owned()));
        let expected = [
            "assistant:a,b",
            "tool:result of a",
            "tool:result of b",
            "user:parts",
        ];
        assert_eq!(shape(&seeing), expected);
    }

    #[test]
    fn what_stands_in_the_request_already_is_not_told_again() {
        let calls = [made("a", 3, 0)];
        let since = Since::of("One two", &calls);
        let mut later = calls.to_vec();
        later.push(made("b", 13, 1));
        let told = told("One two three", &later, since, |_| None, |_| None);
        assert_eq!(shape(&told), ["assistant: threeb", "tool:result of b"]);
        assert_eq!(
            Since::of("One", &calls),
            Since::default(),
            "behind a call all of it is told"
        );
    }

    #[test]
    fn without_tools_only_the_words_are_left() {
        let calls = [made("a", 3, 0), made("b", 3, 1)];
        let mut request = ChatRequest {
            messages: told("One two", &calls, Since::default(), |_| None, |_| None),
            ..ChatRequest::default()
        };
        without_tools(&mut request);
        assert_eq!(shape(&request.messages), ["assistant:One", "assistant: two"]);
    }
}
