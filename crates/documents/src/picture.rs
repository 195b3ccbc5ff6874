//! What a picture is: how large, how many tokens it costs, and a smaller copy where the original is larger than any
//! model looks at.

use std::io::Cursor;

use bytes::Bytes;
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, metadata::Orientation};

use crate::Unreadable;
use crate::limits::Budget;

const WHAT: &str = "picture";

/// A picture, as it is seen: turned upright where the camera was not.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
    /// What goes out instead of the original, where that is too large or lies on its side. The original is kept.
    pub copy: Option<Copy>,
}

/// A smaller, upright copy.
#[derive(Clone, Debug, PartialEq)]
pub struct Copy {
    /// `image/jpeg`, or `image/png` if parts of it are transparent.
    pub mime: &'static str,
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
    /// The file.
    pub bytes: Bytes,
}

impl Picture {
    /// What it costs by OpenAI's tile rule at high detail, as for gpt-4o and gpt-4.1: fitted into 2048 × 2048, its
    /// shorter side then brought down to 768, 85 tokens and 170 more for each tile of 512 × 512. Other models count
    /// otherwise; most come out lower.
    #[must_use]
    pub fn tokens(&self) -> u64 {
        tile_tokens(self.width, self.height)
    }
}

/// OpenAI's tile rule at high detail; see [`Picture::tokens`].
#[must_use]
pub fn tile_tokens(width: u32, height: u32) -> u64 {
    let (width, height) = (f64::from(width.max(1)), f64::from(height.max(1)));
    let fitted = (2048.0 / width.max(height)).min(1.0);
    let shorter = (768.0 / (width.min(height) * fitted)).min(1.0);
    let tiles = |edge: f64| (edge * fitted * shorter / 512.0).ceil().max(1.0) as u64;
    85 + 170 * tiles(width) * tiles(height)
}

pub(crate) fn read(bytes: &Bytes, budget: &Budget) -> Result<Picture, Unreadable> {
    let limits = &budget.limits;
    let said = imagesize::blob_size(bytes).map_err(|_| Unreadable::Damaged { what: WHAT })?;
    let (width, height) = (said.width as u64, said.height as u64);
    if width.saturating_mul(height) > limits.pixels {
        return Err(Unreadable::TooManyPixels { width, height });
    }
    if is_cut_jpeg(bytes) {
        return Err(Unreadable::Damaged { what: WHAT });
    }
    let (whole, format, turn) = decode(bytes, limits.pixels)?;
    let mut upright = whole;
    upright.apply_orientation(turn);
    let (width, height) = (upright.width(), upright.height());
    let sendable = matches!(
        format,
        ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP | ImageFormat::Gif
    );
    let large = width.max(height) > limits.edge || bytes.len() as u64 > limits.picture;
    let copy = (large || turn != Orientation::NoTransforms || !sendable)
        .then(|| smaller(upright, limits.edge))
        .transpose()?;
    Ok(Picture { width, height, copy })
}

/// Opens all of it, which is also how a file that was cut short is found out.
fn decode(bytes: &Bytes, pixels: u64) -> Result<(DynamicImage, ImageFormat, Orientation), Unreadable> {
    let damaged = || Unreadable::Damaged { what: WHAT };
    let mut reader = ImageReader::new(Cursor::new(bytes.clone()))
        .with_guessed_format()
        .map_err(|_| damaged())?;
    let mut limits = image::Limits::default();
    // Sixteen bits in four channels.
    limits.max_alloc = Some(pixels.saturating_mul(8));
    reader.limits(limits);
    let format = reader.format().ok_or_else(damaged)?;
    let mut decoder = reader.into_decoder().map_err(|_| damaged())?;
    let turn = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let whole = DynamicImage::from_decoder(decoder).map_err(|_| damaged())?;
    Ok((whole, format, turn))
}

fn smaller(picture: DynamicImage, edge: u32) -> Result<Copy, Unreadable> {
    let picture = if picture.width().max(picture.height()) > edge {
        // Averages what falls into one pixel: letters on a screenshot stay legible.
        picture.thumbnail(edge, edge)
    } else {
        picture
    };
    let (width, height) = (picture.width(), picture.height());
    let mut bytes = Vec::new();
    let clear = picture.color().has_alpha() && !is_opaque(&picture);
    let (mime, written) = if clear {
        let written = picture.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png);
        ("image/png", written)
    } else {
        let encoder = JpegEncoder::new_with_quality(&mut bytes, 88);
        ("image/jpeg", picture.to_rgb8().write_with_encoder(encoder))
    };
    written.map_err(|_| Unreadable::Damaged { what: WHAT })?;
    Ok(Copy {
        mime,
        width,
        height,
        bytes: bytes.into(),
    })
}

fn is_opaque(picture: &DynamicImage) -> bool {
    picture.to_rgba8().pixels().all(|pixel| pixel.0[3] == u8::MAX)
}

/// Decoders paint what is missing of a JPEG grey and say nothing. After its header it must come to an end marker.
fn is_cut_jpeg(bytes: &[u8]) -> bool {
    let Some(mut rest) = bytes.strip_prefix(&[0xFF, 0xD8]) else {
        return false;
    };
    loop {
        let Some(([0xFF, marker], after)) = rest.split_first_chunk::<2>() else {
            return true;
        };
        if *marker == 0xDA {
            return memchr::memmem::rfind(after, &[0xFF, 0xD9]).is_none();
        }
        let Some((length, _)) = after.split_first_chunk::<2>() else {
            return true;
        };
        let length = usize::from(u16::from_be_bytes(*length));
        match after.get(length.max(2)..) {
            Some(next) => rest = next,
            None => return true,
        }
    }
}
