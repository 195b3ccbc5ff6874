//! How long to wait before the same key is asked again: 1, 2, 4, 8 seconds, then no more.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

const FIRST: Duration = Duration::from_secs(1);
const TRIES: u32 = 4;
/// Nobody waits longer than this for a gateway, whatever it asks for.
const LONGEST: Duration = Duration::from_secs(60);

/// The wait before try number `again` (from 0) of the same key; `None` to give up. `chance` is between 0 and 1 and
/// moves it by a fifth either way, so that those who failed together do not come back together. A time that the
/// gateway itself gave is kept to, if it is a minute at most.
pub(crate) fn wait(again: u32, chance: f64, retry_after: Option<Duration>) -> Option<Duration> {
    if again >= TRIES {
        return None;
    }
    match retry_after {
        Some(after) => (after <= LONGEST).then_some(after),
        None => Some((FIRST * 2_u32.pow(again)).mul_f64(0.8 + 0.4 * chance.clamp(0.0, 1.0))),
    }
}

/// A number between 0 and 1. Nothing secret hangs on it.
pub(crate) fn chance() -> f64 {
    let random = RandomState::new().build_hasher().finish();
    f64::from(u32::try_from(random >> 32).unwrap_or_default()) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_and_end() {
        let ms = |again, chance| wait(again, chance, None).map(|wait| wait.as_millis());
        let middle: Vec<_> = (0..6).map(|again| ms(again, 0.5)).collect();
        assert_eq!(
            middle,
            [Some(1000), Some(2000), Some(4000), Some(8000), None, None]
        );
        assert_eq!((ms(1, 0.0), ms(1, 1.0)), (Some(1600), Some(2400)));
    }

    #[test]
    fn the_gateways_own_time_is_kept_to_up_to_a_minute() {
        let after = |seconds| wait(0, 0.5, Some(Duration::from_secs(seconds)));
        assert_eq!(after(0), Some(Duration::ZERO));
        assert_eq!(after(60), Some(Duration::from_secs(60)));
        assert_eq!(after(61), None, "then somebody else is asked, or nobody");
        assert_eq!(wait(4, 0.5, Some(Duration::ZERO)), None);
    }

    #[test]
    fn chance_is_between_nought_and_one() {
        let drawn: Vec<f64> = (0..200).map(|_| chance()).collect();
        assert!(drawn.iter().all(|chance| (0.0..=1.0).contains(chance)));
        assert!(drawn.iter().any(|chance| *chance < 0.5) && drawn.iter().any(|chance| *chance > 0.5));
    }
}
