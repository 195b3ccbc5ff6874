//! Which models see, hear and watch, by their names. `models.json` is read from top to bottom and the first pattern
//! that fits decides; what fits none is unknown, which is not the same as no.

use std::sync::LazyLock;

use serde::Deserialize;

/// A row of `models.json`.
#[derive(Debug, Deserialize)]
struct Row {
    models: Vec<String>,
    sees: bool,
    hears: bool,
    watches: bool,
}

#[expect(clippy::expect_used, reason = "a test reads the file that is compiled in")]
static ROWS: LazyLock<Vec<Row>> =
    LazyLock::new(|| serde_json::from_str(include_str!("models.json")).expect("models.json is readable"));

/// Whether a model can be given pictures; none where nobody knows.
#[must_use]
pub fn sees(model: &str) -> Option<bool> {
    row(model).map(|row| row.sees)
}

/// Whether a model can be given recordings; none where nobody knows.
#[must_use]
pub fn hears(model: &str) -> Option<bool> {
    row(model).map(|row| row.hears)
}

/// Whether a model can be given films; none where nobody knows.
#[must_use]
pub fn watches(model: &str) -> Option<bool> {
    row(model).map(|row| row.watches)
}

fn row(model: &str) -> Option<&'static Row> {
    let model = bare(model);
    ROWS.iter()
        .find(|row| row.models.iter().any(|pattern| fits(pattern, &model)))
}

/// The name without who sells it before, and without which size or price of it behind.
pub(crate) fn bare(model: &str) -> String {
    let model = model.rsplit('/').next().unwrap_or(model);
    model.split(':').next().unwrap_or(model).to_lowercase()
}

/// `*` is any number of letters.
pub(crate) fn fits(pattern: &str, name: &str) -> bool {
    let mut pieces = pattern.split('*');
    let Some(mut rest) = pieces.next().and_then(|first| name.strip_prefix(first)) else {
        return false;
    };
    let mut pieces: Vec<&str> = pieces.collect();
    let Some(last) = pieces.pop() else {
        return rest.is_empty();
    };
    for piece in pieces {
        match rest.find(piece) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}
