//! Forms: the model is found wherever its part stands and however the network cuts the body.

use nexdesk_protocol::Interface::{Images, Transcription};
use nexdesk_protocol::wire::peek::{Asked, FormScan, PeekError, apply, request};
use proptest::prelude::*;

const KIND: &str = "multipart/form-data; boundary=----b7";

fn form(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (head, value) in parts {
        body.extend_from_slice(
            format!("------b7\r\nContent-Disposition: form-data; {head}\r\n\r\n").as_bytes(),
        );
        body.extend_from_slice(value);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"------b7--\r\n");
    body
}

fn in_pieces(body: &[u8], size: usize) -> Result<Asked, PeekError> {
    let mut scan = FormScan::new(Transcription, KIND)?;
    for piece in body.chunks(size) {
        scan.push(piece)?;
    }
    scan.finish()
}

#[test]
fn the_file_may_come_first_and_be_called_anything() {
    let body = form(&[
        (
            "name=\"file\"; filename=\"a;name=model.wav\"\r\nContent-Type: audio/wav",
            b"\r\n--\r\n------b\r\n",
        ),
        ("name=\"model\"; filename=\"trap\"", b"not-this"),
        ("filename*=UTF-8''trap; name=\"model\"", b"nor-this"),
        ("name=\"model\"", b"whisper-1"),
        ("name=stream", b"true"),
        ("name=\"prompt\"", "灯塔".as_bytes()),
        ("name=\"language\"", b""),
    ]);
    let asked = request(Transcription, Some(KIND), &body).unwrap();
    let named = asked.model.clone().unwrap();
    assert_eq!(
        (named.text.as_str(), named.json, asked.stream),
        ("whisper-1", false, true)
    );
    assert_eq!(&body[named.at], b"whisper-1");
    assert_eq!(asked.prompt.wide, 6);
    let renamed = apply(&body, &asked.edits(Some("gpt-4o-transcribe"), true));
    let again = request(
        Transcription,
        Some("Multipart/Form-Data; Boundary=\"----b7\""),
        &renamed,
    )
    .unwrap();
    assert_eq!(again.model_name(), "gpt-4o-transcribe");
    assert_eq!(
        renamed.len(),
        body.len() + "gpt-4o-transcribe".len() - "whisper-1".len()
    );
}

#[test]
fn orders_for_pictures_are_read_from_forms_too() {
    let body = form(&[
        ("name=\"n\"", b"3"),
        ("name=\"size\"", b"512x512"),
        ("name=\"quality\"", b"low"),
    ]);
    let units = request(Images, Some(KIND), &body).unwrap().units;
    assert_eq!(
        (units.images, units.size.as_deref(), units.quality.as_deref()),
        (Some(3), Some("512x512"), Some("low"))
    );
    let plain = request(Images, Some(KIND), &form(&[("name=\"prompt\"", b"x")])).unwrap();
    assert_eq!(plain.units.images, Some(1));
}

#[test]
fn a_form_that_is_not_whole_or_not_clear_is_refused() {
    let model: (&str, &[u8]) = ("name=\"model\"", b"a");
    let whole = form(&[model]);
    assert!(in_pieces(&whole[..whole.len() - 6], 7).is_err(), "cut");
    assert!(in_pieces(&form(&[model, model]), 7).is_err(), "two models");
    assert!(
        in_pieces(&form(&[("name=\"model\"", b"\xFF")]), 7).is_err(),
        "no text"
    );
    assert!(
        in_pieces(&[&b"------b7\r\n"[..], &vec![b'x'; 100_000]].concat(), 4096).is_err(),
        "endless head"
    );
    assert!(
        request(Transcription, Some("multipart/form-data"), &whole).is_err(),
        "no boundary"
    );
    assert!(in_pieces(b"", 7).is_err());
}

#[test]
fn two_hundred_megabytes_pass_without_being_kept() {
    let mut scan = FormScan::new(Transcription, KIND).unwrap();
    scan.push(b"------b7\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x\"\r\n\r\n")
        .unwrap();
    let noise: Vec<u8> = (0..65_536_u32)
        .map(|n| if n % 61 == 0 { b'\r' } else { (n % 256) as u8 })
        .collect();
    for _ in 0..3200 {
        scan.push(&noise).unwrap();
    }
    scan.push(b"\r\n------b7\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nwhisper-1\r\n------b7")
        .unwrap();
    let named = scan.so_far().model.clone().unwrap();
    assert_eq!((named.text.as_str(), named.at.len()), ("whisper-1", 9));
    assert!(named.at.start > 200_000_000);
    assert!(
        std::mem::size_of_val(&scan) < 1024,
        "what it holds beside is a boundary's length"
    );
    scan.push(b"--\r\n").unwrap();
    scan.finish().unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_network_decides_nothing(
        file in prop::collection::vec(prop_oneof![
            4 => any::<u8>().prop_map(|byte| vec![byte]),
            2 => Just(b"\r\n".to_vec()),
            2 => Just(b"\r\n------b".to_vec()),
            1 => Just(b"\r\n\r\n".to_vec()),
            1 => Just(b"-".to_vec()),
            1 => Just(b"------b7".to_vec()),
        ], 0..30).prop_map(|pieces| pieces.concat()),
        size in 1_usize..40,
    ) {
        prop_assume!(!memmem(&file, b"\r\n------b7") && !file.starts_with(b"------b7"));
        let head = "name=\"file\"; filename=\"x\"";
        let body = form(&[(head, &file), ("name=\"model\"", "m/灯".as_bytes()), (head, &file)]);
        let asked = in_pieces(&body, size).unwrap();
        let named = asked.model.unwrap();
        prop_assert_eq!(&body[named.at], "m/灯".as_bytes());
    }
}

fn memmem(whole: &[u8], part: &[u8]) -> bool {
    whole.windows(part.len()).any(|window| window == part)
}
