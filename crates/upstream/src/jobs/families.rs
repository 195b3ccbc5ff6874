//! Which gateway speaks which family for which model, and where fal's queue keeps each model: `families.json`, and a
//! file of the same form that a person may put beside the database.

use serde::Deserialize;

use super::{Family, What};

/// The table. Rows are read from the top; the first that fits decides.
#[derive(Clone, Debug, Deserialize)]
pub struct Families {
    #[serde(default)]
    rows: Vec<Row>,
    #[serde(default)]
    queue: Vec<QueuePaths>,
}

#[derive(Clone, Debug, Deserialize)]
struct Row {
    preset: String,
    #[serde(rename = "for")]
    what: Purpose,
    models: Vec<String>,
    family: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Purpose {
    Video,
    Image,
}

/// Where a model of the queue family is, by what it begins with. A missing one is not offered.
#[derive(Clone, Debug, Deserialize)]
pub struct QueuePaths {
    /// The model.
    pub model: String,
    /// The path behind `/queue/fal-ai/`; `{model}` stands for its name.
    pub app: String,
    /// Out of words.
    #[serde(default)]
    pub text: Option<String>,
    /// Out of several pictures.
    #[serde(default)]
    pub reference: Option<String>,
    /// Out of a first picture.
    #[serde(default)]
    pub image: Option<String>,
    /// Out of a first and a last picture.
    #[serde(default)]
    pub ends: Option<String>,
    /// A picture, not a film.
    #[serde(default)]
    pub picture: Option<String>,
}

impl Families {
    /// The table we ship.
    #[must_use]
    pub fn shipped() -> Self {
        Self::parse(include_str!("../families.json")).unwrap_or(Self {
            rows: Vec::new(),
            queue: Vec::new(),
        })
    }

    /// Reads a table.
    ///
    /// # Errors
    /// When it is not one; the sentence names the place.
    pub fn parse(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// Puts another table's rows before this one's: a person's word is the last.
    #[must_use]
    pub fn under(self, mut mine: Self) -> Self {
        mine.rows.extend(self.rows);
        mine.queue.extend(self.queue);
        mine
    }

    /// The family a gateway made from `preset` speaks for `model`. `kling-v2-1` draws and films, so the endpoint asked
    /// has the first word; what no row names speaks OpenAI's.
    #[must_use]
    pub fn family(&self, preset: &str, what: What, model: &str) -> Family {
        let (purpose, otherwise) = match what {
            What::Film => (Purpose::Video, Family::OpenAi),
            What::Picture | What::Edit | What::Variation => (Purpose::Image, Family::OpenAiImages),
        };
        let fits = |row: &&Row| {
            row.what == purpose
                && fits(&row.preset, preset)
                && row.models.iter().any(|pattern| fits_model(pattern, model))
        };
        let row = self.rows.iter().find(fits);
        row.and_then(|row| Family::named(&row.family))
            .unwrap_or(otherwise)
    }

    /// Where the queue keeps `model`.
    #[must_use]
    pub fn queue(&self, model: &str) -> Option<&QueuePaths> {
        self.queue.iter().find(|row| fits_model(&row.model, model))
    }
}

/// Ids carry a vendor in front at some gateways (`bytedance/doubao-seedance-…`).
fn fits_model(pattern: &str, model: &str) -> bool {
    let model = model.to_ascii_lowercase();
    let bare = model.rsplit('/').next().unwrap_or_default();
    fits(pattern, &model) || fits(pattern, bare)
}

/// A pattern with any number of `*`.
fn fits(pattern: &str, text: &str) -> bool {
    let Some((head, tail)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(rest) = text.strip_prefix(head) else {
        return false;
    };
    (0..=rest.len()).any(|at| rest.is_char_boundary(at) && fits(tail, &rest[at..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nexconns_models_go_to_their_four_families() {
        let table = Families::shipped();
        for (model, family) in [
            ("sora-2", Family::Nexconn),
            ("kling-v3-omni", Family::Nexconn),
            ("veo-3.1-generate-preview", Family::Veo),
            ("viduq2-turbo", Family::Queue),
            ("bytedance/doubao-seedance-2-0-260128", Family::Ark),
        ] {
            assert_eq!(table.family("nexconn", What::Film, model), family, "{model}");
        }
    }

    #[test]
    fn kling_v2_1_is_a_film_or_a_picture_by_the_endpoint_asked_and_never_by_its_name() {
        let table = Families::shipped();
        assert_eq!(table.family("nexconn", What::Film, "kling-v2-1"), Family::Nexconn);
        assert_eq!(
            table.family("nexconn", What::Picture, "kling-v2-1"),
            Family::KlingImages
        );
    }

    #[test]
    fn a_gateway_without_a_row_speaks_openais_own() {
        let table = Families::shipped();
        assert_eq!(table.family("openai", What::Film, "sora-2"), Family::OpenAi);
        assert_eq!(
            table.family("openai", What::Picture, "gpt-image-1"),
            Family::OpenAiImages
        );
        assert_eq!(table.family("nexhina", What::Film, "veo-2"), Family::NewApi);
    }

    #[test]
    fn a_persons_own_rows_come_first() {
        let mine = r#"{"rows": [{"preset": "openai", "for": "video", "models": ["*"], "family": "ark"}], "queue": []}"#;
        let table = Families::shipped().under(Families::parse(mine).expect("a table"));
        assert_eq!(table.family("openai", What::Film, "sora-2"), Family::Ark);
        assert_eq!(table.family("nexhina", What::Film, "sora"), Family::NewApi);
    }

    #[test]
    fn every_row_names_a_family_we_know() {
        for row in &Families::shipped().rows {
            assert!(Family::named(&row.family).is_some(), "{}", row.family);
        }
    }
}
