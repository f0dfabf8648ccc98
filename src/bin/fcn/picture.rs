//! Photos in, masks out.

use std::fs::File;
use std::io::{BufWriter, Cursor};
use std::path::Path;

use fcn_lab::image::MAX_PIXELS;
use fcn_lab::labels::{Class, parse_color};
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader};

use super::arguments::Failure;

/// The longest photo file that is read, in bytes.
const MAX_FILE: u64 = 1 << 30;

/// Width, height and RGBA pixels (8 bits, straight alpha) of a PNG or JPEG, turned as a viewer
/// would show it.
///
/// # Errors
/// For a file that isn't a photo, or one of more than [`MAX_PIXELS`].
pub fn read_photo(path: &Path) -> Result<(usize, usize, Vec<u8>), Failure> {
    let shown = path.display();
    let failed = |error: &dyn std::fmt::Display| Failure::new(format!("{shown}: {error}"));
    let about = std::fs::metadata(path).map_err(|error| failed(&error))?;
    if about.len() > MAX_FILE {
        return Err(failed(&"too large for a photo"));
    }
    let bytes = std::fs::read(path).map_err(|error| failed(&error))?;
    let reader = ImageReader::new(Cursor::new(&bytes)).with_guessed_format();
    let reader = reader.map_err(|error| failed(&error))?;
    let mut decoder = reader.into_decoder().map_err(|error| failed(&error))?;
    // Asked before anything is decoded: a small file may claim any size.
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width).saturating_mul(height.into());
    if pixels > MAX_PIXELS as u64 {
        return Err(failed(&format!(
            "{width}×{height}; up to {MAX_PIXELS} pixels are read"
        )));
    }
    if is_cut(&bytes) {
        return Err(failed(&"the JPEG is cut short: pixels are missing"));
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut photo = DynamicImage::from_decoder(decoder).map_err(|error| failed(&error))?;
    photo.apply_orientation(orientation);
    let photo = photo.into_rgba8();
    let (width, height) = (photo.width() as usize, photo.height() as usize);
    Ok((width, height, photo.into_raw()))
}

/// Whether a JPEG lacks pixels: decoders make them grey and say nothing. Without its end mark alone it is whole, and then
/// it doesn't matter what follows.
fn is_cut(bytes: &[u8]) -> bool {
    if !bytes.starts_with(&[0xff, 0xd8]) || ends(bytes) {
        return false;
    }
    let [one, other] = [0x00, 0x55].map(|filler| {
        let ended = [bytes, &[filler; 64], &[0xff, 0xd9]].concat();
        image::load_from_memory_with_format(&ended, ImageFormat::Jpeg).ok()
    });
    one.is_none() || one != other
}

/// Walks a JPEG's segments to the end mark (ITU T.81 annex B); a thumbnail within the metadata has one of its own.
fn ends(bytes: &[u8]) -> bool {
    let mut rest = bytes.get(2..).unwrap_or_default();
    while let Some(at) = rest.iter().position(|&byte| byte == 0xff) {
        let marker = rest.get(at..).unwrap_or_default();
        let length = match marker {
            [_, 0xd9, ..] => return true,
            // A fill byte.
            [_, 0xff, ..] => 1,
            // A stuffed byte of the coded data, or a mark without a body.
            [_, 0x00 | 0x01 | 0xd0..=0xd8, ..] => 2,
            [_, _, high, low, ..] => 2 + usize::from(u16::from_be_bytes([*high, *low])).max(2),
            _ => return false,
        };
        rest = marker.get(length..).unwrap_or_default();
    }
    false
}

/// Writes a label map as a PNG whose palette is the classes' colours: the values are the ids.
///
/// # Errors
/// When the file can't be written.
pub fn write_mask(
    path: &Path,
    (width, height): (usize, usize),
    labels: &[u8],
    classes: &[Class],
) -> Result<(), Failure> {
    let shown = path.display();
    let failed = |error: &dyn std::fmt::Display| Failure::new(format!("{shown}: {error}"));
    let size = u32::try_from(width).ok().zip(u32::try_from(height).ok());
    let (width, height) = size.ok_or_else(|| failed(&"too large for a PNG"))?;
    let colors = classes
        .iter()
        .map(|class| parse_color(&class.color).unwrap_or([0; 3]));
    let palette: Vec<u8> = colors.flatten().collect();
    let file = BufWriter::new(File::create(path).map_err(|error| failed(&error))?);
    let mut encoder = png::Encoder::new(file, width, height);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_palette(palette);
    let mut writer = encoder.write_header().map_err(|error| failed(&error))?;
    writer
        .write_image_data(labels)
        .map_err(|error| failed(&error))?;
    writer.finish().map_err(|error| failed(&error))
}
