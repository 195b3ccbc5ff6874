//! How much a model can be told at once, by its name, from `windows.json`. The figures were written down from memory and
//! not checked against the makers' pages; gateways' lists do not say, and what is not in the table is unknown.

use std::sync::LazyLock;

#[expect(clippy::expect_used, reason = "a test reads the file that is compiled in")]
static ROWS: LazyLock<Vec<(String, u64)>> =
    LazyLock::new(|| serde_json::from_str(include_str!("windows.json")).expect("windows.json is readable"));

/// The tokens that go into a request and its answer together; none where nobody knows.
#[must_use]
pub fn context_window(model: &str) -> Option<u64> {
    // Without who sells it before, and which price of it behind.
    let name = model.rsplit('/').next().unwrap_or(model).to_lowercase();
    let name = name.split(':').next().unwrap_or_default();
    let known = ROWS
        .iter()
        .filter(|(begins, _)| name.starts_with(begins.as_str()));
    known
        .max_by_key(|(begins, _)| begins.len())
        .map(|(_, window)| *window)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_name_that_fits_decides_and_what_nobody_knows_is_none() {
        assert_eq!(context_window("gpt-4"), Some(8192));
        assert_eq!(context_window("gpt-4.1-mini"), Some(1_047_576));
        assert_eq!(context_window("openai/GPT-4o:free"), Some(128_000));
        assert_eq!(context_window("kimi-k2-0711-preview"), Some(131_072));
        assert_eq!(context_window("sandbox-chat"), None);
        assert!(
            ROWS.iter()
                .all(|(begins, window)| !begins.is_empty() && *window > 4000)
        );
    }
}
