//! What each upstream was found not to take. An "unknown parameter X" costs one try: from then on X is left out for
//! that model at that gateway, before anybody notices. All of it is shown to its person, who can undo it.

mod hear;
mod splice;

use std::sync::Arc;

use arc_swap::ArcSwap;
use bytes::Bytes;
use nexdesk_ledger::{CompatRow, Ledger, LedgerError};

use crate::{Map, Relay};
use splice::{has, renamed};

pub(crate) use splice::without;

/// One parameter that an upstream does not know, or knows by another name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Lesson {
    /// With dots where it stands deeper.
    pub(crate) parameter: String,
    /// The name it goes by there; none where it is left out.
    pub(crate) becomes: Option<String>,
}

type Known = Map<String, Map<String, Vec<Lesson>>>;

/// By gateway, then by model.
pub(crate) struct Compat {
    ledger: Ledger,
    known: ArcSwap<Known>,
}

impl Compat {
    pub(crate) fn read(ledger: &Ledger) -> Result<Self, LedgerError> {
        let mut known = Known::default();
        for row in ledger.compat()? {
            let lessons = known
                .entry(row.gateway)
                .or_default()
                .entry(row.model)
                .or_default();
            lessons.push(Lesson {
                parameter: row.parameter,
                becomes: row.becomes,
            });
        }
        Ok(Self {
            ledger: ledger.clone(),
            known: ArcSwap::from_pointee(known),
        })
    }

    /// Whether anything was learned of this model at this gateway: only then the body must be at hand as a whole.
    pub(crate) fn knows(&self, gateway: &str, model: &str) -> bool {
        self.known
            .load()
            .get(gateway)
            .is_some_and(|models| models.contains_key(model))
    }

    /// Whether this upstream takes a parameter that we would add ourselves.
    pub(crate) fn takes(&self, gateway: &str, model: &str, parameter: &str) -> bool {
        let lessons = self.lessons(gateway, model);
        !lessons.iter().any(|lesson| {
            lesson.parameter == parameter
                || lesson
                    .parameter
                    .strip_prefix(parameter)
                    .is_some_and(|rest| rest.starts_with('.'))
                || parameter
                    .strip_prefix(&lesson.parameter)
                    .is_some_and(|rest| rest.starts_with('.'))
        })
    }

    /// The body as this upstream takes it. The same bytes where nothing was learned that concerns them.
    pub(crate) fn fitting(&self, gateway: &str, model: &str, body: &Bytes) -> Bytes {
        let mut fitting = body.clone();
        for Lesson { parameter, becomes } in self.lessons(gateway, model) {
            let other = becomes.filter(|other| !has(&fitting, other));
            let changed = match &other {
                Some(other) => renamed(&fitting, &parameter, other),
                None => without(&fitting, &[&parameter]),
            };
            fitting = changed.unwrap_or(fitting);
        }
        fitting
    }

    /// Learns from a refusal of `sent`, which are the bytes as they left. True if it is worth sending them again at
    /// once, through `fitting`; never true twice for the same parameter.
    pub(crate) fn learn(&self, gateway: &str, model: &str, refusal: Refused<'_>, now: i64) -> bool {
        if !matches!(refusal.status, 400 | 422) {
            return false;
        }
        let known = self.lessons(gateway, model);
        let mut fresh = hear::lessons(refusal.body, refusal.sent);
        fresh.retain(|lesson| {
            let again = known.iter().any(|old| old.parameter == lesson.parameter);
            // Who knows neither name of a limit would get it in turns for ever.
            let back = known
                .iter()
                .any(|old| old.becomes.as_ref() == Some(&lesson.parameter));
            !again && !back
        });
        for lesson in &fresh {
            self.remember(gateway, model, lesson, refusal.said, now);
        }
        !fresh.is_empty()
    }

    fn remember(&self, gateway: &str, model: &str, lesson: &Lesson, said: &str, now: i64) {
        self.known.rcu(|known| {
            let mut known = Known::clone(known);
            let models = known.entry(gateway.to_owned()).or_default();
            models.entry(model.to_owned()).or_default().push(lesson.clone());
            known
        });
        self.ledger.tell_compat(CompatRow {
            gateway: gateway.to_owned(),
            model: model.to_owned(),
            parameter: lesson.parameter.clone(),
            becomes: lesson.becomes.clone(),
            said: said.chars().take(500).collect(),
            learned_at: now,
        });
    }

    fn forget(&self, gateway: &str, model: &str, parameter: &str) {
        self.known.rcu(|known| {
            let mut known = Known::clone(known);
            if let Some(models) = known.get_mut(gateway)
                && let Some(lessons) = models.get_mut(model)
            {
                lessons.retain(|lesson| lesson.parameter != parameter);
                if lessons.is_empty() {
                    models.remove(model);
                }
            }
            Arc::new(known)
        });
    }

    fn lessons(&self, gateway: &str, model: &str) -> Vec<Lesson> {
        let known = self.known.load();
        let lessons = known.get(gateway).and_then(|models| models.get(model));
        lessons.cloned().unwrap_or_default()
    }
}

/// A refusal, and what was refused.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Refused<'a> {
    /// The gateway's status.
    pub(crate) status: u16,
    /// The gateway's answer.
    pub(crate) body: &'a [u8],
    /// Its sentence, for the person.
    pub(crate) said: &'a str,
    /// The bytes that were sent.
    pub(crate) sent: &'a [u8],
}

impl Relay {
    /// Forgets one thing learned of an upstream: the parameter is sent again.
    ///
    /// # Errors
    /// When it is not known, or the ledger cannot be written.
    pub async fn forget_learned(
        &self,
        gateway: &str,
        model: &str,
        parameter: &str,
    ) -> Result<(), LedgerError> {
        // First, or a request in between would go by what is about to be forgotten and the row would come back.
        self.0.compat.forget(gateway, model, parameter);
        self.0.ledger.remove_compat(gateway, model, parameter).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENT: &[u8] = br#"{"model":"m","top_k":5,"max_tokens":9,"stream_options":{"include_usage":true}}"#;

    fn refused(message: &str) -> Vec<u8> {
        serde_json::json!({ "error": { "message": message } })
            .to_string()
            .into_bytes()
    }

    fn learn(compat: &Compat, gateway: &str, message: &str, sent: &[u8]) -> bool {
        let body = refused(message);
        let refusal = Refused {
            status: 400,
            body: &body,
            said: message,
            sent,
        };
        compat.learn(gateway, "m", refusal, 0)
    }

    #[test]
    fn a_lesson_is_learned_once_and_for_its_upstream_alone() {
        let compat = Compat::read(&Ledger::in_memory().unwrap()).unwrap();
        let sent = Bytes::from_static(SENT);
        assert!(!compat.knows("g", "m"));
        assert!(learn(&compat, "g", "Unknown parameter: 'top_k'.", SENT));
        assert!(
            !learn(&compat, "g", "Unknown parameter: 'top_k'.", SENT),
            "it did not help; asking again would not either"
        );
        assert!(compat.knows("g", "m"));
        assert_eq!(
            compat.fitting("g", "m", &sent),
            r#"{"model":"m","max_tokens":9,"stream_options":{"include_usage":true}}"#
        );
        for (gateway, model) in [("g", "other"), ("other", "m")] {
            assert_eq!(compat.fitting(gateway, model, &sent), sent);
        }
        compat.forget("g", "m", "top_k");
        assert!(!compat.knows("g", "m"));
        assert_eq!(compat.fitting("g", "m", &sent), sent);
    }

    #[test]
    fn a_limit_that_an_upstream_knows_by_neither_name_is_given_back_to_the_caller() {
        let compat = Compat::read(&Ledger::in_memory().unwrap()).unwrap();
        assert!(learn(&compat, "g", "Unknown parameter: 'max_tokens'.", SENT));
        let fitting = compat.fitting("g", "m", &Bytes::from_static(SENT));
        assert!(fitting.starts_with(br#"{"model":"m","top_k":5,"max_completion_tokens":9,"#));
        assert!(!learn(
            &compat,
            "g",
            "Unknown parameter: 'max_completion_tokens'.",
            &fitting
        ));
    }

    #[test]
    fn only_a_refusal_of_the_body_teaches_anything() {
        let compat = Compat::read(&Ledger::in_memory().unwrap()).unwrap();
        let body = refused("Unknown parameter: 'top_k'.");
        for status in [401, 404, 429, 500] {
            let refusal = Refused {
                status,
                body: &body,
                said: "",
                sent: SENT,
            };
            assert!(!compat.learn("g", "m", refusal, 0), "{status}");
        }
    }

    #[test]
    fn an_upstream_without_stream_options_is_not_asked_for_usage() {
        let compat = Compat::read(&Ledger::in_memory().unwrap()).unwrap();
        assert!(compat.takes("g", "m", "stream_options"));
        assert!(learn(
            &compat,
            "g",
            "Unknown parameter: 'stream_options.include_usage'.",
            SENT
        ));
        assert!(!compat.takes("g", "m", "stream_options"));
        assert!(!compat.takes("g", "m", "stream_options.include_usage"));
        assert!(compat.takes("g", "m", "top_k"));
    }

    #[tokio::test]
    async fn what_was_learned_survives_a_restart() {
        let ledger = Ledger::in_memory().unwrap();
        let gateway = nexdesk_ledger::GatewayRow {
            id: "g".into(),
            name: "G".into(),
            preset: "openai".into(),
            base_url: "http://127.0.0.1:9/v1".into(),
            created_at: 0,
            models_fetched_at: None,
            last_problem: None,
        };
        ledger.put_gateway(gateway).await.unwrap();
        assert!(learn(
            &Compat::read(&ledger).unwrap(),
            "g",
            "Unknown parameter: 'top_k'.",
            SENT
        ));
        ledger.flush().await.unwrap();
        assert!(Compat::read(&ledger).unwrap().knows("g", "m"));
    }
}
