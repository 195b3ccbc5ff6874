//! What bytes are: by what is in them first, by their name only where that leaves it open.

use bytes::Bytes;

use crate::archive::Archive;
use crate::language::ending;
use crate::limits::Budget;
use crate::{Unreadable, encoding, odf, pdf};

/// What a file is to a chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Seen.
    Picture,
    /// Heard.
    Audio,
    /// Watched.
    Video,
    /// Read, once its text is taken out of it.
    Document,
    /// Read as it is.
    Text,
}

/// Which reader a file needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Picture,
    Audio,
    Video,
    Pdf,
    Word,
    Workbook,
    Slides,
    OpenDocument(&'static str),
    Epub,
    Rtf,
    Page,
    Text,
}

/// A format and its media type.
pub(crate) type Found = (Format, &'static str);

pub(crate) fn find(
    name: &str,
    declared: Option<&str>,
    bytes: &Bytes,
    budget: &Budget,
) -> Result<Found, Unreadable> {
    let name = name.to_ascii_lowercase();
    let claims = claims(ending(&name), declared);
    let head = &bytes[..bytes.len().min(1024)];
    if memchr::memmem::find(head, b"%PDF-").is_some() {
        return Ok((Format::Pdf, "application/pdf"));
    }
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return packed(bytes, claims, budget);
    }
    if head.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        return Err(compound(bytes));
    }
    if head.starts_with(b"{\\rtf") {
        return Ok((Format::Rtf, "application/rtf"));
    }
    if let Some(found) = media(head, bytes)? {
        return Ok(found);
    }
    if let Some(text) = encoding::decode(bytes) {
        // A download that failed is often a web page under the name of the file.
        return match claims {
            Some(claims) => Err(Unreadable::NotWhatItSays { claims }),
            None => Ok(written(&name, declared, &text)),
        };
    }
    Err(claims.map_or(Unreadable::Unknown, |claims| Unreadable::NotWhatItSays { claims }))
}

/// What an ending or a declared type says of a file that is not text.
fn claims(ending: &str, declared: Option<&str>) -> Option<&'static str> {
    let by_ending = CLAIMS
        .iter()
        .find(|(endings, _)| endings.split(' ').any(|known| known == ending));
    match by_ending {
        Some((_, what)) => Some(what),
        None if ending.is_empty() && declared == Some("application/pdf") => Some(pdf::WHAT),
        None => None,
    }
}

const CLAIMS: [(&str, &str); 11] = [
    ("pdf", pdf::WHAT),
    ("docx docm dotx", "Word document"),
    ("xlsx xlsm xltx", "Excel workbook"),
    ("pptx pptm ppsx", "PowerPoint presentation"),
    ("odt", "OpenDocument text"),
    ("ods", odf::SHEET),
    ("odp", "OpenDocument presentation"),
    ("epub", "EPUB book"),
    ("png jpg jpeg gif webp bmp heic heif avif tif tiff", "picture"),
    ("mp3 wav m4a flac ogg opus aac aiff wma", "recording"),
    ("mp4 mov webm mkv avi mpeg mpg", "video"),
];

const WORD: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const SLIDES: &str = "application/vnd.openxmlformats-officedocument.presentationml.presentation";

/// What a zip archive is by the files in it.
fn packed(bytes: &Bytes, claims: Option<&'static str>, budget: &Budget) -> Result<Found, Unreadable> {
    let what = claims.unwrap_or("zip archive");
    let mut archive = Archive::open(bytes, what)?;
    let found = if archive.has("word/document.xml") {
        (Format::Word, WORD)
    } else if archive.has("xl/workbook.xml") {
        (Format::Workbook, WORKBOOK)
    } else if archive.has("ppt/presentation.xml") {
        (Format::Slides, SLIDES)
    } else if archive.has("mimetype") {
        // Only now is anything unpacked, and everything is weighed before.
        archive.weigh(budget, what)?;
        let said = archive.need("mimetype")?;
        return open_document(&String::from_utf8_lossy(&said)).ok_or(ARCHIVE);
    } else if archive
        .names()
        .any(|name| name.starts_with("Index/") && name.ends_with(".iwa"))
    {
        return Err(Unreadable::Foreign {
            what: "Pages, Numbers or Keynote file",
            instead: "Export it as PDF, Word, Excel or PowerPoint and attach that.",
        });
    } else {
        return Err(ARCHIVE);
    };
    archive.weigh(budget, what)?;
    Ok(found)
}

const ARCHIVE: Unreadable = Unreadable::Foreign {
    what: "zip archive",
    instead: "Unpack it and attach the files that matter.",
};

fn open_document(mimetype: &str) -> Option<Found> {
    let mimetype = mimetype.trim();
    Some(
        match mimetype.strip_prefix("application/vnd.oasis.opendocument.") {
            Some("text") => (
                Format::OpenDocument("OpenDocument text"),
                "application/vnd.oasis.opendocument.text",
            ),
            Some("spreadsheet") => (
                Format::OpenDocument(odf::SHEET),
                "application/vnd.oasis.opendocument.spreadsheet",
            ),
            Some("presentation") => (
                Format::OpenDocument("OpenDocument presentation"),
                "application/vnd.oasis.opendocument.presentation",
            ),
            _ if mimetype == "application/epub+zip" => (Format::Epub, "application/epub+zip"),
            _ => return None,
        },
    )
}

/// Old Office files, and new ones with a password, which are kept inside an old one.
fn compound(bytes: &[u8]) -> Unreadable {
    let wide = |word: &str| {
        word.encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect::<Vec<u8>>()
    };
    let holds = |word| memchr::memmem::find(bytes, &wide(word)).is_some();
    if holds("EncryptedPackage") {
        return Unreadable::Locked {
            what: "Office document",
        };
    }
    let (what, instead) = if holds("WordDocument") {
        (
            "Word 97–2003 document (.doc)",
            "Save it as .docx or PDF and attach that.",
        )
    } else if holds("Workbook") || holds("Book") {
        (
            "Excel 97–2003 workbook (.xls)",
            "Save it as .xlsx or .csv and attach that.",
        )
    } else if holds("PowerPoint Document") {
        (
            "PowerPoint 97–2003 presentation (.ppt)",
            "Save it as .pptx or PDF and attach that.",
        )
    } else {
        (
            "file of an old Windows program",
            "Export it as PDF or text and attach that.",
        )
    };
    Unreadable::Foreign { what, instead }
}

/// Pictures, recordings and films.
fn media(head: &[u8], bytes: &Bytes) -> Result<Option<Found>, Unreadable> {
    let Some(kind) = infer::get(bytes) else {
        return Ok(None);
    };
    let mime = match kind.mime_type() {
        "audio/x-wav" => "audio/wav",
        "audio/x-flac" => "audio/flac",
        // The same beginning holds films and recordings.
        "audio/ogg" if memchr::memmem::find(head, b"theora").is_some() => "video/ogg",
        mime => mime,
    };
    let foreign = |what, instead| Err(Unreadable::Foreign { what, instead });
    const AS_JPEG: &str = "Save it as JPEG or PNG and attach that.";
    match mime {
        "image/png" | "image/jpeg" | "image/gif" | "image/webp" | "image/bmp" => {
            Ok(Some((Format::Picture, mime)))
        }
        "image/heif" | "image/heic" => foreign("HEIC picture (an iPhone's)", AS_JPEG),
        "image/avif" => foreign("AVIF picture", AS_JPEG),
        "image/tiff" => foreign("TIFF picture", AS_JPEG),
        "image/jxl" => foreign("JPEG XL picture", AS_JPEG),
        "image/vnd.adobe.photoshop" => foreign("Photoshop picture", AS_JPEG),
        mime if mime.starts_with("image/") => foreign("picture of a rare kind", AS_JPEG),
        mime if mime.starts_with("audio/") => Ok(Some((Format::Audio, mime))),
        mime if mime.starts_with("video/") => Ok(Some((Format::Video, mime))),
        _ => match kind.matcher_type() {
            infer::MatcherType::App => foreign("program", "Attach its source, or what it printed."),
            infer::MatcherType::Archive => {
                foreign("packed archive", "Unpack it and attach the files that matter.")
            }
            infer::MatcherType::Font => foreign("font", "Attach a picture of what it looks like."),
            // Guesses from a few letters of text, such as "<html" and "#!".
            _ => Ok(None),
        },
    }
}

/// A file one can read as it is.
fn written(name: &str, declared: Option<&str>, text: &str) -> Found {
    let begin = text.trim_start_matches('\u{FEFF}').trim_start();
    let begin = begin[..begin.floor_char_boundary(64)].to_ascii_lowercase();
    let ending = ending(name);
    let page = begin.starts_with("<!doctype html") || begin.starts_with("<html");
    let named =
        matches!(ending, "html" | "htm" | "xhtml") || (ending.is_empty() && declared == Some("text/html"));
    if named || (page && matches!(ending, "" | "mht" | "aspx" | "php" | "txt")) {
        return (Format::Page, "text/html");
    }
    let mime = match ending {
        "json" => "application/json",
        "csv" => "text/csv",
        "md" | "markdown" => "text/markdown",
        "xml" => "application/xml",
        "svg" => "image/svg+xml",
        _ => "text/plain",
    };
    (Format::Text, mime)
}
