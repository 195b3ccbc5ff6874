//! An answer as it comes: text to standard output, thinking dimmed beside it, each piece at once.

use std::io::{self, IsTerminal, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use nexdesk_app::chat::ChatEvent;
use tokio::sync::Notify;

use super::{Paper, for_terminal};
use crate::exit::Stop;

const DIM: &str = "\x1b[2m";
const PLAIN: &str = "\x1b[0m";

/// What is being printed, and whether anybody still reads it.
pub(crate) struct Answer {
    paper: Paper,
    page: Mutex<Page>,
    cut: Notify,
}

#[derive(Default)]
struct Page {
    last: Last,
    trouble: Option<io::Error>,
}

/// What was printed last, because a change of voice begins a new line.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Last {
    #[default]
    Nothing,
    Text {
        line_open: bool,
    },
    Thinking,
    Call,
}

impl Answer {
    pub(crate) fn new(paper: Paper) -> Arc<Self> {
        Arc::new(Self {
            paper,
            page: Mutex::default(),
            cut: Notify::new(),
        })
    }

    /// Prints what has come.
    pub(crate) fn hear(&self, events: &[ChatEvent]) {
        let mut page = self.page();
        for event in events {
            if page.trouble.is_some() {
                return;
            }
            let printed = if self.paper.json {
                self.paper.value(event)
            } else {
                page.print(event)
            };
            if let Err(error) = printed {
                page.trouble = Some(error);
                self.cut.notify_one();
            }
        }
    }

    /// Comes when what is printed can no longer be read: nobody pays for an answer that nobody sees.
    pub(crate) async fn cut(&self) -> Stop {
        loop {
            self.cut.notified().await;
            if let Some(error) = self.page().trouble.take() {
                return error.into();
            }
        }
    }

    /// Ends the line that the answer ended in.
    pub(crate) fn end(&self) -> io::Result<()> {
        let mut page = self.page();
        if let Some(error) = page.trouble.take() {
            return Err(error);
        }
        page.change(Last::Nothing)
    }

    fn page(&self) -> MutexGuard<'_, Page> {
        self.page.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Page {
    fn print(&mut self, event: &ChatEvent) -> io::Result<()> {
        match event {
            ChatEvent::Text { text } if !text.is_empty() => {
                let line_open = !text.ends_with('\n');
                self.change(Last::Text { line_open })?;
                let mut out = io::stdout().lock();
                let text = for_terminal(text, out.is_terminal());
                out.write_all(text.as_bytes())?;
                out.flush()
            }
            ChatEvent::Reasoning { text } if !text.is_empty() => {
                self.change(Last::Thinking)?;
                think(text)
            }
            ChatEvent::ToolCall { name, arguments, .. } => {
                // A name begins another call; what follows without one belongs to it.
                let begins = name.as_ref().map(|name| format!("[calls {name}] "));
                self.change(if begins.is_some() {
                    Last::Nothing
                } else {
                    self.last
                })?;
                self.change(Last::Call)?;
                let mut aside = io::stderr().lock();
                let said = begins.unwrap_or_default() + arguments;
                aside.write_all(for_terminal(&said, aside.is_terminal()).as_bytes())
            }
            ChatEvent::Text { .. } | ChatEvent::Reasoning { .. } => Ok(()),
            // Of conversations only; a single question has none of these.
            ChatEvent::Picture { .. }
            | ChatEvent::Tool { .. }
            | ChatEvent::Citation { .. }
            | ChatEvent::Answer { .. }
            | ChatEvent::Ended { .. } => Ok(()),
        }
    }

    fn change(&mut self, next: Last) -> io::Result<()> {
        let before = std::mem::replace(&mut self.last, next);
        match (before, next) {
            (Last::Nothing, _) | (Last::Text { .. }, Last::Text { .. }) => Ok(()),
            (Last::Thinking, Last::Thinking) | (Last::Call, Last::Call) => Ok(()),
            (Last::Text { line_open: false }, _) => Ok(()),
            (Last::Text { line_open: true }, _) => writeln!(io::stdout()),
            (Last::Thinking, _) if io::stdout().is_terminal() => write!(io::stdout(), "\n\n"),
            (Last::Thinking | Last::Call, _) => writeln!(io::stderr()),
        }
    }
}

/// On a terminal beside the text, else apart from it: what is piped on is the answer alone.
fn think(text: &str) -> io::Result<()> {
    if io::stdout().is_terminal() {
        return dimmed(&mut io::stdout().lock(), &for_terminal(text, true));
    }
    let mut aside = io::stderr().lock();
    if aside.is_terminal() {
        dimmed(&mut aside, &for_terminal(text, true))
    } else {
        aside.write_all(text.as_bytes())
    }
}

fn dimmed(out: &mut impl Write, text: &str) -> io::Result<()> {
    if std::env::var_os("NO_COLOR").is_some_and(|set| !set.is_empty()) {
        out.write_all(text.as_bytes())?;
    } else {
        write!(out, "{DIM}{text}{PLAIN}")?;
    }
    out.flush()
}
