//! `usage`, in every dialect: the same numbers under a dozen names, with different ideas of what they include.

use crate::Interface;
use crate::decimal::scaled;
use crate::talk::{Basis, Usage};
use crate::wire::walk::Raw;

const NANO: i64 = 1_000_000_000;

/// The numbers as they stand, before what they include is sorted out.
#[derive(Debug, Default)]
struct Counts {
    /// `prompt_tokens` includes the cached ones everywhere.
    prompt: Option<u64>,
    /// `input_tokens` includes them at OpenAI, and does not at Anthropic.
    input: Option<u64>,
    completion: Option<u64>,
    output: Option<u64>,
    total: Option<u64>,
    thoughts: Option<u64>,
    tool_prompt: Option<u64>,
    cache_read: Option<u64>,
    cache_created: Option<u64>,
    usage: Usage,
}

/// Reads what a gateway counted.
pub(super) fn read(interface: Interface, raw: Raw<'_>) -> Usage {
    let mut counts = Counts::default();
    if raw.members(|key, value| counts.take(key, value)).is_none()
        && let Some(plain) = super::rewritten(raw.0)
    {
        counts = Counts::default();
        Raw(&plain).members(|key, value| counts.take(key, value));
    }
    counts.sorted(interface)
}

/// Anthropic's counts come in two halves, and some gateways repeat the first half as zeros.
pub(super) fn merged(earlier: Option<Usage>, later: Usage) -> Usage {
    match earlier {
        Some(earlier) => Usage {
            input: earlier.input.max(later.input),
            cached: earlier.cached.max(later.cached),
            cache_write: earlier.cache_write.max(later.cache_write),
            output: earlier.output.max(later.output),
            reasoning: earlier.reasoning.max(later.reasoning),
            ..later
        },
        None => later,
    }
}

impl Counts {
    fn take(&mut self, key: &[u8], value: Raw<'_>) -> Option<()> {
        let usage = &mut self.usage;
        match key {
            b"prompt_tokens" | b"promptTokenCount" => self.prompt = count(value),
            b"input_tokens" => self.input = count(value),
            b"completion_tokens" | b"candidatesTokenCount" => self.completion = count(value),
            b"output_tokens" => self.output = count(value),
            b"total_tokens" | b"totalTokenCount" => self.total = count(value),
            b"thoughtsTokenCount" => self.thoughts = count(value),
            b"toolUsePromptTokenCount" => self.tool_prompt = count(value),
            b"prompt_cache_hit_tokens" | b"cachedContentTokenCount" | b"cached_tokens" => {
                usage.cached = usage.cached.or(count(value));
            }
            b"cache_read_input_tokens" => self.cache_read = count(value),
            b"cache_creation_input_tokens" => self.cache_created = count(value),
            b"prompt_tokens_details" | b"input_tokens_details" | b"input_token_details" => {
                value.members(|key, value| detail_in(usage, key, value))?;
            }
            b"completion_tokens_details" | b"output_tokens_details" | b"output_token_details" => {
                value.members(|key, value| detail_out(usage, key, value))?;
            }
            b"promptTokensDetails" => {
                (usage.audio_in, usage.image_in) = modalities(value)?;
            }
            b"candidatesTokensDetails" => {
                (usage.audio_out, usage.image_out) = modalities(value)?;
            }
            b"search_units" => usage.requests = count(value),
            b"seconds" => usage.milliseconds = thousandths(value),
            b"cost" => usage.cost_nano = cost(value),
            _ => {}
        }
        Some(())
    }

    fn sorted(self, interface: Interface) -> Usage {
        let sum = |parts: [Option<u64>; 3]| {
            let known = parts.iter().any(Option::is_some);
            known.then(|| parts.into_iter().flatten().fold(0, u64::saturating_add))
        };
        let mut usage = self.usage;
        usage.basis = Basis::Reported;
        if interface == Interface::Messages {
            usage.cached = self.cache_read.or(usage.cached);
            usage.cache_write = self.cache_created.or(usage.cache_write);
            usage.input = self
                .input
                .and_then(|fresh| sum([Some(fresh), self.cache_read, self.cache_created]));
            usage.output = self.output;
            return usage;
        }
        usage.cached = usage.cached.or(self.cache_read);
        usage.cache_write = usage.cache_write.or(self.cache_created);
        // Some gateways send both names, one of them as zero.
        let larger = |one: Option<u64>, other: Option<u64>| one.max(other);
        usage.input = sum([larger(self.prompt, self.input), self.tool_prompt, None]);
        usage.reasoning = usage.reasoning.or(self.thoughts);
        let written = larger(self.completion, self.output);
        // Gemini leaves out what is zero, and in its first fragments all of it.
        let rest = self
            .total
            .filter(|_| interface == Interface::Generate && written.is_none())
            .and_then(|total| total.checked_sub(usage.input?));
        usage.output = rest.or_else(|| sum([written, self.thoughts, None]));
        if !interface.writes() && interface != Interface::Images {
            usage.input = usage.input.or(self.total);
        }
        usage
    }
}

fn detail_in(usage: &mut Usage, key: &[u8], value: Raw<'_>) -> Option<()> {
    match key {
        b"cached_tokens" => usage.cached = count(value).or(usage.cached),
        b"cache_write_tokens" | b"cached_creation_tokens" => usage.cache_write = count(value),
        b"audio_tokens" => usage.audio_in = count(value),
        b"image_tokens" => usage.image_in = count(value),
        _ => {}
    }
    Some(())
}

fn detail_out(usage: &mut Usage, key: &[u8], value: Raw<'_>) -> Option<()> {
    match key {
        b"reasoning_tokens" => usage.reasoning = count(value),
        b"audio_tokens" => usage.audio_out = count(value),
        b"image_tokens" => usage.image_out = count(value),
        _ => {}
    }
    Some(())
}

/// Gemini's list of `{modality, tokenCount}`: sound and pictures.
fn modalities(list: Raw<'_>) -> Option<(Option<u64>, Option<u64>)> {
    let (mut audio, mut image) = (None, None);
    list.items(|entry| {
        let tokens = count(entry.member(b"tokenCount")?);
        match entry.member(b"modality")?.name()? {
            "AUDIO" => audio = tokens,
            "IMAGE" => image = tokens,
            _ => {}
        }
        Some(())
    })?;
    Some((audio, image))
}

fn plain(raw: Raw<'_>) -> Option<&str> {
    std::str::from_utf8(raw.inside().unwrap_or(raw.0)).ok()
}

/// A count, also where a gateway wrote `12.0` or `"12"`.
fn count(raw: Raw<'_>) -> Option<u64> {
    // Eighteen digits always fit.
    if raw.0.len() <= 18 && raw.0.iter().all(u8::is_ascii_digit) && !raw.0.is_empty() {
        return Some(
            raw.0
                .iter()
                .fold(0, |count, digit| count * 10 + u64::from(digit - b'0')),
        );
    }
    let text = plain(raw)?;
    text.parse().ok().or_else(|| u64::try_from(scaled(text, 1)?).ok())
}

pub(super) fn thousandths(raw: Raw<'_>) -> Option<u64> {
    u64::try_from(scaled(plain(raw)?, 1000)?).ok()
}

/// In dollars; Perplexity itemises it.
fn cost(raw: Raw<'_>) -> Option<i64> {
    let total = raw.member(b"total_cost")?;
    let total = if total.is_null() { raw } else { total };
    scaled(plain(total)?, NANO).filter(|nano| *nano >= 0)
}
