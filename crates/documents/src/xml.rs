//! XML as a row of events, for formats that are read once from front to back. Nothing nests in memory and no entity of
//! the file's own is ever expanded, so depth and laughter cost nothing.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::Unreadable;
use crate::encoding;
use crate::limits::Budget;

/// What one meets on the way through a file. Names come without their prefix.
pub(crate) enum Node<'a> {
    Open(&'a str, Attributes<'a>),
    Close(&'a str),
    Text(&'a str),
}

/// What stands in a tag besides its name.
pub(crate) struct Attributes<'a>(&'a BytesStart<'a>);

impl Attributes<'_> {
    /// The value of an attribute, whatever its prefix.
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        let mut attributes = self.0.attributes();
        let mut named = attributes
            .with_checks(false)
            .flatten()
            .filter(|it| it.key.local_name().as_ref() == name);
        let found = named.next()?;
        let raw = found.value.into_owned();
        Some(quick_xml::escape::unescape(&raw).map_or(raw.clone(), |value| value.into_owned()))
    }

    /// The value of an attribute that has this prefix, where the same name stands without one too.
    pub(crate) fn prefixed(&self, name: &str) -> Option<String> {
        let mut attributes = self.0.attributes();
        let mut named = attributes
            .with_checks(false)
            .flatten()
            .filter(|it| it.key.prefix().is_some() && it.key.local_name().as_ref() == name);
        Some(named.next()?.value.into_owned())
    }

    /// The same as a number.
    pub(crate) fn number(&self, name: &str) -> Option<usize> {
        self.get(name)?.trim().parse().ok()
    }
}

/// Shows `each` everything in order. Whatever is not XML, or ends before its last tag is closed, is damaged.
pub(crate) fn walk(
    bytes: &[u8],
    budget: &Budget,
    what: &'static str,
    mut each: impl FnMut(Node<'_>) -> Result<(), Unreadable>,
) -> Result<(), Unreadable> {
    let damaged = || Unreadable::Damaged { what };
    let text = encoding::decode(bytes).ok_or_else(damaged)?;
    let mut reader = Reader::from_str(&text);
    let mut depth = 0_usize;
    loop {
        budget.check()?;
        match reader.read_event().map_err(|_| damaged())? {
            Event::Start(tag) => {
                depth += 1;
                each(Node::Open(tag.local_name().as_ref(), Attributes(&tag)))?;
            }
            Event::Empty(tag) => {
                each(Node::Open(tag.local_name().as_ref(), Attributes(&tag)))?;
                each(Node::Close(tag.local_name().as_ref()))?;
            }
            Event::End(tag) => {
                depth = depth.saturating_sub(1);
                each(Node::Close(tag.local_name().as_ref()))?;
            }
            Event::Text(text) => each(Node::Text(&text))?,
            Event::CData(text) => each(Node::Text(&text))?,
            Event::GeneralRef(reference) => {
                let whole = format!("&{};", &*reference);
                // One of the file's own making stays what it looks like.
                each(Node::Text(
                    quick_xml::escape::unescape(&whole).as_deref().unwrap_or(&whole),
                ))?;
            }
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            Event::Eof if depth == 0 => return Ok(()),
            Event::Eof => return Err(damaged()),
        }
    }
}
