//! The text of a rich text file (RTF): its control words are walked once, groups that are not text are left out.

use encoding_rs::{Encoding, WINDOWS_1252};

use crate::Unreadable;
use crate::limits::Budget;
use crate::markdown::Markdown;

/// Groups whose insides are not the text.
const UNSEEN: [&str; 13] = [
    "fonttbl",
    "colortbl",
    "stylesheet",
    "info",
    "pict",
    "object",
    "header",
    "footer",
    "footnote",
    "listtable",
    "listoverridetable",
    "themedata",
    "fldinst",
];
/// Groups inside groups; nobody writes so many.
const DEEPEST: usize = 10_000;

/// What holds inside one pair of braces.
#[derive(Clone, Copy)]
struct Group {
    unseen: bool,
    /// How many characters stand in for one that old readers do not know.
    stand_ins: usize,
}

struct Rtf<'b> {
    out: Markdown<'b>,
    groups: Vec<Group>,
    encoding: &'static Encoding,
    /// Bytes in the file's encoding, which may take two for a letter.
    pending: Vec<u8>,
    /// Half of a letter beyond the sixteen bits that `\u` has.
    high: Option<u16>,
    /// Stand-ins still to be passed over.
    passing: usize,
}

pub(crate) fn read(bytes: &[u8], budget: &Budget) -> Result<String, Unreadable> {
    let mut rtf = Rtf {
        out: Markdown::new(budget),
        groups: vec![Group {
            unseen: false,
            stand_ins: 1,
        }],
        encoding: WINDOWS_1252,
        pending: Vec::new(),
        high: None,
        passing: 0,
    };
    let mut rest = bytes;
    while let Some((&byte, after)) = rest.split_first() {
        budget.check()?;
        rest = match byte {
            b'{' => {
                rtf.open()?;
                after
            }
            b'}' => {
                rtf.flush();
                if rtf.groups.len() > 1 {
                    rtf.groups.pop();
                }
                after
            }
            b'\\' => rtf.control(after),
            b'\r' | b'\n' => after,
            byte => {
                rtf.letter(byte);
                after
            }
        };
    }
    rtf.flush();
    if rtf.groups.len() > 1 {
        return Err(Unreadable::Damaged { what: "RTF document" });
    }
    rtf.out.finish()
}

impl Rtf<'_> {
    fn group(&mut self) -> Group {
        self.groups.last().copied().unwrap_or(Group {
            unseen: false,
            stand_ins: 1,
        })
    }

    fn open(&mut self) -> Result<(), Unreadable> {
        self.flush();
        let group = self.group();
        self.groups.push(group);
        if self.groups.len() > DEEPEST {
            return Err(Unreadable::Damaged { what: "RTF document" });
        }
        Ok(())
    }

    fn letter(&mut self, byte: u8) {
        if self.passing > 0 {
            self.passing -= 1;
        } else if !self.group().unseen {
            self.pending.push(byte);
        }
    }

    /// What follows a backslash; answers what follows that.
    fn control<'r>(&mut self, from: &'r [u8]) -> &'r [u8] {
        let Some(&first) = from.first() else { return from };
        if !first.is_ascii_alphabetic() {
            return self.symbol(first, &from[1..]);
        }
        let letters = from.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let word = std::str::from_utf8(&from[..letters]).unwrap_or_default();
        let mut rest = &from[letters..];
        let digits = rest
            .iter()
            .enumerate()
            .take_while(|(at, byte)| byte.is_ascii_digit() || (*at == 0 && **byte == b'-'))
            .count();
        let number = std::str::from_utf8(&rest[..digits])
            .ok()
            .and_then(|number| number.parse().ok());
        rest = &rest[digits..];
        rest = rest.strip_prefix(b" ").unwrap_or(rest);
        self.word(word, number, rest)
    }

    fn symbol<'r>(&mut self, symbol: u8, rest: &'r [u8]) -> &'r [u8] {
        match symbol {
            b'\'' => {
                let code = rest.get(..2).and_then(|code| std::str::from_utf8(code).ok());
                if let Some(byte) = code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
                    self.letter(byte);
                }
                return &rest[rest.len().min(2)..];
            }
            b'*' => self.hide(),
            b'~' => self.letter(b' '),
            b'\\' | b'{' | b'}' => self.letter(symbol),
            _ => {}
        }
        rest
    }

    fn word<'r>(&mut self, word: &str, number: Option<i32>, rest: &'r [u8]) -> &'r [u8] {
        match word {
            "par" | "sect" | "page" => self.say("\n\n"),
            "line" | "row" => self.say("\n"),
            "tab" | "cell" => self.say("\t"),
            "u" => self.unicode(number.unwrap_or_default()),
            "uc" => {
                let stand_ins = usize::try_from(number.unwrap_or(1)).unwrap_or_default();
                if let Some(group) = self.groups.last_mut() {
                    group.stand_ins = stand_ins;
                }
            }
            "ansicpg" => {
                let label = format!("windows-{}", number.unwrap_or(1252));
                let eastern = match number {
                    Some(936) => Some("gbk"),
                    Some(950) => Some("big5"),
                    Some(932) => Some("shift_jis"),
                    Some(949) => Some("euc-kr"),
                    _ => None,
                };
                let label = eastern.unwrap_or(&label);
                self.encoding = Encoding::for_label(label.as_bytes()).unwrap_or(WINDOWS_1252);
            }
            "bin" => {
                let bytes = usize::try_from(number.unwrap_or_default()).unwrap_or_default();
                return &rest[rest.len().min(bytes)..];
            }
            _ if UNSEEN.contains(&word) => self.hide(),
            _ => {}
        }
        rest
    }

    fn hide(&mut self) {
        self.flush();
        if let Some(group) = self.groups.last_mut() {
            group.unseen = true;
        }
    }

    fn say(&mut self, text: &str) {
        self.flush();
        if !self.group().unseen {
            self.out.text(text);
        }
    }

    /// A letter by its number, which is signed because it once was sixteen bits.
    fn unicode(&mut self, number: i32) {
        self.flush();
        self.passing = self.group().stand_ins;
        let unit = (number & 0xFFFF) as u16;
        let units = match self.high.take() {
            Some(high) => vec![high, unit],
            None if (0xD800..0xDC00).contains(&unit) => {
                self.high = Some(unit);
                return;
            }
            None => vec![unit],
        };
        let text = String::from_utf16_lossy(&units);
        if !self.group().unseen {
            self.out.text(&text);
        }
    }

    fn flush(&mut self) {
        let pending = std::mem::take(&mut self.pending);
        let (text, _) = self.encoding.decode_without_bom_handling(&pending);
        self.out.text(&text);
    }
}
