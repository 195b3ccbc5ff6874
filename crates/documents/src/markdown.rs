//! Writing Markdown piece by piece, as the readers of Office files and web pages come across headings, list items and
//! tables. Nothing is kept but the text and the rows of the table that is open.

use crate::Unreadable;
use crate::limits::Budget;

/// A text that grows. Pieces that do not fit the budget are left out, and [`Markdown::finish`] says so.
pub(crate) struct Markdown<'b> {
    out: String,
    budget: &'b Budget,
    /// Tables open inside each other; only the outermost is drawn, the inner ones are text in its cells.
    depth: usize,
    rows: Vec<Vec<String>>,
    /// Whether a space is due before the next word.
    space: bool,
}

impl<'b> Markdown<'b> {
    pub(crate) fn new(budget: &'b Budget) -> Self {
        Self {
            out: String::new(),
            budget,
            depth: 0,
            rows: Vec::new(),
            space: false,
        }
    }

    /// Text as it stands, line breaks and all.
    pub(crate) fn text(&mut self, text: &str) {
        if text.is_empty() || !self.budget.write(text.len()) {
            return;
        }
        if std::mem::take(&mut self.space) && !text.starts_with(char::is_whitespace) {
            let target = self.target();
            if !target.is_empty() && !target.ends_with(char::is_whitespace) {
                target.push(' ');
            }
        }
        self.target().push_str(text);
    }

    /// Text of a web page or an XML file made by hand, where a line break is a space.
    pub(crate) fn words(&mut self, text: &str) {
        self.space |= text.starts_with(char::is_whitespace);
        for word in text.split_whitespace() {
            self.text(word);
            self.space = true;
        }
        self.space = text.ends_with(char::is_whitespace) || (self.space && text.trim().is_empty());
    }

    /// What follows begins in a new line.
    pub(crate) fn line(&mut self) {
        self.space = false;
        let separator = if self.depth > 0 { ' ' } else { '\n' };
        let target = self.target();
        if !target.is_empty() && !target.ends_with(separator) {
            target.push(separator);
        }
    }

    /// What follows is a new paragraph.
    pub(crate) fn block(&mut self) {
        self.line();
        if self.depth == 0 && !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    pub(crate) fn heading(&mut self, level: usize) {
        self.block();
        if self.depth == 0 {
            self.out.push_str(&"#".repeat(level.clamp(1, 6)));
            self.out.push(' ');
        }
    }

    /// A point of a list; `nested` counts the lists around its own.
    pub(crate) fn item(&mut self, nested: usize) {
        self.line();
        self.target().push_str(&"  ".repeat(nested.min(8)));
        self.target().push_str("- ");
    }

    pub(crate) fn table(&mut self) {
        if self.depth == 0 {
            self.block();
            self.rows.clear();
        }
        self.depth += 1;
    }

    pub(crate) fn row(&mut self) {
        if self.depth == 1 {
            self.rows.push(Vec::new());
        }
    }

    pub(crate) fn cell(&mut self) {
        if self.depth == 1
            && let Some(row) = self.rows.last_mut()
        {
            row.push(String::new());
        } else {
            self.space = true;
        }
    }

    pub(crate) fn table_end(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        if self.depth > 0 {
            return;
        }
        let rows = std::mem::take(&mut self.rows);
        let width = rows
            .iter()
            .map(Vec::len)
            .max()
            .unwrap_or_default()
            .min(MOST_COLUMNS);
        let filled = rows
            .iter()
            .filter(|row| row.iter().any(|cell| !cell.trim().is_empty()));
        for (index, row) in filled.enumerate() {
            self.out.push_str(&drawn(row, width));
            if index == 0 {
                self.out.push_str(&rule(width));
            }
        }
        self.block();
    }

    /// A row of a sheet, which may have a million of them: written at once, and the rule below it if it is the first.
    pub(crate) fn streamed_row(&mut self, cells: &[String], first: bool) {
        let mut line = drawn(cells, cells.len());
        if first {
            line.push_str(&rule(cells.len()));
        }
        if self.budget.write(line.len()) {
            self.out.push_str(&line);
        }
    }

    /// The whole text, or why there is none.
    pub(crate) fn finish(mut self) -> Result<String, Unreadable> {
        while self.depth > 0 {
            self.table_end();
        }
        self.budget.check()?;
        self.out.truncate(self.out.trim_end().len());
        Ok(self.out)
    }

    fn target(&mut self) -> &mut String {
        let cell = self.rows.last_mut().and_then(|row| row.last_mut());
        match cell {
            Some(cell) if self.depth > 0 => cell,
            _ => &mut self.out,
        }
    }
}

/// Beyond this many columns rows are not filled up to the widest one: a single wide row would multiply them all.
const MOST_COLUMNS: usize = 64;

fn drawn(cells: &[String], width: usize) -> String {
    let mut line = String::from("|");
    for cell in cells {
        let cell = cell.split_whitespace().collect::<Vec<_>>().join(" ");
        line.push(' ');
        line.push_str(&cell.replace('|', "\\|"));
        line.push_str(" |");
    }
    line.push_str(&"  |".repeat(width.saturating_sub(cells.len())));
    line.push('\n');
    line
}

fn rule(width: usize) -> String {
    format!("|{}\n", " --- |".repeat(width))
}
