//! Columns that stand under each other, also where names are written in Chinese.

use unicode_width::UnicodeWidthStr;

const GAP: &str = "  ";

/// Rows under a heading.
pub(crate) struct Table {
    right: Vec<bool>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A heading that begins with `>` stands, with its column, to the right: numbers.
    pub(crate) fn new(headings: &[&str]) -> Self {
        Self {
            right: headings.iter().map(|heading| heading.starts_with('>')).collect(),
            rows: vec![
                headings
                    .iter()
                    .map(|heading| heading.trim_start_matches('>').to_owned())
                    .collect(),
            ],
        }
    }

    /// One more row, a cell for each heading.
    pub(crate) fn row<const N: usize>(&mut self, cells: [impl Into<String>; N]) {
        // A line end in a name would tear the table apart.
        let flat = |cell: String| cell.replace(['\n', '\r', '\t'], " ");
        self.rows
            .push(cells.into_iter().map(|cell| flat(cell.into())).collect());
    }

    /// The lines, each with its end.
    pub(crate) fn text(&self) -> String {
        let widest = |column: usize| self.rows.iter().map(|row| row[column].width()).max();
        let widths: Vec<usize> = (0..self.right.len()).filter_map(widest).collect();
        let mut text = String::new();
        for row in &self.rows {
            let cells = row.iter().zip(&widths).zip(&self.right);
            let padded = cells.map(|((cell, width), right)| {
                let space = " ".repeat(width - cell.width());
                if *right {
                    space + cell
                } else {
                    cell.clone() + &space
                }
            });
            let line = padded.collect::<Vec<_>>().join(GAP);
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_align_by_what_a_terminal_shows_not_by_letters() {
        let mut table = Table::new(&["NAME", ">MODELS", "STATE"]);
        table.row(["硅基流动", "7", "ready"]);
        table.row(["DeepSeek", "1,204", "no\nkey"]);
        assert_eq!(
            table.text(),
            "NAME      MODELS  STATE\n硅基流动       7  ready\nDeepSeek   1,204  no key\n"
        );
    }
}
