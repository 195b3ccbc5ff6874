//! A long answer through the whole house: gateway, relay, journal, channel, page.

use fantoccini::key::Key;
use serde_json::Value;

use crate::desk::Window;
use crate::gateway::LONG;
use crate::page::{self, number};
use crate::process::Watch;
use crate::report::{Report, count, ms};

pub(crate) async fn measure(window: &Window, web: u32, talk: &str, report: &mut Report) {
    window.ask(&format!("location.hash = '#chat/{talk}'")).await;
    window.see("[data-testid=message-answer]").await;
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    let watch = Watch::over(web);
    let quiet = Held::of(&page::run(window, "idle(4000)").await, &watch);
    window.type_into("composer", LONG).await;
    page::begin(window, "stream()").await;
    window
        .see("[data-testid=composer]")
        .await
        .send_keys(&Key::Return.to_string())
        .await
        .unwrap();
    let told = page::end(window).await;
    let held = Held::of(&told, &watch);
    report.begin("An answer of 100,000 characters at 2,000 tokens a second");
    report.row("took", ms(number(&told, "took")));
    report.row("followed to its end", told["atEnd"].to_string());
    report.row(
        "longest that one piece of work held the main thread, as it ran",
        ms(held.worst_own),
    );
    report.row("pieces of work over 50 ms", count(held.own_over_50));
    report.row(
        "the longest by the clock, with what other processes took of the machine",
        format!("{} ({} over 50 ms)", ms(held.worst_gap), held.over_50),
    );
    report.row(
        "the same while nothing was asked",
        format!("{} ({} over 50 ms)", ms(quiet.worst_gap), quiet.over_50),
    );
    report.row("longest between two frames", ms(number(&told, "worstFrame")));
    report.row("main thread busy", format!("{:.0} %", held.busy * 100.0));
    report.row("elements in the page at the end", told["elements"].to_string());
    report.note(&held.longest);
}

/// How long the page was held up.
pub(crate) struct Held {
    worst_gap: f64,
    over_50: usize,
    worst_own: f64,
    own_over_50: usize,
    busy: f64,
    longest: String,
}

impl Held {
    fn of(told: &Value, watch: &Watch) -> Self {
        let gaps = told["gaps"].as_array().cloned().unwrap_or_default();
        let mut gaps: Vec<(f64, f64, f64)> = gaps
            .iter()
            .map(|gap| {
                let (from, to) = (number(gap, "from"), number(gap, "to"));
                let (ran, waited) = watch.between(from, to);
                (to - from, ran.min(to - from), waited)
            })
            .collect();
        gaps.sort_by(|a, b| b.1.total_cmp(&a.1));
        let (from, to) = (number(told, "from"), number(told, "to"));
        let shown: Vec<String> = gaps
            .iter()
            .take(8)
            .map(|(gap, ran, waited)| format!("{gap:.0} ms (ran {ran:.0}, in line {waited:.0})"))
            .collect();
        Self {
            worst_gap: gaps.iter().map(|it| it.0).fold(0.0, f64::max),
            over_50: gaps.iter().filter(|it| it.0 > 50.0).count(),
            worst_own: gaps.iter().map(|it| it.1).fold(0.0, f64::max),
            own_over_50: gaps.iter().filter(|it| it.1 > 50.0).count(),
            busy: watch.between(from, to).0 / (to - from),
            longest: format!("longest: {}", shown.join(", ")),
        }
    }
}
