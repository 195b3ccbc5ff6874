//! Names for files kept aside: dated, and never the name of a file that exists.

use std::path::{Path, PathBuf};

use time::OffsetDateTime;
use time::macros::format_description;

/// `<stem>-20261121-114500.<extension>` in `dir` (UTC), numbered if that name is taken.
pub(crate) fn free_name(dir: &Path, stem: &str, extension: &str, unix_s: i64) -> PathBuf {
    let at = OffsetDateTime::from_unix_timestamp(unix_s).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let date = at
        .format(format_description!("[year][month][day]-[hour][minute][second]"))
        .unwrap_or_else(|_| unix_s.to_string());
    let mut path = dir.join(format!("{stem}-{date}.{extension}"));
    let mut number = 2;
    while path.exists() {
        path = dir.join(format!("{stem}-{date}-{number}.{extension}"));
        number += 1;
    }
    path
}
