//! The text of a Word document (DOCX): paragraphs, headings, lists and tables as Markdown, footnotes at the end.

use std::collections::HashMap;

use crate::Unreadable;
use crate::archive::Archive;
use crate::limits::Budget;
use crate::markdown::Markdown;
use crate::xml::{Attributes, Node, walk};

const WHAT: &str = "Word document";

pub(crate) fn read(archive: &mut Archive, budget: &Budget) -> Result<String, Unreadable> {
    let body = archive.need("word/document.xml")?;
    let headings = match archive.read("word/styles.xml")? {
        Some(styles) => headings(&styles, budget)?,
        None => HashMap::new(),
    };
    let mut out = Markdown::new(budget);
    Story::new(&headings, &mut out).read(&body, budget)?;
    if let Some(notes) = archive.read("word/footnotes.xml")? {
        let mut apart = Markdown::new(budget);
        Story::new(&headings, &mut apart).read(&notes, budget)?;
        let apart = apart.finish()?;
        if !apart.is_empty() {
            out.heading(2);
            out.text("Footnotes");
            out.block();
            out.text(&apart);
        }
    }
    out.finish()
}

/// Which styles are headings of which level. Their ids are in the language of the Word that wrote them ("berschrift1",
/// or just "2" from WPS); their names are English everywhere.
fn headings(styles: &[u8], budget: &Budget) -> Result<HashMap<String, usize>, Unreadable> {
    let mut found = HashMap::new();
    let mut style = String::new();
    walk(styles, budget, WHAT, |node| {
        let Node::Open(name, with) = node else {
            return Ok(());
        };
        match name {
            "style" => style = with.get("styleId").unwrap_or_default(),
            "name" => {
                let name = with.get("val").unwrap_or_default().to_lowercase();
                let level = name.strip_prefix("heading ").and_then(|level| level.parse().ok());
                if let Some(level) = level.or((name == "title").then_some(1)) {
                    found.insert(style.clone(), level);
                }
            }
            // Nine means body text.
            "outlineLvl" => {
                if let Some(level) = with.number("val").filter(|level| *level < 9) {
                    found.entry(style.clone()).or_insert(level + 1);
                }
            }
            _ => {}
        }
        Ok(())
    })?;
    Ok(found)
}

/// The paragraphs of one part of the document.
struct Story<'s, 'b> {
    headings: &'s HashMap<String, usize>,
    out: &'s mut Markdown<'b>,
    /// Inside an element whose text is said already, or was deleted.
    skipped: usize,
    /// Inside `w:t`; what stands elsewhere is not text.
    in_text: bool,
    /// How the paragraph begins, until its first text comes.
    begin: Begin,
    tables: usize,
}

#[derive(Clone, Copy)]
enum Begin {
    No,
    Paragraph,
    Heading(usize),
    Item(usize),
}

/// Elements whose text is said already, or was deleted, or is not the author's.
const SKIPPED: [&str; 4] = ["Fallback", "del", "moveFrom", "instrText"];

impl<'s, 'b> Story<'s, 'b> {
    fn new(headings: &'s HashMap<String, usize>, out: &'s mut Markdown<'b>) -> Self {
        Self {
            headings,
            out,
            skipped: 0,
            in_text: false,
            begin: Begin::No,
            tables: 0,
        }
    }

    fn read(mut self, xml: &[u8], budget: &Budget) -> Result<(), Unreadable> {
        walk(xml, budget, WHAT, |node| {
            match node {
                Node::Open(name, _) if SKIPPED.contains(&name) => self.skipped += 1,
                Node::Close(name) if SKIPPED.contains(&name) => self.skipped = self.skipped.saturating_sub(1),
                _ if self.skipped > 0 => {}
                Node::Open(name, with) => self.open(name, &with),
                Node::Close(name) => self.close(name),
                Node::Text(text) if self.in_text => self.text(text),
                Node::Text(_) => {}
            }
            Ok(())
        })
    }

    fn open(&mut self, name: &str, with: &Attributes<'_>) {
        match name {
            "p" => self.begin = Begin::Paragraph,
            "pStyle" => {
                let style = with.get("val").unwrap_or_default();
                if let Some(level) = self.headings.get(&style) {
                    self.begin = Begin::Heading(*level);
                } else if style.starts_with("List") && matches!(self.begin, Begin::Paragraph) {
                    self.begin = Begin::Item(0);
                }
            }
            "outlineLvl" => {
                if let Some(level) = with.number("val").filter(|level| *level < 9) {
                    self.begin = Begin::Heading(level + 1);
                }
            }
            "ilvl" if !matches!(self.begin, Begin::Heading(_)) => {
                self.begin = Begin::Item(with.number("val").unwrap_or_default());
            }
            "t" => self.in_text = true,
            "tab" => self.text("\t"),
            "br" | "cr" => self.text("\n"),
            "noBreakHyphen" => self.text("-"),
            "tbl" => {
                self.tables += 1;
                self.out.table();
            }
            "tr" => self.out.row(),
            "tc" => self.out.cell(),
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "t" => self.in_text = false,
            "p" => {
                // Points of a list stand close together.
                self.out.line();
                self.begin = Begin::No;
            }
            "tbl" => {
                self.tables = self.tables.saturating_sub(1);
                self.out.table_end();
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        // A tab stop among the properties of a paragraph is not a tab.
        if text.trim().is_empty() && !matches!(self.begin, Begin::No) {
            return;
        }
        match std::mem::replace(&mut self.begin, Begin::No) {
            Begin::No => {}
            _ if self.tables > 0 => self.out.line(),
            Begin::Paragraph => self.out.block(),
            Begin::Heading(level) => self.out.heading(level),
            Begin::Item(nested) => self.out.item(nested),
        }
        self.out.text(text);
    }
}
