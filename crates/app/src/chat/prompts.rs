//! The library: prompts to insert into a message, and assistants to begin a conversation with.

use nexdesk_ledger::{PromptRow, new_id};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::ConversationSettings;
use crate::App;
use crate::problem::{Problem, ProblemCode};

/// What a prompt is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum PromptKind {
    /// Inserted into a message.
    Prompt,
    /// Set up before one.
    Assistant,
}

/// A prompt or an assistant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Prompt {
    /// Stable; empty for one to add.
    pub id: String,
    /// As the person calls it.
    pub name: String,
    /// What it says.
    pub text: String,
    /// The names in `{{name}}`, each once, in the order of the text; what is sent here is not looked at.
    pub variables: Vec<String>,
    /// What it is for.
    pub kind: PromptKind,
    /// What an assistant sets a conversation to.
    pub settings: Option<ConversationSettings>,
}

impl App {
    /// Everything in the library, oldest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn list_prompts(&self) -> Result<Vec<Prompt>, Problem> {
        Ok(self.ledger().prompts()?.into_iter().map(Prompt::shown).collect())
    }

    /// Adds a prompt, or changes one.
    ///
    /// # Errors
    /// When it has no name, or cannot be written down.
    pub async fn save_prompt(&self, prompt: Prompt) -> Result<Prompt, Problem> {
        let name = prompt.name.trim();
        if name.is_empty() {
            return Err(Problem::new(ProblemCode::InvalidInput, "A prompt needs a name."));
        }
        let row = PromptRow {
            id: Some(prompt.id).filter(|id| !id.is_empty()).unwrap_or_else(new_id),
            name: name.to_owned(),
            kind: match prompt.kind {
                PromptKind::Prompt => "prompt",
                PromptKind::Assistant => "assistant",
            }
            .to_owned(),
            text: prompt.text,
            settings: prompt.settings.map(|settings| settings.to_json()),
            created_at: self.clock().unix_ms(),
        };
        self.ledger().put_prompt(row.clone()).await?;
        Ok(Prompt::shown(row))
    }

    /// Takes a prompt out of the library.
    ///
    /// # Errors
    /// When it is gone already.
    pub async fn delete_prompt(&self, id: &str) -> Result<(), Problem> {
        Ok(self.ledger().remove_prompt(id).await?)
    }
}

impl Prompt {
    fn shown(row: PromptRow) -> Self {
        Self {
            variables: variables(&row.text),
            kind: match row.kind.as_str() {
                "assistant" => PromptKind::Assistant,
                _ => PromptKind::Prompt,
            },
            settings: row
                .settings
                .map(|settings| ConversationSettings::kept(Some(settings))),
            id: row.id,
            name: row.name,
            text: row.text,
        }
    }
}

fn variables(text: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for behind in text.split("{{").skip(1) {
        let Some((name, _)) = behind.split_once("}}") else {
            continue;
        };
        let name = name.trim();
        // Braces of code are no variable.
        let is_name = !name.is_empty() && !name.contains(['{', '}', '\n']) && name.chars().count() <= 60;
        if is_name && names.iter().all(|known| known != name) {
            names.push(name.to_owned());
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_named_once_in_the_order_of_the_text() {
        let text =
            "Translate {{ text }} from {{语言}} to {{to}}; {{text}} again, and {{}} and {{{x}}} and {{open";
        assert_eq!(variables(text), ["text", "语言", "to"]);
    }
}
