//! Texts and code, whatever they were written in.

use nexdesk_documents::{Document, Kind, text_tokens};

use crate::{read, text};

#[test]
fn old_encodings_of_the_east_are_read_as_they_were_meant() {
    assert!(text("gb18030.txt").starts_with("灯塔建于一八七四年，十一只纸船"));
    assert!(text("big5.txt").starts_with("燈塔建於一八七四年，十一隻紙船"));
    assert!(text("shift-jis.txt").starts_with("灯台は一八七四年に建てられた。"));
    assert_eq!(text("utf16.csv"), "塔,高\r\nNidden,27\r\n");
}

#[test]
fn code_is_told_its_language_by_its_name() {
    for (name, language) in [
        ("main.rs", "rust"),
        ("Dockerfile", "dockerfile"),
        ("a.b.TSX", "tsx"),
        ("data.json", "json"),
        ("table.csv", "csv"),
        ("notes.txt", ""),
        ("drawing.svg", "xml"),
        ("LICENSE", ""),
    ] {
        let document = Document::read(name, Some("application/octet-stream"), "one line").unwrap();
        assert_eq!(document.kind, Kind::Text, "{name}");
        assert_eq!(document.text.unwrap().language, language, "{name}");
    }
}

#[test]
fn a_page_under_a_codes_name_stays_code_and_under_a_pages_name_becomes_words() {
    let page = "<!doctype html><p>hello";
    assert_eq!(
        Document::read("a.vue", None, page).unwrap().text.unwrap().content,
        page
    );
    assert_eq!(
        Document::read("a.html", None, page)
            .unwrap()
            .text
            .unwrap()
            .content,
        "hello"
    );
}

#[test]
fn tokens_are_counted_by_script() {
    let document = read("gb18030.txt");
    let said = document.text.unwrap().content;
    assert_eq!(document.tokens, Some(text_tokens(&said)));
    assert!((20..40).contains(&text_tokens(&said)), "{}", text_tokens(&said));
}

#[test]
fn a_log_with_colours_is_a_text() {
    let log = "\x1b[32mok\x1b[0m done\n".repeat(50);
    assert_eq!(Document::read("build.log", None, log).unwrap().kind, Kind::Text);
}
