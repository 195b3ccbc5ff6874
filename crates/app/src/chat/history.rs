//! What a model is told of a conversation: the branch that leads to its answer, with the files in the shapes its
//! gateway takes, and a summary in the place of what was compacted.

use std::collections::HashMap;

use nexdesk_documents::parts::{Receiver, Refused, parts};
use nexdesk_ledger::{AttachmentRow, CompactionRow, MessageRow, Role};
use nexdesk_protocol::wire::openai::chat::{ChatRequest, Content, Message};
use serde_json::{Value, json};

use super::{ConversationSettings, tools};
use crate::App;
use crate::problem::{Problem, ProblemCode};

/// Asks for the rest of a broken answer. Gateways cannot resume a stream, so the model has to.
const GO_ON: &str = "Your last message broke off. Continue exactly where it stopped: do not repeat anything, do not \
     comment on the break, begin in the middle of the sentence or of the code block if need be.";
/// Comes before a summary, so that the model takes it for what it is.
const SO_FAR: &str = "The conversation so far was summarised to save room. The summary:";

/// A conversation as far as a model may hear of it.
#[derive(Clone, Default)]
pub(super) struct Past {
    pub(super) rows: Vec<MessageRow>,
    /// The files of each message that has some.
    pub(super) files: HashMap<String, Vec<AttachmentRow>>,
    pub(super) summaries: Vec<CompactionRow>,
}

/// Who will hear it.
#[derive(Clone, Debug)]
pub(super) struct Listener {
    /// The provider's id, by which what its gateways take is known.
    pub(super) provider: String,
    /// The model, as that gateway calls it.
    pub(super) model: String,
}

/// What of the past is told: the summary, and the messages behind it.
pub(super) struct Branch<'a> {
    pub(super) summary: Option<&'a CompactionRow>,
    pub(super) rows: Vec<&'a MessageRow>,
}

impl Past {
    /// From the root to `leaf`.
    pub(super) fn path(&self, leaf: &str) -> Vec<&MessageRow> {
        let by_id: HashMap<&str, &MessageRow> = self.rows.iter().map(|row| (row.id.as_str(), row)).collect();
        let find = |id: &str| by_id.get(id).copied();
        let mut path: Vec<_> =
            std::iter::successors(find(leaf), |row| find(row.parent.as_deref()?)).collect();
        path.reverse();
        path
    }

    pub(super) fn branch(&self, leaf: &str) -> Branch<'_> {
        let mut rows = self.path(leaf);
        let found = self.summaries.iter().filter_map(|summary| {
            let at = rows.iter().position(|row| row.id == summary.through)?;
            Some((at, summary))
        });
        // The furthest stands for the most.
        let summary = found.max_by_key(|(at, _)| *at);
        if let Some((at, _)) = summary {
            rows.drain(..=at);
        }
        Branch {
            summary: summary.map(|(_, summary)| summary),
            rows,
        }
    }

    /// An answer that failed before its first word has nothing to tell; some gateways refuse an empty message.
    fn tells_something(&self, row: &MessageRow) -> bool {
        !row.text.trim().is_empty() || self.files.contains_key(&row.id) || tools::has_results(row)
    }
}

impl App {
    /// Everything that was said in a conversation.
    pub(super) fn past(&self, conversation: &str) -> Result<Past, Problem> {
        let mut files = HashMap::new();
        for marks in self.ledger().marks_of(conversation)? {
            if !marks.attachments.is_empty() {
                files.insert(marks.message, self.ledger().attachments(&marks.attachments)?);
            }
        }
        Ok(Past {
            rows: self.ledger().messages(conversation)?,
            files,
            summaries: self.ledger().compactions(conversation)?,
        })
    }

    /// Who answers for `model`, as far as that can be told before asking.
    pub(super) fn listener(&self, model: &str) -> Result<Listener, Problem> {
        let step = self.preview_model(model, None).steps.into_iter().next();
        let Some(step) = step else {
            return Ok(Listener {
                provider: String::new(),
                model: model.to_owned(),
            });
        };
        let gateways = self.ledger().gateways()?;
        let gateway = gateways.into_iter().find(|row| row.id == step.gateway);
        Ok(Listener {
            provider: gateway.map(|row| row.preset).unwrap_or_default(),
            model: step.model,
        })
    }

    /// The request for an answer to `leaf`.
    pub(super) async fn request(
        &self,
        past: &Past,
        leaf: &str,
        model: &str,
        settings: &ConversationSettings,
    ) -> Result<ChatRequest, Problem> {
        let to = self.listener(model)?;
        let branch = past.branch(leaf);
        let mut request = ChatRequest {
            model: model.to_owned(),
            messages: opening(settings, branch.summary).into_iter().collect(),
            ..ChatRequest::default()
        };
        for row in branch.rows.into_iter().filter(|row| past.tells_something(row)) {
            if let Some(told) = tools::told_of(self, row, &to) {
                request.messages.extend(told);
                continue;
            }
            let content = match past.files.get(&row.id) {
                Some(files) => {
                    let (app, files, to) = (self.clone(), files.clone(), to.clone());
                    let (text, must) = (row.text.clone(), row.id == leaf);
                    self.blocking(move || with_files(&app, text, files, &to, must))
                        .await??
                }
                None => Content::Text(row.text.clone()),
            };
            request.messages.push(message(row.role, content));
        }
        settings.put_into(&mut request)?;
        Ok(request)
    }

    /// The request for the rest of `answer`.
    pub(super) async fn request_rest(
        &self,
        past: &Past,
        answer: &MessageRow,
        model: &str,
        settings: &ConversationSettings,
    ) -> Result<ChatRequest, Problem> {
        if tools::broke_off_behind_a_call(answer) {
            // The loop tells of the answer itself, with what its calls bring.
            let asked = answer.parent.as_deref().unwrap_or_default();
            return self.request(past, asked, model, settings).await;
        }
        let mut request = self.request(past, &answer.id, model, settings).await?;
        // An answer that broke off before its first word is simply asked for again.
        if !answer.text.is_empty() {
            request
                .messages
                .push(message(Role::User, Content::Text(GO_ON.into())));
        }
        Ok(request)
    }
}

/// One system message, because many models know only one.
fn opening(settings: &ConversationSettings, summary: Option<&CompactionRow>) -> Option<Message> {
    let Some(summary) = summary else {
        return settings.system();
    };
    let before = settings.system_prompt.trim();
    let gap = if before.is_empty() { "" } else { "\n\n" };
    let text = format!("{before}{gap}{SO_FAR}\n\n{}", summary.text);
    Some(Message {
        role: "system".into(),
        content: Some(Content::Text(text)),
        ..Message::default()
    })
}

/// A message with its files before its words. What the model cannot take is refused in the message being sent
/// (`must`); further back, where another model was asked, it is left out with a note.
fn with_files(
    app: &App,
    text: String,
    files: Vec<AttachmentRow>,
    to: &Listener,
    must: bool,
) -> Result<Content, Problem> {
    let receiver = Receiver {
        provider: &to.provider,
        model: &to.model,
    };
    let mut content = Vec::new();
    for file in files {
        let name = file.name.clone();
        let told = app
            .document(file)
            .and_then(|document| parts(&document, receiver).map_err(|why| refused(&name, &why)));
        match told {
            Ok(parts) => content.extend(parts),
            Err(problem) if must => return Err(problem),
            Err(_) => {
                let note = format!("[A file named {name} was attached here. You cannot be shown it.]");
                content.push(json!({ "type": "text", "text": note }));
            }
        }
    }
    if !text.trim().is_empty() {
        content.push(json!({ "type": "text", "text": text }));
    }
    Ok(plain(&content).map_or(Content::Parts(content), Content::Text))
}

/// Parts that are all text are said as text: not every gateway takes parts.
fn plain(content: &[Value]) -> Option<String> {
    let texts: Option<Vec<&str>> = content
        .iter()
        .map(|part| part.get("text").and_then(Value::as_str))
        .collect();
    texts.map(|texts| texts.join("\n\n"))
}

/// Why a file cannot go to this model.
pub(super) fn refused(name: &str, why: &Refused) -> Problem {
    Problem::told(ProblemCode::NotTaken, format!("“{name}”: {why}"))
}

fn message(role: Role, content: Content) -> Message {
    let role = match role {
        Role::User => "user",
        Role::Assistant => "assistant",
    };
    Message {
        role: role.into(),
        content: Some(content),
        ..Message::default()
    }
}
