//! What was found, as tables of Markdown.

use std::fmt;

#[derive(Default)]
pub(crate) struct Report {
    tables: Vec<Table>,
}

struct Table {
    title: String,
    rows: Vec<(String, String)>,
    notes: Vec<String>,
}

impl Report {
    pub(crate) fn begin(&mut self, title: &str) {
        self.tables.push(Table {
            title: title.into(),
            rows: Vec::new(),
            notes: Vec::new(),
        });
    }

    pub(crate) fn row(&mut self, what: &str, value: impl Into<String>) {
        if let Some(table) = self.tables.last_mut() {
            table.rows.push((what.into(), value.into()));
        }
    }

    /// Something to look at when a figure is not as it should be.
    pub(crate) fn note(&mut self, note: &str) {
        if let Some(table) = self.tables.last_mut() {
            table.notes.push(note.into());
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Table { title, rows, notes } in &self.tables {
            writeln!(f, "| {title} | |\n|---|--:|")?;
            for (what, value) in rows {
                writeln!(f, "| {what} | {value} |")?;
            }
            for note in notes {
                writeln!(f, "\n{note}")?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

pub(crate) fn ms(value: f64) -> String {
    format!("{value:.0} ms")
}

pub(crate) fn count(value: usize) -> String {
    value.to_string()
}
