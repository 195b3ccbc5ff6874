//! What a person may set. The defaults stand here; the file holds only what differs from them.

use std::path::{Path, PathBuf};

use nexdesk_relay::{Access, Clock, NoAccess, NoCollector, Reports};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use specta::Type;

use crate::keys::Capture;
use crate::problem::{Problem, ProblemCode};
use crate::time::stamp;
use crate::watching::Watch;

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the system is.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// The settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Settings {
    /// Follows the system by default.
    pub theme: Theme,
    /// What a new conversation starts with, as `gateway/model`; by default the first chat model there is.
    pub default_model: Option<String>,
    /// The relay's port. 4141 is free on most computers; if it is taken, the next free one is used and said.
    pub relay_port: u16,
    /// Whether Enter sends and Shift+Enter breaks the line, or the other way round.
    pub send_with_enter: bool,
    /// Whether other computers may use the relay. Each still needs a token, and what it sends is not encrypted.
    pub lan: bool,
    /// Names the relay is called by beside its own: of a tunnel, say.
    pub hosts: Vec<String>,
    /// Web pages that may use the relay, each as a browser names it: `https://example.com`. None by default.
    pub allowed_origins: Vec<String>,
    /// A Unix socket beside the port, for tools that can use one.
    pub socket_path: Option<String>,
    /// The OpenTelemetry collector that every exchange is reported to: `http://localhost:4318`.
    pub otlp_endpoint: Option<String>,
    /// The header the collector wants, by name; what it says is kept where the keys are.
    pub otlp_header: Option<String>,
    /// Whether what is asked and answered in the window is kept a second time, as it passed.
    pub capture_window: Capture,
    /// Whether `GET /metrics` tells tokens and money apart by model.
    pub metrics_by_model: bool,
    /// Whether broken and truncated answers are continued without asking, in every conversation.
    pub auto_continue: bool,
    /// Whether a model names conversations. As everywhere else, it does: a list of first lines is hard to read, and a
    /// title costs a few hundred tokens of the cheapest model, which stand in the conversation's total.
    pub auto_title: bool,
    /// Which one; by default the cheapest chat model of the gateway that answered. Where that gateway names no prices,
    /// none is asked: what nobody can tell the cost of is not spent unasked.
    pub title_model: Option<String>,
}

/// Where tools expect the relay.
pub const RELAY_PORT: u16 = 4141;

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: Theme::default(),
            default_model: None,
            relay_port: RELAY_PORT,
            send_with_enter: true,
            lan: false,
            hosts: Vec::new(),
            allowed_origins: Vec::new(),
            socket_path: None,
            otlp_endpoint: None,
            otlp_header: None,
            capture_window: Capture::Off,
            metrics_by_model: false,
            auto_continue: false,
            auto_title: true,
            title_model: None,
        }
    }
}

impl Settings {
    /// Who may come in by the relay's door.
    ///
    /// # Errors
    /// When a name or an origin cannot be understood.
    pub fn access(&self) -> Result<Access, Problem> {
        let access = Access {
            lan: self.lan,
            socket: self
                .socket_path
                .as_deref()
                .filter(|path| !path.is_empty())
                .map(Into::into),
            hosts: self.hosts.clone(),
            origins: self.allowed_origins.clone(),
            ..Access::default()
        };
        let wrong = |why: NoAccess| Problem::new(ProblemCode::InvalidInput, why.to_string());
        access.checked().map_err(wrong)
    }

    /// Who looks on.
    ///
    /// # Errors
    /// When the collector's address cannot be understood.
    pub fn watch(&self) -> Result<Watch, Problem> {
        let endpoint = self
            .otlp_endpoint
            .as_deref()
            .filter(|typed| !typed.trim().is_empty());
        let reports = endpoint.map(|endpoint| Reports::to(endpoint, self.otlp_header.as_deref()));
        let wrong = |why: NoCollector| Problem::new(ProblemCode::InvalidInput, why.to_string());
        Ok(Watch {
            capture_window: self.capture_window,
            metrics_by_model: self.metrics_by_model,
            reports: reports.transpose().map_err(wrong)?,
        })
    }

    /// The defaults, with what a file says differently. What cannot be understood is passed over.
    #[must_use]
    pub fn from_differences(kept: Map<String, Value>) -> Self {
        kept.into_iter().fold(Self::default(), |settings, (name, value)| {
            let mut changed = settings.object();
            changed.insert(name, value);
            serde_json::from_value(Value::Object(changed)).unwrap_or(settings)
        })
    }

    /// Only what differs from the defaults, as the file keeps it.
    #[must_use]
    pub fn differences(&self) -> Map<String, Value> {
        let usual = Self::default().object();
        self.object()
            .into_iter()
            .filter(|(name, value)| usual.get(name) != Some(value))
            .collect()
    }

    /// Makes sure that the settings file can be read. One that is no JSON object is kept aside under a dated name and
    /// returned; the defaults then hold.
    #[must_use]
    pub fn set_aside_unreadable(file: &Path, clock: &Clock) -> Option<PathBuf> {
        let text = std::fs::read(file).ok()?;
        let readable = serde_json::from_slice::<Map<String, Value>>(&text).is_ok();
        let aside = file.with_extension(format!("unreadable-{}.json", stamp(clock.unix_ms())));
        (!readable && std::fs::rename(file, &aside).is_ok()).then_some(aside)
    }

    fn object(&self) -> Map<String, Value> {
        match serde_json::to_value(self) {
            Ok(Value::Object(map)) => map,
            _ => Map::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_holds_only_what_differs_and_reads_back_whole() {
        let changed = Settings {
            theme: Theme::Dark,
            relay_port: 5000,
            ..Settings::default()
        };
        let kept = changed.differences();
        assert_eq!(
            Value::Object(kept.clone()),
            serde_json::json!({ "theme": "dark", "relayPort": 5000 })
        );
        assert_eq!(Settings::from_differences(kept), changed);
        assert!(Settings::default().differences().is_empty());
        let odd = serde_json::from_str(r#"{"relayPort":"many","sendWithEnter":false}"#).expect("an object");
        let read = Settings::from_differences(odd);
        assert_eq!(
            (read.relay_port, read.send_with_enter),
            (RELAY_PORT, false),
            "one odd value spoils only itself"
        );
    }

    #[test]
    fn a_file_that_is_no_json_is_kept_aside_and_a_good_one_is_left_alone() {
        let dir = std::env::temp_dir().join(format!("nexdesk-settings-{}", std::process::id()));
        std::fs::create_dir_all(&dir).expect("a folder");
        let file = dir.join("settings.json");
        std::fs::write(&file, "{\"theme\":\"dark\"}").expect("written");
        assert_eq!(Settings::set_aside_unreadable(&file, &Clock::default()), None);
        std::fs::write(&file, "{\"theme\":").expect("written");
        let aside = Settings::set_aside_unreadable(&file, &Clock::default()).expect("kept aside");
        let name = aside.file_name().expect("a name").to_string_lossy().into_owned();
        assert!(
            name.starts_with("settings.unreadable-2") && name.ends_with(".json"),
            "dated: {name}"
        );
        assert!(
            aside.exists() && !file.exists(),
            "moved, not copied and not deleted"
        );
        std::fs::remove_dir_all(dir).expect("removed");
    }
}
