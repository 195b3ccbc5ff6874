//! Goes through JSON to the letter and copies nothing: what passes here, serde takes as well. The other way round it is
//! not so; whoever gets `None` asks serde, which has the words for what is wrong.

use super::glance::stop;

/// Deeper nesting than this is serde's, too: nobody who means well has it.
const DEEPEST: u32 = 64;

struct Strict<'a> {
    text: &'a str,
    at: usize,
}

/// Hands out the members of the object that `text` is: names as they stand, values with their quotes and brackets.
/// `None`: it is no JSON object, or has a name with an escape in it, which may be any name.
pub(crate) fn members<'a>(
    text: &'a str,
    mut each: impl FnMut(&'a [u8], &'a str) -> Option<()>,
) -> Option<()> {
    let mut walk = Strict { text, at: 0 };
    walk.expect(b'{')?;
    if walk.next()? == b'}' {
        walk.at += 1;
        return walk.next().is_none().then_some(());
    }
    loop {
        let name = walk.name()?;
        walk.next()?;
        let from = walk.at;
        walk.value()?;
        each(name, text.get(from..walk.at)?)?;
        let byte = walk.next()?;
        walk.at += 1;
        match byte {
            b',' => {}
            b'}' => return walk.next().is_none().then_some(()),
            _ => return None,
        }
    }
}

impl<'a> Strict<'a> {
    /// The next byte that is no space.
    #[inline]
    fn next(&mut self) -> Option<u8> {
        loop {
            let byte = *self.text.as_bytes().get(self.at)?;
            if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return Some(byte);
            }
            self.at += 1;
        }
    }

    #[inline]
    fn expect(&mut self, byte: u8) -> Option<()> {
        (self.next()? == byte).then(|| self.at += 1)
    }

    #[inline]
    fn rest(&self) -> &'a [u8] {
        &self.text.as_bytes()[self.at..]
    }

    #[inline]
    fn name(&mut self) -> Option<&'a [u8]> {
        self.expect(b'"')?;
        let rest = self.rest();
        let end = stop(rest).filter(|end| rest[*end] == b'"')?;
        self.at += end + 1;
        self.expect(b':')?;
        Some(&rest[..end])
    }

    /// Steps behind the value that begins here. Nothing recurses: what is open stands in the bits of a number, a one for
    /// an object.
    fn value(&mut self) -> Option<()> {
        let (mut open, mut depth) = (0_u64, 0);
        loop {
            match self.next()? {
                b'"' => self.string()?,
                first @ (b'{' | b'[') => {
                    self.at += 1;
                    let is_object = first == b'{';
                    if self.next()? == first + 2 {
                        self.at += 1;
                    } else {
                        if depth == DEEPEST {
                            return None;
                        }
                        (open, depth) = (open << 1 | u64::from(is_object), depth + 1);
                        if is_object {
                            self.inner_name()?;
                        }
                        continue;
                    }
                }
                b't' => self.word(b"true")?,
                b'f' => self.word(b"false")?,
                b'n' => self.word(b"null")?,
                _ => self.number()?,
            }
            while depth > 0 {
                let is_object = open & 1 == 1;
                let byte = self.next()?;
                self.at += 1;
                match byte {
                    b',' => {
                        if is_object {
                            self.inner_name()?;
                        }
                        break;
                    }
                    b'}' if is_object => {}
                    b']' if !is_object => {}
                    _ => return None,
                }
                (open, depth) = (open >> 1, depth - 1);
            }
            if depth == 0 {
                return Some(());
            }
        }
    }

    #[inline]
    fn inner_name(&mut self) -> Option<()> {
        if self.next()? != b'"' {
            return None;
        }
        self.string()?;
        self.expect(b':')
    }

    /// Steps behind the string that begins here.
    #[inline]
    fn string(&mut self) -> Option<()> {
        self.at += 1;
        loop {
            let rest = self.rest();
            let end = stop(rest)?;
            self.at += end + 1;
            match rest[end] {
                b'"' => return Some(()),
                b'\\' => self.escape()?,
                _ => return None,
            }
        }
    }

    /// Steps behind an escape whose backslash has been taken.
    fn escape(&mut self) -> Option<()> {
        let rest = self.rest();
        self.at += match rest.first()? {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => 1,
            b'u' if rest.get(1..5)?.iter().all(u8::is_ascii_hexdigit) => 5,
            _ => return None,
        };
        Some(())
    }

    #[inline]
    fn word(&mut self, word: &[u8]) -> Option<()> {
        self.rest().starts_with(word).then(|| self.at += word.len())
    }

    fn number(&mut self) -> Option<()> {
        if self.is_at(b'-') {
            self.at += 1;
        }
        if self.is_at(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.is_at(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if self.is_at(b'e') || self.is_at(b'E') {
            self.at += 1;
            if self.is_at(b'+') || self.is_at(b'-') {
                self.at += 1;
            }
            self.digits()?;
        }
        Some(())
    }

    #[inline]
    fn is_at(&self, byte: u8) -> bool {
        self.text.as_bytes().get(self.at) == Some(&byte)
    }

    /// One at least.
    #[inline]
    fn digits(&mut self) -> Option<()> {
        let rest = self.rest();
        let count = rest
            .iter()
            .position(|byte| !byte.is_ascii_digit())
            .unwrap_or(rest.len());
        self.at += count;
        (count > 0).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::select;
    use serde_json::value::RawValue;

    use super::*;

    fn by_hand(text: &str) -> Option<Vec<(String, String)>> {
        let mut found = Vec::new();
        members(text, |name, value| {
            found.push((String::from_utf8_lossy(name).into_owned(), value.to_owned()));
            Some(())
        })?;
        Some(found)
    }

    fn by_serde(text: &str) -> Option<BTreeMap<String, Box<RawValue>>> {
        serde_json::from_str(text).ok()
    }

    /// What passes by hand passes with serde, with the same names and values.
    fn agree(text: &str) -> Result<(), TestCaseError> {
        let Some(found) = by_hand(text) else { return Ok(()) };
        let serde = by_serde(text);
        prop_assert!(serde.is_some(), "serde refuses {:?}", text);
        let raw = |value: &RawValue| value.get().to_owned();
        let known: BTreeMap<_, _> = serde
            .iter()
            .flatten()
            .map(|(name, value)| (name.clone(), raw(value)))
            .collect();
        // Of a name that stands twice the last counts, here as there.
        prop_assert_eq!(found.into_iter().collect::<BTreeMap<_, _>>(), known);
        Ok(())
    }

    #[test]
    fn what_programs_write_passes() {
        for text in [
            "{}",
            " { } ",
            r#"{"a":[],"b":{},"c":[{"d":[[1,-0.5e+7,0]]},"x\n\u706f\\",true,false,null], "e" : "灯" }"#,
        ] {
            assert_eq!(
                by_hand(text).map(|members| members.len()),
                by_serde(text).map(|members| members.len()),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_not_json_does_not_pass() {
        for text in [
            "",
            "{",
            "[]",
            "7",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{\"a\":1}}",
            "{\"a\":01}",
            "{\"a\":1.}",
            "{\"a\":.5}",
            "{\"a\":1e}",
            "{\"a\":+1}",
            "{\"a\":-}",
            "{\"a\":tru}",
            "{\"a\":truer}",
            "{\"a\":[1,]}",
            "{\"a\":[1}",
            "{\"a\":{1:2}}",
            "{\"a\":{\"b\"}}",
            "{\"a\":\"\n\"}",
            "{\"a\":\"\\x\"}",
            "{\"a\":\"\\u00g0\"}",
            "{\"a\":\"\\u00",
            "{\"a\":\"",
            "{\"a\" 1}",
            "{\"\n\":1}",
            "{\"\\u0061\":1}",
            "{\"a\":1}{",
            "{'a':1}",
        ] {
            assert_eq!(by_hand(text), None, "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(4000) })]

        #[test]
        fn it_is_never_laxer_than_serde(
            pieces in vec(select(vec![
                "{", "}", "[", "]", ",", ":", "\"", "\"a\"", "\"b\":", "{\"a\":", "\\", "\\n", "\\u12", "0", "-", "1.5", "e9",
                "true", "null", "fals", " ", "\n", "灯", "\u{1}", "\"x\":1,", "[1,", "{}", "[]",
            ]), 0..14),
        ) {
            let inside = pieces.concat();
            agree(&inside)?;
            agree(&format!("{{{inside}}}"))?;
            agree(&format!("{{\"k\":{inside}}}"))?;
            agree(&format!("{{\"k\":[{inside}],\"k\":\"{inside}\"}}"))?;
        }
    }
}
