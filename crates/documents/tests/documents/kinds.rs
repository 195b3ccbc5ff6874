//! What a file is: by its content first.

use nexdesk_documents::{Document, Kind, Remark, Unreadable};

use crate::{bytes, read, refused};

#[test]
fn every_kind_is_told_by_its_content_whatever_its_name() {
    let told = [
        ("boat.png", Kind::Picture, "image/png"),
        ("boat.webp", Kind::Picture, "image/webp"),
        ("boat.gif", Kind::Picture, "image/gif"),
        ("turned.jpg", Kind::Picture, "image/jpeg"),
        ("tone.wav", Kind::Audio, "audio/wav"),
        ("tone.mp3", Kind::Audio, "audio/mpeg"),
        ("tone.m4a", Kind::Audio, "audio/m4a"),
        ("tone.flac", Kind::Audio, "audio/flac"),
        ("tone.ogg", Kind::Audio, "audio/ogg"),
        ("film.mp4", Kind::Video, "video/mp4"),
        ("film.webm", Kind::Video, "video/webm"),
        ("lighthouse.pdf", Kind::Document, "application/pdf"),
        ("boats.epub", Kind::Document, "application/epub+zip"),
        ("note.rtf", Kind::Document, "application/rtf"),
        ("gb18030.txt", Kind::Text, "text/plain"),
    ];
    for (name, kind, mime) in told {
        for name_given in [name, "nameless"] {
            let document = Document::read(name_given, None, bytes(name)).unwrap();
            assert_eq!(
                (document.kind, document.mime.as_str()),
                (kind, mime),
                "{name} as {name_given}"
            );
            assert_eq!(document.name, name_given);
        }
    }
}

#[test]
fn office_files_are_told_apart_though_all_are_zip_archives() {
    for (name, last) in [
        ("report.docx", "wordprocessingml.document"),
        ("towers.xlsx", "spreadsheetml.sheet"),
        ("slides.pptx", "presentationml.presentation"),
        ("report.odt", "opendocument.text"),
        ("towers.ods", "opendocument.spreadsheet"),
        ("slides.odp", "opendocument.presentation"),
    ] {
        let document = Document::read("upload.bin", None, bytes(name)).unwrap();
        assert_eq!(document.kind, Kind::Document, "{name}");
        assert!(document.mime.ends_with(last), "{name}: {}", document.mime);
    }
}

#[test]
fn a_recording_says_how_long_it_is() {
    for name in ["tone.wav", "tone.mp3", "tone.m4a", "tone.flac", "tone.ogg"] {
        let seconds = read(name).seconds.unwrap();
        assert!((1.4..1.7).contains(&seconds), "{name}: {seconds}");
    }
}

#[test]
fn what_no_model_takes_is_named_and_something_else_advised() {
    for (name, said) in [
        ("boat.heic", "HEIC picture"),
        ("boat.avif", "AVIF picture"),
        ("old.xls", ".xlsx"),
    ] {
        let sentence = refused(name, bytes(name)).to_string();
        assert!(sentence.contains(said), "{name}: {sentence}");
        assert!(sentence.contains("attach that"), "{name}: {sentence}");
    }
    let program = refused(
        "a.out",
        std::fs::read(std::env::current_exe().unwrap()).unwrap()[..4096].to_vec(),
    );
    assert!(program.to_string().contains("program"), "{program}");
}

#[test]
fn a_wrong_ending_is_forgiven_among_pictures_and_told_where_it_hides_a_failed_download() {
    let picture = Document::read("photo.jpg", Some("image/jpeg"), bytes("boat.png")).unwrap();
    assert_eq!(picture.mime, "image/png");

    let page = "<!doctype html><title>404</title><p>Not found";
    assert_eq!(
        refused("report.pdf", page),
        Unreadable::NotWhatItSays { claims: "PDF" }
    );
    assert_eq!(
        refused("photo.png", [0, 1, 2, 3, 200, 201]),
        Unreadable::NotWhatItSays { claims: "picture" }
    );
    assert_eq!(refused("blob", [0, 1, 2, 3, 200, 201]), Unreadable::Unknown);
    assert_eq!(refused("empty.txt", []), Unreadable::Empty);
}

#[test]
fn a_locked_file_asks_for_a_copy_without_a_password() {
    for name in ["locked.pdf", "locked.xlsx"] {
        let error = refused(name, bytes(name));
        assert!(matches!(error, Unreadable::Locked { .. }), "{name}: {error}");
    }
    // Locked for its owner only: everybody may read it.
    assert!(read("owner-locked.pdf").text.is_some());
}

#[test]
fn a_recording_or_film_that_ends_too_early_says_so() {
    for name in ["tone.wav", "tone.m4a", "film.mp4"] {
        let whole = bytes(name);
        assert_eq!(read(name).remark, None, "{name}");
        let cut = Document::read(name, None, whole[..whole.len() - 9].to_vec()).unwrap();
        assert_eq!(cut.remark, Some(Remark::CutShort), "{name}");
    }
}
