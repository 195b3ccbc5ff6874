//! Bytes to text, whatever they were written in: UTF-8, UTF-16 with its mark, GB18030, Big5, Shift-JIS and the rest.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8};

/// The detector has seen enough after so many bytes; more would only take time.
const ENOUGH: usize = 1 << 20;

/// The text, or None if these bytes are none.
pub(crate) fn decode(bytes: &[u8]) -> Option<Cow<'_, str>> {
    if let Some((marked, length)) = Encoding::for_bom(bytes) {
        let (text, broken) = marked.decode_without_bom_handling(&bytes[length..]);
        // A file cut in the middle of a letter is still that file.
        return (!broken || few_losses(&text)).then_some(text);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return looks_written(text).then_some(Cow::Borrowed(text));
    }
    if bytes.contains(&0) {
        return None;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(&bytes[..bytes.len().min(ENOUGH)], true);
    let guess = detector.guess(None, Utf8Detection::Allow);
    // Its decoder of GBK is that of GB18030, which has the rare characters too.
    let (text, _) = guess.decode_without_bom_handling(bytes);
    (looks_written(&text) && few_losses(&text)).then_some(text)
}

/// Decodes what says of itself what it is in, as web pages do.
pub(crate) fn decode_as(bytes: &[u8], label: Option<&str>) -> Option<String> {
    let said = label.and_then(|label| Encoding::for_label(label.trim().as_bytes()));
    match said {
        // Pages that were converted keep their old label: UTF-8 that is valid is UTF-8.
        Some(encoding) if encoding != UTF_8 && std::str::from_utf8(bytes).is_err() => {
            Some(encoding.decode(bytes).0.into_owned())
        }
        _ => decode(bytes).map(Cow::into_owned),
    }
}

/// Programs and archives are full of control characters; texts have line ends, tabs and the odd page break.
fn looks_written(text: &str) -> bool {
    let control = |letter: &char| {
        letter.is_control() && !matches!(letter, '\n' | '\r' | '\t' | '\x0c' | '\x1b' | '\u{85}')
    };
    let strange = text.chars().filter(control).count();
    strange * 200 <= text.len() + 200
}

fn few_losses(text: &str) -> bool {
    text.matches('\u{FFFD}').count() * 100 <= text.len()
}
