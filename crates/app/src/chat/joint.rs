//! Where the rest of a broken answer meets its beginning. A model asked to go on does not always do as it is told: it
//! says the last words again, or opens the code block anew. Come here to change what is taken for a seam.
//!
//! The rest of an answer that does go on exactly must pass unchanged, whatever it is: so a repetition counts only
//! where it begins where a model would begin again (a line, a word), and says something.

/// How far back a repetition may reach.
const TAIL: usize = 2000;
/// Letters that are a repetition wherever they begin.
const LONG: usize = 24;
/// The same in letters of three bytes, which say more.
const LONG_WIDE: usize = 4;

/// The end of what is there, and what of the rest cannot be judged yet.
pub(super) struct Joint {
    tail: String,
    /// The line that opens the code block it ends in, which may stand far before the tail.
    fence: Option<String>,
    held: Option<String>,
}

impl Joint {
    pub(super) fn behind(text: &str) -> Self {
        let from = text.ceil_char_boundary(text.len().saturating_sub(TAIL));
        Self {
            tail: text.get(from..).unwrap_or_default().to_owned(),
            fence: open_fence(text).map(str::to_owned),
            held: (!text.is_empty()).then(String::new),
        }
    }

    /// What may be shown of what has come so far.
    pub(super) fn pass(&mut self, text: String) -> String {
        let Some(held) = &mut self.held else { return text };
        held.push_str(&text);
        if self.may_become_a_seam() {
            return String::new();
        }
        self.end()
    }

    /// What is left when nothing more comes.
    pub(super) fn end(&mut self) -> String {
        let Some(held) = self.held.take() else {
            return String::new();
        };
        self.joined(&held).to_owned()
    }

    fn may_become_a_seam(&self) -> bool {
        let held = self.held.as_deref().unwrap_or_default();
        let unfenced = match reopened(self.fence.as_deref(), held) {
            Reopened::Not => held,
            Reopened::Perhaps => return true,
            Reopened::Behind(rest) => rest,
        };
        [held, unfenced]
            .iter()
            .any(|rest| rest.trim().is_empty() || is_inside(&self.tail, rest))
    }

    /// The rest without what it says again.
    fn joined<'a>(&self, rest: &'a str) -> &'a str {
        let tail = self.tail.as_str();
        if let Some(fresh) = unrepeated(tail, rest) {
            return fresh;
        }
        if let Reopened::Behind(inside) = reopened(self.fence.as_deref(), rest) {
            return unrepeated(tail, inside).unwrap_or(inside);
        }
        // Both sides of the break have the space that stands between two words.
        let words = tail.trim_end_matches(' ');
        let spaced = tail.len() == words.len() + 1 && !words.ends_with('\n') && self.fence.is_none();
        match rest.strip_prefix(' ') {
            Some(fresh) if spaced && fresh.starts_with(char::is_alphanumeric) => fresh,
            _ => rest,
        }
    }
}

/// Whether the tail, from somewhere on, is these words and more: then the rest may still repeat it to its end.
fn is_inside(tail: &str, rest: &str) -> bool {
    let within = tail.match_indices(rest.chars().next().unwrap_or_default());
    within
        .map(|(at, _)| &tail[at..])
        .any(|end| end.len() > rest.len() && end.starts_with(rest))
}

/// What follows the longest repetition; none if nothing is repeated.
fn unrepeated<'a>(tail: &str, rest: &'a str) -> Option<&'a str> {
    let cuts = rest.char_indices().map(|(at, letter)| at + letter.len_utf8());
    let repeated = cuts
        .take_while(|cut| *cut <= tail.len())
        .filter(|cut| tail.ends_with(&rest[..*cut]))
        .filter(|cut| is_repetition(tail, &rest[..*cut]))
        .last()?;
    Some(&rest[repeated..])
}

fn is_repetition(tail: &str, said: &str) -> bool {
    let letters = said.chars().filter(|letter| letter.is_alphanumeric()).count();
    let wide = said.chars().filter(|letter| letter.len_utf8() > 2).count();
    if letters == 0 || is_rhythm(said) {
        return false;
    }
    let before = &tail[..tail.len() - said.len()];
    let begins_line = before.is_empty() || before.ends_with('\n');
    // A whole line that stands there twice may well be meant, a begun one is not.
    if begins_line && !said.ends_with('\n') && said.chars().count() >= 3 {
        return true;
    }
    if wide >= LONG_WIDE || letters >= LONG {
        return true;
    }
    let begins_word = before.ends_with(|letter: char| letter.is_whitespace())
        && said.chars().all(|letter| letter.is_ascii_alphanumeric());
    begins_word && letters >= 4
}

/// Letters that repeat themselves, like the dashes of a table or a laugh: another round of them is no repetition.
fn is_rhythm(said: &str) -> bool {
    let letters: Vec<char> = said.chars().collect();
    (1..=letters.len() / 2).any(|length| {
        letters
            .iter()
            .zip(letters.iter().skip(length))
            .all(|(one, later)| one == later)
    })
}

enum Reopened<'a> {
    /// It goes on.
    Not,
    /// Its first line is not whole yet.
    Perhaps,
    /// It opens the code block once more, and this is what stands behind that line.
    Behind(&'a str),
}

/// Inside a code block a line of backticks with a language opens it once more; without one, it closes it.
fn reopened<'a>(fence: Option<&str>, rest: &'a str) -> Reopened<'a> {
    let Some(fence) = fence else {
        return Reopened::Not;
    };
    let marks: String = fence
        .chars()
        .take_while(|mark| matches!(mark, '`' | '~'))
        .collect();
    let begun = rest.trim_start();
    if begun.is_empty() || (marks.starts_with(begun) && begun.len() < marks.len()) {
        return Reopened::Perhaps;
    }
    let Some(info) = begun.strip_prefix(marks.as_str()) else {
        return Reopened::Not;
    };
    match info.split_once('\n') {
        Some((language, behind)) if is_language(language) => Reopened::Behind(behind),
        None if is_language(info) || info.is_empty() => Reopened::Perhaps,
        _ => Reopened::Not,
    }
}

fn is_language(info: &str) -> bool {
    let info = info.trim();
    info.starts_with(|letter: char| letter.is_ascii_alphabetic()) && !info.contains(['`', ' '])
}

/// The line that opens the code block a text ends in.
fn open_fence(text: &str) -> Option<&str> {
    let mut open: Option<&str> = None;
    for line in text.lines() {
        let begun = line.trim_start();
        let marks = begun.chars().take_while(|mark| *mark == '`').count();
        let marks = marks.max(begun.chars().take_while(|mark| *mark == '~').count());
        if marks < 3 {
            continue;
        }
        match open {
            None => open = Some(begun),
            Some(fence) => {
                let opened = fence.chars().take_while(|mark| begun.starts_with(*mark)).count();
                let closes = opened > 0 && marks >= opened && begun[marks..].trim().is_empty();
                if closes {
                    open = None;
                }
            }
        }
    }
    open
}

#[cfg(test)]
mod tests;
