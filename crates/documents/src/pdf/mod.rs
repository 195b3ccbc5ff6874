//! The text of a PDF, page by page, with the `hayro` interpreter: it is told to draw each page, and what it would draw
//! as letters is kept as text. It understands the fonts of Chinese, Japanese and Korean files that embed none.

mod lines;
mod packed;
mod weight;

use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;

use bytes::Bytes;
use hayro_interpret::hayro_syntax::content::TypedIter;
use hayro_interpret::hayro_syntax::object::{Array, Stream};
use hayro_interpret::hayro_syntax::page::Page;
use hayro_interpret::hayro_syntax::{DecryptionError, LoadPdfError, Pdf};
use hayro_interpret::kurbo::Rect;
use hayro_interpret::{Context, InterpreterCache, InterpreterSettings, TransformExt, interpret};

use crate::limits::Budget;
use crate::{Remark, Unreadable};
use lines::Lines;

pub(crate) const WHAT: &str = "PDF";

/// What a PDF says.
pub(crate) struct Pages {
    pub(crate) count: u32,
    /// None if no page has any.
    pub(crate) text: Option<String>,
    pub(crate) remark: Option<Remark>,
}

pub(crate) fn read(bytes: &Bytes, budget: &Budget) -> Result<Pages, Unreadable> {
    weight::weigh(bytes, budget)?;
    let pdf = Pdf::new(Arc::new(bytes.clone())).map_err(|error| match error {
        LoadPdfError::Decryption(DecryptionError::MissingIDEntry | DecryptionError::InvalidEncryption)
        | LoadPdfError::Invalid => Unreadable::Damaged { what: WHAT },
        LoadPdfError::Decryption(
            DecryptionError::PasswordProtected | DecryptionError::UnsupportedAlgorithm,
        ) => Unreadable::Locked { what: WHAT },
    })?;
    weight::weigh_open(&pdf, budget)?;
    let pages = pdf.pages();
    if pages.is_empty() {
        return Err(Unreadable::Damaged { what: WHAT });
    }
    let cache = InterpreterCache::new();
    let mut text = String::new();
    let mut silent = 0;
    for (index, page) in pages.iter().enumerate() {
        budget.check()?;
        let said = read_page(&pdf, page, &cache, budget)?;
        if said.is_empty() {
            silent += 1;
            continue;
        }
        if pages.len() > 1 {
            let begin = if text.is_empty() { "" } else { "\n\n" };
            text.push_str(&format!("{begin}[Page {}]\n\n", index + 1));
        }
        text.push_str(&said);
    }
    budget.check()?;
    let count = u32::try_from(pages.len()).unwrap_or(u32::MAX);
    let whole = memchr::memmem::rfind(bytes, b"%%EOF").is_some();
    let remark = match silent {
        _ if !whole && !text.is_empty() => Some(Remark::CutShort),
        0 => None,
        silent if silent < count => Some(Remark::PartlyScanned { silent }),
        _ => Some(Remark::Scanned),
    };
    Ok(Pages {
        count,
        text: (!text.is_empty()).then_some(text),
        remark,
    })
}

/// The text of one page. The interpreter belongs to others: if it panics on a page, that page is silent.
fn read_page<'a>(
    pdf: &'a Pdf,
    page: &Page<'a>,
    cache: &InterpreterCache<'a>,
    budget: &Budget,
) -> Result<String, Unreadable> {
    // The page would keep what it decodes until the end, and a thousand pages may share one large stream.
    let operations = content(page, budget)?;
    let mut lines = Lines::new(budget);
    let drawn = panic::catch_unwind(AssertUnwindSafe(|| {
        let (width, height) = page.render_dimensions();
        let all = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
        let upright = page.initial_transform(true).to_kurbo();
        let mut context = Context::new(upright, all, cache, pdf.xref(), InterpreterSettings::default());
        interpret(
            TypedIter::new(&operations),
            page.resources(),
            &mut context,
            &mut lines,
        );
    }));
    // It also stops in the middle of a page when the time or the room is used up.
    budget.check()?;
    Ok(drawn.map(|()| lines.finish()).unwrap_or_default())
}

fn content(page: &Page<'_>, budget: &Budget) -> Result<Vec<u8>, Unreadable> {
    let mut whole = Vec::new();
    let mut add = |stream: Stream<'_>| {
        budget.check()?;
        let Ok(decoded) = stream.decoded_data() else {
            return Ok(());
        };
        budget.unpack(decoded.len() as u64)?;
        if (whole.len() + decoded.len()) as u64 > budget.limits.unpacked / 8 {
            // What it would draw takes several times the room of the words that say so.
            return Err(Unreadable::Bomb {
                limit: budget.limits.unpacked / 8,
            });
        }
        whole.extend_from_slice(&decoded);
        whole.push(b' ');
        Ok(())
    };
    if let Some(stream) = page.raw().get::<Stream<'_>>(b"Contents".as_slice()) {
        add(stream)?;
    } else if let Some(streams) = page.raw().get::<Array<'_>>(b"Contents".as_slice()) {
        for stream in streams.iter::<Stream<'_>>() {
            add(stream)?;
        }
    }
    Ok(whole)
}
