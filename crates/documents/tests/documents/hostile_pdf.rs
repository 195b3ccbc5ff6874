//! PDFs made to do harm.

use std::io::Write;
use std::time::Duration;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use nexdesk_documents::{Document, Limits, Remark, Unreadable};

use crate::hostile::refused_small;
use crate::{bytes, refused};

/// A PDF of these objects, without a table of where they are: readers find them by themselves.
fn pdf(objects: &[(&str, &[u8])]) -> Vec<u8> {
    let mut file = b"%PDF-1.4\n".to_vec();
    for (number, (dictionary, stream)) in objects.iter().enumerate() {
        file.extend(format!("{} 0 obj\n{dictionary}\n", number + 1).bytes());
        if !stream.is_empty() {
            file.extend(b"stream\n".iter().chain(*stream).chain(b"\nendstream\n"));
        }
        file.extend(b"endobj\n");
    }
    file.extend(b"trailer << /Root 1 0 R >>\n%%EOF");
    file
}

const CATALOG: (&str, &[u8]) = ("<< /Type /Catalog /Pages 2 0 R >>", b"");

#[test]
fn a_pdf_bomb_is_not_unpacked() {
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::best());
    packed.write_all(&vec![b' '; 32 << 20]).unwrap();
    let packed = packed.finish().unwrap();
    for filter in ["/FlateDecode", "[/FlateDecode /FlateDecode]"] {
        let dictionary = format!("<< /Filter {filter} /Length {} >>", packed.len());
        let bomb = pdf(&[
            CATALOG,
            ("<< /Type /Pages /Kids [3 0 R] /Count 1 >>", b""),
            (
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>",
                b"",
            ),
            (&dictionary, &packed),
        ]);
        assert_eq!(
            refused_small("bomb.pdf", bomb),
            Unreadable::Bomb { limit: 8 << 20 },
            "{filter}"
        );
    }
}

/// The codes of a text of one letter, each of which is the one the code before it has just made.
fn lzw(codes: usize) -> Vec<u8> {
    let (mut out, mut bits, mut held) = (Vec::new(), 0_u64, 0);
    for round in 0..codes / 3000 {
        for step in 0..3000 {
            let code = if step == 0 { 32 } else { 257 + step };
            for (code, width) in [
                (256, if round == 0 { 9 } else { 12 }),
                (
                    code,
                    9 + (code > 510) as u32 + (code > 1022) as u32 + (code > 2046) as u32,
                ),
            ]
            .into_iter()
            .skip(usize::from(step > 0))
            {
                bits = bits << width | code as u64;
                held += width;
                while held >= 8 {
                    held -= 8;
                    out.push((bits >> held) as u8);
                }
                bits &= (1 << held) - 1;
            }
        }
    }
    out
}

#[test]
fn bombs_in_older_wrappings_are_counted_too() {
    let runs: Vec<u8> = std::iter::repeat_n([129, b' '], 100_000).flatten().collect();
    for (filter, packed) in [("/LZWDecode", lzw(9000)), ("/RunLengthDecode", runs)] {
        let dictionary = format!("<< /Filter {filter} /Length {} >>", packed.len());
        let bomb = pdf(&[
            CATALOG,
            ("<< /Type /Pages /Kids [3 0 R] /Count 1 >>", b""),
            (
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>",
                b"",
            ),
            (&dictionary, &packed),
        ]);
        assert!(bomb.len() < 300_000);
        assert_eq!(
            refused_small("bomb.pdf", bomb),
            Unreadable::Bomb { limit: 8 << 20 },
            "{filter}"
        );
    }
    // Encrypted for its owner: what is inside shows only once it is open.
    let error = refused_small("owner.pdf", bytes("owner-locked-bomb.pdf"));
    assert_eq!(error, Unreadable::Bomb { limit: 8 << 20 });
}

#[test]
fn one_stream_on_a_thousand_pages_counts_a_thousand_times() {
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::best());
    packed.write_all(&vec![b' '; 1 << 20]).unwrap();
    let packed = packed.finish().unwrap();
    let dictionary = format!("<< /Filter /FlateDecode /Length {} >>", packed.len());
    let kids: String = (4..1004).map(|number| format!("{number} 0 R ")).collect();
    let pages = format!("<< /Type /Pages /Kids [{kids}] /Count 1000 >>");
    let page = (
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 3 0 R >>",
        b"".as_slice(),
    );
    let mut objects = vec![
        CATALOG,
        (pages.as_str(), b""),
        (dictionary.as_str(), packed.as_slice()),
    ];
    objects.extend([page; 1000]);
    let file = pdf(&objects);
    assert_eq!(
        refused_small("shared.pdf", file),
        Unreadable::Bomb { limit: 8 << 20 }
    );
}

#[test]
fn pdfs_that_bite_their_own_tail_end() {
    let page_tree = pdf(&[CATALOG, ("<< /Type /Pages /Kids [2 0 R] /Count 1 >>", b"")]);
    let form = pdf(&[
        CATALOG,
        ("<< /Type /Pages /Kids [3 0 R] /Count 1 >>", b""),
        (
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R /Resources << /XObject << /F 5 0 R >> >> >>",
            b"",
        ),
        ("<< /Length 5 >>", b"/F Do"),
        (
            "<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /F 5 0 R >> >> /Length 11 >>",
            b"/F Do /F Do",
        ),
    ]);
    let length = pdf(&[CATALOG, ("<< /Length 2 0 R >>", b"x")]);
    let limits = Limits {
        time: Duration::from_secs(5),
        ..Limits::default()
    };
    for (name, file) in [
        ("tree.pdf", page_tree),
        ("form.pdf", form),
        ("length.pdf", length),
    ] {
        // Any answer will do, as long as there is one.
        let answer = Document::read_within(name, None, file, &limits);
        if let Ok(document) = answer {
            assert_eq!(document.text, None, "{name}");
        }
    }
}

#[test]
fn what_nests_without_end_is_refused_before_it_overflows_a_stack() {
    let dictionaries = format!(
        "<< /Type /Page /Parent 2 0 R /Resources {} >>",
        "<</A ".repeat(1_000_000)
    );
    let kids = ("<< /Type /Pages /Kids [3 0 R] /Count 1 >>", b"".as_slice());
    let file = pdf(&[CATALOG, kids, (&dictionaries, b"")]);
    assert_eq!(refused("deep.pdf", file), Unreadable::Damaged { what: "PDF" });

    let braces = ["{".repeat(1_000_000), "}".repeat(1_000_000)].concat();
    let function = format!(
        "<< /FunctionType 4 /Domain [0 1] /Range [0 1] /Length {} >>",
        braces.len()
    );
    let page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R /Resources << /ColorSpace << /C \
        [/Separation /A /DeviceGray 5 0 R] >> >> >>";
    let content = (
        "<< /Length 37 >>",
        b"/C cs 1 scn 0 0 5 5 re f             ".as_slice(),
    );
    let file = pdf(&[
        CATALOG,
        kids,
        (page, b""),
        content,
        (&function, braces.as_bytes()),
    ]);
    assert_eq!(
        refused("calculation.pdf", file),
        Unreadable::Damaged { what: "PDF" }
    );
}

#[test]
fn a_pdf_that_ends_too_early_says_so_with_what_is_left_of_it() {
    let whole = bytes("lighthouse.pdf");
    let end = whole.len() - 40;
    let document = Document::read("lighthouse.pdf", None, whole[..end].to_vec()).unwrap();
    assert_eq!(document.remark, Some(Remark::CutShort));
    assert!(document.text.unwrap().content.contains("eleven paper boats"));
}
