//! The text of a book (EPUB), chapter by chapter as they are read.

use std::collections::HashMap;

use crate::Unreadable;
use crate::archive::{Archive, beside};
use crate::html;
use crate::limits::Budget;
use crate::xml::{Node, walk};

const WHAT: &str = "EPUB book";

pub(crate) fn read(archive: &mut Archive, budget: &Budget) -> Result<String, Unreadable> {
    // Fonts are scrambled in books that are free to read; keys and rights are there only if the text is locked.
    let locked = [
        "META-INF/rights.xml",
        "META-INF/sinf.xml",
        "META-INF/license.lcpl",
    ];
    if locked.iter().any(|name| archive.has(name)) {
        return Err(Unreadable::Locked { what: WHAT });
    }
    let mut package = None;
    walk(&archive.need("META-INF/container.xml")?, budget, WHAT, |node| {
        if let Node::Open("rootfile", with) = node {
            package = package.take().or(with.get("full-path"));
        }
        Ok(())
    })?;
    let package = package.ok_or(Unreadable::Damaged { what: WHAT })?;
    let mut text = String::new();
    for chapter in chapters(archive, &package, budget)? {
        if let Some(page) = archive.read(&chapter)? {
            let page = html::read(&page, budget)?;
            if !text.is_empty() && !page.is_empty() {
                text.push_str("\n\n");
            }
            text.push_str(&page);
        }
    }
    Ok(text)
}

fn chapters(archive: &mut Archive, package: &str, budget: &Budget) -> Result<Vec<String>, Unreadable> {
    let mut files = HashMap::new();
    let mut spine = Vec::new();
    walk(&archive.need(package)?, budget, WHAT, |node| {
        match node {
            Node::Open("item", with) => {
                if let (Some(id), Some(path)) = (with.get("id"), with.get("href")) {
                    files.insert(id, beside(package, &unescaped(&path)));
                }
            }
            Node::Open("itemref", with) => spine.extend(with.get("idref")),
            Node::Open(..) | Node::Close(_) | Node::Text(_) => {}
        }
        Ok(())
    })?;
    Ok(spine.iter().filter_map(|id| files.get(id).cloned()).collect())
}

/// `%20` and its like, which addresses have and file names do not.
fn unescaped(path: &str) -> String {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let code = (first == b'%').then(|| after.get(..2)).flatten();
        let code = code.and_then(|code| std::str::from_utf8(code).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
