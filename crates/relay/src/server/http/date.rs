//! The `date` of an answer, worded once a second and not once an answer.

use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;

static PRINTER: DateTimePrinter = DateTimePrinter::new();

#[derive(Default)]
pub(crate) struct Dates(Mutex<Worded>);

#[derive(Default)]
struct Worded {
    second: i64,
    words: String,
}

impl Dates {
    /// Appends the date of this moment, or nothing where there is no such date.
    pub(super) fn write(&self, unix_ms: i64, out: &mut Vec<u8>) {
        let second = unix_ms / 1000;
        let mut worded = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if worded.second != second {
            let words = Timestamp::from_second(second)
                .ok()
                .and_then(|at| PRINTER.timestamp_to_rfc9110_string(&at).ok());
            *worded = Worded {
                second,
                words: words.map(|date| format!("date: {date}\r\n")).unwrap_or_default(),
            };
        }
        out.extend_from_slice(worded.words.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_worded_as_http_wants_it_and_changes_with_the_second() {
        let dates = Dates::default();
        let said = |ms| {
            let mut out = Vec::new();
            dates.write(ms, &mut out);
            String::from_utf8(out).expect("text")
        };
        assert_eq!(said(784_111_777_000), "date: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
        assert_eq!(said(784_111_777_999), said(784_111_777_000));
        assert_eq!(said(784_111_778_000), "date: Sun, 06 Nov 1994 08:49:38 GMT\r\n");
    }
}
