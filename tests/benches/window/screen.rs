//! What stands on the screen, read out of Xvfb's own memory: what a reader would see, whatever the page believes.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::Value;

use crate::clock;
use crate::page::number;

/// Between two looks: less than a frame.
const EVERY: Duration = Duration::from_millis(8);
/// No two lines of an answer stand so far apart.
const EMPTY: usize = 120;

/// Where the thread stands on the screen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    left: usize,
    right: usize,
    top: usize,
    bottom: usize,
}

impl Place {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "pixels of a screen"
    )]
    pub(crate) fn of(told: &Value) -> Self {
        let at = |name, origin| (number(told, name) + number(told, origin)).max(0.0) as usize;
        Self {
            left: at("left", "screenX"),
            right: at("right", "screenX"),
            top: at("top", "screenY"),
            bottom: at("bottom", "screenY"),
        }
    }
}

/// What was seen.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Seen {
    pub(crate) looks: usize,
    /// Pictures that differ from the one before.
    pub(crate) changes: usize,
    /// Pictures with a stretch of nothing.
    pub(crate) blank: usize,
    /// The longest stretch of nothing, in pixels.
    pub(crate) longest: usize,
}

/// Looks at the screen until it is told to stop.
pub(crate) struct Screen {
    over: Arc<AtomicBool>,
    thread: JoinHandle<Seen>,
}

impl Screen {
    pub(crate) fn watch(dir: &Path, place: Place) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let (end, file) = (over.clone(), dir.join("Xvfb_screen0"));
        let thread = std::thread::spawn(move || look(&file, place, &end));
        Self { over, thread }
    }

    pub(crate) fn stop(self) -> Seen {
        self.over.store(true, Ordering::Relaxed);
        self.thread.join().unwrap()
    }
}

fn look(file: &PathBuf, place: Place, over: &AtomicBool) -> Seen {
    let mut seen = Seen::default();
    let mut last = Vec::new();
    while !over.load(Ordering::Relaxed) {
        let picture = fs::read(file).expect("Xvfb keeps its screen in a file");
        let lines = lines(&picture, place);
        if lines != last {
            seen.changes += 1;
            let longest = longest_run(&lines);
            seen.longest = seen.longest.max(longest);
            if longest > EMPTY {
                seen.blank += 1;
            }
            last = lines;
        }
        seen.looks += 1;
        clock::wait(EVERY);
    }
    seen
}

/// A number for each line of pixels of the place; nought where there is only background.
fn lines(picture: &[u8], place: Place) -> Vec<u32> {
    let word = |at: usize| -> usize {
        let bytes = picture[at * 4..at * 4 + 4].try_into().unwrap();
        u32::from_be_bytes(bytes) as usize
    };
    // The header of the X window dump: its own length, and further on the colours and the length of a line.
    let begin = word(0) + word(19) * 12;
    let stride = word(12);
    let pixel = |x: usize, y: usize| {
        let at = begin + y * stride + x * 4;
        picture
            .get(at..at + 3)
            .map_or([0; 3], |it| it.try_into().unwrap())
    };
    let background = pixel(place.left.saturating_sub(12), place.top + 2);
    let bottom = place.bottom.min(word(5));
    (place.top..bottom)
        .map(|y| {
            (place.left..place.right)
                .step_by(2)
                .filter(|x| pixel(*x, y) != background)
                .fold(0_u32, |sum, x| {
                    let [a, b, c] = pixel(x, y);
                    let mark = u32::from(a) | u32::from(b) << 8 | u32::from(c) << 16;
                    sum.wrapping_mul(31)
                        .wrapping_add(mark ^ u32::try_from(x).unwrap_or_default())
                        | 1
                })
        })
        .collect()
}

fn longest_run(lines: &[u32]) -> usize {
    lines
        .split(|line| *line != 0)
        .map(<[u32]>::len)
        .max()
        .unwrap_or_default()
}
