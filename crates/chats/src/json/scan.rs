//! Cuts a JSON text into its parts without holding or understanding them: the elements of an array, the members of an
//! object, one at a time, from a reader. Depth costs nothing, because nothing here recurses; what is inside a part may
//! even be broken, as long as its brackets and quotes balance.

use std::io::{self, BufRead};

/// Why a text cannot be cut any further.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    #[error("the file could not be read")]
    Disk(#[from] io::Error),
    #[error("the file breaks off in the middle")]
    Cut,
    #[error("the file is not valid JSON from here on")]
    Broken,
}

/// A place in a JSON text.
pub(crate) struct Scan<R> {
    input: R,
    begun: bool,
    /// Whether the innermost open bracket has given a part already, so that a comma is due.
    due: Vec<bool>,
}

impl<R: BufRead> Scan<R> {
    pub(crate) fn new(input: R) -> Self {
        Self {
            input,
            begun: false,
            due: Vec::new(),
        }
    }

    /// The next byte that means something, left where it is.
    pub(crate) fn peek(&mut self) -> Result<Option<u8>, Fault> {
        if !self.begun {
            self.begun = true;
            self.pass_mark()?;
        }
        loop {
            let chunk = self.input.fill_buf()?;
            if chunk.is_empty() {
                return Ok(None);
            }
            let blank = chunk.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            if blank < chunk.len() {
                let byte = chunk[blank];
                self.input.consume(blank);
                return Ok(Some(byte));
            }
            self.input.consume(blank);
        }
    }

    /// The byte order mark that Windows editors put first.
    fn pass_mark(&mut self) -> Result<(), Fault> {
        for expected in [0xEF, 0xBB, 0xBF] {
            match self.input.fill_buf()?.first() {
                Some(byte) if *byte == expected => self.input.consume(1),
                _ => return Ok(()),
            }
        }
        Ok(())
    }

    /// Steps into the array or object that stands here.
    pub(crate) fn enter(&mut self, bracket: u8) -> Result<(), Fault> {
        match self.peek()? {
            Some(byte) if byte == bracket => {
                self.input.consume(1);
                self.due.push(false);
                Ok(())
            }
            Some(_) => Err(Fault::Broken),
            None => Err(Fault::Cut),
        }
    }

    /// Whether another part follows; steps out of the bracket when none does.
    pub(crate) fn more(&mut self) -> Result<bool, Fault> {
        let Some(due) = self.due.last().copied() else {
            return Ok(false);
        };
        match self.peek()?.ok_or(Fault::Cut)? {
            b']' | b'}' => {
                self.input.consume(1);
                self.due.pop();
                return Ok(false);
            }
            b',' if due => {
                self.input.consume(1);
                // A comma before the closing bracket: hand-edited files have them.
                if let Some(b']' | b'}') = self.peek()? {
                    self.input.consume(1);
                    self.due.pop();
                    return Ok(false);
                }
            }
            _ if due => return Err(Fault::Broken),
            _ => {}
        }
        if let Some(last) = self.due.last_mut() {
            *last = true;
        }
        Ok(true)
    }

    /// A member's name; its value stands here afterwards.
    pub(crate) fn key(&mut self) -> Result<String, Fault> {
        if self.peek()? != Some(b'"') {
            return Err(Fault::Broken);
        }
        let mut raw = Vec::new();
        self.value(&mut raw, 1 << 16)?;
        if self.peek()? != Some(b':') {
            return Err(Fault::Broken);
        }
        self.input.consume(1);
        Ok(super::parse(&raw)
            .ok()
            .and_then(|key| key.as_str().map(str::to_owned))
            .unwrap_or_default())
    }

    /// The value that stands here, as it is written; `false` when it is longer than `most`, and then none of it.
    pub(crate) fn value(&mut self, into: &mut Vec<u8>, most: usize) -> Result<bool, Fault> {
        into.clear();
        let mut fits = true;
        self.walk(|piece| {
            fits = fits && into.len() + piece.len() <= most;
            if fits {
                into.extend_from_slice(piece);
            }
        })?;
        if !fits {
            *into = Vec::new();
        }
        Ok(fits)
    }

    /// Passes over the value that stands here.
    pub(crate) fn skip(&mut self) -> Result<(), Fault> {
        self.walk(|_| {})
    }

    fn walk(&mut self, mut take: impl FnMut(&[u8])) -> Result<(), Fault> {
        match self.peek()? {
            None => return Err(Fault::Cut),
            Some(b',' | b':' | b']' | b'}') => return Err(Fault::Broken),
            Some(_) => {}
        }
        let mut edge = Edge::default();
        loop {
            let chunk = self.input.fill_buf()?;
            if chunk.is_empty() {
                return if edge.depth == 0 && !edge.quoted {
                    Ok(())
                } else {
                    Err(Fault::Cut)
                };
            }
            let (used, done) = edge.advance(chunk);
            take(&chunk[..used]);
            self.input.consume(used);
            if done {
                return Ok(());
            }
        }
    }
}

/// How far inside a value we are.
#[derive(Default)]
struct Edge {
    depth: u64,
    quoted: bool,
    escaped: bool,
}

impl Edge {
    /// How much of `chunk` belongs to the value, and whether the value ends there.
    fn advance(&mut self, chunk: &[u8]) -> (usize, bool) {
        let mut at = 0;
        while at < chunk.len() {
            if self.quoted {
                at = self.inside_quotes(chunk, at);
                if !self.quoted && self.depth == 0 {
                    return (at, true);
                }
                continue;
            }
            match chunk[at] {
                b'"' => self.quoted = true,
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' if self.depth == 0 => return (at, true),
                b'}' | b']' => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        return (at + 1, true);
                    }
                }
                byte if self.depth == 0 && (byte == b',' || byte.is_ascii_whitespace()) => return (at, true),
                _ => {}
            }
            at += 1;
        }
        (at, false)
    }

    fn inside_quotes(&mut self, chunk: &[u8], at: usize) -> usize {
        if self.escaped {
            self.escaped = false;
            return at + 1;
        }
        match memchr::memchr2(b'"', b'\\', &chunk[at..]) {
            None => chunk.len(),
            Some(found) => {
                if chunk[at + found] == b'\\' {
                    self.escaped = true;
                } else {
                    self.quoted = false;
                }
                at + found + 1
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Scan;

    #[test]
    fn a_part_longer_than_wanted_is_passed_over_without_being_kept() {
        let mut scan = Scan::new(br#"[ "far, too ] long \" to keep" , {"a":[1]} ]"#.as_slice());
        let mut part = Vec::new();
        scan.enter(b'[').unwrap();
        assert!(scan.more().unwrap() && !scan.value(&mut part, 9).unwrap());
        assert!(part.is_empty() && part.capacity() == 0);
        assert!(scan.more().unwrap() && scan.value(&mut part, 9).unwrap());
        assert_eq!(part, br#"{"a":[1]}"#);
        assert!(!scan.more().unwrap());
    }
}
