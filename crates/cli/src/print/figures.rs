//! Amounts, counts and times as people read them: `≈` for what was estimated, `—` for what is not known.

use nexdesk_app::figures::{Basis, Cost};
use time::{OffsetDateTime, UtcOffset};

/// What is not known, which is not zero.
pub(super) const UNKNOWN: &str = "—";

pub(super) fn cost(cost: Cost) -> String {
    match cost.nano {
        None => UNKNOWN.into(),
        // However many tokens it were: nothing was to be paid.
        Some(0) => dollars(0),
        Some(nano) => estimated(cost.basis, dollars(nano)),
    }
}

/// Two decimals from a dollar on, four below, and under a hundredth of a cent the first two figures that are not zero.
pub(super) fn dollars(nano: i64) -> String {
    let amount = nano.unsigned_abs();
    let decimals = match amount {
        0 => 0,
        1_000_000_000.. => 2,
        100_000.. => 4,
        _ => (5..9)
            .find(|decimals| amount / 10_u64.pow(9 - decimals) >= 10)
            .unwrap_or(9),
    };
    let unit = 10_u64.pow(9 - decimals);
    let rounded = (amount + unit / 2) / unit;
    let whole = rounded / 10_u64.pow(decimals);
    let sign = if nano < 0 { "−" } else { "" };
    if decimals == 0 {
        return format!("{sign}${}", count(whole));
    }
    let rest = rounded % 10_u64.pow(decimals);
    let width = decimals as usize;
    format!("{sign}${}.{rest:0width$}", count(whole))
}

pub(super) fn tokens(tokens: Option<u64>, basis: Basis) -> String {
    tokens.map_or_else(|| UNKNOWN.into(), |tokens| estimated(basis, count(tokens)))
}

fn estimated(basis: Basis, figure: String) -> String {
    match basis {
        Basis::Reported => figure,
        Basis::Estimated => format!("≈{figure}"),
    }
}

/// `12,345`.
pub(super) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

pub(super) fn duration(ms: Option<u64>) -> String {
    match ms {
        None => UNKNOWN.into(),
        Some(ms @ 0..1_000) => format!("{ms} ms"),
        Some(ms @ 1_000..60_000) => format!("{}.{} s", ms / 1_000, ms % 1_000 / 100),
        Some(ms) => format!("{} min {:02} s", ms / 60_000, ms % 60_000 / 1_000),
    }
}

/// `2026-11-21 14:05:07`, where this computer is.
pub(super) fn moment(unix_ms: Option<i64>) -> String {
    let known = unix_ms.and_then(|ms| OffsetDateTime::from_unix_timestamp(ms.div_euclid(1_000)).ok());
    let Some(moment) = known else {
        return UNKNOWN.into();
    };
    let offset = UtcOffset::local_offset_at(moment).unwrap_or(UtcOffset::UTC);
    let local = moment.to_offset(offset);
    let (hour, minute, second) = local.to_hms();
    format!("{} {hour:02}:{minute:02}:{second:02}", local.date())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_shows_the_figures_that_matter() {
        let shown = [
            0,
            4_100_000,
            12_345,
            1,
            99,
            54_321,
            100_000,
            450_000_000,
            1_234_567_890_000,
        ]
        .map(dollars);
        assert_eq!(
            shown,
            [
                "$0",
                "$0.0041",
                "$0.000012",
                "$0.000000001",
                "$0.000000099",
                "$0.000054",
                "$0.0001",
                "$0.4500",
                "$1,234.57"
            ]
        );
    }

    #[test]
    fn what_is_not_known_is_not_zero_and_what_was_estimated_says_so() {
        let priced = |nano, basis| cost(Cost { nano, basis });
        assert_eq!(priced(None, Basis::Estimated), "—");
        assert_eq!(priced(Some(4_100_000), Basis::Estimated), "≈$0.0041");
        assert_eq!(priced(Some(0), Basis::Estimated), "$0");
        assert_eq!(tokens(None, Basis::Reported), "—");
        assert_eq!(tokens(Some(1_234_567), Basis::Estimated), "≈1,234,567");
    }

    #[test]
    fn times_are_as_exact_as_one_reads_them() {
        let shown = [None, Some(0), Some(210), Some(3_449), Some(125_000)].map(duration);
        assert_eq!(shown, ["—", "0 ms", "210 ms", "3.4 s", "2 min 05 s"]);
    }
}
