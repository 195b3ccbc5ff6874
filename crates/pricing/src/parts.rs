//! What an exchange is billed for, in parts that do not overlap.

use nexdesk_protocol::talk::Usage;

use crate::{Money, Price};

const MILLION: i128 = 1_000_000;

/// One of the things an exchange is billed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Input that nothing else covers.
    Input,
    /// Input read from a prompt cache.
    Cached,
    /// Input written to a prompt cache.
    CacheWrite,
    /// Sound that went in.
    AudioIn,
    /// Pictures that went in.
    ImageIn,
    /// Output that nothing else covers.
    Output,
    /// Sound that came out.
    AudioOut,
    /// Pictures that came out, in tokens.
    ImageOut,
    /// Pictures made, one by one.
    Pictures,
    /// Characters read aloud.
    Characters,
    /// Seconds of sound or film.
    Seconds,
    /// Calls.
    Requests,
}

/// A part and what it comes to, in millionths of a nano-dollar: rounding comes once, at the end.
pub type Share = (Part, i128);

impl Price {
    /// What each part of `usage` comes to; `None` where a count is missing that has a price, or the sum fits nowhere.
    ///
    /// More of a part than there is of the whole never pays back: the parts are cut to what is left.
    #[must_use]
    pub fn parts(&self, usage: &Usage) -> Option<[Share; 12]> {
        let has_input = [
            Some(self.input),
            self.cached,
            self.cache_write,
            self.audio_in,
            self.image_in,
        ]
        .into_iter()
        .any(|price| price.unwrap_or(0) != 0);
        let has_output = [Some(self.output), self.audio_out, self.image_out]
            .into_iter()
            .any(|price| price.unwrap_or(0) != 0);
        let mut input = whole(usage.input, has_input)?;
        let mut output = whole(usage.output, has_output)?;
        let cached = taken(&mut input, usage.cached);
        let written = taken(&mut input, usage.cache_write);
        let audio_in = taken(&mut input, usage.audio_in);
        let image_in = taken(&mut input, usage.image_in);
        let audio_out = taken(&mut output, usage.audio_out);
        let image_out = taken(&mut output, usage.image_out);
        let or_input = |price: Option<i64>| Some(price.unwrap_or(self.input));
        let or_output = |price: Option<i64>| Some(price.unwrap_or(self.output));
        Some([
            share(Part::Input, Some(input), Some(self.input), 1)?,
            share(Part::Cached, Some(cached), or_input(self.cached), 1)?,
            share(Part::CacheWrite, Some(written), or_input(self.cache_write), 1)?,
            share(Part::AudioIn, Some(audio_in), or_input(self.audio_in), 1)?,
            share(Part::ImageIn, Some(image_in), or_input(self.image_in), 1)?,
            share(Part::Output, Some(output), Some(self.output), 1)?,
            share(Part::AudioOut, Some(audio_out), or_output(self.audio_out), 1)?,
            share(Part::ImageOut, Some(image_out), or_output(self.image_out), 1)?,
            share(Part::Pictures, usage.images, self.picture, MILLION)?,
            share(Part::Characters, usage.characters, self.characters, 1)?,
            // Counted in thousandths.
            share(Part::Seconds, usage.milliseconds, self.second, MILLION / 1000)?,
            // What was not counted was one call: it is this exchange.
            share(Part::Requests, usage.requests.or(Some(1)), self.request, MILLION)?,
        ])
    }
}

/// A count that has no price may be missing.
fn whole(count: Option<u64>, has_price: bool) -> Option<u64> {
    count.or((!has_price).then_some(0))
}

fn taken(whole: &mut u64, part: Option<u64>) -> u64 {
    let part = part.unwrap_or(0).min(*whole);
    *whole -= part;
    part
}

fn share(part: Part, count: Option<u64>, price: Option<i64>, unit: i128) -> Option<Share> {
    let Some(price) = price.filter(|price| *price != 0) else {
        return Some((part, 0));
    };
    let product = i128::from(count?).checked_mul(i128::from(price))?;
    Some((part, product.checked_mul(unit)?))
}

/// The sum of the parts in whole nano-dollars, half of one rounded up.
pub(crate) fn rounded(parts: &[Share]) -> Option<Money> {
    let total = parts
        .iter()
        .try_fold(0_i128, |sum, (_, amount)| sum.checked_add(*amount))?;
    let nano = total.checked_add(MILLION / 2)?.div_euclid(MILLION);
    i64::try_from(nano).ok().map(Money)
}
