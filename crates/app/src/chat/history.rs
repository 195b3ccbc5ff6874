//! What a model is told of a conversation: the branch that leads to its answer.

use nexdesk_ledger::{MessageRow, Role};
use nexdesk_protocol::wire::openai::chat::{ChatRequest, Content, Message};

/// Asks for the rest of a broken answer. Gateways cannot resume a stream, so the model has to.
const GO_ON: &str = "Your last message broke off. Continue exactly where it stopped: do not repeat anything, do not \
     comment on the break, begin in the middle of the sentence or of the code block if need be.";

/// The request for an answer to `leaf`.
pub(super) fn request(rows: &[MessageRow], leaf: &str, model: &str) -> ChatRequest {
    let messages = branch(rows, leaf)
        .into_iter()
        .filter(tells_something)
        .map(message)
        .collect();
    ChatRequest {
        model: model.to_owned(),
        messages,
        ..ChatRequest::default()
    }
}

/// The request for the rest of `answer`.
pub(super) fn request_rest(rows: &[MessageRow], answer: &MessageRow, model: &str) -> ChatRequest {
    let mut request = request(rows, &answer.id, model);
    let asked = Message {
        role: "user".into(),
        content: Some(Content::Text(GO_ON.into())),
        ..Message::default()
    };
    // An answer that broke off before its first word is simply asked for again.
    if !answer.text.is_empty() {
        request.messages.push(asked);
    }
    request
}

/// From the root to `leaf`.
fn branch<'a>(rows: &'a [MessageRow], leaf: &str) -> Vec<&'a MessageRow> {
    let find = |id: &str| rows.iter().find(|row| row.id == id);
    let mut branch: Vec<_> = std::iter::successors(find(leaf), |row| find(row.parent.as_deref()?)).collect();
    branch.reverse();
    branch
}

/// An answer that failed before its first word has nothing to tell; some gateways refuse an empty message.
fn tells_something(row: &&MessageRow) -> bool {
    !row.text.trim().is_empty()
}

fn message(row: &MessageRow) -> Message {
    let role = match row.role {
        Role::User => "user",
        Role::Assistant => "assistant",
    };
    Message {
        role: role.into(),
        content: Some(Content::Text(row.text.clone())),
        ..Message::default()
    }
}
