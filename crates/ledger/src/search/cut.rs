//! From a text to words, the same way for what is stored, what is asked for and what is highlighted: small letters
//! without accents, and scripts written without spaces (Chinese, Japanese, Korean) as overlapping pairs of characters,
//! so that a word of two characters is one word of the index.

use unicode_normalization::char::{decompose_compatible, is_combining_mark};

/// Longer ones are no words but encoded bytes; their beginnings do.
const LONGEST: usize = 48;

/// A word of letters and digits, or one character of a script without spaces, and where it stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// Folded.
    pub(super) word: String,
    /// A single character that forms pairs with its neighbours.
    pub(super) paired: bool,
    /// Its first byte.
    pub(super) start: usize,
    /// The byte behind it.
    pub(super) end: usize,
}

/// The pieces of a text in order.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut open = false;
    for (start, one) in text.char_indices() {
        let end = start + one.len_utf8();
        let folded = |folded: char| {
            let piece = match pieces.last_mut() {
                // One character may fold into several: they share its place.
                Some(last) if open && (!is_paired(folded) && !last.paired) => last,
                _ => {
                    pieces.push(Piece {
                        word: String::new(),
                        paired: is_paired(folded),
                        start,
                        end,
                    });
                    open = true;
                    match pieces.last_mut() {
                        Some(fresh) => fresh,
                        None => return,
                    }
                }
            };
            piece.end = end;
            if piece.word.len() < LONGEST || piece.paired {
                piece.word.push(folded);
            }
        };
        if !fold(one, folded) && !is_combining_mark(one) {
            open = false;
        }
    }
    pieces
}

/// The words the index keeps of a text. Every pair of neighbours is a word, and so is the last character of a run, so
/// that each character begins one: a single character is found as the beginning of words.
pub(super) fn words(text: &str) -> String {
    let pieces = pieces(text);
    let mut words = String::with_capacity(text.len() * 2);
    for (at, piece) in pieces.iter().enumerate() {
        write(&mut words, piece, pieces.get(at + 1));
    }
    words
}

/// Adds a piece with its neighbour, if they touch. Returns whether they did.
pub(super) fn write(words: &mut String, piece: &Piece, next: Option<&Piece>) -> bool {
    if !words.is_empty() {
        words.push(' ');
    }
    words.push_str(&piece.word);
    match next {
        Some(next) if piece.paired && next.paired && next.start == piece.end => {
            words.push_str(&next.word);
            true
        }
        _ => false,
    }
}

/// Hands over what a character counts as; false if it is no part of a word.
fn fold(one: char, mut found: impl FnMut(char)) -> bool {
    if one.is_ascii() {
        if one.is_ascii_alphanumeric() {
            found(one.to_ascii_lowercase());
        }
        return one.is_ascii_alphanumeric();
    }
    if is_paired(one) {
        found(one);
        return true;
    }
    let mut any = false;
    // Wide letters become plain ones here, and accents come apart from their letters.
    decompose_compatible(one, |part| {
        if !is_combining_mark(part) && part.is_alphanumeric() {
            part.to_lowercase().for_each(&mut found);
            any = true;
        }
    });
    any
}

fn is_paired(one: char) -> bool {
    matches!(one,
        '々' | '〇' | '\u{3041}'..='\u{30FF}' | '\u{31F0}'..='\u{31FF}' | '\u{3400}'..='\u{4DBF}'
        | '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}' | '\u{20000}'..='\u{3FFFF}')
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn latin_words_are_small_and_bare_and_chinese_comes_in_pairs() {
        assert_eq!(words("Über Ｃafé, snake_case2"), "uber cafe snake case2");
        assert_eq!(words("十一只纸船"), "十一 一只 只纸 纸船 船");
        assert_eq!(words("用Rust写，好"), "用 rust 写 好");
        assert_eq!(words("  …!? 🚣🏽"), "");
        assert_eq!(words("cafe\u{301}s naïve"), "cafes naive");
    }
}
