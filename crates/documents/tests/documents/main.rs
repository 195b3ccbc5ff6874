//! What files are, what is said in them and how they go to a gateway; every file here was made by a real program or to
//! do harm. `tests/fixtures/README.md` says how each was made.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where its ground is missing"
)]

mod hostile;
mod hostile_pdf;
mod kinds;
mod models;
mod office;
mod parts;
mod pdfs;
mod pictures;
mod texts;

use std::path::Path;

use nexdesk_documents::{Document, Unreadable};

fn bytes(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn read(name: &str) -> Document {
    Document::read(name, None, bytes(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[track_caller]
fn refused(name: &str, bytes: impl Into<Vec<u8>>) -> Unreadable {
    match Document::read(name, None, bytes.into()) {
        Ok(document) => panic!("{name} was read as {:?}: {:?}", document.kind, document.text),
        Err(error) => error,
    }
}

#[track_caller]
fn text(name: &str) -> String {
    let document = read(name);
    document
        .text
        .unwrap_or_else(|| panic!("{name} has no text: {:?}", document.remark))
        .content
}
