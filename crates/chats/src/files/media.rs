//! What kind of thing a file or an address is: media types by name and by first bytes, `data:` addresses, and the ids
//! ChatGPT names its files with.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::chat::{Asset, Place};

const BY_ENDING: [(&str, &str); 27] = [
    ("png", "image/png"),
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("gif", "image/gif"),
    ("webp", "image/webp"),
    ("svg", "image/svg+xml"),
    ("heic", "image/heic"),
    ("wav", "audio/wav"),
    ("mp3", "audio/mpeg"),
    ("m4a", "audio/mp4"),
    ("ogg", "audio/ogg"),
    ("mp4", "video/mp4"),
    ("webm", "video/webm"),
    ("mov", "video/quicktime"),
    ("pdf", "application/pdf"),
    (
        "docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    (
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    (
        "pptx",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ),
    ("json", "application/json"),
    ("csv", "text/csv"),
    ("html", "text/html"),
    ("md", "text/markdown"),
    ("txt", "text/plain"),
    ("log", "text/plain"),
    ("py", "text/x-python"),
    ("rs", "text/x-rust"),
    ("ts", "text/x-typescript"),
];

/// The media type a name promises.
pub(crate) fn mime_of(name: &str) -> Option<&'static str> {
    let ending = name.rsplit_once('.')?.1.to_ascii_lowercase();
    BY_ENDING
        .iter()
        .find(|(known, _)| *known == ending)
        .map(|(_, mime)| *mime)
}

/// The media type the first bytes prove.
pub(crate) fn sniff(head: &[u8]) -> Option<&'static str> {
    match head {
        [0x89, b'P', b'N', b'G', ..] => Some("image/png"),
        [0xFF, 0xD8, 0xFF, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'A', b'V', b'E', ..] => Some("audio/wav"),
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => Some("video/mp4"),
        [b'I', b'D', b'3', ..] | [0xFF, 0xFB, ..] => Some("audio/mpeg"),
        [b'%', b'P', b'D', b'F', ..] => Some("application/pdf"),
        _ => None,
    }
}

/// The id in `file-AbC123-photo.png`, `file_0000ab-uuid.png` and `file-AbC123.dat`.
pub(super) fn asset_id(base: &str) -> Option<&str> {
    let tail = base
        .strip_prefix("file-")
        .or_else(|| base.strip_prefix("file_"))?;
    let length = tail.find(['-', '.']).unwrap_or(tail.len());
    (length > 0).then(|| &base[..base.len() - tail.len() + length])
}

/// Whether an address is one a page may link to. An export's addresses were written by anybody.
pub(crate) fn is_link(url: &str) -> bool {
    let scheme = url.get(..8).unwrap_or(url).to_ascii_lowercase();
    scheme.starts_with("https://") || scheme.starts_with("http://")
}

/// What a `data:` address holds.
fn data_url(url: &str, name: Option<&str>) -> Option<Asset> {
    let (kind, body) = url.strip_prefix("data:")?.split_once(',')?;
    let mime = kind.split(';').next().filter(|mime| mime.contains('/'));
    let bytes = if kind.ends_with(";base64") {
        // Programs differ about the padding at the end.
        let lenient = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
        let compact: String = body.split_ascii_whitespace().collect();
        GeneralPurpose::new(&STANDARD, lenient).decode(compact).ok()?
    } else {
        body.as_bytes().to_vec()
    };
    let ending = BY_ENDING
        .iter()
        .find(|(_, known)| Some(*known) == mime)
        .map_or("bin", |(ending, _)| ending);
    let name = name.map_or_else(|| format!("file.{ending}"), str::to_owned);
    Some(Asset::inline(&name, mime.or_else(|| sniff(&bytes)), bytes))
}

/// An asset at an address: held in the address itself, on the net, or nowhere we can reach.
pub(crate) fn remote(url: &str, name: Option<&str>, mime: Option<&str>) -> Asset {
    if let Some(asset) = data_url(url, name) {
        return asset;
    }
    let plain = url.split(['?', '#']).next().unwrap_or(url);
    let name = crate::chat::bare(name.unwrap_or(plain));
    Asset {
        mime: mime.or_else(|| mime_of(&name)).map(str::to_owned),
        name,
        size: None,
        place: if is_link(url) {
            Place::Link(url.to_owned())
        } else {
            Place::Missing
        },
    }
}
