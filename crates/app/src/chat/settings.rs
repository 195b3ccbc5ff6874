//! What a conversation is set to: kept as typed, checked before anything is sent, put into every request.

use nexdesk_protocol::wire::openai::chat::{ChatRequest, Content, Message};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use specta::Type;

use crate::App;
use crate::problem::{Problem, ProblemCode};

/// The settings of a conversation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ConversationSettings {
    /// Said to the model before everything else.
    pub system_prompt: String,
    /// The assistant it began with.
    pub assistant: Option<String>,
    /// How freely the next word is chosen.
    pub temperature: Option<f64>,
    /// Out of how much of the likely words it is chosen.
    pub top_p: Option<f64>,
    /// The most an answer may have.
    pub max_tokens: Option<u32>,
    /// Against words that were said.
    pub presence_penalty: Option<f64>,
    /// Against words that were said often.
    pub frequency_penalty: Option<f64>,
    /// How long to think; the model's own choice where missing.
    pub reasoning_effort: Option<String>,
    /// For answers that can be had again.
    pub seed: Option<i64>,
    /// Where an answer ends.
    pub stop: Vec<String>,
    /// The JSON schema an answer shall fit, as typed.
    pub schema: Option<String>,
    /// JSON merged into the request, as typed.
    pub extra: Option<String>,
    /// Ids of the MCP servers whose tools may be called.
    pub mcp_servers: Vec<String>,
    /// Whether a broken or truncated answer is continued without asking.
    pub auto_continue: bool,
}

/// What the conversation itself says in every request.
const OURS: [&str; 4] = ["model", "messages", "stream", "stream_options"];

impl ConversationSettings {
    /// As kept. What cannot be understood any more is passed over.
    pub(super) fn kept(kept: Option<Value>) -> Self {
        let Some(Value::Object(kept)) = kept else {
            return Self::default();
        };
        kept.into_iter().fold(Self::default(), |settings, (name, value)| {
            let mut changed = settings.to_json();
            changed[name.as_str()] = value;
            serde_json::from_value(changed).unwrap_or(settings)
        })
    }

    pub(super) fn to_json(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    /// The schema, where there is one.
    ///
    /// # Errors
    /// When it is no JSON, or no schema.
    pub(super) fn schema(&self) -> Result<Option<Value>, Problem> {
        let Some(typed) = filled(self.schema.as_deref()) else {
            return Ok(None);
        };
        let schema: Value =
            serde_json::from_str(typed).map_err(|error| mistyped("JSON schema", &error.to_string()))?;
        if let Err(error) = jsonschema::validator_for(&schema) {
            return Err(mistyped("JSON schema", &error.to_string()));
        }
        Ok(Some(schema))
    }

    fn extra(&self) -> Result<Map<String, Value>, Problem> {
        let Some(typed) = filled(self.extra.as_deref()) else {
            return Ok(Map::new());
        };
        let extra: Map<String, Value> =
            serde_json::from_str(typed).map_err(|error| mistyped("extra JSON", &error.to_string()))?;
        match OURS.iter().find(|ours| extra.contains_key(**ours)) {
            Some(ours) => {
                let why = format!("\"{ours}\" is what the conversation itself sends");
                Err(mistyped("extra JSON", &why))
            }
            None => Ok(extra),
        }
    }

    /// Puts everything but the system message into a request; what was typed as JSON comes last.
    ///
    /// # Errors
    /// When what was typed as JSON is none.
    pub(super) fn put_into(&self, request: &mut ChatRequest) -> Result<(), Problem> {
        let mut put = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                request.extra.insert(name.to_owned(), value);
            }
        };
        put("temperature", self.temperature.map(Value::from));
        put("top_p", self.top_p.map(Value::from));
        put("max_tokens", self.max_tokens.map(Value::from));
        put("presence_penalty", self.presence_penalty.map(Value::from));
        put("frequency_penalty", self.frequency_penalty.map(Value::from));
        let effort = filled(self.reasoning_effort.as_deref());
        put("reasoning_effort", effort.map(Value::from));
        put("seed", self.seed.map(Value::from));
        put(
            "stop",
            (!self.stop.is_empty()).then(|| Value::from(self.stop.clone())),
        );
        // Not `strict`: that takes a part of the standard only, and we look at the answer ourselves.
        let format =
            |schema| json!({ "type": "json_schema", "json_schema": { "name": "answer", "schema": schema } });
        put("response_format", self.schema()?.map(format));
        request.extra.extend(self.extra()?);
        Ok(())
    }

    /// The system message, where there is one.
    pub(super) fn system(&self) -> Option<Message> {
        let text = filled(Some(&self.system_prompt))?;
        Some(Message {
            role: "system".into(),
            content: Some(Content::Text(text.to_owned())),
            ..Message::default()
        })
    }

    /// Where an answer does not fit the schema; none where it does, or there is none.
    pub(super) fn misfit(&self, answer: &str) -> Option<String> {
        let schema = self.schema().ok().flatten()?;
        let answer: Value = match serde_json::from_str(unfenced(answer)) {
            Ok(answer) => answer,
            Err(error) => return Some(format!("The answer is not JSON: {error}.")),
        };
        let schema = jsonschema::validator_for(&schema).ok()?;
        let mut errors = schema.iter_errors(&answer);
        let first = errors.next()?;
        let place = first.instance_path().to_string();
        let place = if place.is_empty() {
            String::new()
        } else {
            format!("At {place}: ")
        };
        let more = match errors.count() {
            0 => String::new(),
            1 => " (and 1 more)".to_owned(),
            more => format!(" (and {more} more)"),
        };
        Some(format!("{place}{first}{more}."))
    }
}

impl App {
    /// Keeps what a conversation is set to, or the one that has not begun.
    ///
    /// # Errors
    /// When the conversation is gone, or it cannot be written down.
    pub async fn save_conversation_settings(
        &self,
        conversation: Option<&str>,
        settings: ConversationSettings,
    ) -> Result<(), Problem> {
        let now = self.clock().unix_ms();
        Ok(self
            .ledger()
            .put_settings(conversation, settings.to_json(), now)
            .await?)
    }

    pub(super) fn settings_of(&self, conversation: Option<&str>) -> Result<ConversationSettings, Problem> {
        Ok(ConversationSettings::kept(
            self.ledger().settings_of(conversation)?,
        ))
    }
}

fn filled(typed: Option<&str>) -> Option<&str> {
    typed.map(str::trim).filter(|typed| !typed.is_empty())
}

fn mistyped(what: &str, why: &str) -> Problem {
    Problem {
        remedy: Some("Mend it in the conversation's settings, or empty the field.".into()),
        ..Problem::new(
            ProblemCode::InvalidInput,
            format!("The {what} of this conversation cannot be used: {why}."),
        )
    }
}

/// Many models put JSON into a fence even where only JSON was asked for.
fn unfenced(answer: &str) -> &str {
    let answer = answer.trim();
    let inside = answer
        .strip_prefix("```")
        .and_then(|rest| rest.strip_suffix("```"))
        .and_then(|rest| rest.split_once('\n'));
    inside.map_or(answer, |(_, inside)| inside.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHEMA: &str =
        r#"{"type":"object","required":["lamps"],"properties":{"lamps":{"type":"integer"}}}"#;

    #[test]
    fn an_answer_that_misses_its_schema_is_told_where() {
        let settings = ConversationSettings {
            schema: Some(SCHEMA.into()),
            ..ConversationSettings::default()
        };
        assert_eq!(settings.misfit(r#"{"lamps":2}"#), None);
        assert_eq!(
            settings.misfit("```json\n{\"lamps\":2}\n```"),
            None,
            "a fence around it is no matter"
        );
        let wrong = settings.misfit(r#"{"lamps":"two"}"#).unwrap();
        assert!(wrong.starts_with("At /lamps: "), "{wrong}");
        let missing = settings.misfit("{}").unwrap();
        assert!(missing.contains("lamps"), "{missing}");
        let prose = settings.misfit("Two lamps.").unwrap();
        assert!(prose.starts_with("The answer is not JSON"), "{prose}");
        assert_eq!(ConversationSettings::default().misfit("Two lamps."), None);
    }

    #[test]
    fn what_is_kept_reads_back_and_one_odd_value_spoils_only_itself() {
        let settings = ConversationSettings {
            temperature: Some(0.2),
            stop: vec!["END".into()],
            ..ConversationSettings::default()
        };
        assert_eq!(ConversationSettings::kept(Some(settings.to_json())), settings);
        let odd = json!({ "temperature": "warm", "seed": 7, "unknown": 1 });
        let read = ConversationSettings::kept(Some(odd));
        assert_eq!((read.temperature, read.seed), (None, Some(7)));
    }
}
