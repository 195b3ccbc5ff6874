//! How much is packed into a PDF, counted before anything reads it: the reader unpacks streams whole, and a stream of a
//! kilobyte may be a megabyte.

use hayro_interpret::hayro_syntax::Filter;
use hayro_interpret::hayro_syntax::Pdf;
use hayro_interpret::hayro_syntax::object::{Name, Object, Stream};

use super::{WHAT, packed};
use crate::Unreadable;
use crate::limits::Budget;

/// Dictionaries inside each other, and braces of calculations. The reader goes down into them one call a level, and
/// what overflows a stack takes the process along.
const DEEPEST: usize = 512;
/// How far before its stream a dictionary may begin.
const DICTIONARY: usize = 1024;

/// Before the file is opened, for opening it unpacks its tables. Streams are found by their keyword, not by the file's
/// own word for where they are, and known by what they begin with.
pub(super) fn weigh(bytes: &[u8], budget: &Budget) -> Result<(), Unreadable> {
    if packed::deepest(bytes, b"<<", b">>", b" obj") > DEEPEST {
        return Err(Unreadable::Damaged { what: WHAT });
    }
    let limit = budget.limits.unpacked;
    let mut total = 0;
    let mut from = 0;
    while let Some(found) = memchr::memmem::find(&bytes[from..], b"stream") {
        budget.check()?;
        let at = from + found;
        from = at + b"stream".len();
        if bytes[..at].ends_with(b"end") {
            continue;
        }
        let data = bytes[from..].strip_prefix(b"\r").unwrap_or(&bytes[from..]);
        let data = data.strip_prefix(b"\n").unwrap_or(data);
        let size = if packed::is_deflated(data) {
            packed::inflated(data, limit, budget)?
        } else {
            let begin = packed::from_ascii85(&data[..data.len().min(64)]);
            if !packed::is_deflated(&begin) {
                continue;
            }
            packed::inflated(&packed::from_ascii85(data), limit, budget)?
        };
        let before = &bytes[at.saturating_sub(DICTIONARY)..at];
        let own = &before[memchr::memmem::rfind(before, b" obj").unwrap_or_default()..];
        // A hundred scanned pages are gigabytes; nothing unpacks them for their text.
        let is_picture = memchr::memmem::find(own, b"/Image").is_some();
        total += if is_picture { 0 } else { size };
        if total > limit || size > limit / 2 {
            return Err(Unreadable::Bomb { limit });
        }
    }
    Ok(())
}

/// After it is open, and so decrypted: every stream, by the filters it says it has.
pub(super) fn weigh_open(pdf: &Pdf, budget: &Budget) -> Result<(), Unreadable> {
    for object in pdf.objects() {
        budget.check()?;
        if let Object::Stream(stream) = object {
            budget.unpack(size_of(&stream, budget)?)?;
        }
    }
    Ok(())
}

/// What comes out of a stream that is not a picture.
fn size_of(stream: &Stream<'_>, budget: &Budget) -> Result<u64, Unreadable> {
    let limit = budget.limits.unpacked;
    let subtype = stream.dict().get::<Name<'_>>(b"Subtype".as_slice());
    let is_picture = subtype.is_some_and(|name| &*name == b"Image");
    let mut data = stream.raw_data().into_owned();
    let mut size = data.len() as u64;
    let mut packed_once = false;
    for filter in stream.filters() {
        match filter {
            Filter::Ascii85Decode => data = packed::from_ascii85(&data),
            Filter::AsciiHexDecode => {}
            // Packed and packed again: no program writes this.
            _ if packed_once => return Err(Unreadable::Bomb { limit }),
            Filter::FlateDecode => size = packed::inflated(&data, limit, budget)?,
            Filter::LzwDecode => size = packed::unpacked_lzw(&data),
            Filter::RunLengthDecode => size = packed::unpacked_runs(&data),
            Filter::CcittFaxDecode | Filter::Jbig2Decode | Filter::DctDecode | Filter::JpxDecode
                if is_picture => {}
            // A page written as a photograph is unpacked into all its pixels.
            _ => return Err(Unreadable::Damaged { what: WHAT }),
        }
        packed_once |= !matches!(filter, Filter::Ascii85Decode | Filter::AsciiHexDecode);
    }
    let calculates = stream.dict().get::<i32>(b"FunctionType".as_slice()) == Some(4);
    if calculates && size <= limit / 8 {
        let decoded = stream.decoded_data().unwrap_or_default();
        if packed::deepest(&decoded, b"{", b"}", b"\0") > DEEPEST {
            return Err(Unreadable::Damaged { what: WHAT });
        }
    } else if calculates {
        return Err(Unreadable::Bomb { limit });
    }
    if is_picture { Ok(0) } else { Ok(size) }
}
