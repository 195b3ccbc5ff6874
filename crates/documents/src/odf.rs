//! The text of OpenDocument files (ODT, ODS, ODP), which are one language: paragraphs, lists, tables, pages.

use crate::Unreadable;
use crate::archive::Archive;
use crate::limits::Budget;
use crate::markdown::Markdown;
use crate::xml::{Attributes, Node, walk};

/// A cell that says it is repeated a thousand times over is written so many times.
const MOST_REPEATS: usize = 64;

/// The text, and how many slides or sheets there are.
pub(crate) fn read(
    archive: &mut Archive,
    budget: &Budget,
    what: &'static str,
) -> Result<(String, u32), Unreadable> {
    if let Some(manifest) = archive.read("META-INF/manifest.xml")? {
        walk(&manifest, budget, what, |node| match node {
            Node::Open("encryption-data", _) => Err(Unreadable::Locked { what }),
            _ => Ok(()),
        })?;
    }
    let content = archive.need("content.xml")?;
    let mut body = Body {
        out: Markdown::new(budget),
        skipped: 0,
        paragraphs: 0,
        lists: 0,
        item: false,
        empty_cells: 0,
        tables: 0,
        pages: 0,
        sheets: what == SHEET,
    };
    walk(&content, budget, what, |node| {
        match node {
            Node::Open(name, _) if SKIPPED.contains(&name) => body.skipped += 1,
            Node::Close(name) if SKIPPED.contains(&name) => body.skipped = body.skipped.saturating_sub(1),
            _ if body.skipped > 0 => {}
            Node::Open(name, with) => body.open(name, &with),
            Node::Close(name) => body.close(name),
            Node::Text(text) if body.paragraphs > 0 => body.out.words(text),
            Node::Text(_) => {}
        }
        Ok(())
    })?;
    Ok((body.out.finish()?, body.pages))
}

/// What an ODS file is called.
pub(crate) const SHEET: &str = "OpenDocument spreadsheet";

/// Remarks of readers and what was deleted.
const SKIPPED: [&str; 3] = ["annotation", "tracked-changes", "forms"];

struct Body<'b> {
    out: Markdown<'b>,
    skipped: usize,
    /// Inside how many paragraphs; text elsewhere is not text.
    paragraphs: usize,
    lists: usize,
    /// The next paragraph is a point of a list.
    item: bool,
    /// Cells without text wait for one that has some: sheets end in a thousand empty ones.
    empty_cells: usize,
    tables: usize,
    pages: u32,
    sheets: bool,
}

impl Body<'_> {
    fn open(&mut self, name: &str, with: &Attributes<'_>) {
        match name {
            "h" => {
                self.out.heading(with.number("outline-level").unwrap_or(1));
                self.paragraphs += 1;
            }
            "p" => {
                self.begin_paragraph();
                self.paragraphs += 1;
            }
            "list" => self.lists += 1,
            "list-item" => self.item = true,
            "s" => self
                .out
                .text(&" ".repeat(with.number("c").unwrap_or(1).min(MOST_REPEATS))),
            "tab" => self.out.text("\t"),
            "line-break" => self.out.line(),
            "page" => self.page("Slide"),
            "notes" => {
                self.out.block();
                self.out.text("Notes: ");
            }
            "table" => {
                if self.sheets && self.tables == 0 {
                    self.pages += 1;
                    self.out.heading(2);
                    self.out.text(&with.get("name").unwrap_or_default());
                }
                self.tables += 1;
                self.out.table();
            }
            "table-row" => {
                self.empty_cells = 0;
                self.out.row();
            }
            "table-cell" | "covered-table-cell" => {
                self.empty_cells += with
                    .number("number-columns-repeated")
                    .unwrap_or(1)
                    .clamp(1, MOST_REPEATS);
            }
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "h" | "p" => {
                self.paragraphs = self.paragraphs.saturating_sub(1);
                self.out.line();
            }
            "list" => self.lists = self.lists.saturating_sub(1),
            "list-item" => self.item = false,
            "table" => {
                self.tables = self.tables.saturating_sub(1);
                self.out.table_end();
            }
            _ => {}
        }
    }

    fn begin_paragraph(&mut self) {
        if self.tables > 0 {
            for _ in 0..std::mem::take(&mut self.empty_cells).min(MOST_REPEATS) {
                self.out.cell();
            }
            self.out.line();
        } else if std::mem::take(&mut self.item) {
            self.out.item(self.lists.saturating_sub(1));
        } else if self.lists == 0 && self.paragraphs == 0 {
            self.out.block();
        }
    }

    fn page(&mut self, what: &str) {
        self.pages += 1;
        self.out.heading(2);
        self.out.text(&format!("{what} {}", self.pages));
        self.out.block();
    }
}
