//! Running the command `fcn`, and the files that it reads and writes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Exit status, standard output, standard error.
pub fn fcn(arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_fcn"))
        .args(arguments)
        .output()
        .expect("the program runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let code = output.status.code().expect("no signal");
    (code, text(&output.stdout), text(&output.stderr))
}

pub fn fixture(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/fixtures");
    folder.join(name).to_string_lossy().into_owned()
}

/// An empty folder of the test's own.
pub fn scratch(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

pub fn path(folder: &Path, name: &str) -> String {
    folder.join(name).to_string_lossy().into_owned()
}

/// Writes a photo of smooth stripes, 47×33 pixels, and gives its RGBA pixels.
pub fn write_photo(path: &str) -> Vec<u8> {
    let photo = image::RgbImage::from_fn(47, 33, |x, y| {
        image::Rgb([(x * 5) as u8, (y * 7) as u8, ((x + y) * 3) as u8])
    });
    photo.save(path).expect("saved");
    image::DynamicImage::from(photo).into_rgba8().into_raw()
}

/// The mask's size, palette and values.
pub fn read_mask(path: &str) -> (u32, u32, Vec<u8>, Vec<u8>) {
    let file = std::io::BufReader::new(fs::File::open(path).expect(path));
    let mut reader = png::Decoder::new(file).read_info().expect("a PNG");
    assert_eq!(reader.info().color_type, png::ColorType::Indexed);
    let palette = reader
        .info()
        .palette
        .clone()
        .expect("a palette")
        .into_owned();
    let mut labels = vec![0; reader.output_buffer_size().expect("a size")];
    let frame = reader.next_frame(&mut labels).expect("a frame");
    labels.truncate(frame.buffer_size());
    (frame.width, frame.height, palette, labels)
}

/// Writes a label map as a grey PNG of that many bits.
pub fn write_labels(
    path: &str,
    width: u32,
    values: &[u8],
    color: png::ColorType,
    depth: png::BitDepth,
) {
    let file = fs::File::create(path).expect("a file");
    let bits = depth as usize;
    let height = values.len() / width as usize;
    let mut encoder = png::Encoder::new(file, width, height as u32);
    encoder.set_color(color);
    encoder.set_depth(depth);
    if color == png::ColorType::Indexed {
        encoder.set_palette((0..=255).flat_map(|id| [id, id, id]).collect::<Vec<u8>>());
    }
    let rows = values.chunks(width as usize);
    let packed: Vec<u8> = rows
        .flat_map(|row| match bits {
            16 => row.iter().flat_map(|value| [0, *value]).collect(),
            _ => {
                let mut bytes = vec![0u8; (row.len() * bits).div_ceil(8)];
                for (at, value) in row.iter().enumerate() {
                    bytes[at * bits / 8] |= value << (8 - bits - at * bits % 8);
                }
                bytes
            }
        })
        .collect();
    let mut writer = encoder.write_header().expect("a header");
    writer.write_image_data(&packed).expect("written");
}
