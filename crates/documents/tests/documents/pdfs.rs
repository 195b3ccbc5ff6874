//! What is said in PDFs.

use nexdesk_documents::Remark;

use crate::{read, text};

#[test]
fn a_pdf_is_read_page_by_page() {
    let document = read("lighthouse.pdf");
    assert_eq!(document.pages, Some(2));
    assert_eq!(
        document.text.unwrap().content,
        "[Page 1]\n\nThe lighthouse of Nidden\nwas built in 1874.\n\n[Page 2]\n\nSecond page: eleven paper boats."
    );
    assert_eq!(document.remark, None);
    assert!((20..40).contains(&document.tokens.unwrap()));
}

#[test]
fn chinese_is_read_with_an_embedded_font_and_without_any() {
    assert_eq!(text("chinese.pdf"), "十一只纸船顺流而下。\nEleven paper boats.");
    assert_eq!(text("chinese-cid.pdf"), "灯塔建于一八七四年。");
}

#[test]
fn a_scan_is_told_and_still_sent_as_a_file() {
    let document = read("scanned.pdf");
    assert_eq!(
        (document.pages, document.text, document.remark),
        (Some(1), None, Some(Remark::Scanned))
    );
    assert!(Remark::Scanned.sentence().contains("scanned"));
}
