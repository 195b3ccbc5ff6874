//! The sandbox's one rule for counting tokens, and for cutting a text at a number of them.
//!
//! Four characters make a token; of Chinese, Japanese and Korean characters one and a half do. The sum is rounded up.
//! It is a rule of thumb, but the same one everywhere, so that totals in a usage block add up.

/// How much of a token a character is, in twelfths.
fn twelfths(character: char) -> u64 {
    if is_cjk(character) { 8 } else { 3 }
}

/// Tokens in a text.
pub fn count(text: &str) -> u64 {
    text.chars().map(twelfths).sum::<u64>().div_ceil(12)
}

/// The longest beginning of `text` that is at most `limit` tokens.
pub(crate) fn cut(text: &str, limit: u64) -> &str {
    let mut sum = 0;
    for (at, character) in text.char_indices() {
        sum += twelfths(character);
        if sum > limit.saturating_mul(12) {
            return &text[..at];
        }
    }
    text
}

/// Whether a character is written without spaces between words.
pub(crate) fn is_cjk(character: char) -> bool {
    matches!(character, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{2fa1f}')
}

/// Whether a reader would answer this text in Chinese.
pub(crate) fn mostly_chinese(text: &str) -> bool {
    let chinese = text.chars().filter(|&c| is_cjk(c)).count();
    let latin = text.chars().filter(char::is_ascii_alphabetic).count();
    chinese > 0 && chinese * 3 > latin
}

/// Lower-case words; each Chinese character counts as one.
pub(crate) fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    for character in text.chars() {
        let stands_alone = is_cjk(character);
        if (stands_alone || !character.is_alphanumeric()) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if stands_alone {
            words.push(character.to_string());
        } else if character.is_alphanumeric() {
            word.extend(character.to_lowercase());
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// A stable number for a text (FNV-1a), from which pictures, melodies and vectors are made.
pub(crate) fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// The next number of a deterministic sequence (splitmix64).
pub(crate) fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// The next number of that sequence, between 0 and 1.
pub(crate) fn next_unit(state: &mut u64) -> f32 {
    (next(state) >> 40) as f32 / (1u64 << 24) as f32
}
