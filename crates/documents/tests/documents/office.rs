//! What is said in Office files, books and web pages.

use nexdesk_documents::Document;

use crate::{read, text};

#[test]
fn a_word_document_keeps_its_headings_lists_and_tables() {
    let said = text("report.docx");
    assert_eq!(
        said,
        "# Lighthouses\n\nThe lighthouse of Nidden was built in 1874.\n\n## 纸船\n\n十一只纸船\n- first\n- second\n\n\
         | Tower | Height |\n| --- | --- |\n| Nidden | 27 m |\n\nAfter the table."
    );
    assert_eq!(read("report.docx").text.unwrap().language, "markdown");
}

#[test]
fn a_workbook_is_its_sheets_as_tables_with_dates_as_people_write_them() {
    assert_eq!(
        text("towers.xlsx"),
        "## Towers\n\n| Tower | Height | Restored |\n| --- | --- | --- |\n| Nidden | 27.5 | 1974-10-15 |\n| 灯塔\\|pipe | 12 | 1999-12-31 23:59:00 |\n\n## Empty"
    );
    assert_eq!(read("towers.xlsx").pages, Some(2));
}

#[test]
fn a_presentation_is_its_slides_in_order_with_the_speakers_notes() {
    assert_eq!(
        text("slides.pptx"),
        "## Slide 1\n\n### Lighthouses\nBuilt 1874\n27 metres\n\nNotes: Speak slowly.\n\n## Slide 2\n\n### 纸船\n\n\
         | a | b |\n| --- | --- |\n| c | d |"
    );
    assert_eq!(read("slides.pptx").pages, Some(2));
}

#[test]
fn open_documents_say_the_same_as_their_office_twins() {
    assert_eq!(
        text("report.odt"),
        "# Lighthouses\n\nBuilt in 1874.\n- a point\n\n| Tower | Height |\n| --- | --- |\n| Nidden | 27 m |"
    );
    assert_eq!(
        text("towers.ods"),
        "## Towers\n\n| Tower | Height |\n| --- | --- |\n| Nidden | 27 |"
    );
    assert_eq!(
        text("slides.odp"),
        "## Slide 1\n\nLighthouses\n\n## Slide 2\n\n纸船"
    );
    assert_eq!(read("slides.odp").pages, Some(2));
}

#[test]
fn a_book_is_read_in_the_order_of_its_spine() {
    let said = text("boats.epub");
    let places = ["# One", "The first boat.", "# Two", "The second boat."].map(|it| said.find(it).unwrap());
    assert!(places.is_sorted(), "{said}");
}

#[test]
fn rich_text_keeps_letters_of_every_alphabet_and_leaves_its_tables_of_fonts_out() {
    assert_eq!(text("note.rtf"), "The lighthouse\n\nwas café 灯塔 {built}\t1874");
}

#[test]
fn a_web_page_is_its_words_without_its_scripts() {
    let page = "<!DOCTYPE html><html><head><title>T</title><style>p{}</style><script>if (a<b) steal()</script></head>\
        <body><h1>Light&shy;house &amp; boats</h1><p>One\n  <b>bold</b> word.</p><ul><li>a<li>b<ul><li>c</ul></ul>\
        <table><tr><th>x<th>y<tr><td>1<td>2</table><pre>a\n  b</pre><p>end";
    let document = Document::read("page.html", None, page).unwrap();
    let said = document.text.unwrap().content;
    assert_eq!(
        said,
        "# Light\u{AD}house & boats\n\nOne bold word.\n\n- a\n- b\n  - c\n\n| x | y |\n| --- | --- |\n| 1 | 2 |\n\n```\na\n  b\n```\n\nend"
    );
}

#[test]
fn a_web_page_in_an_old_encoding_is_read_by_its_own_word() {
    let page = [
        b"<html><meta charset=\"gbk\"><p>".as_slice(),
        &[0xB5, 0xC6, 0xCB, 0xFE],
    ]
    .concat();
    assert_eq!(
        Document::read("p.htm", None, page).unwrap().text.unwrap().content,
        "灯塔"
    );
}
