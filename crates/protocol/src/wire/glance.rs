//! Finds what ends a string. Names and words in JSON are short: memchr takes longer to begin than they take to be looked
//! at, so the first bytes are looked at here, eight at once, and memchr has the rest.

use memchr::{memchr, memchr2};

const EACH: u64 = 0x0101_0101_0101_0101;
const TOP: u64 = 0x8080_8080_8080_8080;
/// From here on memchr is quicker.
const SHORT: usize = 32;

/// Where the first quote stands.
#[inline]
pub(crate) fn quote(bytes: &[u8]) -> Option<usize> {
    find(
        bytes,
        |eight| has(eight, b'"'),
        |byte| byte == b'"',
        |rest| memchr(b'"', rest),
    )
}

/// Where the first backslash stands.
#[inline]
pub(crate) fn backslash(bytes: &[u8]) -> Option<usize> {
    find(
        bytes,
        |eight| has(eight, b'\\'),
        |byte| byte == b'\\',
        |rest| memchr(b'\\', rest),
    )
}

/// Where the first quote or backslash stands.
#[inline]
pub(crate) fn quote_or_backslash(bytes: &[u8]) -> Option<usize> {
    find(
        bytes,
        |eight| has(eight, b'"') | has(eight, b'\\'),
        |byte| matches!(byte, b'"' | b'\\'),
        |rest| memchr2(b'"', b'\\', rest),
    )
}

/// Where the first byte stands that is not simply a part of a string: a quote, a backslash, or what JSON wants escaped.
#[inline]
pub(crate) fn stop(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    while let Some(eight) = bytes[at..].first_chunk() {
        let eight = u64::from_le_bytes(*eight);
        // The same as `has`, for everything below a space.
        let control = eight.wrapping_sub(EACH * u64::from(b' ')) & !eight & TOP;
        let found = control | has(eight, b'"') | has(eight, b'\\');
        if found != 0 {
            return Some(at + first(found));
        }
        at += 8;
    }
    let stops = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..b' ');
    bytes[at..].iter().position(stops).map(|found| at + found)
}

#[inline]
fn find(
    bytes: &[u8],
    among: impl Fn(u64) -> u64,
    is: impl Fn(u8) -> bool,
    behind: impl Fn(&[u8]) -> Option<usize>,
) -> Option<usize> {
    let mut at = 0;
    while let Some(eight) = bytes[at..].first_chunk() {
        if at == SHORT {
            return behind(&bytes[at..]).map(|found| at + found);
        }
        let found = among(u64::from_le_bytes(*eight));
        if found != 0 {
            return Some(at + first(found));
        }
        at += 8;
    }
    bytes[at..]
        .iter()
        .position(|byte| is(*byte))
        .map(|found| at + found)
}

/// The top bits of those of eight bytes that are `byte`. A borrow may set one above the first, never below it.
#[inline]
const fn has(eight: u64, byte: u8) -> u64 {
    let differs = eight ^ (EACH * byte as u64);
    differs.wrapping_sub(EACH) & !differs & TOP
}

#[inline]
const fn first(found: u64) -> usize {
    (found.trailing_zeros() / 8) as usize
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

        #[test]
        fn what_is_found_is_what_a_look_at_every_byte_finds(
            bytes in vec(prop_oneof![9 => select(b"a ~!#[]\x7F\x80\xA2\xDC\xFF".to_vec()), 1 => select(b"\"\\\n\x1F\0".to_vec())], 0..90),
        ) {
            let at = |is: &dyn Fn(u8) -> bool| bytes.iter().position(|byte| is(*byte));
            prop_assert_eq!(quote(&bytes), at(&|byte| byte == b'"'));
            prop_assert_eq!(backslash(&bytes), at(&|byte| byte == b'\\'));
            prop_assert_eq!(quote_or_backslash(&bytes), at(&|byte| matches!(byte, b'"' | b'\\')));
            prop_assert_eq!(stop(&bytes), at(&|byte| matches!(byte, b'"' | b'\\' | 0..b' ')));
        }
    }
}
