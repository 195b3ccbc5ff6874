//! Titles written by a model, where the person wants that: after the first answer, and never over a title that somebody
//! chose.

use nexdesk_protocol::wire::openai::chat::{ChatRequest, Content, Message};
use serde_json::Map;

use crate::App;
use crate::keys::{Model, ModelKind};
use crate::problem::Problem;

const NAME_IT: &str =
    "Give this conversation a title of two to six words, in its own language. Say nothing but the title.";
/// As much of each side as tells what it is about.
const HEARD: usize = 1200;
const LONGEST: usize = 60;

impl App {
    /// Names a conversation after its first answer, if the person wants that and nobody has named it yet.
    pub(super) fn name_after(&self, conversation: &str, answer: &str) {
        let habits = self.habits();
        if !habits.titles {
            return;
        }
        let (app, id, answer) = (self.clone(), conversation.to_owned(), answer.to_owned());
        self.0.engine.spawn(async move {
            // The title that stands there is good enough to say nothing.
            if let Err(problem) = app.name(&id, &answer, habits.title_model).await {
                tracing::info!(%problem, "a conversation was not named");
            }
        });
    }

    async fn name(&self, id: &str, answer: &str, model: Option<String>) -> Result<(), Problem> {
        let row = self.conversation_row(id)?;
        let rows = self.ledger().messages(id)?;
        let answered = rows.iter().find(|row| row.id == answer);
        let asked = answered.and_then(|answered| {
            rows.iter()
                .find(|row| Some(&row.id) == answered.parent.as_ref() && row.parent.is_none())
        });
        let (Some(asked), Some(answered), None) = (asked, answered, &row.titled_by) else {
            return Ok(());
        };
        let asked_of = answered.model.clone().unwrap_or_default();
        let cheapest = || -> Result<_, Problem> { Ok(cheapest(&self.list_models()?, &asked_of)) };
        let Some(model) = model.map_or_else(cheapest, |model| Ok(Some(model)))? else {
            return Ok(());
        };
        let said = format!("{}\n\n---\n\n{}", head(&asked.text), head(&answered.text));
        let message = |role: &str, text: String| Message {
            role: role.into(),
            content: Some(Content::Text(text)),
            ..Message::default()
        };
        let request = ChatRequest {
            model: model.clone(),
            messages: vec![message("system", NAME_IT.into()), message("user", said)],
            extra: Map::new(),
            ..ChatRequest::default()
        };
        let title = tidy(&self.one_answer(request, &asked.id).await?);
        if !title.is_empty() {
            self.ledger().name_conversation(id, title, model).await?;
        }
        // Named or not, it has cost something.
        self.ledger().flush().await?;
        self.conversation_changed(id).map(drop)
    }
}

/// The cheapest chat model of the gateway that answers here, so that nothing goes where nothing went before. On this
/// computer that is the one that runs already.
fn cheapest(models: &[Model], asked_of: &str) -> Option<String> {
    let gateway = asked_of.split('/').next()?;
    if models.iter().any(|model| model.id == asked_of && model.free) {
        return Some(asked_of.to_owned());
    }
    let here = models
        .iter()
        .filter(|model| model.kind == ModelKind::Chat && model.id.split('/').next() == Some(gateway));
    let priced = here.filter_map(|model| {
        let price = model
            .price
            .as_ref()
            .map(|price| price.input.saturating_add(price.output));
        // What a gateway gives away it often pays for with what is said.
        Some((price.filter(|price| *price > 0)?, model))
    });
    priced
        .min_by_key(|(price, _)| *price)
        .map(|(_, model)| model.id.clone())
}

fn head(text: &str) -> &str {
    text.get(..text.floor_char_boundary(HEARD)).unwrap_or_default()
}

/// Models like to put titles into quotes, bold letters, or behind "Title:".
fn tidy(said: &str) -> String {
    let line = said
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty())
        .unwrap_or_default();
    let line = line.trim_start_matches(['#', ' ']);
    let line = line.strip_prefix("Title:").unwrap_or(line);
    let quotes = ['"', '“', '”', '\'', '*', '「', '」', '《', '》', ' ', '.'];
    line.trim_matches(quotes).chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_freed_of_what_models_put_around_it() {
        for said in [
            "\"Lamps at sea\"",
            "**Lamps at sea**",
            "# Lamps at sea",
            "\nTitle: Lamps at sea.\n\nI chose…",
        ] {
            assert_eq!(tidy(said), "Lamps at sea", "{said:?}");
        }
        assert_eq!(tidy("《海上的灯》"), "海上的灯");
    }
}
