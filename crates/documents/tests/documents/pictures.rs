//! Sizes of pictures, their price in tokens, and the copies that go out.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, RgbaImage};
use nexdesk_documents::{Document, Limits, tile_tokens};

use crate::{bytes, read};

#[test]
fn a_small_picture_goes_as_it_is() {
    let picture = read("boat.png").picture.unwrap();
    assert_eq!((picture.width, picture.height, picture.copy), (64, 48, None));
}

#[test]
fn a_camera_held_sideways_is_turned_upright() {
    let picture = read("turned.jpg").picture.unwrap();
    assert_eq!(
        (picture.width, picture.height),
        (48, 64),
        "the file says 64 × 48 and a quarter turn"
    );
    let copy = picture.copy.unwrap();
    let seen = image::load_from_memory(&copy.bytes).unwrap();
    assert_eq!((seen.width(), seen.height()), (48, 64));
}

#[test]
fn a_large_picture_has_a_smaller_copy_and_keeps_the_original() {
    let document = read("wide.png");
    let picture = document.picture.unwrap();
    assert_eq!((picture.width, picture.height), (3000, 1500));
    let copy = picture.copy.unwrap();
    assert_eq!((copy.width, copy.height, copy.mime), (2048, 1024, "image/jpeg"));
    assert_eq!(document.bytes, bytes("wide.png"));

    let limits = Limits {
        edge: 100,
        ..Limits::default()
    };
    let smaller = Document::read_within("wide.png", None, bytes("wide.png"), &limits).unwrap();
    assert_eq!(smaller.picture.unwrap().copy.unwrap().width, 100);
}

#[test]
fn a_transparent_picture_stays_transparent_and_a_bitmap_becomes_something_gateways_take() {
    let clear = RgbaImage::from_pixel(3000, 10, image::Rgba([9, 9, 9, 100]));
    let mut file = Vec::new();
    DynamicImage::from(clear)
        .write_to(&mut Cursor::new(&mut file), ImageFormat::Png)
        .unwrap();
    let copy = Document::read("a.png", None, file)
        .unwrap()
        .picture
        .unwrap()
        .copy
        .unwrap();
    assert_eq!(copy.mime, "image/png");

    let mut bitmap = Vec::new();
    DynamicImage::new_rgb8(8, 8)
        .write_to(&mut Cursor::new(&mut bitmap), ImageFormat::Bmp)
        .unwrap();
    let copy = Document::read("a.bmp", None, bitmap)
        .unwrap()
        .picture
        .unwrap()
        .copy
        .unwrap();
    assert_eq!(copy.mime, "image/jpeg");
}

#[test]
fn tokens_follow_openais_tiles() {
    assert_eq!(tile_tokens(1024, 1024), 765, "OpenAI's own example: four tiles");
    assert_eq!(tile_tokens(2048, 4096), 1105, "and its other one: six");
    assert_eq!(tile_tokens(64, 48), 255);
    assert_eq!(read("boat.png").tokens, Some(255));
}
