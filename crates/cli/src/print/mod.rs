//! Everything `nexd` says. Answers and lists go to standard output, alone, so that they can be piped; words about
//! them go to standard error. With `--json` both speak JSON, one value per line.

mod answer;
mod chats;
mod figures;
mod lists;
mod reply;
mod routing;
mod table;
mod watching;

use std::io::{self, IsTerminal, Write};

use nexdesk_app::Problem;
use nexdesk_app::status::Notice;
use serde::Serialize;
use serde_json::{Value, json};

use crate::exit;

pub(crate) use answer::Answer;
pub(crate) use table::Table;

/// How to say things.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Paper {
    /// To a program rather than a person.
    pub(crate) json: bool,
}

impl Paper {
    /// Something was done that has no result to show.
    pub(crate) fn done(self, sentence: &str) -> io::Result<()> {
        if self.json {
            self.value(&json!({ "done": true }))
        } else {
            self.line(sentence)
        }
    }

    /// The first line of a server; programs wait for it and read the address from it.
    pub(crate) fn listening(self, url: &str, sentence: &str) -> io::Result<()> {
        if self.json {
            self.value(&json!({ "event": "listening", "url": url }))
        } else {
            self.line(sentence)
        }
    }

    /// What opening the data directory has found out.
    pub(crate) fn notices(self, notices: &[Notice]) {
        for Notice { problem, .. } in notices {
            if self.json {
                say(&json!({ "notice": shown(problem) }).to_string());
            } else {
                self.problem(problem);
            }
        }
    }

    /// What stood in the way.
    pub(crate) fn problem(self, problem: &Problem) {
        if self.json {
            return say(&json!({ "error": shown(problem) }).to_string());
        }
        say(&format!("nexd: {}", problem.message));
        for more in [exit::remedy(problem), problem.detail.as_deref()]
            .into_iter()
            .flatten()
        {
            say(more);
        }
    }

    /// A sentence worth knowing about something that went on all the same.
    pub(crate) fn warn(self, sentence: &str) {
        if self.json {
            say(&json!({ "notice": { "message": sentence } }).to_string());
        } else {
            say(&format!("nexd: {sentence}"));
        }
    }

    /// A sentence for the person beside what is printed.
    pub(crate) fn aside(self, sentence: &str) {
        if !self.json {
            say(sentence);
        }
    }

    fn line(self, text: &str) -> io::Result<()> {
        let mut out = io::stdout().lock();
        writeln!(out, "{}", for_terminal(text, out.is_terminal()))?;
        out.flush()
    }

    fn value(self, value: &impl Serialize) -> io::Result<()> {
        let text = serde_json::to_string(value)?;
        let mut out = io::stdout().lock();
        writeln!(out, "{text}")?;
        out.flush()
    }
}

fn shown(problem: &Problem) -> Value {
    let Problem {
        code,
        fault,
        message,
        detail,
        ..
    } = problem;
    let remedy = exit::remedy(problem);
    json!({ "code": code, "fault": fault, "message": message, "remedy": remedy, "detail": detail })
}

/// A line on standard error. If that is gone too, there is nobody left to tell.
fn say(text: &str) {
    let mut aside = io::stderr().lock();
    let text = for_terminal(text, aside.is_terminal());
    let _ = writeln!(aside, "{text}");
}

/// A gateway or a model may send escape sequences; a terminal must not act on them. Files get what was sent.
fn for_terminal(text: &str, terminal: bool) -> String {
    let harmless = |c: &char| !terminal || !c.is_control() || matches!(c, '\n' | '\t');
    text.chars().filter(harmless).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_gets_no_escape_sequences_and_a_file_gets_what_was_sent() {
        let sent = "a\u{1b}]0;title\u{7}b\u{9b}31m\n\tc";
        assert_eq!(for_terminal(sent, true), "a]0;titleb31m\n\tc");
        assert_eq!(for_terminal(sent, false), sent);
    }
}
