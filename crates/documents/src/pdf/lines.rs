//! From letters at places on a page to lines and paragraphs. Letters are taken in the order they are drawn, which in
//! nearly every file is the order they are read in, columns included.

use std::panic;

use hayro_interpret::font::{Glyph, GlyphRun};
use hayro_interpret::hayro_cmap::BfString;
use hayro_interpret::hayro_syntax::object::Dict;
use hayro_interpret::kurbo::{BezPath, Point};
use hayro_interpret::{BlendMode, ClipPath, Device, DrawMode, DrawProps, Image, ImageDrawProps, SoftMask};

use crate::limits::Budget;

/// A device that draws text only, into a string.
pub(super) struct Lines<'b> {
    out: String,
    budget: &'b Budget,
    last: Option<Letter>,
    /// Letters whose fonts do not say what they are.
    nameless: usize,
    named: usize,
}

/// Where the letter before stands.
struct Letter {
    at: Point,
    ends: Point,
    size: f64,
    said: String,
}

impl<'b> Lines<'b> {
    pub(super) fn new(budget: &'b Budget) -> Self {
        Self {
            out: String::new(),
            budget,
            last: None,
            nameless: 0,
            named: 0,
        }
    }

    /// The page's text; nothing if most of it has no meaning, which is no better than a scan.
    pub(super) fn finish(self) -> String {
        if self.nameless > self.named {
            return String::new();
        }
        let lines = self.out.lines().map(str::trim_end).collect::<Vec<_>>();
        lines.join("\n").trim().to_owned()
    }

    fn letter(&mut self, letter: Letter) {
        let Some(last) = &self.last else {
            self.say(letter);
            return;
        };
        // Shadows and fat print are the same letter twice.
        let moved = (letter.at - last.at).hypot();
        if moved < last.size * 0.1 && letter.said == last.said {
            return;
        }
        let size = last.size.max(letter.size).max(f64::MIN_POSITIVE);
        let down = (letter.at.y - last.at.y) / size;
        let gap = (letter.at.x - last.ends.x) / size;
        let joint = if down.abs() > 0.5 {
            if (0.0..1.7).contains(&down) { "\n" } else { "\n\n" }
        } else if gap > 2.5 {
            "   "
        } else if gap > 0.15 {
            " "
        } else if gap < -1.0 {
            "\n"
        } else {
            ""
        };
        let spaced = self.out.ends_with(char::is_whitespace) || letter.said.starts_with(char::is_whitespace);
        if joint != " " || !spaced {
            self.out.push_str(joint);
        }
        self.say(letter);
    }

    fn say(&mut self, letter: Letter) {
        let fits = self.budget.write(letter.said.len());
        if fits {
            self.out.push_str(&letter.said);
            self.last = Some(letter);
        }
    }

    /// There is no other way to stop an interpreter in the middle of a page than to unwind it.
    fn go_on_or_unwind(&self) {
        if self.budget.check().is_err() {
            panic::resume_unwind(Box::new("the budget of this document is used up"));
        }
    }
}

/// Glyphs are measured in thousandths of their size.
const EM: f64 = 1000.0;

impl<'a> Device<'a> for Lines<'_> {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, _: &DrawMode) {
        self.go_on_or_unwind();
        for glyph in run.glyphs() {
            let said = match glyph.as_unicode() {
                Some(BfString::Char(letter)) => letter.to_string(),
                Some(BfString::String(letters)) => letters,
                None => {
                    self.nameless += 1;
                    continue;
                }
            };
            let said = said.replace(|letter: char| letter.is_control() || letter == '\u{FFFD}', "");
            if said.is_empty() {
                continue;
            }
            self.named += 1;
            let place = props.transform * glyph.transform();
            let advance = match &**glyph {
                Glyph::Outline(outline) => outline.advance_width().map(f64::from),
                Glyph::Type3(_) => None,
            };
            let at = place * Point::ZERO;
            let size = (place * Point::new(0.0, EM) - at).hypot();
            let ends = place * Point::new(advance.unwrap_or(EM / 2.0), 0.0);
            self.letter(Letter { at, ends, size, said });
        }
    }

    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {
        self.go_on_or_unwind();
    }

    fn push_clip_path(&mut self, _: &ClipPath) {
        self.go_on_or_unwind();
    }

    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {
        self.go_on_or_unwind();
    }

    fn draw_image(&mut self, _: Image<'a, '_>, _: ImageDrawProps<'a>) {
        self.go_on_or_unwind();
    }

    fn begin_marked_content(&mut self, _: &[u8], _: Option<&Dict<'_>>) {
        self.go_on_or_unwind();
    }

    fn pop_clip(&mut self) {}

    fn pop_transparency_group(&mut self) {}
}
