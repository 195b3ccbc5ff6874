//! How often, and how many tokens, within any sixty seconds; and the headers that tell a caller so.
//!
//! The windows slide and are exact to the millisecond: what came within one millisecond is one entry, so a window
//! holds at most sixty thousand of them, however high its limit. Tokens count while an exchange is under way, as far
//! as they can be estimated, and for sixty seconds after it ended, as they were.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use http::header::{HeaderName, HeaderValue};

const WINDOW_MS: u64 = 60_000;

/// Per sixty seconds. Nothing set is no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rates {
    pub(crate) requests: Option<u32>,
    pub(crate) tokens: Option<u32>,
}

impl Rates {
    pub(crate) fn any(self) -> bool {
        self.requests.is_some() || self.tokens.is_some()
    }
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counted {
    Requests,
    Tokens,
}

/// Why not now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TooFast {
    /// There is room for it after this time.
    Wait(Counted, Duration),
    /// It alone is more than the limit.
    Never,
}

/// The windows of one token.
#[derive(Debug)]
pub(crate) struct Rate {
    began: Instant,
    requests: Window,
    tokens: Window,
    /// Of exchanges under way.
    held: u64,
}

#[derive(Debug, Default)]
struct Window {
    entries: VecDeque<(u64, u64)>,
    sum: u64,
}

impl Rate {
    pub(crate) fn new(now: Instant) -> Self {
        Self {
            began: now,
            requests: Window::default(),
            tokens: Window::default(),
            held: 0,
        }
    }

    /// Counts one request, or says how long to wait. What is refused is not counted: it costs nobody anything.
    pub(crate) fn one_more(&mut self, rates: Rates, now: Instant) -> Result<(), TooFast> {
        let now = self.slide(now);
        if let Some(limit) = rates.requests
            && let Some(wait) = self.requests.room_in(now, 1, limit.into())
        {
            return Err(TooFast::Wait(Counted::Requests, wait));
        }
        if let Some(limit) = rates.tokens {
            self.room_for(1, limit.into(), now)?;
        }
        self.requests.add(now, 1);
        Ok(())
    }

    /// Sets tokens aside for an exchange that is about to leave.
    pub(crate) fn hold(&mut self, tokens: u64, rates: Rates, now: Instant) -> Result<(), TooFast> {
        let now = self.slide(now);
        if let Some(limit) = rates.tokens {
            if tokens > limit.into() {
                return Err(TooFast::Never);
            }
            self.room_for(tokens, limit.into(), now)?;
        }
        self.held += tokens;
        Ok(())
    }

    /// What was set aside is over, and this is what it came to.
    pub(crate) fn came_to(&mut self, held: u64, tokens: u64, now: Instant) {
        let now = self.slide(now);
        self.held = self.held.saturating_sub(held);
        if tokens > 0 {
            self.tokens.add(now, tokens);
        }
    }

    /// OpenAI's `x-ratelimit-*` headers, for what is limited.
    pub(crate) fn headers(&mut self, rates: Rates, now: Instant) -> Vec<(HeaderName, HeaderValue)> {
        let now = self.slide(now);
        let mut headers = Vec::new();
        if let Some(limit) = rates.requests {
            let reset = self.requests.empty_in(now);
            headers.extend(told(REQUEST_HEADERS, limit, self.requests.sum, reset));
        }
        if let Some(limit) = rates.tokens {
            let sum = self.tokens.sum + self.held;
            headers.extend(told(TOKEN_HEADERS, limit, sum, self.tokens.empty_in(now)));
        }
        headers
    }

    fn room_for(&self, tokens: u64, limit: u64, now: u64) -> Result<(), TooFast> {
        match self.tokens.room_in(now, tokens + self.held, limit) {
            None => Ok(()),
            Some(wait) => Err(TooFast::Wait(Counted::Tokens, wait)),
        }
    }

    /// Two threads may read the clock in one order and come here in the other, so time never runs back.
    fn slide(&mut self, now: Instant) -> u64 {
        let elapsed = now.saturating_duration_since(self.began).as_millis();
        let now = u64::try_from(elapsed).unwrap_or(u64::MAX);
        let now = now.max(self.requests.newest()).max(self.tokens.newest());
        self.requests.slide(now);
        self.tokens.slide(now);
        now
    }
}

impl Window {
    fn newest(&self) -> u64 {
        self.entries.back().map_or(0, |(at, _)| *at)
    }

    fn slide(&mut self, now: u64) {
        while let Some((at, count)) = self.entries.front()
            && at + WINDOW_MS <= now
        {
            self.sum -= count;
            self.entries.pop_front();
        }
    }

    fn add(&mut self, now: u64, count: u64) {
        self.sum += count;
        match self.entries.back_mut() {
            Some((at, there)) if *at == now => *there += count,
            _ => self.entries.push_back((now, count)),
        }
    }

    /// When there will be room for `count` more; none if there is.
    fn room_in(&self, now: u64, count: u64, limit: u64) -> Option<Duration> {
        let mut over = (self.sum + count).checked_sub(limit).filter(|over| *over > 0)?;
        let leaving = self.entries.iter().find(|(_, count)| {
            over = over.saturating_sub(*count);
            over == 0
        });
        // What is held leaves at a moment nobody knows: looking again soon is all one can do.
        let wait = leaving.map_or(1_000, |(at, _)| at + WINDOW_MS - now);
        Some(Duration::from_millis(wait))
    }

    fn empty_in(&self, now: u64) -> Duration {
        let newest = self.entries.back();
        Duration::from_millis(newest.map_or(0, |(at, _)| at + WINDOW_MS - now))
    }
}

const REQUEST_HEADERS: [&str; 3] = [
    "x-ratelimit-limit-requests",
    "x-ratelimit-remaining-requests",
    "x-ratelimit-reset-requests",
];
const TOKEN_HEADERS: [&str; 3] = [
    "x-ratelimit-limit-tokens",
    "x-ratelimit-remaining-tokens",
    "x-ratelimit-reset-tokens",
];

fn told(
    names: [&'static str; 3],
    limit: u32,
    used: u64,
    reset: Duration,
) -> impl Iterator<Item = (HeaderName, HeaderValue)> {
    let values = [
        limit.to_string(),
        u64::from(limit).saturating_sub(used).to_string(),
        spelled(reset),
    ];
    let pairs = names.into_iter().zip(values);
    pairs.filter_map(|(name, value)| {
        Some((HeaderName::from_static(name), HeaderValue::from_str(&value).ok()?))
    })
}

/// As OpenAI spells a time: `20ms`, `1.5s`, `1m0s`.
fn spelled(time: Duration) -> String {
    let ms = time.as_millis();
    match (ms / 60_000, ms % 60_000) {
        (0, 0) => "0s".into(),
        (0, ms @ 1..1_000) => format!("{ms}ms"),
        (0, ms) => format!("{}s", seconds(ms)),
        (minutes, ms) => format!("{minutes}m{}s", seconds(ms)),
    }
}

fn seconds(ms: u128) -> String {
    let (whole, rest) = (ms / 1_000, ms % 1_000);
    if rest == 0 {
        return whole.to_string();
    }
    format!("{whole}.{rest:03}").trim_end_matches('0').to_owned()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{Counted, Rate, Rates, TooFast, spelled};

    const TWO: Rates = Rates {
        requests: Some(2),
        tokens: Some(100),
    };

    #[expect(
        clippy::disallowed_methods,
        reason = "a beginning to count from; nothing waits for it"
    )]
    fn rate() -> (Rate, impl Fn(u64) -> Instant) {
        let began = Instant::now();
        (Rate::new(began), move |ms| began + Duration::from_millis(ms))
    }

    #[test]
    fn no_sixty_seconds_hold_more_requests_than_the_limit_wherever_they_begin() {
        let (mut rate, at) = rate();
        assert_eq!(rate.one_more(TWO, at(59_000)), Ok(()));
        assert_eq!(rate.one_more(TWO, at(59_900)), Ok(()));
        let wait = |ms| Err(TooFast::Wait(Counted::Requests, Duration::from_millis(ms)));
        assert_eq!(
            rate.one_more(TWO, at(60_100)),
            wait(58_900),
            "a minute of the clock that began anew does not help"
        );
        assert_eq!(rate.one_more(TWO, at(118_999)), wait(1));
        assert_eq!(rate.one_more(TWO, at(119_000)), Ok(()));
    }

    #[test]
    fn tokens_count_while_they_are_under_way_and_for_a_minute_after_as_they_were() {
        let (mut rate, at) = rate();
        assert_eq!(rate.hold(80, TWO, at(0)), Ok(()));
        assert!(rate.hold(30, TWO, at(10)).is_err(), "80 are held");
        rate.came_to(80, 40, at(1_000));
        assert_eq!(rate.hold(30, TWO, at(1_010)), Ok(()), "it came to less");
        rate.came_to(30, 90, at(2_000));
        let wait = Err(TooFast::Wait(Counted::Tokens, Duration::from_millis(59_000)));
        assert_eq!(rate.one_more(TWO, at(2_000)), wait, "and one to more");
        assert_eq!(rate.one_more(TWO, at(61_000)), Ok(()));
        assert_eq!(
            rate.hold(101, TWO, at(62_000)),
            Err(TooFast::Never),
            "waiting would not help"
        );
    }

    #[test]
    fn a_clock_read_before_its_neighbour_does_not_bring_entries_back() {
        let (mut rate, at) = rate();
        rate.one_more(TWO, at(100)).unwrap();
        rate.one_more(TWO, at(90)).unwrap();
        assert!(rate.one_more(TWO, at(60_095)).is_err(), "both count from 100 on");
        assert_eq!(rate.one_more(TWO, at(60_100)), Ok(()));
    }

    #[test]
    fn a_million_requests_within_a_second_are_a_thousand_entries() {
        let (mut rate, at) = rate();
        let high = Rates {
            requests: Some(2_000_000),
            tokens: None,
        };
        for number in 0..1_000_000 {
            rate.one_more(high, at(number / 1_000)).unwrap();
        }
        assert_eq!(
            (rate.requests.entries.len(), rate.requests.sum),
            (1_000, 1_000_000)
        );
        rate.one_more(high, at(70_000)).unwrap();
        assert_eq!((rate.requests.entries.len(), rate.requests.sum), (1, 1));
    }

    #[test]
    fn the_headers_are_openais() {
        let (mut rate, at) = rate();
        rate.one_more(TWO, at(0)).unwrap();
        rate.hold(60, TWO, at(0)).unwrap();
        let said: Vec<_> = rate
            .headers(TWO, at(10_000))
            .into_iter()
            .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
            .collect();
        assert_eq!(
            said,
            [
                "x-ratelimit-limit-requests: 2",
                "x-ratelimit-remaining-requests: 1",
                "x-ratelimit-reset-requests: 50s",
                "x-ratelimit-limit-tokens: 100",
                "x-ratelimit-remaining-tokens: 40",
                "x-ratelimit-reset-tokens: 0s",
            ]
        );
        let spelled = |ms| spelled(Duration::from_millis(ms));
        assert_eq!(
            [spelled(20), spelled(1_500), spelled(60_000), spelled(59_950)],
            ["20ms", "1.5s", "1m0s", "59.95s"]
        );
    }
}
