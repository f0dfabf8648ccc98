//! Label maps as PNGs have them.

use std::collections::{BTreeMap, BTreeSet};
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
    /// The colours that an indexed PNG shows the values in.
    palette: Vec<[u8; 3]>,
}

/// Which colours a label map has.
pub struct Colors {
    palette: Vec<[u8; 3]>,
    /// Values that occur.
    used: BTreeSet<u8>,
}

impl Colors {
    /// `None` without a palette that says in which colours the values are shown.
    pub fn of(labels: &Labels) -> Option<Self> {
        let palette = labels.palette.clone();
        (!palette.is_empty()).then(|| Self {
            palette,
            used: labels.used(),
        })
    }
}

impl Labels {
    fn used(&self) -> BTreeSet<u8> {
        let mut used = [false; 256];
        for &value in &self.values {
            if let Some(used) = used.get_mut(usize::from(value)) {
                *used = true;
            }
        }
        let used = (0..=u8::MAX).zip(used).filter(|(_, used)| *used);
        used.map(|(value, _)| value).collect()
    }
}

/// The values of an indexed or a grey PNG; one in colours is grey where red, green and blue are the same everywhere.
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
    let palette = info.palette.as_deref().unwrap_or_default();
    let palette = match color {
        png::ColorType::Indexed if !is_ramp(palette) => palette.as_chunks::<3>().0.to_vec(),
        _ => Vec::new(),
    };
    if u64::from(width) * u64::from(height) > MAX_PIXELS as u64 {
        return Err(failed(&format!("{width}×{height} pixels are too many")));
    }
    let size = reader.output_buffer_size();
    let mut bytes = vec![0; size.ok_or_else(|| failed(&"too large"))?];
    let frame = reader.next_frame(&mut bytes);
    let stride = frame.map_err(|error| failed(&error))?.line_size;
    let rows = bytes.chunks_exact(stride.max(1));
    let channels = color.samples();
    let opaque = if depth == 16 { u16::MAX } else { 0xff };
    let mut values = Vec::with_capacity(width as usize * height as usize);
    for row in rows {
        if (channels, depth) == (1, 8) {
            values.extend_from_slice(row);
            continue;
        }
        for pixel in samples(row, depth, width as usize * channels).chunks_exact(channels) {
            let value = grey(pixel, opaque).ok_or_else(|| {
                failed(
                    &"holds colours; a label map is an indexed or a grey PNG whose values are the class ids",
                )
            })?;
            let value = u8::try_from(value);
            values.push(value.map_err(|_| failed(&"has values above 255"))?);
        }
    }
    Ok(Labels {
        size: (width, height),
        values,
        palette,
    })
}

/// Whether a palette shows the values as grey, which says nothing of classes.
fn is_ramp(palette: &[u8]) -> bool {
    let colors = palette.as_chunks::<3>().0.iter();
    (0..=u8::MAX)
        .zip(colors)
        .all(|(value, color)| *color == [value; 3])
}

/// A row's samples, as many as there are.
fn samples(row: &[u8], depth: u8, count: usize) -> Vec<u16> {
    match depth {
        16 => {
            let pairs = row.as_chunks::<2>().0.iter();
            pairs.map(|pair| u16::from_be_bytes(*pair)).collect()
        }
        8 => row.iter().map(|&byte| byte.into()).collect(),
        bits => {
            let each = 8 / bits;
            let unpacked = row.iter().flat_map(|byte| {
                (0..each).map(move |at| (byte >> (8 - bits * (at + 1))) & ((1 << bits) - 1))
            });
            unpacked.take(count).map(u16::from).collect()
        }
    }
}

/// An opaque pixel's value where it has no colour.
fn grey(pixel: &[u16], opaque: u16) -> Option<u16> {
    match *pixel {
        [value] => Some(value),
        [value, alpha] => (alpha == opaque).then_some(value),
        [red, green, blue] => (red == green && green == blue).then_some(red),
        [red, green, blue, alpha] => {
            (red == green && green == blue && alpha == opaque).then_some(red)
        }
        _ => None,
    }
}

/// Gives a label map (a prediction, or the truth of another picture) the values that its colours have in a truth, where two
/// indexed PNGs have the same colours at other places of their palettes. `Ok(false)`: the values are ids as they are.
///
/// # Errors
/// Where some colours are the same and others aren't, so that neither values nor colours tell the classes.
pub fn by_color(truth: &Colors, prediction: &mut Labels) -> Result<bool, Failure> {
    if prediction.palette.is_empty() {
        return Ok(false);
    }
    let color_of = |palette: &[[u8; 3]], value: u8| palette.get(usize::from(value)).copied();
    let mut places = BTreeMap::new();
    let (mut moved, mut missing) = (0, 0);
    for value in prediction.used() {
        let color = color_of(&prediction.palette, value);
        // What isn't labelled is no class.
        let may_be = |at: u8| at != IGNORE || value == IGNORE;
        let same =
            |&at: &u8| color.is_some() && may_be(at) && color_of(&truth.palette, at) == color;
        // Black fills what a palette doesn't need: the value itself, else one that occurs, else the first.
        let all = [value].into_iter().chain(truth.used.iter().copied());
        match all.chain(0..=u8::MAX).find(same) {
            Some(place) => {
                moved += usize::from(place != value);
                places.insert(value, place);
            }
            None => missing += 1,
        }
    }
    match (moved, missing) {
        // A colour may be the same by chance, in palettes that have nothing to do with each other.
        (0, _) | (1, 1..) => Ok(false),
        (_, 0) if places.values().collect::<BTreeSet<_>>().len() < places.len() => Err(
            Failure::new("two values of a palette have one colour, so neither tells the classes"),
        ),
        (_, 0) => {
            for value in &mut prediction.values {
                *value = places.get(value).copied().unwrap_or(*value);
            }
            prediction.palette.clone_from(&truth.palette);
            Ok(true)
        }
        _ => Err(Failure::new(
            "both have palettes in which some colours are the same at other values: save them with one palette, or as \
             grey PNGs",
        )),
    }
}

/// Of a prediction with only 0 and 255 beside a truth of the classes 0 and 1, 255 is class 1. A truth may be empty, and
/// have a border that isn't labelled.
pub fn as_second(truth: &[u8], prediction: &mut [u8]) {
    let are_two = truth.iter().all(|value| [0, 1, IGNORE].contains(value));
    let is_mask = prediction.iter().all(|value| [0, IGNORE].contains(value));
    if are_two && is_mask && (truth.contains(&1) || !truth.contains(&IGNORE)) {
        for value in prediction.iter_mut().filter(|value| **value == IGNORE) {
            *value = 1;
        }
    }
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
