//! The landscape a prompt becomes: sky, sun or moon, ridges, and sea, trees or snow where the words ask for them.

use std::f32::consts::TAU;

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder};

use super::palette::{self, Mood, Palette, Rgb, mix};
use crate::refusal;
use crate::reply::Reply;
use crate::tokens;

const RIDGES: usize = 3;

/// Everything a picture is drawn from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Scene {
    seed: u64,
    moods: u8,
    colour: u8,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

impl Scene {
    pub(crate) fn of(prompt: &str, width: u32, height: u32) -> Scene {
        let (moods, colour) = palette::read(prompt);
        Scene {
            seed: tokens::hash(prompt.as_bytes()),
            moods,
            colour,
            width,
            height,
        }
    }

    /// The same words about another given picture, or the `nth` of several.
    pub(crate) fn varied(mut self, given: &[u8], nth: u64) -> Scene {
        if !given.is_empty() {
            self.seed ^= tokens::hash(given);
        }
        self.seed = self.seed.wrapping_add(nth);
        self
    }

    /// The name of the file that shows this scene.
    pub(crate) fn id(&self) -> String {
        format!(
            "{:016x}-{}-{}-{}x{}",
            self.seed, self.moods, self.colour, self.width, self.height
        )
    }

    pub(crate) fn from_id(id: &str) -> Option<Scene> {
        let mut parts = id.split('-');
        let seed = u64::from_str_radix(parts.next()?, 16).ok()?;
        let (moods, colour) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        let (width, height) = parts.next()?.split_once('x')?;
        Some(Scene {
            seed,
            moods,
            colour,
            width: width.parse().ok()?,
            height: height.parse().ok()?,
        })
    }

    /// The PNG. Drawing takes a while for large pictures, so it is done off the thread that serves streams.
    pub(crate) async fn draw(self) -> Result<Vec<u8>, Reply> {
        match tokio::task::spawn_blocking(move || Painting::new(self).png()).await {
            Ok(Some(png)) => Ok(png),
            _ => Err(refusal::broken()),
        }
    }

    fn has(&self, mood: Mood) -> bool {
        self.moods & mood as u8 != 0
    }
}

/// A scene with its numbers drawn: where the sun stands, how the ridges run.
struct Painting {
    scene: Scene,
    palette: Palette,
    sun: (f32, f32, f32),
    /// Per ridge: how high it stands, how rough it is, and the phases of its waves.
    ridges: [(f32, f32, [f32; 3]); RIDGES],
    stars: Vec<(u32, u32, f32)>,
    /// Where the water begins; the picture's foot where there is none.
    shore: f32,
}

impl Painting {
    fn new(scene: Scene) -> Painting {
        let mut state = scene.seed;
        let mut unit = move || tokens::next_unit(&mut state);
        let (width, height) = (scene.width as f32, scene.height as f32);
        let palette = palette::palette(scene.moods, scene.colour, unit());
        let sun = (
            width * (0.2 + 0.6 * unit()),
            height * (0.18 + 0.24 * unit()),
            height * (0.05 + 0.05 * unit()),
        );
        let rough = if scene.has(Mood::Mountain) { 0.13 } else { 0.05 };
        let ridges = std::array::from_fn(|nth| {
            let base = 0.52 + 0.13 * nth as f32 + 0.04 * unit();
            (
                height * base,
                height * rough * (1.0 - 0.2 * nth as f32),
                [unit() * TAU, unit() * TAU, unit() * TAU],
            )
        });
        let sprinkled = if scene.has(Mood::Night) || scene.has(Mood::Snow) {
            90
        } else {
            0
        };
        let stars = (0..sprinkled)
            .map(|_| {
                (
                    (unit() * width) as u32,
                    (unit() * height * 0.6) as u32,
                    0.3 + 0.7 * unit(),
                )
            })
            .collect();
        let shore = if scene.has(Mood::Sea) {
            (height * 0.68).round()
        } else {
            height
        };
        Painting {
            scene,
            palette,
            sun,
            ridges,
            stars,
            shore,
        }
    }

    fn png(&self) -> Option<Vec<u8>> {
        let (width, height) = (self.scene.width, self.scene.height);
        let mut pixels = vec![0u8; (width * height * 3) as usize];
        for x in 0..width {
            let ridges: [f32; RIDGES] = std::array::from_fn(|nth| self.ridge(nth, x as f32));
            for y in 0..height {
                let at = ((y * width + x) * 3) as usize;
                let colour = self.colour(x as f32, y as f32, &ridges);
                pixels[at..at + 3].copy_from_slice(&colour.map(|channel| channel.clamp(0.0, 255.0) as u8));
            }
        }
        for &(x, y, light) in self.stars.iter().filter(|star| self.shows(star)) {
            let at = ((y * width + x) * 3) as usize;
            for channel in pixels.iter_mut().skip(at).take(3) {
                *channel = (f32::from(*channel) + (255.0 - f32::from(*channel)) * light) as u8;
            }
        }
        let mut png = Vec::new();
        PngEncoder::new_with_quality(&mut png, CompressionType::Default, FilterType::Up)
            .write_image(&pixels, width, height, ExtendedColorType::Rgb8)
            .ok()?;
        Some(png)
    }

    /// Snow falls before everything; a star stands behind the ridges and the moon.
    fn shows(&self, &(x, y, _): &(u32, u32, f32)) -> bool {
        let (x, y) = (x as f32, y as f32);
        let before_moon = (x - self.sun.0).hypot(y - self.sun.1) < self.sun.2 * 1.2;
        let before_ridge = (0..RIDGES).any(|nth| y >= self.ridge(nth, x));
        self.scene.has(Mood::Snow) || !(before_moon || before_ridge)
    }

    /// The height of a ridge's edge above column `x`.
    fn ridge(&self, nth: usize, x: f32) -> f32 {
        let (base, rough, phases) = self.ridges[nth];
        let along = x / self.scene.width as f32 * TAU;
        let mut edge =
            base + rough * (along * 0.9 + phases[0]).sin() + rough * 0.5 * (along * 2.3 + phases[1]).sin();
        if self.scene.has(Mood::Mountain) && nth == 0 {
            // Sharp summits: a sine folded at zero.
            edge -= rough * 1.4 * (1.0 - (along * 1.7 + phases[2]).sin().abs());
        }
        if self.scene.has(Mood::Forest) && nth > 0 {
            edge -= self.trees(nth, x);
        }
        edge
    }

    /// A row of firs: triangles of uneven height.
    fn trees(&self, nth: usize, x: f32) -> f32 {
        let spacing = self.scene.width as f32 / (26.0 - 8.0 * nth as f32);
        let tree = (x / spacing).floor();
        let mut state = self.scene.seed ^ (tree as u64 + 1000 * nth as u64);
        let tall = spacing * (1.2 + 1.2 * tokens::next_unit(&mut state));
        let off_centre = ((x / spacing).fract() - 0.5).abs() * 2.0;
        tall * (1.0 - off_centre)
    }

    fn colour(&self, x: f32, y: f32, ridges: &[f32; RIDGES]) -> Rgb {
        if y >= self.shore {
            return self.water(x, y);
        }
        let mut colour = self.sky(x, y);
        for (nth, edge) in ridges.iter().enumerate() {
            // The part of this pixel below the edge, so that ridges are smooth.
            let covered = (y - edge + 0.5).clamp(0.0, 1.0);
            if covered > 0.0 {
                let ridge = mix(
                    self.palette.far,
                    self.palette.near,
                    nth as f32 / (RIDGES - 1) as f32,
                );
                colour = mix(colour, ridge, covered);
            }
        }
        colour
    }

    fn sky(&self, x: f32, y: f32) -> Rgb {
        let horizon = self.scene.height as f32 * 0.72;
        let sky = mix(self.palette.sky_top, self.palette.sky_low, (y / horizon).min(1.0));
        let (sun_x, sun_y, radius) = self.sun;
        let away = (x - sun_x).hypot(y - sun_y);
        let glow = (1.0 - away / (radius * 4.0)).max(0.0);
        let disc = (radius - away + 0.5).clamp(0.0, 1.0);
        mix(
            mix(sky, self.palette.sun, glow * glow * 0.6),
            self.palette.sun,
            disc,
        )
    }

    /// The sky upside down and darker, with the light of the sun broken into stripes under it.
    fn water(&self, x: f32, y: f32) -> Rgb {
        let deep = (y - self.shore) / (self.scene.height as f32 - self.shore);
        let mirrored = mix(self.palette.sky_low, self.palette.sky_top, deep);
        let water = mix(mirrored, [16.0, 52.0, 84.0], 0.45);
        let stripe = ((y - self.shore) * TAU / (self.scene.height as f32 * 0.03)).sin() * 0.5 + 0.5;
        let reach = self.sun.2 * (1.0 + 2.0 * deep) * stripe;
        let lit = (1.0 - (x - self.sun.0).abs() / reach.max(1.0)).clamp(0.0, 1.0);
        mix(water, self.palette.sun, lit * 0.7)
    }
}

#[cfg(test)]
mod tests {
    use super::Scene;

    #[test]
    fn a_file_name_holds_the_whole_scene() {
        let scene = Scene::of("红色的海边夜景", 320, 200).varied(b"picture", 2);
        assert_eq!(Scene::from_id(&scene.id()), Some(scene));
        assert_eq!(Scene::from_id("nonsense"), None);
    }
}
