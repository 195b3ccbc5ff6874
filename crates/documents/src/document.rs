//! A file as a chat sees it, and how it becomes one.

use bytes::Bytes;
use nexdesk_protocol::wire::peek::ScriptBytes;

use crate::archive::Archive;
use crate::kind::{self, Format};
use crate::limits::{Budget, bounded};
use crate::{
    Kind, Limits, Picture, Unreadable, encoding, epub, html, language, odf, pdf, picture, rtf, sheets,
};
use crate::{slides, sound, word};

/// A file given to a chat, read once. All of it may be kept and put together again later, so that a PDF is not read
/// anew for every send.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// As the person sees it.
    pub name: String,
    /// What it is to a chat.
    pub kind: Kind,
    /// By its content, not by what was declared.
    pub mime: String,
    /// The file as it came.
    pub bytes: Bytes,
    /// What it says, for documents and texts; none if it says nothing.
    pub text: Option<Text>,
    /// Pages of a PDF, slides, sheets.
    pub pages: Option<u32>,
    /// Size and smaller copy of a picture.
    pub picture: Option<Picture>,
    /// Length of a recording, where the file says.
    pub seconds: Option<f64>,
    /// What it costs a model to read, estimated: text by script, pictures by [`Picture::tokens`]; none for recordings
    /// and films, whose models all count otherwise.
    pub tokens: Option<u64>,
    /// What the person should know before sending it.
    pub remark: Option<Remark>,
}

/// The text of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// All of it.
    pub content: String,
    /// The word for a code fence around it: `markdown` where headings and tables were kept, empty for plain text.
    pub language: String,
}

/// What is missing in a file that can be sent all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remark {
    /// A PDF whose pages are all pictures.
    Scanned,
    /// A PDF with pages that are pictures, or empty.
    PartlyScanned {
        /// How many of them.
        silent: u32,
    },
    /// The file ends before it says it does; what is there was read.
    CutShort,
    /// There is no text in it.
    Wordless,
}

impl Remark {
    /// In words for the person.
    #[must_use]
    pub fn sentence(self) -> String {
        match self {
            Self::Scanned => {
                "This PDF has no text: it is scanned. Models that take PDF files can look at it; \
                others need its pages as pictures, or a copy with recognised text (OCR)."
                    .to_owned()
            }
            Self::PartlyScanned { silent } => {
                format!("{silent} of the pages of this PDF have no text; they are scanned or empty.")
            }
            Self::CutShort => {
                "This file ends too early: part of it is missing. Download or save it again; what \
                is there can be sent."
                    .to_owned()
            }
            Self::Wordless => "There is no text in this document, only pictures or nothing.".to_owned(),
        }
    }
}

impl Document {
    /// Reads a file. What it is is decided by its content, then by its name, then by what was declared.
    ///
    /// # Errors
    /// A sentence for the person who chose the file.
    pub fn read(
        name: &str,
        declared_mime: Option<&str>,
        bytes: impl Into<Bytes>,
    ) -> Result<Self, Unreadable> {
        Self::read_within(name, declared_mime, bytes, &Limits::default())
    }

    /// The same with other limits.
    ///
    /// # Errors
    /// A sentence for the person who chose the file.
    pub fn read_within(
        name: &str,
        declared_mime: Option<&str>,
        bytes: impl Into<Bytes>,
        limits: &Limits,
    ) -> Result<Self, Unreadable> {
        let bytes = bytes.into();
        if bytes.is_empty() {
            return Err(Unreadable::Empty);
        }
        let size = bytes.len() as u64;
        if size > limits.size {
            return Err(Unreadable::TooLarge {
                size,
                limit: limits.size,
            });
        }
        let budget = Budget::new(limits);
        let (name, declared, inner) = (name.to_owned(), declared_mime.map(str::to_owned), budget.clone());
        bounded(&budget, "file", move || {
            open(name, declared.as_deref(), bytes, &inner)
        })
    }

    /// How many bytes the file has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.bytes.len() as u64
    }
}

/// What costs a model so much to read; the project's one rule for text.
#[must_use]
pub fn text_tokens(text: &str) -> u64 {
    ScriptBytes::of(text.as_bytes()).tokens()
}

fn open(name: String, declared: Option<&str>, bytes: Bytes, budget: &Budget) -> Result<Document, Unreadable> {
    let (format, mime) = kind::find(&name, declared, &bytes, budget)?;
    let mut document = Document {
        kind: kind_of(format),
        mime: mime.to_owned(),
        bytes,
        text: None,
        pages: None,
        picture: None,
        seconds: None,
        tokens: None,
        remark: None,
        name,
    };
    fill(&mut document, format, budget)?;
    Ok(document)
}

fn kind_of(format: Format) -> Kind {
    match format {
        Format::Picture => Kind::Picture,
        Format::Audio => Kind::Audio,
        Format::Video => Kind::Video,
        Format::Text => Kind::Text,
        Format::Pdf
        | Format::Word
        | Format::Workbook
        | Format::Slides
        | Format::OpenDocument(_)
        | Format::Epub
        | Format::Rtf
        | Format::Page => Kind::Document,
    }
}

fn fill(document: &mut Document, format: Format, budget: &Budget) -> Result<(), Unreadable> {
    let bytes = document.bytes.clone();
    let archive = |what| Archive::open(&bytes, what);
    match format {
        Format::Picture => {
            let picture = picture::read(&bytes, budget)?;
            document.tokens = Some(picture.tokens());
            document.picture = Some(picture);
        }
        Format::Audio => {
            document.seconds = sound::seconds(&bytes);
            document.remark = sound::is_cut(&bytes).then_some(Remark::CutShort);
        }
        Format::Video => document.remark = sound::is_cut(&bytes).then_some(Remark::CutShort),
        Format::Pdf => {
            let pages = pdf::read(&bytes, budget)?;
            document.pages = Some(pages.count);
            document.say(pages.text.unwrap_or_default(), "");
            document.remark = pages.remark;
        }
        Format::Word => document.say(word::read(&mut archive("Word document")?, budget)?, "markdown"),
        Format::Workbook => {
            let (text, count) = sheets::read(&bytes, budget)?;
            document.say(text, "markdown");
            document.pages = Some(count);
        }
        Format::Slides => {
            let (text, count) = slides::read(&mut archive("PowerPoint presentation")?, budget)?;
            document.say(text, "markdown");
            document.pages = Some(count);
        }
        Format::OpenDocument(what) => {
            let (text, count) = odf::read(&mut archive(what)?, budget, what)?;
            document.say(text, "markdown");
            document.pages = (count > 0).then_some(count);
        }
        Format::Epub => document.say(epub::read(&mut archive("EPUB book")?, budget)?, "markdown"),
        Format::Rtf => document.say(rtf::read(&bytes, budget)?, ""),
        Format::Page => document.say(html::read(&bytes, budget)?, "markdown"),
        Format::Text => {
            let text = encoding::decode(&bytes).ok_or(Unreadable::Unknown)?.into_owned();
            budget.write(text.len());
            budget.check()?;
            let language = language::of_name(&document.name);
            document.say(text, language);
        }
    }
    Ok(())
}

impl Document {
    fn say(&mut self, content: String, language: &str) {
        if content.trim().is_empty() {
            self.remark = Some(Remark::Wordless);
            return;
        }
        self.tokens = Some(text_tokens(&content));
        self.text = Some(Text {
            content,
            language: language.to_owned(),
        });
    }
}
