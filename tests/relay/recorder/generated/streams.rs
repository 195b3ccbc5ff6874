//! Events in every framing the standard allows, with everything between them that gateways put there.

use nexdesk_tests::Streamed;

use super::dice::Dice;

/// A stream as it is sent, and as it shall be heard.
struct Both<'a> {
    dice: &'a mut Dice,
    sent: String,
    heard: String,
    is_gemini: bool,
    line_ends: &'static [&'static str],
}

/// The bytes of a stream of this kind, and what the caller hears of it.
pub(super) fn events(dice: &mut Dice, stream: &Streamed, hides_usage: bool) -> (Vec<u8>, Vec<u8>) {
    let line_ends: &[&[&str]] = &[&["\n"], &["\n"], &["\r\n"], &["\r"], &["\n", "\r\n", "\r"]];
    let line_ends = *dice.one_of(line_ends);
    let mut both = Both {
        dice,
        sent: String::new(),
        heard: String::new(),
        is_gemini: stream.interface == "generate",
        line_ends,
    };
    if both.dice.chance(10) {
        both.sent.push('\u{feff}');
    }
    for event in stream.begins {
        both.dirt();
        both.event(event, true);
    }
    let last = stream.begins[stream.begins.len() - 1];
    for _ in 0..both.dice.below(12) {
        both.dirt();
        let text = both
            .dice
            .one_of(&[
                "caf\\u00e9",
                "灯塔 🚣🏽",
                "\\\"x\\\"\\n\\n",
                "",
                "data: x",
                "\\ud83d\\udea3",
            ])
            .to_string();
        both.event(&last.replace("half", &text), true);
    }
    let ends: Vec<&str> = stream.ends.to_vec();
    for (at, event) in ends.iter().enumerate() {
        both.dirt();
        let is_usage = hides_usage && event.contains("\"choices\":[]");
        both.event(event, !is_usage);
        // What stands behind the end is heard as well.
        if at + 1 == ends.len() && both.dice.chance(5) {
            both.comment();
        }
    }
    both.end()
}

impl Both<'_> {
    fn line_end(&mut self) -> &'static str {
        let end = *self.dice.one_of(self.line_ends);
        // A line feed behind a carriage return would be its other half.
        if self.sent.ends_with('\r') && end == "\n" {
            "\r\n"
        } else {
            end
        }
    }

    fn line(&mut self, line: &str) {
        self.sent.push_str(line);
        let end = self.line_end();
        self.sent.push_str(end);
    }

    fn block(&mut self, lines: &[String], is_heard: bool) {
        let from = self.sent.len();
        for line in lines {
            self.line(line);
        }
        let end = self.line_end();
        self.sent.push_str(end);
        if is_heard {
            self.heard.push_str(&self.sent[from..]);
        }
    }

    /// One event, its lines in any order and its data on one line or on several.
    fn event(&mut self, event: &str, is_heard: bool) {
        let mut lines: Vec<String> = Vec::new();
        let mut data = "";
        for line in event.lines() {
            match line.strip_prefix("data: ") {
                Some(value) => data = value,
                None => lines.push(line.to_owned()),
            }
        }
        let spread = serde_json::from_str::<serde_json::Value>(data)
            .ok()
            .filter(|_| self.dice.chance(6));
        let values: Vec<String> = match spread.and_then(|value| serde_json::to_string_pretty(&value).ok()) {
            Some(pretty) => pretty.lines().map(str::to_owned).collect(),
            None => vec![data.to_owned()],
        };
        let space = if self.dice.chance(4) { "" } else { " " };
        // Without the colon's own space a line must not begin with one: it would be taken for it.
        lines.extend(values.iter().map(|value| {
            let space = if value.starts_with(' ') { " " } else { space };
            format!("data:{space}{value}")
        }));
        if self.dice.chance(8) {
            lines.push(format!("id: {}", self.dice.below(1_000)));
        }
        if self.dice.chance(12) {
            lines.insert(0, ": in front".into());
        }
        let from = self.sent.len();
        let goes_as_it_is = is_heard && !self.is_gemini;
        self.block(&lines, goes_as_it_is);
        if is_heard && self.is_gemini {
            let block = self.sent[from..].to_owned();
            let ends = ["\n\n", "\r\n\r\n", "\r\r"].map(|end| format!("{}{end}", lines[0]));
            let is_plain = lines.len() == 1 && lines[0].starts_with("data: {") && ends.contains(&block);
            let rewritten = format!("data: {}\n\n", values.join(" "));
            self.heard.push_str(if is_plain { &block } else { &rewritten });
        }
    }

    /// What stands between events: comments are heard, but by Gemini's clients; fields without data are not.
    fn dirt(&mut self) {
        match self.dice.below(8) {
            0 => self.comment(),
            1 => {
                let name =
                    *self
                        .dice
                        .one_of(&["id: 7", "retry: 3000", "id", "event: ping", "data:", "data: "]);
                self.block(&[name.to_owned()], false);
            }
            _ => {}
        }
    }

    fn comment(&mut self) {
        let comment = *self
            .dice
            .one_of(&[": keep-alive", ":", ": OPENROUTER PROCESSING", ":data: x"]);
        let is_heard = !self.is_gemini;
        self.block(&[comment.to_owned()], is_heard);
    }

    /// The end, now and then without its last blank line.
    fn end(mut self) -> (Vec<u8>, Vec<u8>) {
        let is_bare = self.line_ends == ["\n"] && self.sent.ends_with("}\n\n") && self.dice.chance(4);
        if is_bare {
            // Both are put behind it, as it came without either.
            self.sent.truncate(self.sent.len() - 2);
        }
        (self.sent.into_bytes(), self.heard.into_bytes())
    }
}
