//! What somebody typed into the search, read: words, "phrases" and filters such as `model:gpt*` or `before:2026-01-31`.

use super::cut::{Piece, pieces, write};
use super::index::{CODE, FILE, IMAGE, TOOL};

/// When a day (year, month, day) begins where the person is, in Unix milliseconds; none for a day that does not exist.
pub type Midnight<'a> = &'a dyn Fn(i32, u8, u8) -> Option<i64>;

/// A query.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Query {
    /// All must occur.
    pub(super) terms: Vec<Term>,
    pub(super) filters: Vec<Filter>,
}

/// Pieces that must stand one behind the other.
#[derive(Debug, PartialEq)]
pub(super) struct Term {
    pub(super) pieces: Vec<Piece>,
    /// Whether the last piece may go on.
    pub(super) open: bool,
}

/// What narrows a search besides words.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Filter {
    /// As a GLOB pattern in small letters.
    Model(String),
    Has(i64),
    Dearer(i64),
    Cheaper(i64),
    Before(i64),
    After(i64),
    /// A folder's name or its beginning, in small letters.
    In(String),
}

impl Query {
    pub(super) fn read(text: &str, midnight: Midnight<'_>) -> Query {
        let mut query = Query::default();
        let mut last_is_word = false;
        for part in parts(text) {
            let filter = match &part.key {
                Some(key) => filter(&key.to_lowercase(), &part.value, midnight),
                None => None,
            };
            if let Some(filter) = filter {
                query.filters.push(filter);
                last_is_word = false;
                continue;
            }
            let whole = match part.key {
                Some(key) => format!("{key}:{}", part.value),
                None => part.value,
            };
            let pieces = pieces(&whole);
            if !pieces.is_empty() {
                query.terms.push(Term { pieces, open: false });
                last_is_word = !part.quoted;
            }
        }
        if let Some(last) = query.terms.last_mut().filter(|_| last_is_word) {
            last.open = true;
        }
        query
    }

    /// Whether it ends in two letters that may go on. That is most of what was ever said, found in no index of its own,
    /// and how well it fits says nothing: who types them is still typing.
    pub(super) fn is_vague(&self) -> bool {
        let piece = self
            .terms
            .last()
            .filter(|last| last.open)
            .and_then(|last| last.pieces.last());
        piece.is_some_and(|piece| !piece.paired && piece.word.chars().count() == 2)
    }

    /// The same in the language of FTS5. Everything is quoted, so that nothing typed is an operator.
    pub(super) fn matching(&self) -> String {
        let terms: Vec<String> = self.terms.iter().map(Term::matching).collect();
        terms.join(" AND ")
    }
}

impl Term {
    fn matching(&self) -> String {
        let mut words = String::new();
        let mut open = self.open;
        let mut joined = false;
        for (at, piece) in self.pieces.iter().enumerate() {
            let next = self.pieces.get(at + 1);
            if next.is_none() && piece.paired {
                // In the text it may be the first of a pair; as the second of one it is known already.
                if joined {
                    open = false;
                    continue;
                }
                open = true;
            }
            joined = write(&mut words, piece, next);
        }
        let star = if open { " *" } else { "" };
        format!("\"{words}\"{star}")
    }
}

struct Part {
    key: Option<String>,
    value: String,
    quoted: bool,
}

/// Splits at spaces outside of quotes. A quote that is not closed goes to the end.
fn parts(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let key = rest
            .find([':', ' ', '"', '\t', '\n'])
            .filter(|at| rest[*at..].starts_with(':'));
        let key = key.filter(|at| *at > 0 && rest[..*at].chars().all(|one| one.is_ascii_alphabetic()));
        let behind = key.map_or(rest, |at| &rest[at + 1..]);
        let opened = behind.strip_prefix(['"', '“', '”']);
        let (value, after) = match opened {
            Some(inside) => inside.split_once(['"', '“', '”']).unwrap_or((inside, "")),
            None => {
                let end = behind.find(|one: char| one.is_whitespace() || one == '"');
                behind.split_at(end.unwrap_or(behind.len()))
            }
        };
        parts.push(Part {
            key: key.map(|at| rest[..at].to_owned()),
            value: value.to_owned(),
            quoted: opened.is_some(),
        });
        rest = after.trim_start();
    }
    parts
}

fn filter(key: &str, value: &str, midnight: Midnight<'_>) -> Option<Filter> {
    if value.is_empty() {
        return None;
    }
    match key {
        "model" => Some(Filter::Model(glob(&value.to_lowercase()))),
        "has" => Some(Filter::Has(match value.to_lowercase().as_str() {
            "image" | "images" | "picture" | "pictures" => IMAGE,
            "file" | "files" | "attachment" => FILE,
            "tool" | "tools" => TOOL,
            "code" => CODE,
            _ => return None,
        })),
        "cost" => match value.split_at_checked(1)? {
            (">", dollars) => Some(Filter::Dearer(nano(dollars)?)),
            ("<", dollars) => Some(Filter::Cheaper(nano(dollars)?)),
            _ => None,
        },
        "before" => Some(Filter::Before(day(value, midnight)?)),
        "after" => Some(Filter::After(day(value, midnight)?)),
        "in" => Some(Filter::In(value.to_lowercase())),
        _ => None,
    }
}

/// Without a star of their own, names are found by any part of them.
fn glob(name: &str) -> String {
    let literal = name.replace('[', "[[]").replace('?', "[?]");
    match name.contains('*') {
        true => literal,
        false => format!("*{literal}*"),
    }
}

/// Dollars in nano-dollars, without going through fractions that do not come out.
fn nano(dollars: &str) -> Option<i64> {
    let dollars = dollars.trim_start_matches(['=', '$']);
    let (whole, part) = dollars.split_once('.').unwrap_or((dollars, ""));
    if whole.is_empty() && part.is_empty() || part.len() > 9 {
        return None;
    }
    let digits = |text: &str| match text {
        "" => Some(0),
        text if text.bytes().all(|one| one.is_ascii_digit()) => text.parse::<i64>().ok(),
        _ => None,
    };
    let part = digits(&format!("{part:0<9}"))?;
    digits(whole)?.checked_mul(1_000_000_000)?.checked_add(part)
}

/// `2026-01-31`, `2026-01` or `2026`: when it begins.
fn day(text: &str, midnight: Midnight<'_>) -> Option<i64> {
    let mut parts = text.split(['-', '/', '.']);
    let year = parts.next()?.parse().ok()?;
    let mut small = || parts.next().map_or(Some(1), |part| part.parse().ok());
    let (month, day) = (small()?, small()?);
    midnight(year, month, day).filter(|_| parts.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day_count(year: i32, month: u8, day: u8) -> Option<i64> {
        (day < 32).then(|| i64::from(year) * 10_000 + i64::from(month) * 100 + i64::from(day))
    }

    fn read(text: &str) -> (String, Vec<Filter>) {
        let query = Query::read(text, &day_count);
        (query.matching(), query.filters)
    }

    #[test]
    fn words_must_all_occur_and_the_last_may_go_on() {
        assert_eq!(read("Paper Boats").0, r#""paper" AND "boats" *"#);
        assert_eq!(read(r#"light "paper boats""#).0, r#""light" AND "paper boats""#);
        assert_eq!(
            read("snake_case OR NEAR(").0,
            r#""snake case" AND "or" AND "near" *"#
        );
        assert_eq!(read("?! …").0, "");
    }

    #[test]
    fn chinese_is_asked_for_in_pairs_and_one_character_as_the_beginning_of_words() {
        assert_eq!(read("纸船").0, r#""纸船""#);
        assert_eq!(read("十一只").0, r#""十一 一只""#);
        assert_eq!(read("\"船\" 用Rust写").0, r#""船" * AND "用 rust 写" *"#);
        assert_eq!(read("\"纸船 rust\"").0, r#""纸船 船 rust""#);
    }

    #[test]
    fn filters_are_known_by_name_and_anything_else_is_a_word() {
        let (words, filters) = read(
            r#"model:GPT* has:image cost:>0.1 cost:<$2 before:2026-01-31 after:2025 in:"My Work" boats"#,
        );
        assert_eq!(words, r#""boats" *"#);
        let expected = [
            Filter::Model("gpt*".into()),
            Filter::Has(IMAGE),
            Filter::Dearer(100_000_000),
            Filter::Cheaper(2_000_000_000),
            Filter::Before(20_260_131),
            Filter::After(20_250_101),
            Filter::In("my work".into()),
        ];
        assert_eq!(filters, expected);
        let (words, filters) = read("std:vec has:teeth before:tomorrow 10:30");
        assert_eq!(filters, []);
        assert_eq!(
            words,
            r#""std vec" AND "has teeth" AND "before tomorrow" AND "10 30" *"#
        );
        assert_eq!(read("model:gpt-4o").1, [Filter::Model("*gpt-4o*".into())]);
    }
}
