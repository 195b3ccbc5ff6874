//! Files made to do harm. Each must come back with a sentence, and the process must live to say so.

use std::io::{Cursor, Write};
use std::time::Duration;

use nexdesk_documents::{Document, Limits, Unreadable};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::{bytes, refused};

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let packed = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, content) in files {
        zip.start_file(*name, packed).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn docx(body: &str) -> Vec<u8> {
    zip(&[("word/document.xml", body.as_bytes())])
}

fn small() -> Limits {
    Limits {
        unpacked: 8 << 20,
        text: 1_000_000,
        time: Duration::from_secs(60),
        ..Limits::default()
    }
}

#[track_caller]
pub(crate) fn refused_small(name: &str, file: Vec<u8>) -> Unreadable {
    match Document::read_within(name, None, file, &small()) {
        Ok(document) => panic!("{name} was read: {:?}", document.remark),
        Err(error) => error,
    }
}

#[test]
fn a_zip_bomb_is_not_unpacked() {
    let bomb = zip(&[("word/document.xml", &vec![b' '; 32 << 20])]);
    assert!(bomb.len() < 100_000);
    assert_eq!(
        refused_small("bomb.docx", bomb),
        Unreadable::Bomb { limit: 8 << 20 }
    );
}

#[test]
fn a_zip_that_lies_about_its_sizes_is_counted_anyway() {
    let mut bomb = zip(&[("word/document.xml", &vec![b' '; 32 << 20])]);
    let honest = (32_u32 << 20).to_le_bytes();
    for at in 0..bomb.len() - 4 {
        if bomb[at..at + 4] == honest {
            bomb[at..at + 4].copy_from_slice(&100_u32.to_le_bytes());
        }
    }
    let error = refused_small("bomb.docx", bomb);
    assert!(
        matches!(error, Unreadable::Bomb { .. } | Unreadable::Damaged { .. }),
        "{error}"
    );
}

#[test]
fn a_hundred_thousand_tags_inside_each_other_are_only_a_text() {
    let deep = format!(
        "{}<p><t>deep</t></p>{}",
        "<a>".repeat(100_000),
        "</a>".repeat(100_000)
    );
    let document = Document::read("deep.docx", None, docx(&deep)).unwrap();
    assert_eq!(document.text.unwrap().content, "deep");
    let page = format!("<html>{}deep", "<div><table><tr><td>".repeat(50_000));
    assert_eq!(
        Document::read("deep.html", None, page)
            .unwrap()
            .text
            .unwrap()
            .content
            .trim_matches(['|', ' ', '\n', '-']),
        "deep"
    );
    let rtf = format!("{{\\rtf1 {}", "{".repeat(100_000));
    assert!(matches!(refused("deep.rtf", rtf), Unreadable::Damaged { .. }));
}

#[test]
fn a_billion_laughs_are_not_laughed() {
    let laughs = (1..30)
        .map(|n| format!("<!ENTITY l{n} \"{}\">", format!("&l{};", n - 1).repeat(10)))
        .collect::<String>();
    let body = format!("<!DOCTYPE d [<!ENTITY l0 \"lol\">{laughs}]><d><p><t>&l29;</t></p></d>");
    let said = Document::read("laughs.docx", None, docx(&body))
        .unwrap()
        .text
        .unwrap()
        .content;
    assert_eq!(
        said, "&l29;",
        "an entity of the file's own stays what it looks like"
    );
}

#[test]
fn a_sheet_with_a_cell_in_its_last_corner_takes_no_more_room_than_two_cells() {
    let types = r#"<Types><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>"#;
    let root = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
    let book = r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
    let rels = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;
    let sheet = r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row></sheetData></worksheet>"#;
    let file = zip(&[
        ("[Content_Types].xml", types.as_bytes()),
        ("_rels/.rels", root.as_bytes()),
        ("xl/workbook.xml", book.as_bytes()),
        ("xl/_rels/workbook.xml.rels", rels.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ]);
    let said = Document::read("corner.xlsx", None, file)
        .unwrap()
        .text
        .unwrap()
        .content;
    assert_eq!(said, "## S\n\n| 1 |\n| --- |\n| 2 |");
}

#[test]
fn a_table_that_repeats_itself_a_billion_times_is_written_a_few_times() {
    let body = r#"<d><table><table-row number-rows-repeated="1000000000"><table-cell number-columns-repeated="1000000000"><p>x</p></table-cell></table-row></table></d>"#;
    let file = zip(&[
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ("content.xml", body.as_bytes()),
    ]);
    let said = Document::read("many.ods", None, file)
        .unwrap()
        .text
        .unwrap()
        .content;
    assert!(said.contains('x') && said.len() < 2000, "{said}");
}

#[test]
fn a_picture_of_a_continent_is_not_opened() {
    let mut png = bytes("boat.png");
    png[16..20].copy_from_slice(&60_000_u32.to_be_bytes());
    png[20..24].copy_from_slice(&60_000_u32.to_be_bytes());
    assert_eq!(
        refused("huge.png", png),
        Unreadable::TooManyPixels {
            width: 60_000,
            height: 60_000
        }
    );
}

#[test]
fn every_file_cut_anywhere_is_refused_or_read_but_never_breaks_us() {
    let files = [
        "lighthouse.pdf",
        "chinese.pdf",
        "report.docx",
        "towers.xlsx",
        "slides.pptx",
        "report.odt",
        "boats.epub",
        "note.rtf",
        "boat.png",
        "boat.webp",
        "boat.gif",
        "turned.jpg",
        "tone.wav",
        "tone.mp3",
        "tone.m4a",
        "tone.flac",
        "tone.ogg",
        "film.mp4",
        "locked.xlsx",
    ];
    for name in files {
        let whole = bytes(name);
        for part in 1..8 {
            let cut = whole[..whole.len() * part / 8].to_vec();
            let answer = Document::read(name, None, cut);
            let packed = [".docx", ".xlsx", ".pptx", ".odt", ".epub"]
                .iter()
                .any(|it| name.ends_with(it));
            let picture = [".png", ".jpg", ".gif", ".webp"]
                .iter()
                .any(|it| name.ends_with(it));
            if packed || picture {
                assert!(
                    answer.is_err(),
                    "{name} was read although only {part}/8 of it are there"
                );
            }
        }
    }
}

#[test]
fn files_with_every_byte_turned_never_break_us() {
    for name in [
        "lighthouse.pdf",
        "towers.xlsx",
        "report.odt",
        "boat.gif",
        "turned.jpg",
        "tone.m4a",
        "tone.ogg",
    ] {
        let whole = bytes(name);
        let step = (whole.len() / 40).max(1);
        for at in (0..whole.len()).step_by(step) {
            let mut turned = whole.clone();
            turned[at] ^= 0xFF;
            if let Err(error) = Document::read(name, None, turned) {
                assert!(!error.to_string().is_empty());
            }
        }
    }
}

#[test]
fn too_large_too_long_and_too_slow_each_say_their_limit() {
    let limits = Limits {
        size: 10 << 20,
        ..Limits::default()
    };
    let error = Document::read_within("big.txt", None, vec![b'a'; 11 << 20], &limits).unwrap_err();
    assert_eq!(
        error,
        Unreadable::TooLarge {
            size: 11 << 20,
            limit: 10 << 20
        }
    );
    assert!(error.to_string().contains("11 MB; at most 10 MB"), "{error}");

    let error = Document::read("long.txt", None, "word ".repeat(2_000_000)).unwrap_err();
    assert_eq!(error, Unreadable::TooMuchText { limit: 8 });

    let limits = Limits {
        time: Duration::ZERO,
        ..Limits::default()
    };
    let error = Document::read_within("slow.pdf", None, bytes("chinese.pdf"), &limits).unwrap_err();
    assert_eq!(error, Unreadable::TooSlow { seconds: 0 });
}
