//! Conversations of a thousand messages: opened, read through, left; and what is kept of them.

use std::path::Path;
use std::time::Duration;

use fantoccini::actions::{WheelAction, WheelActions};
use serde_json::Value;

use crate::desk::Window;
use crate::page::{self, number};
use crate::process::{self, Watch};
use crate::report::{Report, count, ms};
use crate::screen::{Place, Screen};

/// After a conversation is left, the engine collects what it held.
const REST: Duration = Duration::from_secs(4);
/// Conversations that are read through.
const READ: usize = 3;

/// One opening: by the clock, by what the main thread itself ran of it, and until the app's answer was there.
struct Opening {
    took: f64,
    ran: f64,
    answered: f64,
}

pub(crate) async fn measure(
    window: &Window,
    web: u32,
    long: &[String],
    screen: &Path,
    rounds: usize,
    report: &mut Report,
) {
    page::run(window, "leave()").await;
    tokio::time::sleep(REST).await;
    let watch = Watch::over(web);
    let mut memory = vec![process::memory(web)];
    let mut first = Vec::new();
    let mut again = Vec::new();
    let mut reading = Reading::default();
    for round in 0..rounds {
        for (number, id) in long.iter().enumerate() {
            let opening = open(window, id, &watch).await;
            if round > 0 {
                again.push(opening);
                continue;
            }
            first.push(opening);
            if number < READ {
                reading.through(window, screen).await;
            }
        }
        page::run(window, "leave()").await;
        tokio::time::sleep(REST).await;
        memory.push(process::memory(web));
    }
    report.begin("Conversations of 1,000 messages");
    told(report, "opened for the first time", &first);
    told(report, "opened again", &again);
    reading.tell(report);
    let memory: Vec<String> = memory.iter().map(|mb| format!("{mb:.0}")).collect();
    report.row(
        "memory of the web process (PSS): before, and after each round of ten",
        format!("{} MB", memory.join(", ")),
    );
}

async fn open(window: &Window, id: &str, watch: &Watch) -> Opening {
    let told = page::run(window, &format!("open('{id}')")).await;
    let (from, to) = (number(&told, "from"), number(&told, "to"));
    Opening {
        took: to - from,
        ran: watch.between(from, to).0,
        answered: told["answered"].as_f64().unwrap_or_default(),
    }
}

fn told(report: &mut Report, what: &str, openings: &[Opening]) {
    if openings.is_empty() {
        return;
    }
    let of = |value: fn(&Opening) -> f64| {
        let mut all: Vec<f64> = openings.iter().map(value).collect();
        all.sort_by(f64::total_cmp);
        let (median, worst) = (all[all.len() / 2], all[all.len() - 1]);
        format!("{} median, {} worst", ms(median), ms(worst))
    };
    report.row(what, of(|it| it.took));
    report.row(&format!("{what}: of it, the main thread ran"), of(|it| it.ran));
    report.row(
        &format!("{what}: the app's answer was there after"),
        of(|it| it.answered),
    );
    let all: Vec<String> = openings
        .iter()
        .map(|it| format!("{:.0} (ran {:.0}, answer {:.0})", it.took, it.ran, it.answered))
        .collect();
    report.note(&format!("{what}: {}", all.join(", ")));
}

/// What was seen while reading.
#[derive(Default)]
struct Reading {
    frames: f64,
    blank: f64,
    jumped: f64,
    worst_jump: f64,
    pictures: usize,
    pictures_blank: usize,
    longest: usize,
}

impl Reading {
    async fn through(&mut self, window: &Window, screen: &Path) {
        let place = Place::of(&run(window, "place()").await);
        let looking = Screen::watch(screen, place);
        wheel(window, -120, 40).await;
        wheel(window, -600, 30).await;
        for call in [
            "scroll(-400, 150)",
            "scroll(-2500, 60)",
            "scroll(600, 60)",
            "throwAbout(30)",
        ] {
            self.add(&page::run(window, call).await);
        }
        wheel(window, 600, 20).await;
        let seen = looking.stop();
        self.pictures += seen.changes;
        self.pictures_blank += seen.blank;
        self.longest = self.longest.max(seen.longest);
    }

    fn add(&mut self, told: &Value) {
        self.frames += number(told, "frames");
        self.blank += number(told, "blank");
        self.jumped += told["jumped"].as_f64().unwrap_or_default();
        self.worst_jump = self
            .worst_jump
            .max(told["worstJump"].as_f64().unwrap_or_default());
    }

    fn tell(&self, report: &mut Report) {
        report.row(
            "frames while scrolling, of them with a place that showed nothing",
            format!("{:.0}, {:.0}", self.frames, self.blank),
        );
        report.row(
            "frames in which what was read moved by itself",
            format!("{:.0} (at most {:.0} px)", self.jumped, self.worst_jump),
        );
        report.row(
            "pictures on the screen meanwhile, of them with an empty stretch over 120 px",
            format!("{}, {}", count(self.pictures), count(self.pictures_blank)),
        );
        report.row("the longest empty stretch", format!("{} px", self.longest));
    }
}

async fn run(window: &Window, call: &str) -> Value {
    window.ask(&format!("return window.bench.{call}")).await
}

/// A hand at the wheel.
async fn wheel(window: &Window, step: i64, times: usize) {
    let mut turned = WheelActions::new("wheel".into());
    for _ in 0..times {
        turned.push(WheelAction::Scroll {
            duration: None,
            x: 760,
            y: 350,
            delta_x: 0,
            delta_y: step,
        });
        turned.push(WheelAction::Pause {
            duration: Duration::from_millis(16),
        });
    }
    if let Err(error) = window.client.perform_actions(turned).await {
        eprintln!("the wheel was not turned: {error}");
    }
}
