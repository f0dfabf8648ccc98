//! `fcn measure` on label maps as other programs write them: palettes of their own, grey saved as colours, names.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

mod common;

use std::fs;

use common::command::{fcn, path, scratch, write_labels};
use png::{BitDepth, ColorType};

const BLACK: [u8; 3] = [0; 3];
const RED: [u8; 3] = [128, 0, 0];
const GREEN: [u8; 3] = [0, 128, 0];

/// Two rows of pixels, of as many samples as the colour type has.
fn png(at: &str, color: ColorType, palette: &[[u8; 3]], samples: &[u8]) {
    let width = samples.len() / 2 / color.samples();
    let file = fs::File::create(at).expect("a file");
    let mut encoder = png::Encoder::new(file, width as u32, 2);
    encoder.set_color(color);
    encoder.set_depth(BitDepth::Eight);
    if color == ColorType::Indexed {
        encoder.set_palette(palette.concat());
    }
    let mut writer = encoder.write_header().expect("a header");
    writer.write_image_data(samples).expect("written");
}

#[test]
fn palettes_in_another_order_are_matched_by_their_colours() {
    let folder = scratch("measure-palettes");
    let (truth, guess) = (path(&folder, "truth.png"), path(&folder, "guess.png"));
    let measured = || fcn(&["measure", &truth, &guess]);
    png(
        &truth,
        ColorType::Indexed,
        &[BLACK, RED, GREEN],
        &[0, 1, 1, 2, 2, 2],
    );
    // In order of appearance from below; black fills what is left of it.
    png(
        &guess,
        ColorType::Indexed,
        &[GREEN, RED, BLACK, BLACK],
        &[2, 1, 1, 0, 0, 1],
    );
    let (code, out, _) = measured();
    assert_eq!(code, 0);
    assert!(out.contains("pixel accuracy:         0.8333"), "{out}");
    assert!(out.contains("of 1 the palettes have"), "{out}");
    // A class that the prediction lacks has no place in its palette.
    png(
        &guess,
        ColorType::Indexed,
        &[RED, BLACK],
        &[1, 0, 0, 0, 1, 0],
    );
    let (_, out, _) = measured();
    assert!(out.contains("pixel accuracy:         0.5000"), "{out}");
    assert!(out.contains("of 1 the palettes have"), "{out}");
    // Palettes that have nothing to do with each other say nothing, a colour by chance neither.
    for palette in [
        [[9; 3], [8; 3], [7; 3]],
        [RED, [8; 3], [7; 3]],
        [BLACK, RED, GREEN],
    ] {
        png(&guess, ColorType::Indexed, &palette, &[0, 1, 1, 2, 2, 0]);
        let (_, out, _) = measured();
        assert!(out.contains("pixel accuracy:         0.8333"), "{out}");
        assert!(!out.contains("the palettes have"), "{out}");
    }
    // Two classes in one colour.
    png(
        &guess,
        ColorType::Indexed,
        &[RED, BLACK, RED],
        &[1, 0, 0, 2, 2, 1],
    );
    let (code, _, errors) = measured();
    assert_eq!(code, 1);
    assert!(errors.contains("have one colour"), "{errors}");
    // Neither values nor colours tell.
    png(
        &guess,
        ColorType::Indexed,
        &[GREEN, BLACK, [8; 3]],
        &[0, 1, 1, 2, 2, 0],
    );
    let (code, _, errors) = measured();
    assert_eq!(code, 1);
    assert!(errors.contains("save them with one palette"), "{errors}");
}

#[test]
fn truths_in_palettes_of_their_own_are_counted_as_one() {
    let folder = scratch("measure-truths");
    let [truths, guesses] = ["truths", "guesses"].map(|name| path(&folder, name));
    for each in [&truths, &guesses] {
        fs::create_dir(each).expect("a folder");
    }
    let indexed = |folder: &str, name: &str, palette: &[[u8; 3]], values: &[u8]| {
        png(
            &format!("{folder}/{name}"),
            ColorType::Indexed,
            palette,
            values,
        );
    };
    for (name, palette, guess) in [
        ("a.png", [BLACK, RED, GREEN], [0, 1, 1, 1]),
        ("b.png", [BLACK, GREEN, RED], [0, 1, 0, 0]),
    ] {
        indexed(&truths, name, &palette, &[0, 1, 1, 1]);
        indexed(&guesses, name, &palette, &guess);
    }
    let (code, out, errors) = fcn(&["measure", &truths, &guesses]);
    assert_eq!(code, 0, "{errors}");
    // Black 2 of 4, red 3 of 3, green 1 of 3.
    assert!(
        out.contains("mIoU:                   0.6111, over the 3 classes"),
        "{out}"
    );
    assert!(out.contains("of 1 the palettes have"), "{out}");
}

#[test]
fn grey_saved_as_colours_is_grey() {
    let folder = scratch("measure-grey");
    let (truth, guess) = (path(&folder, "truth.png"), path(&folder, "guess.png"));
    let values = [0, 7, 255, 3];
    png(&truth, ColorType::Grayscale, &[], &values);
    for (color, opaque) in [
        (ColorType::Rgb, None),
        (ColorType::Rgba, Some(255)),
        (ColorType::GrayscaleAlpha, Some(255)),
    ] {
        let greys = color.samples() - usize::from(opaque.is_some());
        let samples: Vec<u8> = [0, 7, 1, 3]
            .iter()
            .flat_map(|&value| std::iter::repeat_n(value, greys).chain(opaque))
            .collect();
        png(&guess, color, &[], &samples);
        let (code, out, errors) = fcn(&["measure", &truth, &guess]);
        assert_eq!(code, 0, "{errors}");
        assert!(out.contains("3 pixels counted, 1 left out"), "{out}");
        assert!(out.contains("pixel accuracy:         1.0000"), "{out}");
        // One pixel of another kind, and it is a picture.
        let mut other = samples.clone();
        *other.last_mut().expect("a sample") = 9;
        png(&guess, color, &[], &other);
        let (code, _, errors) = fcn(&["measure", &truth, &guess]);
        assert_eq!(code, 1);
        assert!(errors.contains("holds colours"), "{errors}");
    }
}

#[test]
fn a_black_and_white_prediction_is_two_classes_as_its_truth_is() {
    let folder = scratch("measure-second");
    let (truth, guess) = (path(&folder, "truth.png"), path(&folder, "guess.png"));
    png(&truth, ColorType::Grayscale, &[], &[0, 1, 1, 255, 0, 1]);
    png(&guess, ColorType::Grayscale, &[], &[0, 255, 0, 255, 0, 255]);
    let (code, out, errors) = fcn(&["measure", &truth, &guess]);
    assert_eq!(code, 0, "{errors}");
    assert!(out.contains("5 pixels counted, 1 left out"), "{out}");
    assert!(out.contains("pixel accuracy:         0.8000"), "{out}");
    // An empty truth, whose prediction is false.
    png(&truth, ColorType::Grayscale, &[], &[0; 6]);
    let (_, out, _) = fcn(&["measure", &truth, &guess]);
    assert!(out.contains("pixel accuracy:         0.5000"), "{out}");
    // A truth of more classes has no such second one.
    png(&truth, ColorType::Grayscale, &[], &[0, 1, 2, 255, 0, 1]);
    let (code, _, errors) = fcn(&["measure", &truth, &guess]);
    assert_eq!(code, 1);
    assert!(errors.contains("of the prediction is 255"), "{errors}");
}

#[test]
fn names_are_the_same_however_their_letters_are_written() {
    let folder = scratch("measure-names");
    let [truths, guesses] = ["truths", "guesses"].map(|name| path(&folder, name));
    let grey = |at: String| write_labels(&at, 1, &[0], ColorType::Grayscale, BitDepth::Eight);
    for each in [&truths, &guesses] {
        fs::create_dir(each).expect("a folder");
    }
    grey(format!("{truths}/\u{ac70}\u{b9ac}.png"));
    // The same two syllables in parts, as macOS writes them.
    grey(format!("{guesses}/\u{1100}\u{1165}\u{1105}\u{1175}.png"));
    let (code, out, errors) = fcn(&["measure", &truths, &guesses]);
    assert_eq!(code, 0, "{errors}");
    assert!(out.contains("1, 1 pixels counted"), "{out}");
    // Of two files with one name the first counts, and the other one is told.
    grey(format!("{truths}/a.PNG"));
    grey(format!("{truths}/a.png"));
    grey(format!("{guesses}/a.png"));
    if fs::read_dir(&truths).expect("a folder").count() == 3 {
        let (_, out, _) = fcn(&["measure", &truths, &guesses]);
        assert!(out.contains("2, 2 pixels counted"), "{out}");
        assert!(out.contains("a.png: named as "), "{out}");
    }
    let (_, _, errors) = fcn(&["measure", &truths, &format!("{guesses}/a.png")]);
    assert!(errors.contains("two files or two folders"), "{errors}");
    let zip = path(&folder, "truths.zip");
    fs::write(&zip, "PK").expect("written");
    let (_, _, errors) = fcn(&["measure", &zip, &guesses]);
    assert!(errors.contains("unpack it"), "{errors}");
}
