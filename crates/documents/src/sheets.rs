//! The text of a workbook (XLSX): every visible sheet as a table, row by row as they come. A sheet may name a cell in
//! its last corner and be empty otherwise, so nothing is ever laid out as wide and high as it says.

use std::io::Cursor;

use bytes::Bytes;
use calamine::{DataRef, ExcelDateTime, Reader, SheetType, SheetVisible, Xlsx};

use crate::Unreadable;
use crate::limits::Budget;
use crate::markdown::Markdown;

const WHAT: &str = "Excel workbook";
/// A gap of more columns than this is closed up.
const WIDEST_GAP: u32 = 64;

/// The text, and how many sheets there are.
pub(crate) fn read(bytes: &Bytes, budget: &Budget) -> Result<(String, u32), Unreadable> {
    let damaged = |_| Unreadable::Damaged { what: WHAT };
    let mut book = Xlsx::new(Cursor::new(bytes.clone())).map_err(damaged)?;
    let sheets = book.sheets_metadata().to_vec();
    let shown = sheets
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible);
    let mut out = Markdown::new(budget);
    let mut count = 0;
    for sheet in shown {
        count += 1;
        out.heading(2);
        out.text(&sheet.name);
        out.block();
        read_sheet(&mut book, &sheet.name, budget, &mut out)?;
    }
    Ok((out.finish()?, count))
}

fn read_sheet(
    book: &mut Xlsx<Cursor<Bytes>>,
    name: &str,
    budget: &Budget,
    out: &mut Markdown<'_>,
) -> Result<(), Unreadable> {
    let damaged = |_| Unreadable::Damaged { what: WHAT };
    let mut cells = book.worksheet_cells_reader(name).map_err(damaged)?;
    let mut row: Vec<String> = Vec::new();
    let (mut at, mut column) = (0, 0);
    let mut first = true;
    while let Some(cell) = cells.next_cell().map_err(damaged)? {
        budget.check()?;
        let said = shown(cell.get_value());
        if said.is_empty() {
            continue;
        }
        let (line, place) = cell.get_position();
        if line != at && !row.is_empty() {
            out.streamed_row(&row, first);
            first = false;
            row.clear();
        }
        if row.is_empty() {
            (at, column) = (line, 0);
        }
        let gap = place.saturating_sub(column);
        if gap <= WIDEST_GAP {
            row.extend((0..gap).map(|_| String::new()));
        }
        row.push(said);
        column = place + 1;
    }
    if !row.is_empty() {
        out.streamed_row(&row, first);
    }
    Ok(())
}

fn shown(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(yes) => if *yes { "TRUE" } else { "FALSE" }.to_owned(),
        DataRef::DateTime(time) => moment(time),
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    }
}

fn moment(time: &ExcelDateTime) -> String {
    let days = time.as_f64();
    if time.is_duration() || !(0.0..3_000_000.0).contains(&days) {
        return days.to_string();
    }
    let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    let clock = format!("{hour:02}:{minute:02}:{second:02}");
    match (days < 1.0, days.fract() == 0.0) {
        (true, _) => clock,
        (false, true) => date,
        (false, false) => format!("{date} {clock}"),
    }
}
