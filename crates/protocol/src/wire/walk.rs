//! Walks over JSON in its bytes, without values, copies or unescaping: for events that pass by the thousand.
//!
//! It believes what it skips. Whoever asks gets `None` as soon as something is not where JSON would have it, and then
//! lets serde look at the whole.

use super::glance::{quote_or_backslash, stop};

/// A place in a piece of JSON.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// One value, as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Raw<'a>(pub(crate) &'a [u8]);

impl<'a> Walk<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// The members of the whole, which must be an object and nothing behind it.
    #[inline]
    pub(crate) fn whole(bytes: &'a [u8], each: impl FnMut(&'a [u8], &mut Self) -> Option<()>) -> Option<()> {
        let mut walk = Self::new(bytes);
        if walk.next()? != b'{' {
            return None;
        }
        walk.object(each)?;
        walk.next().is_none().then_some(())
    }

    /// Whether an array begins here.
    #[inline]
    pub(crate) fn is_list(&mut self) -> bool {
        self.next() == Some(b'[')
    }

    /// Goes through the object that begins here; `each` must step behind the value. Anything else is stepped over.
    #[inline]
    pub(crate) fn object(&mut self, mut each: impl FnMut(&'a [u8], &mut Self) -> Option<()>) -> Option<()> {
        if self.next()? != b'{' {
            return self.skip();
        }
        self.at += 1;
        if self.next()? == b'}' {
            self.at += 1;
            return Some(());
        }
        loop {
            let key = self.key()?;
            each(key, self)?;
            if self.is_last(b'}')? {
                return Some(());
            }
        }
    }

    /// The same for an array.
    #[inline]
    pub(crate) fn array(&mut self, mut each: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        if self.next()? != b'[' {
            return self.skip();
        }
        self.at += 1;
        if self.next()? == b']' {
            self.at += 1;
            return Some(());
        }
        loop {
            each(self)?;
            if self.is_last(b']')? {
                return Some(());
            }
        }
    }

    #[inline]
    fn is_last(&mut self, close: u8) -> Option<bool> {
        let byte = self.next()?;
        self.at += 1;
        match byte {
            b',' => Some(false),
            byte if byte == close => Some(true),
            _ => None,
        }
    }

    /// Steps behind the value that begins here.
    #[inline]
    pub(crate) fn skip(&mut self) -> Option<()> {
        self.value().map(|_| ())
    }

    /// The next byte that is no space.
    #[inline]
    fn next(&mut self) -> Option<u8> {
        loop {
            let byte = *self.bytes.get(self.at)?;
            if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return Some(byte);
            }
            self.at += 1;
        }
    }

    /// A name with an escape in it could be any name: serde decides.
    #[inline]
    fn key(&mut self) -> Option<&'a [u8]> {
        if self.next()? != b'"' {
            return None;
        }
        let from = self.at + 1;
        let rest = self.bytes.get(from..)?;
        let length = quote_or_backslash(rest)?;
        if rest[length] == b'\\' {
            return None;
        }
        self.at = from + length + 1;
        if self.next()? != b':' {
            return None;
        }
        self.at += 1;
        Some(&rest[..length])
    }

    /// Steps behind the string whose opening quote has been taken.
    #[inline]
    fn string(&mut self) -> Option<()> {
        loop {
            let rest = self.bytes.get(self.at..)?;
            let end = quote_or_backslash(rest)?;
            if rest[end] == b'"' {
                self.at += end + 1;
                return Some(());
            }
            self.at += end + 2;
        }
    }

    /// The value that begins here; the walk goes on behind it.
    #[inline]
    pub(crate) fn value(&mut self) -> Option<Raw<'a>> {
        let first = self.next()?;
        let from = self.at;
        match first {
            b'"' => {
                self.at += 1;
                self.string()?;
            }
            b'{' | b'[' => self.nest()?,
            b'-' | b'0'..=b'9' | b'a'..=b'z' => {
                let rest = &self.bytes[from..];
                let ends = |byte: &u8| matches!(byte, b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t');
                self.at += rest.iter().position(ends).unwrap_or(rest.len());
            }
            _ => return None,
        }
        Some(Raw(&self.bytes[from..self.at]))
    }

    /// Steps behind the object or array that begins here, however deep it is.
    fn nest(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        loop {
            let byte = *self.bytes.get(self.at)?;
            self.at += 1;
            match byte {
                b'"' => self.string()?,
                b'{' | b'[' => depth += 1,
                b'}' | b']' => {
                    depth -= 1;
                    if depth == 0 {
                        return Some(());
                    }
                }
                _ => {}
            }
        }
    }
}

impl<'a> Raw<'a> {
    /// What is not there reads like what is null.
    pub(crate) const NULL: Self = Self(b"null");

    /// Hands out the members, if it is an object. `None`: it cannot be read this way.
    pub(crate) fn members(self, mut each: impl FnMut(&'a [u8], Raw<'a>) -> Option<()>) -> Option<()> {
        Walk::new(self.0).object(|key, walk| each(key, walk.value()?))
    }

    /// Hands out the items, if it is an array.
    pub(crate) fn items(self, mut each: impl FnMut(Raw<'a>) -> Option<()>) -> Option<()> {
        Walk::new(self.0).array(|walk| each(walk.value()?))
    }

    /// One member of an object, `null` where it has none. `None`: it cannot be read this way.
    pub(crate) fn member(self, name: &[u8]) -> Option<Raw<'a>> {
        let mut found = Self::NULL;
        self.members(|key, value| {
            if key == name {
                found = value;
            }
            Some(())
        })?;
        Some(found)
    }

    /// The inside of a string, escapes as they stand.
    #[inline]
    pub(crate) fn inside(self) -> Option<&'a [u8]> {
        match self.0 {
            [b'"', inside @ .., b'"'] => Some(inside),
            _ => None,
        }
    }

    /// The inside of a string, if it is one without escapes: enough for words that programs choose.
    pub(crate) fn word(self) -> Option<&'a str> {
        std::str::from_utf8(self.inside()?)
            .ok()
            .filter(|word| !word.contains('\\'))
    }

    /// What a string says, if that stands in it letter by letter: serde would read it the same.
    pub(crate) fn plain(self) -> Option<&'a str> {
        let inside = self.inside().filter(|inside| stop(inside).is_none())?;
        std::str::from_utf8(inside).ok()
    }

    pub(crate) fn is_null(self) -> bool {
        self.0 == b"null"
    }

    /// The same, empty where there is no string. `None`: it has escapes, and cannot be compared this way.
    pub(crate) fn name(self) -> Option<&'a str> {
        match self.inside() {
            Some(_) => self.word(),
            None => Some(""),
        }
    }

    /// A string that is not empty.
    #[inline]
    pub(crate) fn says(self) -> bool {
        self.inside().is_some_and(|inside| !inside.is_empty())
    }

    /// Neither null nor false, nor an empty string, list or object.
    pub(crate) fn is_something(self) -> bool {
        match self.0 {
            b"null" | b"false" | b"\"\"" => false,
            [b'{' | b'[', inside @ .., _] => inside.iter().any(|byte| !byte.is_ascii_whitespace()),
            _ => true,
        }
    }

    /// How many items an array has.
    pub(crate) fn length(self) -> u64 {
        let mut length = 0;
        self.items(|_| {
            length += 1;
            Some(())
        });
        length
    }
}
