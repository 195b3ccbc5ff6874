//! What a local token may do: as the window sets it, and as people type it at `nexd tokens set`.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use nexdesk_ledger as ledger;
use nexdesk_protocol::Interface;
use nexdesk_protocol::decimal::scaled;
use nexdesk_relay::{Period, Standing};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::problem::{Problem, ProblemCode};

const DOLLAR: i64 = 1_000_000_000;
/// Beyond this a list is a mistake, and would be gone through for every request.
const LONGEST_LIST: usize = 200;
const LONGEST_PATTERN: usize = 200;

/// What becomes of a request whose price nobody knows, where a budget is set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Unpriced {
    /// It is refused: a budget cannot hold what it cannot count.
    #[default]
    Refuse,
    /// It passes uncounted.
    Allow,
}

/// Whether what a caller asks and gets is kept, to be looked at later.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Capture {
    /// It is not.
    #[default]
    Off,
    /// Where it went wrong.
    Errors,
    /// All of it.
    All,
}

impl From<Capture> for ledger::Capture {
    fn from(capture: Capture) -> Self {
        match capture {
            Capture::Off => Self::Off,
            Capture::Errors => Self::Errors,
            Capture::All => Self::All,
        }
    }
}

impl From<ledger::Capture> for Capture {
    fn from(capture: ledger::Capture) -> Self {
        match capture {
            ledger::Capture::Off => Self::Off,
            ledger::Capture::Errors => Self::Errors,
            ledger::Capture::All => Self::All,
        }
    }
}

/// What a token may do. Null and an empty list are no limit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct TokenLimits {
    /// Patterns of models, with `*` for any characters: `gpt-4o*`, `nexhina/*`.
    pub models: Vec<String>,
    /// `chat`, `images`, … as the ledger names them.
    pub endpoints: Vec<String>,
    /// Requests a minute.
    pub rpm: Option<u32>,
    /// Tokens a minute.
    pub tpm: Option<u32>,
    /// Requests under way at once.
    pub concurrency: Option<u32>,
    /// Nano-dollars a calendar day.
    pub day_nano: Option<i64>,
    /// Nano-dollars a calendar month.
    pub month_nano: Option<i64>,
    /// Nano-dollars in its life.
    pub total_nano: Option<i64>,
    /// What becomes of models without a price.
    pub unpriced: Unpriced,
    /// Unix milliseconds of the moment from which it is refused.
    pub expires_at: Option<i64>,
    /// Whether what it asks and gets is kept.
    pub capture: Capture,
}

/// What a budget is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum BudgetPeriod {
    /// The calendar day.
    Day,
    /// The calendar month.
    Month,
    /// The token's life.
    Total,
}

/// How one budget of a token stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct TokenBudget {
    /// What it is for.
    pub period: BudgetPeriod,
    /// What may be spent.
    pub limit_nano: i64,
    /// What is spent, estimates included.
    pub spent_nano: i64,
    /// What is set aside for requests under way.
    pub reserved_nano: i64,
    /// Unix milliseconds of when it begins anew; null for a life.
    pub until: Option<i64>,
}

/// What somebody typed about the limits of a token: nothing leaves a limit as it is, `none` lifts it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenChange {
    /// `gpt-4o*,claude-*`.
    pub models: Option<String>,
    /// `chat,images`.
    pub endpoints: Option<String>,
    /// Requests a minute.
    pub rpm: Option<String>,
    /// Tokens a minute.
    pub tpm: Option<String>,
    /// Requests at once.
    pub concurrency: Option<String>,
    /// Dollars a day.
    pub per_day: Option<String>,
    /// Dollars a month.
    pub per_month: Option<String>,
    /// Dollars in all.
    pub total: Option<String>,
    /// `refuse` or `allow`.
    pub unpriced: Option<String>,
    /// A date, which is the last good day, or a moment.
    pub expires: Option<String>,
    /// `off`, `errors` or `all`.
    pub capture: Option<String>,
}

impl TokenChange {
    /// The limits with what was typed in their place.
    ///
    /// # Errors
    /// When something typed cannot be understood; nothing is changed then.
    pub fn of(&self, old: &TokenLimits) -> Result<TokenLimits, Problem> {
        let mut new = old.clone();
        change(&mut new.models, self.models.as_deref(), words)?;
        change(&mut new.endpoints, self.endpoints.as_deref(), words)?;
        change(&mut new.rpm, self.rpm.as_deref(), count)?;
        change(&mut new.tpm, self.tpm.as_deref(), count)?;
        change(&mut new.concurrency, self.concurrency.as_deref(), count)?;
        change(&mut new.day_nano, self.per_day.as_deref(), dollars)?;
        change(&mut new.month_nano, self.per_month.as_deref(), dollars)?;
        change(&mut new.total_nano, self.total.as_deref(), dollars)?;
        change(&mut new.unpriced, self.unpriced.as_deref(), unpriced)?;
        change(&mut new.expires_at, self.expires.as_deref(), moment)?;
        change(&mut new.capture, self.capture.as_deref(), capture)?;
        Ok(new)
    }
}

fn change<T: Default>(
    limit: &mut T,
    typed: Option<&str>,
    read: impl FnOnce(&str) -> Result<T, Problem>,
) -> Result<(), Problem> {
    if let Some(typed) = typed.map(str::trim) {
        *limit = if typed.eq_ignore_ascii_case("none") {
            T::default()
        } else {
            read(typed)?
        };
    }
    Ok(())
}

fn words(typed: &str) -> Result<Vec<String>, Problem> {
    let words = typed.split(',').map(|word| word.trim().to_owned());
    Ok(words.filter(|word| !word.is_empty()).collect())
}

fn count(typed: &str) -> Result<Option<u32>, Problem> {
    let number = typed.replace(['_', '’', '\''], "").parse();
    number.map(Some).map_err(|_| {
        wrong(format!(
            "“{typed}” is no whole number. Type one, or `none` for no limit."
        ))
    })
}

fn dollars(typed: &str) -> Result<Option<i64>, Problem> {
    let bare = typed.trim_start_matches('$');
    let plain = bare.starts_with(|first: char| first.is_ascii_digit() || first == '.')
        && bare.chars().all(|one| one.is_ascii_digit() || one == '.');
    let nano = plain.then(|| scaled(bare, DOLLAR)).flatten();
    nano.map(Some).ok_or_else(|| {
        wrong(format!(
            "“{typed}” is no amount. Type dollars, such as 5 or 0.50, or `none` for no limit."
        ))
    })
}

fn unpriced(typed: &str) -> Result<Unpriced, Problem> {
    match typed {
        "refuse" => Ok(Unpriced::Refuse),
        "allow" => Ok(Unpriced::Allow),
        _ => Err(wrong(format!("“{typed}” is neither `refuse` nor `allow`."))),
    }
}

fn capture(typed: &str) -> Result<Capture, Problem> {
    match typed {
        "off" => Ok(Capture::Off),
        "errors" => Ok(Capture::Errors),
        "all" => Ok(Capture::All),
        _ => Err(wrong(format!("“{typed}” is none of `off`, `errors` and `all`."))),
    }
}

/// A date is the last day it is good, in this computer's calendar.
fn moment(typed: &str) -> Result<Option<i64>, Problem> {
    let moment = match typed.parse::<Date>() {
        Ok(date) if typed.len() <= 10 => date
            .tomorrow()
            .and_then(|after| after.to_zoned(TimeZone::system()))
            .map(|midnight| midnight.timestamp()),
        Ok(_) | Err(_) => typed.parse::<Timestamp>(),
    };
    let moment = moment.map_err(|_| {
        wrong(format!(
            "“{typed}” is no date. Type one such as 2026-12-31, or a moment such as 2026-12-31T18:00:00Z, or `none`."
        ))
    })?;
    Ok(Some(moment.as_millisecond()))
}

fn wrong(sentence: String) -> Problem {
    Problem::new(ProblemCode::InvalidInput, sentence)
}

impl TokenLimits {
    /// What nobody can have meant is refused here, whichever way it came.
    pub(super) fn checked(mut self) -> Result<Self, Problem> {
        for pattern in &mut self.models {
            *pattern = pattern.trim().to_owned();
        }
        self.models.retain(|pattern| !pattern.is_empty());
        if self.models.len() > LONGEST_LIST || self.models.iter().any(|one| one.len() > LONGEST_PATTERN) {
            return Err(wrong(format!(
                "At most {LONGEST_LIST} models can be named, each in {LONGEST_PATTERN} characters; `*` stands for any."
            )));
        }
        let known = Interface::ALL.map(Interface::word);
        if let Some(odd) = self.endpoints.iter().find(|word| !known.contains(&word.as_str())) {
            return Err(wrong(format!(
                "There is no endpoint “{odd}”. There are {}.",
                known.join(", ")
            )));
        }
        if [self.rpm, self.tpm, self.concurrency].contains(&Some(0)) {
            return Err(wrong(
                "A limit of 0 would refuse everything; pause the token instead.".into(),
            ));
        }
        let amounts = [self.day_nano, self.month_nano, self.total_nano];
        if amounts.into_iter().flatten().any(|nano| nano < 0) {
            return Err(wrong("A budget cannot be less than nothing.".into()));
        }
        Ok(self)
    }

    /// As the ledger keeps them. The zone of the first budget stays: its days must not move when the computer does.
    pub(super) fn kept(self, zone: Option<String>) -> ledger::TokenLimits {
        let mut kept = ledger::TokenLimits {
            models: self.models,
            endpoints: self.endpoints,
            rpm: self.rpm,
            tpm: self.tpm,
            concurrency: self.concurrency,
            day_nano: self.day_nano,
            month_nano: self.month_nano,
            total_nano: self.total_nano,
            zone,
            unpriced: match self.unpriced {
                Unpriced::Refuse => ledger::Unpriced::Refuse,
                Unpriced::Allow => ledger::Unpriced::Allow,
            },
            expires_at: self.expires_at,
            capture: self.capture.into(),
        };
        if kept.has_budget() && kept.zone.is_none() {
            kept.zone = TimeZone::system().iana_name().map(str::to_owned);
        }
        kept
    }
}

impl From<ledger::TokenLimits> for TokenLimits {
    fn from(kept: ledger::TokenLimits) -> Self {
        Self {
            models: kept.models,
            endpoints: kept.endpoints,
            rpm: kept.rpm,
            tpm: kept.tpm,
            concurrency: kept.concurrency,
            day_nano: kept.day_nano,
            month_nano: kept.month_nano,
            total_nano: kept.total_nano,
            unpriced: match kept.unpriced {
                ledger::Unpriced::Refuse => Unpriced::Refuse,
                ledger::Unpriced::Allow => Unpriced::Allow,
            },
            expires_at: kept.expires_at,
            capture: kept.capture.into(),
        }
    }
}

impl From<Standing> for TokenBudget {
    fn from(standing: Standing) -> Self {
        Self {
            period: match standing.period {
                Period::Day => BudgetPeriod::Day,
                Period::Month => BudgetPeriod::Month,
                Period::Total => BudgetPeriod::Total,
            },
            limit_nano: standing.limit.0,
            spent_nano: standing.settled.0,
            reserved_nano: standing.reserved.0,
            until: standing.until,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(per_day: &str) -> Result<Option<i64>, Problem> {
        let change = TokenChange {
            per_day: Some(per_day.into()),
            ..TokenChange::default()
        };
        change.of(&TokenLimits::default()).map(|limits| limits.day_nano)
    }

    #[test]
    fn amounts_are_typed_in_dollars_and_kept_in_nano_dollars() {
        assert_eq!(typed("5.00").unwrap(), Some(5_000_000_000));
        assert_eq!(typed("$0.000000001").unwrap(), Some(1));
        assert_eq!(typed(".5").unwrap(), Some(500_000_000));
        assert_eq!(typed("none").unwrap(), None);
        for odd in ["", "five", "-1", "5,00", "1e3", "+5", "5.0.0", "99999999999"] {
            let said = typed(odd).unwrap_err().message;
            assert!(said.contains("no amount"), "{odd}: {said}");
        }
    }

    #[test]
    fn what_is_not_typed_stays_and_none_lifts() {
        let old = TokenLimits {
            rpm: Some(10),
            models: vec!["gpt-*".into()],
            ..TokenLimits::default()
        };
        let change = TokenChange {
            models: Some(" none ".into()),
            concurrency: Some("2".into()),
            ..TokenChange::default()
        };
        let new = change.of(&old).unwrap();
        assert_eq!(
            (new.rpm, new.concurrency, new.models.len()),
            (Some(10), Some(2), 0)
        );
    }

    #[test]
    fn a_date_is_the_last_good_day_and_a_moment_itself() {
        let hour = 3_600_000;
        let date = moment("2026-12-31").unwrap().unwrap();
        let utc = 1_798_761_600_000_i64; // 2027-01-01T00:00Z
        assert!(
            (date - utc).abs() <= 14 * hour,
            "midnight somewhere on Earth: {date}"
        );
        assert_eq!(
            moment("2026-12-31T18:00:00+08:00").unwrap(),
            Some(utc - 14 * hour)
        );
        assert!(moment("31.12.2026").is_err() && moment("tomorrow").is_err());
    }
}
