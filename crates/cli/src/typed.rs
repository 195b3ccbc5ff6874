//! What comes in by standard input: keys, questions, passphrases. Secrets are never arguments, which everybody on the
//! computer can see, and are not echoed.

use std::io::{self, BufRead, IsTerminal, Read};

use nexdesk_app::control::Secret;
use nexdesk_app::{Problem, ProblemCode};

use crate::exit::Stop;
use crate::print::Paper;

/// No key is longer; whoever pipes a film into `keys add` is told so at once.
const KEY_CAP: u64 = 64 * 1024;

/// Whether there is a person to ask.
pub(crate) fn is_person() -> bool {
    io::stdin().is_terminal()
}

/// A key: typed unseen at a terminal, else the first line of standard input.
pub(crate) fn key(gateway: &str) -> Result<Secret, Stop> {
    if is_person() {
        return hidden(&format!("Key for {gateway} (it is not shown): ")).map(Secret);
    }
    let mut line = Vec::new();
    io::stdin().lock().take(KEY_CAP).read_until(b'\n', &mut line)?;
    let line = String::from_utf8(line).map_err(|_| wrong("What came in by standard input is not text."))?;
    if line.trim().is_empty() {
        return Err(wrong(
            "No key came in by standard input. Pipe it in, or run this in a terminal to type it.",
        ));
    }
    Ok(Secret(line))
}

/// A question: the words given, or everything that comes in by standard input.
pub(crate) fn question(words: &[String], paper: Paper) -> Result<String, Stop> {
    let piped = words.is_empty() || (words.len() == 1 && words[0] == "-");
    let text = if piped {
        if is_person() {
            paper.aside("Type the question, then Ctrl+D on a line of its own.");
        }
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes)?;
        String::from_utf8(bytes).map_err(|_| wrong("What came in by standard input is not UTF-8 text."))?
    } else {
        words.join(" ")
    };
    if text.trim().is_empty() {
        return Err(wrong("There is nothing to ask."));
    }
    Ok(text)
}

/// A line typed unseen at the terminal.
pub(crate) fn hidden(prompt: &str) -> Result<String, Stop> {
    rpassword::prompt_password(prompt)
        .map_err(|error| wrong(&format!("The terminal could not be read: {error}.")))
}

pub(crate) fn wrong(sentence: &str) -> Stop {
    Problem::new(ProblemCode::InvalidInput, sentence).into()
}
