//! Whose turn it is, after everything that can happen to a key.

use std::time::{Duration, Instant};

use nexdesk_ledger::KeyState;
use nexdesk_upstream::{Base, Failure, Kind, Limit, Limits, provider};

use super::{Keyring, Learned};
use crate::directory::{Directory, Gateway, KeyEntry, Label};

struct Bench {
    keyring: Keyring,
    gateway: Gateway,
    now: Instant,
}

fn key(id: &str, weight: u32, state: KeyState) -> KeyEntry {
    KeyEntry {
        id: id.into(),
        label: Label::of(id, id),
        weight,
        enabled: true,
        reads_on: false,
        state,
    }
}

fn gateway(keys: Vec<KeyEntry>) -> Gateway {
    Gateway {
        id: "g".into(),
        name: "G".into(),
        slug: "g".into(),
        label: Label::of("g", "G"),
        base: Base::stored("http://127.0.0.1:9/v1"),
        provider: provider("openai").expect("in the catalogue"),
        keys,
        models: Vec::new(),
    }
}

fn directory(keys: Vec<KeyEntry>) -> Directory {
    Directory {
        tokens: Default::default(),
        gateways: vec![gateway(keys).into()],
        routes: Vec::new(),
    }
}

impl Bench {
    fn of(weights: &[(&str, u32)]) -> Self {
        let keys = || {
            let keys = weights.iter();
            keys.map(|(id, weight)| key(id, *weight, KeyState::Unchecked))
                .collect()
        };
        Self {
            keyring: Keyring::new(&directory(keys())),
            gateway: gateway(keys()),
            now: start(),
        }
    }

    fn order(&self, model: &str, preferred: Option<&str>) -> Result<Vec<&str>, Kind> {
        let chosen = self.keyring.choose(&self.gateway, model, preferred, self.now);
        let chosen = chosen.map_err(|failure| failure.kind)?;
        Ok(chosen.into_iter().map(|key| key.id.as_str()).collect())
    }

    fn first(&self) -> String {
        self.order("m", None).expect("somebody can be asked")[0].to_owned()
    }

    fn firsts(&self, turns: usize) -> String {
        (0..turns).map(|_| self.first()).collect()
    }

    fn ok(&self, key: &str) -> Learned {
        self.keyring.learn_of(key, "m", Ok(&Limits::default()), self.now)
    }

    fn fails(&self, key: &str, failure: &Failure) -> Learned {
        self.keyring.learn_of(key, "m", Err(failure), self.now)
    }

    fn wait(&mut self, seconds: u64) {
        self.now += Duration::from_secs(seconds);
    }
}

#[expect(clippy::disallowed_methods, reason = "some moment to count from")]
fn start() -> Instant {
    Instant::now()
}

fn failure(kind: Kind) -> Failure {
    Failure::new(kind, "no")
}

fn limited(seconds: u64) -> Failure {
    Failure {
        retry_after: Some(Duration::from_secs(seconds)),
        ..failure(Kind::RateLimited)
    }
}

#[test]
fn keys_take_turns_by_weight_and_the_turns_are_spread() {
    let bench = Bench::of(&[("a", 3), ("b", 1)]);
    assert_eq!(bench.firsts(8), "aabaaaba");
    let bench = Bench::of(&[("a", 1), ("b", 1), ("c", 1)]);
    assert_eq!(bench.firsts(6), "abcabc");
    assert_eq!(
        bench.order("m", None),
        Ok(vec!["a", "b", "c"]),
        "the others stand behind it"
    );
}

#[test]
fn a_switched_off_key_is_never_asked() {
    let mut bench = Bench::of(&[("a", 1), ("b", 1)]);
    bench.gateway.keys[0].enabled = false;
    assert_eq!(bench.firsts(3), "bbb");
    bench.gateway.keys[1].enabled = false;
    assert_eq!(bench.order("m", None), Err(Kind::NoKey));
}

#[test]
fn a_key_over_its_limit_rests_as_long_as_the_gateway_says_and_twenty_seconds_otherwise() {
    for (refusal, seconds) in [
        (limited(90), 90),
        (failure(Kind::RateLimited), 20),
        (limited(90_000), 3600),
    ] {
        let mut bench = Bench::of(&[("a", 1)]);
        let rest = Duration::from_secs(seconds);
        assert_eq!(
            bench.fails("a", &refusal).told,
            Some((KeyState::Resting, Some(rest)))
        );
        bench.wait(seconds - 1);
        let refused = bench.keyring.choose(&bench.gateway, "m", None, bench.now);
        let refused = refused.expect_err("it rests");
        assert_eq!(
            (refused.kind, refused.retry_after),
            (Kind::RateLimited, Some(Duration::from_secs(1)))
        );
        bench.wait(1);
        assert_eq!(bench.firsts(1), "a");
    }
}

#[test]
fn a_limit_that_names_the_model_rests_the_key_for_that_model_alone() {
    let mut bench = Bench::of(&[("a", 1)]);
    let named = Failure {
        message: "Rate limit reached for gpt-5 on tokens per min".into(),
        ..limited(30)
    };
    let learned = bench.keyring.learn_of("a", "gpt-5", Err(&named), bench.now);
    assert_eq!(learned.told, None, "the key itself is well");
    assert_eq!(bench.order("gpt-5", None), Err(Kind::RateLimited));
    assert_eq!(bench.order("gpt-5-mini", None), Ok(vec!["a"]));
    bench.wait(30);
    assert_eq!(bench.order("gpt-5", None), Ok(vec!["a"]));
}

#[test]
fn a_good_answer_that_used_up_the_limit_rests_the_key_until_there_is_more() {
    let mut bench = Bench::of(&[("a", 1), ("b", 1)]);
    let spent = Limits {
        requests: Limit {
            limit: Some(60),
            remaining: Some(0),
            reset: Some(Duration::from_secs(12)),
        },
        tokens: Limit::default(),
    };
    let learned = bench.keyring.learn_of("a", "m", Ok(&spent), bench.now);
    assert_eq!(
        learned.told,
        Some((KeyState::Resting, Some(Duration::from_secs(12))))
    );
    assert_eq!(bench.firsts(2), "bb");
    bench.wait(12);
    assert!(bench.firsts(2).contains('a'));
}

#[test]
fn an_answer_that_began_before_the_limit_was_reached_does_not_end_the_rest() {
    let bench = Bench::of(&[("a", 1)]);
    bench.fails("a", &limited(30));
    assert_eq!(bench.ok("a").told, None);
    assert_eq!(bench.order("m", None), Err(Kind::RateLimited));
}

#[test]
fn a_key_that_fails_three_times_in_a_row_goes_last_for_a_while_but_never_away() {
    let mut bench = Bench::of(&[("a", 1), ("b", 1)]);
    let broken = failure(Kind::GatewayFailed);
    bench.fails("a", &broken);
    bench.fails("a", &broken);
    bench.ok("a");
    bench.fails("a", &broken);
    bench.fails("a", &broken);
    assert!(
        bench.firsts(2).contains('a'),
        "a success between them counts anew"
    );
    for seconds in [30, 60, 120, 240, 300, 300] {
        assert_eq!(
            bench.fails("a", &broken).told,
            None,
            "the gateway may be to blame"
        );
        bench.wait(seconds - 1);
        assert_eq!(
            bench.order("m", None),
            Ok(vec!["b", "a"]),
            "after {seconds} s but one"
        );
        bench.wait(1);
        assert!(bench.firsts(2).contains('a'), "after {seconds} s");
    }
    let alone = Bench::of(&[("a", 1)]);
    for _ in 0..5 {
        alone.fails("a", &broken);
    }
    assert_eq!(alone.firsts(1), "a");
}

#[test]
fn a_busy_key_is_written_down_when_something_changes_and_its_use_every_ten_seconds() {
    let mut bench = Bench::of(&[("a", 1)]);
    let first = bench.ok("a");
    assert_eq!(
        (first.told, first.was_used),
        (Some((KeyState::Healthy, None)), true)
    );
    assert_eq!(bench.ok("a"), Learned::default(), "nothing is new");
    bench.wait(10);
    let later = bench.ok("a");
    assert_eq!((later.told, later.was_used), (None, true));
    bench.fails("a", &failure(Kind::QuotaExhausted));
    bench.wait(3600);
    assert_eq!(
        bench.ok("a").told,
        Some((KeyState::Healthy, None)),
        "well again, which is news"
    );
}

#[test]
fn a_refused_key_is_laid_aside_until_a_person_wakes_it() {
    let mut bench = Bench::of(&[("a", 1), ("b", 1)]);
    let mut news = bench.keyring.news();
    assert_eq!(
        bench.fails("a", &failure(Kind::KeyRefused)),
        Learned {
            told: Some((KeyState::Refused, None)),
            once_more: false,
            was_used: true,
        }
    );
    bench.wait(100_000);
    assert_eq!(bench.firsts(3), "bbb");
    let told = news.try_recv().expect("its person is told");
    assert_eq!(
        (told.key.as_str(), told.state, told.said.as_str()),
        ("a", KeyState::Refused, "no")
    );
    bench.fails("b", &failure(Kind::KeyRefused));
    assert_eq!(bench.order("m", None), Err(Kind::KeyRefused));
    bench.keyring.wake("a");
    assert_eq!(bench.firsts(1), "a");
}

#[test]
fn a_key_that_worked_a_moment_ago_is_asked_once_more_before_it_is_laid_aside() {
    let mut bench = Bench::of(&[("a", 1)]);
    let refused = failure(Kind::KeyRefused);
    bench.ok("a");
    bench.wait(60);
    let first = bench.fails("a", &refused);
    assert_eq!((first.told, first.once_more), (None, true));
    bench.ok("a");
    assert!(bench.fails("a", &refused).once_more, "it had worked in between");
    let second = bench.fails("a", &refused);
    assert_eq!(
        (second.told, second.once_more),
        (Some((KeyState::Refused, None)), false)
    );

    let mut bench = Bench::of(&[("a", 1)]);
    bench.ok("a");
    bench.wait(61);
    assert!(!bench.fails("a", &refused).once_more, "that was too long ago");
}

#[test]
fn a_spent_key_is_parked_and_tried_once_an_hour() {
    let mut bench = Bench::of(&[("a", 1), ("b", 1)]);
    let spent = failure(Kind::QuotaExhausted);
    assert_eq!(bench.fails("a", &spent).told, Some((KeyState::Exhausted, None)));
    bench.wait(3599);
    assert_eq!(bench.firsts(3), "bbb");
    bench.wait(1);
    assert_eq!(bench.order("m", None), Ok(vec!["a", "b"]), "its one try");
    assert_eq!(bench.order("m", None), Ok(vec!["b"]), "and no other meanwhile");
    bench.ok("a");
    assert!(bench.firsts(2).contains('a'));

    bench.fails("a", &spent);
    bench.fails("b", &spent);
    assert_eq!(bench.order("m", None), Err(Kind::QuotaExhausted));
}

#[test]
fn a_balance_that_changed_brings_a_spent_key_back() {
    let bench = Bench::of(&[("a", 1)]);
    bench.keyring.balance("a", 5);
    bench.fails("a", &failure(Kind::QuotaExhausted));
    for (balance, comes_back) in [(5, false), (0, false), (700, true)] {
        bench.keyring.balance("a", balance);
        assert_eq!(bench.order("m", None).is_ok(), comes_back, "{balance}");
    }
}

#[test]
fn the_key_that_holds_the_cache_goes_first_and_costs_nobody_a_turn() {
    let bench = Bench::of(&[("a", 1), ("b", 1)]);
    for _ in 0..5 {
        assert_eq!(bench.order("m", Some("b")), Ok(vec!["b", "a"]));
    }
    assert_eq!(bench.firsts(4), "abab");
    bench.fails("b", &limited(30));
    assert_eq!(bench.order("m", Some("b")), Ok(vec!["a"]), "not while it rests");
}

#[test]
fn what_is_nobodys_fault_changes_nothing() {
    let bench = Bench::of(&[("a", 1)]);
    for kind in [
        Kind::BadRequest,
        Kind::ContentRefused,
        Kind::Forbidden,
        Kind::ModelNotFound,
        Kind::NotServed,
        Kind::Unreachable,
    ] {
        let learned = bench.fails("a", &failure(kind));
        assert_eq!((learned.told, learned.once_more), (None, false), "{kind:?}");
    }
    assert_eq!(bench.firsts(1), "a");
}

#[test]
fn a_restart_knows_which_keys_were_refused_and_a_check_changes_that() {
    let kept = [key("a", 1, KeyState::Refused), key("b", 1, KeyState::Exhausted)];
    let keyring = Keyring::new(&directory(kept.into()));
    let bench = Bench {
        keyring,
        gateway: gateway(vec![
            key("a", 1, KeyState::Refused),
            key("b", 1, KeyState::Exhausted),
        ]),
        now: start(),
    };
    assert_eq!(
        bench.order("m", None),
        Ok(vec!["b"]),
        "somebody may have topped up meanwhile"
    );
    assert_eq!(bench.order("m", None), Err(Kind::QuotaExhausted));

    bench.keyring.wake("a");
    bench
        .keyring
        .refresh(&directory(vec![key("a", 1, KeyState::Refused)]));
    assert_ne!(
        bench.order("m", None),
        Ok(vec!["a"]),
        "the check found it refused again"
    );
    bench.keyring.wake("a");
    bench
        .keyring
        .refresh(&directory(vec![key("a", 1, KeyState::Healthy)]));
    assert_eq!(bench.order("m", None).map(|keys| keys[0]), Ok("a"));
}
