//! What kind of work an exchange is, whatever path it came by. Prices, limits and the ledger speak of it.

use serde::{Deserialize, Serialize};

/// A family of endpoints that are asked, answered and billed alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Interface {
    /// `/chat/completions`.
    Chat,
    /// `/completions`, the legacy one.
    Completions,
    /// `/responses`.
    Responses,
    /// Anthropic's `/messages`.
    Messages,
    /// Gemini's `:generateContent` and `:streamGenerateContent`.
    Generate,
    /// `/embeddings`, and Gemini's `:embedContent`.
    Embeddings,
    /// `/rerank`.
    Rerank,
    /// `/moderations`.
    Moderations,
    /// `/images/generations`, `/images/edits`, `/images/variations`.
    Images,
    /// `/audio/speech`.
    Speech,
    /// `/audio/transcriptions` and `/audio/translations`.
    Transcription,
    /// Clips, which are jobs everywhere.
    Video,
    /// Whatever else passes: lists of models, files, things nobody knows yet.
    Other,
}

impl Interface {
    /// Every interface, in the order the window lists them.
    pub const ALL: [Self; 13] = [
        Self::Chat,
        Self::Completions,
        Self::Responses,
        Self::Messages,
        Self::Generate,
        Self::Embeddings,
        Self::Rerank,
        Self::Moderations,
        Self::Images,
        Self::Speech,
        Self::Transcription,
        Self::Video,
        Self::Other,
    ];

    /// What the ledger stores.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Completions => "completions",
            Self::Responses => "responses",
            Self::Messages => "messages",
            Self::Generate => "generate",
            Self::Embeddings => "embeddings",
            Self::Rerank => "rerank",
            Self::Moderations => "moderations",
            Self::Images => "images",
            Self::Speech => "speech",
            Self::Transcription => "transcription",
            Self::Video => "video",
            Self::Other => "other",
        }
    }

    /// The interface the ledger stored; a word from a later version is `Other`.
    #[must_use]
    pub fn of_word(word: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|one| one.word() == word)
            .unwrap_or(Self::Other)
    }

    /// Whether text comes out that is billed by the token. Where not, no count of output is missing: there is none.
    #[must_use]
    pub const fn writes(self) -> bool {
        match self {
            Self::Chat | Self::Completions | Self::Responses | Self::Messages | Self::Generate => true,
            Self::Embeddings
            | Self::Rerank
            | Self::Moderations
            | Self::Images
            | Self::Speech
            | Self::Transcription
            | Self::Video
            | Self::Other => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Interface;

    #[test]
    fn the_ledgers_word_serde_and_the_way_back_agree() {
        for one in Interface::ALL {
            assert_eq!(serde_json::to_value(one).unwrap(), one.word());
            assert_eq!(Interface::of_word(one.word()), one);
        }
        assert_eq!(Interface::of_word("telepathy"), Interface::Other);
    }
}
