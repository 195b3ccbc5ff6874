//! The part of a text that a search found, and where in it the words stand.

use super::cut::{Piece, pieces};
use super::query::Term;

/// Bytes shown before the first match, and in all.
const BEFORE: usize = 60;
const LENGTH: usize = 240;

/// A part of `text` on one line and the places of what was found in it, as pairs of start and end in UTF-16 units.
pub(super) fn snippet(text: &str, terms: &[Term]) -> (String, Vec<(u32, u32)>) {
    let found = places(text, terms);
    let first = found.first().map_or(0, |(start, _)| *start);
    let from = beginning(text, first.saturating_sub(BEFORE), first);
    let upto = text.floor_char_boundary((from + LENGTH).min(text.len()));
    // A match that begins inside is shown whole.
    let upto = found
        .iter()
        .filter(|(start, _)| *start < upto)
        .fold(upto, |upto, (_, end)| upto.max(*end));
    let mut line = String::new();
    if from > 0 {
        line.push('…');
    }
    let mut at = Vec::new();
    let mut units = u32::from(from > 0);
    for (offset, one) in text[from..upto].char_indices() {
        let here = from + offset;
        if found.iter().any(|(start, _)| *start == here) {
            at.push((units, units));
        }
        // Breaks and tabs keep their width, so that nothing has to be counted twice.
        line.push(if one.is_control() { ' ' } else { one });
        units += one.len_utf16() as u32;
        if found.iter().any(|(_, end)| *end == here + one.len_utf8())
            && let Some(last) = at.last_mut()
        {
            last.1 = units;
        }
    }
    if upto < text.len() {
        line.push('…');
    }
    (line, at)
}

/// Where a snippet begins: behind the first space after `earliest`, if there is one before the match.
fn beginning(text: &str, earliest: usize, first: usize) -> usize {
    let earliest = text.floor_char_boundary(earliest);
    if earliest == 0 {
        return 0;
    }
    text[earliest..first]
        .find(char::is_whitespace)
        .map_or(earliest, |at| text.ceil_char_boundary(earliest + at + 1))
}

/// Where the terms stand, in bytes, in order and without overlaps.
fn places(text: &str, terms: &[Term]) -> Vec<(usize, usize)> {
    let pieces = pieces(text);
    let mut places: Vec<(usize, usize)> = Vec::new();
    for at in 0..pieces.len() {
        let longest = terms
            .iter()
            .filter(|term| stands_at(&pieces[at..], term))
            .filter_map(|term| pieces.get(at + term.pieces.len() - 1))
            .map(|last| last.end)
            .max();
        let Some(end) = longest else { continue };
        match places.last_mut() {
            Some(last) if pieces[at].start < last.1 => last.1 = last.1.max(end),
            _ => places.push((pieces[at].start, end)),
        }
    }
    places
}

fn stands_at(text: &[Piece], term: &Term) -> bool {
    let Some((last, before)) = term.pieces.split_last() else {
        return false;
    };
    text.len() > before.len()
        && text
            .iter()
            .zip(before)
            .all(|(piece, asked)| piece.word == asked.word)
        && match term.open {
            true => text[before.len()].word.starts_with(&last.word),
            false => text[before.len()].word == last.word,
        }
}

#[cfg(test)]
mod tests {
    use super::super::query::Query;
    use super::snippet;

    fn shown(text: &str, query: &str) -> (String, Vec<String>) {
        let query = Query::read(query, &|_, _, _| None);
        let (line, at) = snippet(text, &query.terms);
        let units: Vec<u16> = line.encode_utf16().collect();
        let cut = |(start, end): (u32, u32)| String::from_utf16_lossy(&units[start as usize..end as usize]);
        let at = at.into_iter().map(cut).collect();
        (line, at)
    }

    #[test]
    fn places_count_in_the_units_of_the_page_and_cover_what_was_asked() {
        let (line, at) = shown("🚣🏽 Eleven\npaper BOATS sail; boat by boat.", "paper boa");
        assert_eq!(line, "🚣🏽 Eleven paper BOATS sail; boat by boat.");
        assert_eq!(at, ["paper", "BOATS", "boat", "boat"]);
        assert_eq!(shown("十一只纸船驶过灯塔", "纸船 灯").1, ["纸船", "灯"]);
        assert_eq!(shown("Ein Café für Élise", "cafe \"elise\"").1, ["Café", "Élise"]);
    }

    #[test]
    fn a_match_deep_in_a_long_text_is_shown_with_what_stands_around_it() {
        let text = format!(
            "{}the lighthouse keeper{}",
            "before ".repeat(500),
            " after".repeat(500)
        );
        let (line, at) = shown(&text, "lighthouse");
        assert_eq!(at, ["lighthouse"]);
        assert!(
            line.starts_with("…before ") && line.ends_with('…') && line.len() < 300,
            "{line}"
        );
        let (line, at) = shown(&format!("{}船{}", "水".repeat(900), "水".repeat(900)), "船");
        assert_eq!(
            (at.as_slice(), line.contains('船')),
            (["船".to_owned()].as_slice(), true)
        );
    }
}
