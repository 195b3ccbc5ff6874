//! The sources in what a search answers. Few servers say them as links; most write `Title:` and `URL:` lines, or JSON
//! with a `url` and a `title` somewhere in it.

use serde_json::Value;

use crate::veil::Veil;

const MOST: usize = 50;

/// A page a tool links to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Citation {
    /// What it is called; its address where nobody says.
    pub title: String,
    /// Where it is: `http` or `https`.
    pub url: String,
}

/// The citations found so far, each page once, in the order in which they came.
#[derive(Default)]
pub(crate) struct Sources(Vec<Citation>);

impl Sources {
    pub(crate) fn add(&mut self, title: &str, url: &str) {
        let web = ["http://", "https://"]
            .iter()
            .any(|scheme| url.starts_with(scheme));
        let known = self.0.iter().any(|citation| citation.url == url);
        if web && !known && self.0.len() < MOST {
            let title = if title.is_empty() { url } else { title };
            self.0.push(Citation {
                title: title.to_owned(),
                url: url.to_owned(),
            });
        }
    }

    pub(crate) fn of_text(&mut self, text: &str) {
        if text.trim_start().starts_with(['{', '['])
            && let Ok(value) = serde_json::from_str(text)
        {
            return self.of_value(&value);
        }
        let mut title = "";
        for line in text.lines() {
            let Some((field, value)) = line.split_once(':') else {
                continue;
            };
            // Markdown: `**URL:** <https://…>`
            let field = field.trim_matches(|letter: char| !letter.is_alphanumeric());
            let value = value.trim_matches(|letter: char| letter.is_whitespace() || "*<>`".contains(letter));
            match field.to_ascii_lowercase().as_str() {
                "title" => title = value,
                "url" | "link" | "source" => self.add(std::mem::take(&mut title), value),
                _ => {}
            }
        }
    }

    pub(crate) fn of_value(&mut self, value: &Value) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.of_value(item)),
            Value::Object(fields) => {
                let text = |names: &[&str]| names.iter().find_map(|name| fields.get(*name)?.as_str());
                if let Some(url) = text(&["url", "link"]) {
                    self.add(text(&["title", "name"]).unwrap_or_default(), url);
                }
                fields.values().for_each(|field| self.of_value(field));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    pub(crate) fn into_citations(self, veil: &Veil) -> Vec<Citation> {
        let veiled = |it: Citation| Citation {
            title: veil.on(&it.title),
            url: veil.on(&it.url),
        };
        self.0.into_iter().map(veiled).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(String, String)> {
        let mut sources = Sources::default();
        sources.of_text(text);
        sources.0.into_iter().map(|it| (it.title, it.url)).collect()
    }

    #[test]
    fn lines_of_title_and_url_are_sources_each_once() {
        let text = "Detailed Results:\n\nTitle: Rust\nURL: https://rust-lang.org/\nContent: fast\n\n\
                    **Title:** Tauri\n**URL:** <https://tauri.app>\n\nTitle: Rust\nURL: https://rust-lang.org/";
        let two = [("Rust", "https://rust-lang.org/"), ("Tauri", "https://tauri.app")];
        let two = two.map(|(title, url)| (title.to_owned(), url.to_owned()));
        assert_eq!(found(text), two);
    }

    #[test]
    fn json_is_searched_for_pages_at_any_depth() {
        let text =
            r#"{"web":{"results":[{"url":"https://a.example","title":"A"},{"link":"javascript:alert(1)"}]}}"#;
        assert_eq!(found(text), [("A".to_owned(), "https://a.example".to_owned())]);
    }
}
