//! How each gateway fares, model by model: who fails in a row goes last for a while, then gets one try to prove itself.
//! Nobody is ever left out for it: when all are broken, the broken ones are asked.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use nexdesk_protocol::Interface;
use nexdesk_upstream::{Failure, Kind};

use crate::Map;

const FAILURES: u32 = 3;
const FIRST_BREAK: Duration = Duration::from_secs(30);
const LONGEST_BREAK: Duration = Duration::from_secs(300);
/// How long the one try may take before another is let through.
const PROBE: Duration = Duration::from_secs(60);
/// A gateway that did not have an endpoint yesterday may have it today.
const LACKING: Duration = Duration::from_secs(24 * 60 * 60);

#[derive(Debug, Default)]
pub(crate) struct Health(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// By gateway, then by model; what concerns the whole gateway stands under the empty name.
    breakers: Map<String, Map<String, Breaker>>,
    /// By gateway: what it does not have.
    lacking: Map<String, Map<Interface, Instant>>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Breaker {
    failures: u32,
    open_until: Option<Instant>,
    broke_for: Duration,
    probe_until: Option<Instant>,
    /// Time to the first word, the newest weighing a fifth.
    first_word: Option<Duration>,
}

/// How far back somebody goes in the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Standing {
    Healthy,
    Broken,
    /// It does not have this endpoint, as far as is known.
    Lacking,
}

impl Health {
    pub(crate) fn standing(
        &self,
        gateway: &str,
        model: &str,
        interface: Interface,
        now: Instant,
    ) -> Standing {
        let state = self.state();
        let lacking = state.lacking.get(gateway).and_then(|all| all.get(&interface));
        if lacking.is_some_and(|since| now.saturating_duration_since(*since) < LACKING) {
            return Standing::Lacking;
        }
        let models = state.breakers.get(gateway);
        let breakers = ["", model]
            .into_iter()
            .filter_map(|name| models?.get(name))
            .filter(|breaker| breaker.is_broken(now));
        if breakers.count() > 0 {
            Standing::Broken
        } else {
            Standing::Healthy
        }
    }

    /// Says that this one is about to be asked first. If its break is just over, that is its one try: others go on
    /// seeing it as broken until it is known how that went.
    pub(crate) fn is_asked(&self, gateway: &str, model: &str, now: Instant) {
        let mut state = self.state();
        let Some(models) = state.breakers.get_mut(gateway) else {
            return;
        };
        for name in ["", model] {
            if let Some(breaker) = models.get_mut(name)
                && breaker.open_until.is_some()
            {
                breaker.probe_until = Some(now + PROBE);
            }
        }
    }

    pub(crate) fn answered(&self, gateway: &str, model: &str, first_word: Option<Duration>) {
        let mut state = self.state();
        if let Some(models) = state.breakers.get_mut(gateway) {
            models.remove("");
            if let Some(breaker) = models.get_mut(model) {
                breaker.mend(first_word);
                return;
            }
        }
        let models = state.breakers.entry(gateway.to_owned()).or_default();
        models.entry(model.to_owned()).or_default().mend(first_word);
    }

    pub(crate) fn failed(
        &self,
        gateway: &str,
        model: &str,
        interface: Interface,
        failure: &Failure,
        now: Instant,
    ) {
        let mut state = self.state();
        let not_here = failure.kind == Kind::NotServed
            || (failure.kind == Kind::NotAnApi && matches!(failure.status, Some(404 | 405)));
        if not_here {
            let all = state.lacking.entry(gateway.to_owned()).or_default();
            all.insert(interface, now);
            return;
        }
        let name = match failure.kind {
            Kind::Unreachable | Kind::NotAnApi => "",
            Kind::GatewayFailed | Kind::Interrupted | Kind::Stalled => model,
            // A refusal with a reason comes from somebody who is well.
            _ => {
                state.breakers.remove(gateway);
                return;
            }
        };
        let models = state.breakers.entry(gateway.to_owned()).or_default();
        models.entry(name.to_owned()).or_default().fail(now);
    }

    /// It has this endpoint after all: it was asked for it in other words.
    pub(crate) fn serves(&self, gateway: &str, interface: Interface) {
        if let Some(all) = self.state().lacking.get_mut(gateway) {
            all.remove(&interface);
        }
    }

    /// How soon the first word came of late, where that is known.
    pub(crate) fn first_word(&self, gateway: &str, model: &str) -> Option<Duration> {
        self.state().breakers.get(gateway)?.get(model)?.first_word
    }

    /// A gateway that was moved, checked or mended by its person begins anew.
    pub(crate) fn forget(&self, gateway: &str) {
        let mut state = self.state();
        state.breakers.remove(gateway);
        state.lacking.remove(gateway);
    }

    /// Forgets gateways that are gone.
    pub(crate) fn keep(&self, is_there: impl Fn(&str) -> bool) {
        let mut state = self.state();
        state.breakers.retain(|gateway, _| is_there(gateway));
        state.lacking.retain(|gateway, _| is_there(gateway));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Breaker {
    fn is_broken(&self, now: Instant) -> bool {
        let later = |until: Option<Instant>| until.is_some_and(|until| now < until);
        later(self.open_until) || later(self.probe_until)
    }

    /// Whole again; how soon it spoke is remembered, smoothed.
    fn mend(&mut self, first_word: Option<Duration>) {
        let mean = |old: Duration, new: Duration| (old * 4 + new) / 5;
        *self = Self {
            first_word: match (self.first_word, first_word) {
                (Some(old), Some(new)) => Some(mean(old, new)),
                (old, new) => new.or(old),
            },
            ..Self::default()
        };
    }

    fn fail(&mut self, now: Instant) {
        self.failures += 1;
        self.probe_until = None;
        // Requests that were under way when it broke fail too; they do not make the break longer.
        if self.failures < FAILURES || self.open_until.is_some_and(|until| now < until) {
            return;
        }
        self.broke_for = (self.broke_for * 2).clamp(FIRST_BREAK, LONGEST_BREAK);
        self.open_until = Some(now + self.broke_for);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHAT: Interface = Interface::Chat;

    struct Bench {
        health: Health,
        now: Instant,
    }

    impl Bench {
        #[expect(clippy::disallowed_methods, reason = "some moment to count from")]
        fn new() -> Self {
            Self {
                health: Health::default(),
                now: Instant::now(),
            }
        }

        fn fails(&self, model: &str, kind: Kind, times: u32) {
            for _ in 0..times {
                let failure = Failure::new(kind, "x");
                self.health.failed("g", model, CHAT, &failure, self.now);
            }
        }

        fn stands(&self, model: &str) -> Standing {
            self.health.standing("g", model, CHAT, self.now)
        }

        fn wait(&mut self, seconds: u64) {
            self.now += Duration::from_secs(seconds);
        }
    }

    #[test]
    fn three_failures_in_a_row_break_one_model_and_a_success_between_them_counts_anew() {
        let bench = Bench::new();
        bench.fails("m", Kind::GatewayFailed, 2);
        bench.health.answered("g", "m", None);
        bench.fails("m", Kind::GatewayFailed, 2);
        assert_eq!(bench.stands("m"), Standing::Healthy);
        bench.fails("m", Kind::Stalled, 1);
        assert_eq!(
            (bench.stands("m"), bench.stands("other")),
            (Standing::Broken, Standing::Healthy)
        );
    }

    #[test]
    fn a_gateway_where_nobody_answers_is_broken_for_all_models() {
        let bench = Bench::new();
        bench.fails("m", Kind::Unreachable, 3);
        assert_eq!(bench.stands("other"), Standing::Broken);
        bench.health.answered("g", "third", None);
        assert_eq!(bench.stands("other"), Standing::Healthy);
    }

    #[test]
    fn after_its_break_one_try_is_let_through_and_decides() {
        let mut bench = Bench::new();
        bench.fails("m", Kind::GatewayFailed, 3);
        bench.wait(29);
        assert_eq!(bench.stands("m"), Standing::Broken);
        bench.wait(1);
        assert_eq!(bench.stands("m"), Standing::Healthy, "its turn has come");
        bench.health.is_asked("g", "m", bench.now);
        assert_eq!(
            bench.stands("m"),
            Standing::Broken,
            "for all but the one who tries"
        );

        bench.fails("m", Kind::GatewayFailed, 1);
        bench.wait(59);
        assert_eq!(bench.stands("m"), Standing::Broken, "twice as long");
        bench.wait(1);
        bench.health.is_asked("g", "m", bench.now);
        bench.wait(60);
        assert_eq!(
            bench.stands("m"),
            Standing::Healthy,
            "a try that never ended holds up nobody"
        );
        bench.health.answered("g", "m", None);
        bench.fails("m", Kind::GatewayFailed, 2);
        assert_eq!(bench.stands("m"), Standing::Healthy, "and all is forgotten");
    }

    #[test]
    fn breaks_grow_to_five_minutes_and_no_longer() {
        let mut bench = Bench::new();
        bench.fails("m", Kind::GatewayFailed, 3);
        for expected in [30, 60, 120, 240, 300, 300] {
            bench.wait(expected - 1);
            assert_eq!(bench.stands("m"), Standing::Broken, "{expected}");
            bench.wait(1);
            assert_eq!(bench.stands("m"), Standing::Healthy, "{expected}");
            bench.fails("m", Kind::GatewayFailed, 1);
        }
    }

    #[test]
    fn a_refusal_with_a_reason_is_no_break() {
        let bench = Bench::new();
        for kind in [
            Kind::RateLimited,
            Kind::QuotaExhausted,
            Kind::BadRequest,
            Kind::KeyRefused,
        ] {
            bench.fails("m", kind, 5);
            assert_eq!(bench.stands("m"), Standing::Healthy, "{kind:?}");
        }
    }

    #[test]
    fn a_missing_endpoint_is_known_for_a_day() {
        let mut bench = Bench::new();
        bench.fails("m", Kind::NotServed, 1);
        assert_eq!(bench.stands("other"), Standing::Lacking);
        let embeddings = |bench: &Bench| bench.health.standing("g", "m", Interface::Embeddings, bench.now);
        assert_eq!(embeddings(&bench), Standing::Healthy);
        let page = Failure {
            status: Some(404),
            ..Failure::new(Kind::NotAnApi, "a page")
        };
        bench
            .health
            .failed("g", "m", Interface::Embeddings, &page, bench.now);
        assert_eq!(embeddings(&bench), Standing::Lacking);
        bench.wait(24 * 60 * 60);
        assert_eq!(embeddings(&bench), Standing::Healthy);
        bench.fails("m", Kind::NotServed, 1);
        bench.health.forget("g");
        assert_eq!(bench.stands("m"), Standing::Healthy);
    }

    #[test]
    fn how_soon_the_first_word_comes_is_smoothed() {
        let bench = Bench::new();
        assert_eq!(bench.health.first_word("g", "m"), None);
        bench.health.answered("g", "m", Some(Duration::from_millis(100)));
        bench.health.answered("g", "m", Some(Duration::from_millis(600)));
        bench.health.answered("g", "m", None);
        assert_eq!(
            bench.health.first_word("g", "m"),
            Some(Duration::from_millis(200))
        );
    }
}
