//! Names that stand for others: aliases, patterns, and chains of gateways to fall back on. A route is a sentence of its
//! person, so it is followed to the letter: what is not among its targets is not asked.

use std::sync::{Mutex, PoisonError};

use nexdesk_ledger::{RouteRow, RouteTarget, Strategy};

/// A route, ready to be followed.
#[derive(Debug)]
pub(crate) struct Route {
    pub(crate) pattern: String,
    pub(crate) token: Option<String>,
    pub(crate) strategy: Strategy,
    pub(crate) targets: Vec<RouteTarget>,
    wheel: Mutex<Wheel>,
}

impl Route {
    pub(crate) fn new(row: RouteRow) -> Self {
        Self {
            pattern: row.pattern,
            token: row.token,
            strategy: row.strategy,
            wheel: Mutex::new(Wheel::default()),
            targets: row.targets,
        }
    }

    /// Whether it is one name, which tools may choose from a list.
    pub(crate) fn is_alias(&self) -> bool {
        !self.pattern.contains('*')
    }

    pub(crate) fn is_for(&self, token: Option<&str>) -> bool {
        self.token.is_none() || self.token.as_deref() == token
    }

    /// What `target` calls the model that was asked as `name`.
    pub(crate) fn model(&self, target: &RouteTarget, name: &str) -> String {
        if target.model.is_empty() {
            return name.to_owned();
        }
        let star = matched(&self.pattern, name).unwrap_or(name);
        target.model.replace('*', star)
    }

    /// Which target's turn it is by weight. `looks_only` leaves the turn to the next request.
    pub(crate) fn turn(&self, looks_only: bool) -> usize {
        let weights: Vec<u32> = self.targets.iter().map(|target| target.weight).collect();
        let mut wheel = self.wheel.lock().unwrap_or_else(PoisonError::into_inner);
        if looks_only {
            wheel.clone().turn(&weights)
        } else {
            wheel.turn(&weights)
        }
    }
}

/// The route for `name`: a token's own before everybody's, one name before a pattern, then as their person ordered them.
pub(crate) fn route<'a, R: AsRef<Route>>(
    routes: &'a [R],
    name: &str,
    token: Option<&str>,
) -> Option<&'a Route> {
    let fitting = routes.iter().map(AsRef::as_ref);
    let fitting = fitting.filter(|route| route.is_for(token) && matched(&route.pattern, name).is_some());
    fitting.min_by_key(|route| (route.token.is_none(), !route.is_alias()))
}

/// What `*` stands for in `name`, or `None` where the name is not of this pattern. Names are case sensitive, as at
/// the gateways. A pattern without `*` stands for the whole name.
pub(crate) fn matched<'n>(pattern: &str, name: &'n str) -> Option<&'n str> {
    let Some((front, rest)) = pattern.split_once('*') else {
        return (pattern == name).then_some(name);
    };
    let inner = name.strip_prefix(front)?;
    let Some((middle, back)) = rest.rsplit_once('*') else {
        return inner.strip_suffix(rest);
    };
    let mut left = inner.strip_suffix(back)?;
    let mut first = None;
    for part in middle.split('*') {
        let at = left.find(part)?;
        first = first.or(Some(at));
        left = &left[at + part.len()..];
    }
    Some(&inner[..first.unwrap_or_default()])
}

/// Turns by weight, spread evenly: with 3 and 1 it is `a a b a`, never three in a row and then the other.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wheel(Vec<i64>);

impl Wheel {
    pub(crate) fn turn(&mut self, weights: &[u32]) -> usize {
        self.0.resize(weights.len(), 0);
        for (credit, weight) in self.0.iter_mut().zip(weights) {
            *credit += i64::from(*weight);
        }
        let mut best = 0;
        for index in 1..self.0.len() {
            if self.0[index] > self.0[best] {
                best = index;
            }
        }
        if let Some(credit) = self.0.get_mut(best) {
            *credit -= weights.iter().map(|weight| i64::from(*weight)).sum::<i64>();
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(pattern: &str, token: Option<&str>, targets: &[(&str, u32)]) -> Route {
        let target = |(model, weight): &(&str, u32)| RouteTarget {
            gateway: None,
            model: (*model).into(),
            weight: *weight,
        };
        Route::new(RouteRow {
            id: pattern.into(),
            pattern: pattern.into(),
            token: token.map(str::to_owned),
            strategy: Strategy::Order,
            targets: targets.iter().map(target).collect(),
            enabled: true,
        })
    }

    #[test]
    fn a_pattern_says_what_its_star_stands_for() {
        for (pattern, name, star) in [
            ("gpt-4", "gpt-4", Some("gpt-4")),
            ("gpt-4", "gpt-4o", None),
            ("gpt-4*", "gpt-4o", Some("o")),
            ("gpt-4*", "gpt-4", Some("")),
            ("gpt-4*", "GPT-4o", None),
            ("*", "anything", Some("anything")),
            ("*-mini", "gpt-5-mini", Some("gpt-5")),
            ("claude-*-latest", "claude-opus-latest", Some("opus")),
            ("claude-*-latest", "claude-latest", None),
            ("*opus*", "claude-opus-4", Some("claude-")),
            ("a*b*c", "axbybzc", Some("x")),
            ("a*b*c", "axc", None),
            ("a**c", "axc", Some("")),
            ("*模型*", "大模型一", Some("大")),
        ] {
            assert_eq!(matched(pattern, name), star, "{pattern} {name}");
        }
    }

    #[test]
    fn the_nearest_route_wins() {
        let routes = [
            row("gpt-*", None, &[]),
            row("gpt-5", None, &[]),
            row("*", Some("cursor"), &[]),
            row("g*", None, &[]),
        ]
        .map(std::sync::Arc::new);
        let found = |name: &str, token| route(&routes, name, token).map(|route| route.pattern.clone());
        assert_eq!(found("gpt-5", None).as_deref(), Some("gpt-5"));
        assert_eq!(
            found("gpt-4", None).as_deref(),
            Some("gpt-*"),
            "the first that fits"
        );
        assert_eq!(
            found("gpt-5", Some("cursor")).as_deref(),
            Some("*"),
            "its own comes first"
        );
        assert_eq!(found("gpt-5", Some("codex")).as_deref(), Some("gpt-5"));
        assert_eq!(found("claude", None), None);
    }

    #[test]
    fn a_target_may_repeat_the_name_or_a_part_of_it() {
        let route = row("fast-*", None, &[("", 1), ("openai/*", 1), ("gpt-5-mini", 1)]);
        let models: Vec<String> = route
            .targets
            .iter()
            .map(|target| route.model(target, "fast-gpt"))
            .collect();
        assert_eq!(models, ["fast-gpt", "openai/gpt", "gpt-5-mini"]);
    }

    #[test]
    fn turns_are_shared_by_weight_and_spread() {
        let route = row("x", None, &[("a", 3), ("b", 1)]);
        assert_eq!(
            (route.turn(true), route.turn(true)),
            (0, 0),
            "looking takes no turn"
        );
        let turns: Vec<usize> = (0..8).map(|_| route.turn(false)).collect();
        assert_eq!(turns, [0, 0, 1, 0, 0, 0, 1, 0]);
        assert_eq!(Wheel::default().turn(&[]), 0);
    }
}
