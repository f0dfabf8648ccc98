//! Label maps as PNGs have them.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use fcn_lab::image::MAX_PIXELS;
use fcn_lab::metrics::IGNORE;

use super::super::arguments::Failure;

/// A label map.
pub struct Labels {
    pub size: (u32, u32),
    pub values: Vec<u8>,
}

/// The values of an indexed or a grey PNG.
pub fn read(path: &Path) -> Result<Labels, Failure> {
    let shown = path.display();
    let failed = |error: &dyn std::fmt::Display| Failure::new(format!("{shown}: {error}"));
    let file = File::open(path).map_err(|error| failed(&error))?;
    let mut decoder = png::Decoder::new(BufReader::new(file));
    decoder.set_transformations(png::Transformations::IDENTITY);
    let mut reader = decoder.read_info().map_err(|error| failed(&error))?;
    let info = reader.info();
    let (width, height) = (info.width, info.height);
    let (color, depth) = (info.color_type, info.bit_depth as u8);
    if u64::from(width) * u64::from(height) > MAX_PIXELS as u64 {
        return Err(failed(&format!("{width}×{height} pixels are too many")));
    }
    if !matches!(color, png::ColorType::Indexed | png::ColorType::Grayscale) {
        return Err(failed(
            &"holds colours; a label map is an indexed or a grey PNG whose values are the class ids",
        ));
    }
    let size = reader.output_buffer_size();
    let mut bytes = vec![0; size.ok_or_else(|| failed(&"too large"))?];
    let frame = reader.next_frame(&mut bytes);
    let stride = frame.map_err(|error| failed(&error))?.line_size;
    let rows = bytes.chunks_exact(stride.max(1));
    let mut values = Vec::with_capacity(width as usize * height as usize);
    for row in rows {
        match depth {
            16 => {
                for pair in row.as_chunks::<2>().0 {
                    let value = u8::try_from(u16::from_be_bytes(*pair));
                    values.push(value.map_err(|_| failed(&"has values above 255"))?);
                }
            }
            8 => values.extend_from_slice(row),
            bits => {
                let each = 8 / bits;
                let unpacked = row.iter().flat_map(|byte| {
                    (0..each).map(move |at| (byte >> (8 - bits * (at + 1))) & ((1 << bits) - 1))
                });
                values.extend(unpacked.take(width as usize));
            }
        }
    }
    Ok(Labels {
        size: (width, height),
        values,
    })
}

/// Makes what is left out 255, as the matrix has it; where nothing is and there are only 0 and 255, 255 is class 1.
pub fn mark(
    truth: &mut [u8],
    prediction: &mut [u8],
    unlabelled: Option<u8>,
    is_two: bool,
) -> Result<(), Failure> {
    if unlabelled == Some(IGNORE) {
        return Ok(());
    }
    if unlabelled.is_none() && is_two {
        for value in truth.iter_mut().chain(prediction) {
            if *value == IGNORE {
                *value = 1;
            }
        }
        return Ok(());
    }
    if truth.contains(&IGNORE) {
        return Err(Failure::new(
            "the truth has the value 255, which is no class",
        ));
    }
    for value in truth {
        if Some(*value) == unlabelled {
            *value = IGNORE;
        }
    }
    Ok(())
}
