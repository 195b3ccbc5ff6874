//! The two things about calendars that the app needs: when today began, and a name with a date in it.

use time::{Duration, OffsetDateTime, Time, UtcOffset};

/// Unix milliseconds of the last local midnight; UTC where the system does not tell its offset.
pub(crate) fn local_midnight(now_ms: i64) -> i64 {
    let offset = UtcOffset::current_local_offset().unwrap_or(UtcOffset::UTC);
    let now = OffsetDateTime::UNIX_EPOCH + Duration::milliseconds(now_ms);
    let midnight = now.to_offset(offset).replace_time(Time::MIDNIGHT);
    i64::try_from(midnight.unix_timestamp_nanos() / 1_000_000).unwrap_or(now_ms)
}

/// `20261121-114507`, in UTC.
pub(crate) fn stamp(now_ms: i64) -> String {
    let now = OffsetDateTime::UNIX_EPOCH + Duration::milliseconds(now_ms);
    let (date, time) = (now.date(), now.time());
    let day = format!("{:04}{:02}{:02}", date.year(), u8::from(date.month()), date.day());
    format!("{day}-{:02}{:02}{:02}", time.hour(), time.minute(), time.second())
}
