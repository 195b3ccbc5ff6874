//! Which words of a prompt change a picture, and to what colours.

/// Red, green, blue, each from 0 to 255.
pub(crate) type Rgb = [f32; 3];

/// What a prompt may ask for; the bits are part of a picture's id, so their order must stay as it is.
const MOODS: [(Mood, &[&str]); 6] = [
    (Mood::Night, &["night", "moon", "star", "dark", "夜", "月", "星"]),
    (
        Mood::Warm,
        &[
            "warm", "sunset", "sunrise", "dawn", "dusk", "autumn", "desert", "暖", "夕阳", "日落", "日出",
            "秋",
        ],
    ),
    (
        Mood::Sea,
        &[
            "sea", "ocean", "lake", "beach", "harbour", "harbor", "wave", "海", "湖", "河", "浪",
        ],
    ),
    (
        Mood::Forest,
        &["forest", "tree", "wood", "jungle", "pine", "森林", "树", "林"],
    ),
    (Mood::Snow, &["snow", "winter", "ice", "cold", "雪", "冬", "冰"]),
    (Mood::Mountain, &["mountain", "peak", "alps", "山", "峰"]),
];

/// Colour words. "red" must not be found in "bored", hence whole words for these in English.
const COLOURS: [(&[&str], Rgb); 9] = [
    (&["red", "crimson", "红"], [214.0, 58.0, 52.0]),
    (&["orange", "橙", "橘"], [236.0, 138.0, 48.0]),
    (&["yellow", "gold", "golden", "黄", "金"], [240.0, 200.0, 72.0]),
    (&["green", "绿"], [74.0, 160.0, 92.0]),
    (&["blue", "azure", "蓝"], [58.0, 118.0, 206.0]),
    (&["purple", "violet", "紫"], [134.0, 84.0, 186.0]),
    (&["pink", "rose", "粉"], [238.0, 146.0, 176.0]),
    (&["white", "白"], [236.0, 238.0, 240.0]),
    (&["black", "grey", "gray", "黑", "灰"], [44.0, 46.0, 54.0]),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Mood {
    Night = 1,
    Warm = 2,
    Sea = 4,
    Forest = 8,
    Snow = 16,
    Mountain = 32,
}

/// What was found in a prompt: mood bits, and the number of a colour counted from 1.
pub(crate) fn read(prompt: &str) -> (u8, u8) {
    let words = crate::tokens::words(prompt);
    let says = |key: &&str| match key.is_ascii() {
        true => words
            .iter()
            .any(|word| word == key || word.strip_suffix('s') == Some(key)),
        false => prompt.contains(key),
    };
    let moods = MOODS
        .iter()
        .filter(|(_, keys)| keys.iter().any(says))
        .map(|(mood, _)| *mood as u8);
    let colour = COLOURS.iter().position(|(keys, _)| keys.iter().any(says));
    (moods.sum(), colour.map_or(0, |at| at as u8 + 1))
}

/// The colours of one picture.
pub(crate) struct Palette {
    pub(crate) sky_top: Rgb,
    pub(crate) sky_low: Rgb,
    pub(crate) sun: Rgb,
    pub(crate) far: Rgb,
    pub(crate) near: Rgb,
}

/// The palette for moods and colour; `shift` (0 to 1) varies it a little.
pub(crate) fn palette(moods: u8, colour: u8, shift: f32) -> Palette {
    let has = |mood: Mood| moods & mood as u8 != 0;
    let (mut sky_top, mut sky_low, mut sun) = match (has(Mood::Night), has(Mood::Warm)) {
        (true, _) => ([10.0, 14.0, 38.0], [38.0, 52.0, 96.0], [236.0, 238.0, 222.0]),
        (false, true) => ([72.0, 62.0, 120.0], [248.0, 164.0, 96.0], [255.0, 226.0, 160.0]),
        (false, false) => ([64.0, 132.0, 204.0], [206.0, 228.0, 238.0], [255.0, 244.0, 204.0]),
    };
    let mut near = if has(Mood::Snow) {
        [226.0, 234.0, 242.0]
    } else {
        [36.0, 84.0, 66.0]
    };
    if has(Mood::Night) {
        near = mix(near, [14.0, 20.0, 40.0], 0.7);
    } else if has(Mood::Warm) && !has(Mood::Snow) {
        near = mix(near, [92.0, 52.0, 48.0], 0.6);
    }
    if let Some((_, tint)) = usize::from(colour).checked_sub(1).and_then(|at| COLOURS.get(at)) {
        sky_low = mix(sky_low, *tint, 0.65);
        sky_top = mix(sky_top, *tint, 0.35);
        near = mix(near, *tint, 0.25);
        sun = mix(sun, *tint, 0.1);
    }
    sky_top = mix(sky_top, [90.0, 70.0, 140.0], 0.15 * shift);
    Palette {
        far: mix(near, sky_low, 0.72),
        sky_top,
        sky_low,
        sun,
        near,
    }
}

/// From `a` (0) to `b` (1).
pub(crate) fn mix(a: Rgb, b: Rgb, share: f32) -> Rgb {
    std::array::from_fn(|channel| a[channel] + (b[channel] - a[channel]) * share)
}
