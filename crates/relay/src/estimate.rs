//! What a request may come to, before anybody knows: what a budget sets aside for it. An estimate that is too high is
//! given back at the end; one that is too low passes the limit, so where nothing is said the most likely large case
//! stands.

use nexdesk_pricing::Price;
use nexdesk_protocol::Interface;
use nexdesk_protocol::talk::Usage;
use nexdesk_protocol::wire::peek::Asked;

use crate::budget::Wants;

/// Tokens an answer may be long where neither the request nor the model says.
const OUTPUT_CAP: u64 = 32_000;
/// A stream must be able to begin: less than this is no answer.
const FIRST_WORDS: u64 = 1_024;
/// Tokens of one large picture in high quality, where pictures are billed by the token.
const PICTURE: u64 = 6_300;
/// Where nobody says how long a recording is: an hour. A clip: ten seconds.
const RECORDING_MS: u64 = 3_600_000;
const CLIP_MS: u64 = 10_000;

/// What an exchange uses at least, and at most.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Estimate {
    pub(crate) least: Usage,
    most: Usage,
}

impl Estimate {
    pub(crate) fn of(interface: Interface, asked: &Asked) -> Self {
        let prompt = asked.prompt.tokens();
        let whole = Usage {
            // A quarter more: tokens are guessed from letters, and writing to a prompt cache costs a quarter more.
            input: Some(prompt + prompt / 4),
            output: Some(0),
            requests: Some(1),
            ..Usage::default()
        };
        let units = &asked.units;
        match interface {
            Interface::Chat
            | Interface::Completions
            | Interface::Responses
            | Interface::Messages
            | Interface::Generate
            | Interface::Other => {
                let most = asked
                    .max_output
                    .unwrap_or(OUTPUT_CAP)
                    .saturating_mul(asked.answers.max(1));
                // Only a stream can be cut.
                let least = if asked.stream { most.min(FIRST_WORDS) } else { most };
                let writing = |output| Usage {
                    output: Some(output),
                    ..whole
                };
                Self {
                    least: writing(least),
                    most: writing(most),
                }
            }
            Interface::Embeddings | Interface::Rerank | Interface::Moderations => Self::flat(whole),
            Interface::Images => {
                let images = units.images.unwrap_or(1);
                Self::flat(Usage {
                    images: Some(images),
                    output: Some(images.saturating_mul(PICTURE)),
                    ..whole
                })
            }
            Interface::Speech => {
                let characters = units.characters.unwrap_or(prompt.saturating_mul(4));
                Self::flat(Usage {
                    characters: Some(characters),
                    // Sound is more tokens than its text has letters.
                    output: Some(characters.saturating_mul(2)),
                    ..whole
                })
            }
            Interface::Transcription => Self::flat(Usage {
                milliseconds: units.milliseconds.or(Some(RECORDING_MS)),
                ..whole
            }),
            Interface::Video => Self::flat(Usage {
                milliseconds: units.milliseconds.or(Some(CLIP_MS)),
                ..whole
            }),
        }
    }

    /// What comes whole is paid whole.
    fn flat(usage: Usage) -> Self {
        Self {
            least: usage,
            most: usage,
        }
    }

    /// In money; none where the price does not say.
    pub(crate) fn at(&self, price: &Price) -> Option<Wants> {
        Some(Wants {
            least: price.cost(&self.least)?,
            most: price.cost(&self.most)?,
        })
    }
}
