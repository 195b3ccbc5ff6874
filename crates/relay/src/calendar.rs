//! When a budget's day and month begin and end, in a time zone that stays where it was set.

use std::ops::Range;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// A calendar. Days of 23 and 25 hours are as long as they are.
#[derive(Clone, Debug)]
pub(crate) struct Calendar(TimeZone);

impl Calendar {
    /// The calendar of a zone by its name (`Asia/Shanghai`), or of this computer. A name nobody knows any more must
    /// not open a new budget every minute, so it falls back too.
    pub(crate) fn of(zone: Option<&str>) -> Self {
        let named = zone.and_then(|zone| TimeZone::get(zone).ok());
        Self(named.unwrap_or_else(TimeZone::system))
    }

    /// From midnight to midnight, in Unix milliseconds.
    pub(crate) fn day(&self, now: i64) -> Range<i64> {
        let today = self.date(now);
        self.span(today, today.tomorrow().unwrap_or(Date::MAX))
    }

    /// From the first to the first.
    pub(crate) fn month(&self, now: i64) -> Range<i64> {
        let first = self.date(now).first_of_month();
        let next = first.last_of_month().tomorrow().unwrap_or(Date::MAX);
        self.span(first, next)
    }

    /// A moment as its people read it: `2026-11-22 00:00 (Europe/Berlin)`.
    pub(crate) fn spelled(&self, at: i64) -> String {
        let there = self.there(at);
        let zone = self.0.iana_name().unwrap_or("local time");
        format!("{} ({zone})", there.strftime("%Y-%m-%d %H:%M"))
    }

    fn there(&self, now: i64) -> Zoned {
        let moment = Timestamp::from_millisecond(now).unwrap_or_default();
        Zoned::new(moment, self.0.clone())
    }

    fn date(&self, now: i64) -> Date {
        self.there(now).date()
    }

    /// Midnight may not exist where the clock jumps over it; then the day begins at its first moment.
    fn span(&self, from: Date, to: Date) -> Range<i64> {
        let begin = |date: Date| {
            let first = date.to_zoned(self.0.clone());
            first.map_or(i64::MAX, |first| first.timestamp().as_millisecond())
        };
        begin(from)..begin(to)
    }
}

#[cfg(test)]
mod tests {
    use super::Calendar;

    const HOUR: i64 = 3_600_000;

    #[test]
    fn a_day_begins_at_the_zones_own_midnight_and_is_as_long_as_it_is() {
        let berlin = Calendar::of(Some("Europe/Berlin"));
        // 2026-03-29 12:00 UTC: the night before had no hour from two to three.
        let noon = 1_774_785_600_000;
        let day = berlin.day(noon);
        assert_eq!((day.end - day.start) / HOUR, 23);
        assert_eq!(day.start, 1_774_738_800_000, "23:00 UTC of the day before");
        assert_eq!(berlin.day(day.end).start, day.end, "and the next follows at once");
        assert_eq!(berlin.spelled(day.end), "2026-03-30 00:00 (Europe/Berlin)");
    }

    #[test]
    fn a_month_ends_where_the_next_begins() {
        let shanghai = Calendar::of(Some("Asia/Shanghai"));
        // 2026-12-31 16:30 UTC is the new year in Shanghai already.
        let month = shanghai.month(1_798_734_600_000);
        assert_eq!(month.start, 1_798_732_800_000);
        assert_eq!((month.end - month.start) / HOUR, 31 * 24);
    }
}
