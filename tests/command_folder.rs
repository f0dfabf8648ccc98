//! The command `fcn` over a folder of photos, run as a person runs it.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::command::{fcn, fixture, path, read_mask, scratch, write_labels, write_photo};

/// A folder of photos, one of them in a folder within, beside what is no photo, and where their masks go.
struct Folders {
    root: PathBuf,
    photos: String,
    masks: String,
    checkpoint: String,
}

impl Folders {
    fn new(test: &str) -> Self {
        let root = scratch(test);
        let (photos, masks) = (path(&root, "photos"), path(&root, "masks"));
        fs::create_dir_all(root.join("photos/a/.cache")).expect("folders");
        for name in ["a/x.JPG", "b.jpeg", "c.png", "a/.cache/d.png", ".e.png"] {
            write_photo(&path(&root.join("photos"), name));
        }
        fs::write(root.join("photos/notes.txt"), "none").expect("written");
        let checkpoint = fixture("checkpoints/tiny-fc3.pth");
        Self {
            root,
            photos,
            masks,
            checkpoint,
        }
    }

    fn photo(&self, name: &str) -> String {
        path(Path::new(&self.photos), name)
    }

    fn mask(&self, name: &str) -> String {
        path(Path::new(&self.masks), name)
    }

    fn segment(&self, options: &[&str]) -> (i32, String, String) {
        let words = [
            "segment",
            &self.checkpoint,
            &self.photos,
            "--out",
            &self.masks,
        ];
        fcn(&[&words[..], options].concat())
    }

    /// Everything in the folder of masks but folders: its path within, and its bytes.
    fn written(&self) -> Vec<(String, Vec<u8>)> {
        let mut all = Vec::new();
        let mut folders = vec![PathBuf::from(&self.masks)];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let name = path.strip_prefix(&self.masks).expect("within");
                let name = name.to_string_lossy().into_owned();
                all.push((name, fs::read(&path).expect("read")));
            }
        }
        all.sort();
        all
    }

    fn names(&self) -> Vec<String> {
        self.written().into_iter().map(|(name, _)| name).collect()
    }
}

/// What is told beside what was assumed of the weights.
fn troubles(told: &str) -> Vec<&str> {
    let assumed = "fcn: assumed: ";
    told.lines()
        .filter(|line| !line.starts_with(assumed))
        .collect()
}

#[test]
fn every_photo_of_a_folder_gets_the_mask_that_it_gets_alone() {
    let at = Folders::new("folder");
    let (code, out, err) = at.segment(&["--long-side", "16"]);
    assert_eq!((code, troubles(&err)), (0, vec![]));
    assert_eq!(
        at.names(),
        ["a/x.png", "b.png", "c.png", "fcn-segment.json"]
    );
    let lines: Vec<&str> = out.lines().collect();
    // Hidden: a photo and a folder.
    assert!(
        lines[0].contains("photos: 3") && lines[0].ends_with("ending: 3"),
        "{out}"
    );
    for (line, said) in lines[1..4].iter().zip([
        "[1/3] a/x.JPG: 47×33, ",
        "[2/3] b.jpeg: 47×33, ",
        "[3/3] c.png: 47×33, ",
    ]) {
        assert!(line.starts_with(said) && line.ends_with(" s"), "{line}");
    }
    assert_eq!(lines[4..], ["3 done, 0 already there, 0 failed"]);
    let alone = path(&at.root, "alone.png");
    for (photo, mask) in [
        ("a/x.JPG", "a/x.png"),
        ("b.jpeg", "b.png"),
        ("c.png", "c.png"),
    ] {
        let photo = at.photo(photo);
        let words = ["segment", &at.checkpoint, &photo, "--out", &alone];
        let (code, _, err) = fcn(&[&words[..], &["--long-side", "16"]].concat());
        assert_eq!(code, 0, "{err}");
        let (expected, got) = (fs::read(&alone), fs::read(at.mask(mask)));
        assert_eq!(got.expect(mask), expected.expect("written"), "{mask}");
    }
    // The option counts.
    let (photo, mask) = (at.photo("c.png"), at.mask("c.png"));
    let (code, _, err) = fcn(&["segment", &at.checkpoint, &photo, "--out", &alone]);
    assert_eq!(code, 0, "{err}");
    assert!(fs::read(&alone).expect("written") != fs::read(mask).expect("written"));
}

#[test]
fn masks_that_are_there_are_kept_until_all_are_asked_for_again() {
    let at = Folders::new("resumed");
    let (code, _, err) = at.segment(&[]);
    assert_eq!(code, 0, "{err}");
    let whole = at.written();
    // A run that was interrupted: a mask is missing, another half written. One that is kept isn't even read.
    fs::remove_file(at.mask("a/x.png")).expect("removed");
    fs::write(at.mask("a/.fcn-segment.part"), "half").expect("written");
    fs::write(at.mask("b.png"), "kept").expect("written");
    let (code, out, err) = at.segment(&[]);
    assert_eq!((code, troubles(&err)), (0, vec![]));
    assert!(
        out.ends_with("1 done, 2 already there, 0 failed\n"),
        "{out}"
    );
    assert!(out.contains("\n[1/3] a/x.JPG") && !out.contains("b.jpeg"));
    let kept = fs::read(at.mask("b.png")).expect("there");
    assert_eq!(kept, b"kept");
    let (code, out, err) = at.segment(&["--again"]);
    assert_eq!((code, troubles(&err)), (0, vec![]));
    assert!(
        out.ends_with("3 done, 0 already there, 0 failed\n"),
        "{out}"
    );
    assert!(at.written() == whole, "{:?}", at.names());
}

#[test]
fn masks_of_another_model_or_other_settings_are_not_mixed() {
    let at = Folders::new("mixed");
    let (code, _, err) = at.segment(&["--variant", "fcn16s"]);
    assert_eq!(code, 0, "{err}");
    let before = at.written();
    let model = path(&at.root, "model");
    let (code, _, err) = fcn(&["convert", &at.checkpoint, "--out", &model]);
    assert_eq!(code, 0, "{err}");
    let other = fixture("tiny-fc1.model.json");
    for (model, options, said) in [
        (&at.checkpoint, &[][..], "--variant fcn16s, not fcn8s"),
        (
            &at.checkpoint,
            &["--variant", "fcn16s", "--long-side", "32"],
            ", not 32",
        ),
        (
            &other,
            &["--variant", "fcn16s"],
            "another model (fcn-vgg16)",
        ),
        // The same numbers, but another file.
        (
            &model,
            &["--variant", "fcn16s"],
            "another model (fcn-vgg16)",
        ),
    ] {
        let words = ["segment", model, &at.photos, "--out", &at.masks];
        let (code, out, err) = fcn(&[&words[..], options].concat());
        assert_eq!((code, out.as_str()), (1, ""), "{err}");
        for said in [said, "--again", "choose another folder"] {
            assert!(err.contains(said), "{said}: {err}");
        }
        assert!(at.written() == before);
    }
    // What a person changes in the manifest makes other masks too.
    let words = ["segment", &model, &at.photos, "--out", &at.masks, "--again"];
    let (code, out, err) = fcn(&words);
    assert_eq!((code, troubles(&err)), (0, vec![]));
    assert!(out.contains("\n3 done, 0 already there"), "{out}");
    assert!(at.written() != before);
    let manifest = Path::new(&model).join("model.json");
    let text = fs::read_to_string(&manifest).expect("read");
    let changed = text.replacen("\"BGR\"", "\"RGB\"", 1);
    let changed = match changed == text {
        true => text.replacen("\"RGB\"", "\"BGR\"", 1),
        false => changed,
    };
    assert_ne!(changed, text);
    fs::write(&manifest, changed).expect("written");
    let (code, _, err) = fcn(&words[..5]);
    assert_eq!(code, 1);
    assert!(
        err.contains("other settings in the model's manifest"),
        "{err}"
    );
    // A record that says nothing.
    fs::write(at.mask("fcn-segment.json"), "{").expect("written");
    let (code, _, err) = fcn(&words[..5]);
    assert_eq!(code, 1);
    assert!(err.contains("fcn-segment.json can't be read"), "{err}");
    assert_eq!(fcn(&words).0, 0);
    assert_eq!(fcn(&words[..5]).0, 0);
}

#[test]
fn pngs_that_nothing_is_known_of_are_not_overwritten() {
    let at = Folders::new("unknown");
    for name in ["masks/a", "masks/own"] {
        fs::create_dir_all(at.root.join(name)).expect("a folder");
    }
    for name in ["a/x.png", "own/d.png"] {
        fs::write(at.mask(name), "mine").expect("written");
    }
    let (code, out, err) = at.segment(&[]);
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(err.contains("a/x.png, but no fcn-segment.json"), "{err}");
    assert_eq!(at.names(), ["a/x.png", "own/d.png"]);
    let (code, out, err) = at.segment(&["--again"]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("3 done, 0 already there"), "{out}");
    assert!(
        err.contains("stay as they are: own/d.png, 1 in all"),
        "{err}"
    );
    // Should a photo come that would have this mask, it isn't taken for one.
    fs::create_dir(at.photo("own")).expect("a folder");
    write_photo(&at.photo("own/d.jpg"));
    let (code, out, err) = at.segment(&[]);
    assert_eq!(code, 1);
    assert!(out.contains("0 done, 3 already there, 1 failed"), "{out}");
    assert!(err.contains("was there before the masks"), "{err}");
    assert_eq!(fs::read(at.mask("own/d.png")).expect("there"), b"mine");
    // Moved away, the photo gets its mask, and keeps it.
    fs::remove_file(at.mask("own/d.png")).expect("removed");
    for said in ["1 done, 3 already there", "0 done, 4 already there"] {
        let (code, out, err) = at.segment(&[]);
        assert_eq!(code, 0, "{err}");
        assert!(out.contains(said), "{out}");
    }
}

#[test]
fn a_photo_that_cannot_be_read_fails_alone() {
    let at = Folders::new("bad");
    fs::write(at.photo("bad.jpg"), "not a photo").expect("written");
    // As good as one that is deleted while others are segmented.
    #[cfg(unix)]
    std::os::unix::fs::symlink("nowhere", at.photo("gone.png")).expect("a link");
    let bad = if cfg!(unix) { 2 } else { 1 };
    let (code, out, err) = at.segment(&[]);
    assert_eq!(code, 1);
    let summary = format!("3 done, 0 already there, {bad} failed\n");
    assert!(out.ends_with(&summary), "{out}");
    assert!(err.contains("bad.jpg: "), "{err}");
    assert!(!cfg!(unix) || err.contains("gone.png: "), "{err}");
    let last = format!("of their own: {bad} of {}\n", 3 + bad);
    assert!(err.contains(&last) && !err.contains("usage"), "{err}");
    assert_eq!(
        at.names(),
        ["a/x.png", "b.png", "c.png", "fcn-segment.json"]
    );
    // Mended, it is all that is left to do.
    write_photo(&at.photo("bad.jpg"));
    let _ = fs::remove_file(at.photo("gone.png"));
    let (code, out, err) = at.segment(&[]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("1 done, 3 already there, 0 failed"), "{out}");
}

#[test]
fn photos_that_would_have_the_same_mask_are_both_named() {
    let at = Folders::new("clash");
    write_photo(&at.photo("a/x.png"));
    let (code, out, err) = at.segment(&[]);
    assert_eq!(code, 1);
    assert!(
        err.contains("a/x.JPG and a/x.png would have the same mask"),
        "{err}"
    );
    assert!(
        out.ends_with("2 done, 0 already there, 2 failed\n"),
        "{out}"
    );
    assert_eq!(at.names(), ["b.png", "c.png", "fcn-segment.json"]);
}

#[test]
fn masks_are_not_put_among_the_photos() {
    let at = Folders::new("among");
    let photos = fs::read(at.photo("c.png")).expect("a photo");
    let within = at.photo("masks");
    let twisted = at.photo("a/../a");
    for out in [&at.photos, &within, &at.photo("a"), &twisted] {
        let words = ["segment", &at.checkpoint, &at.photos, "--out", out];
        let (code, told, err) = fcn(&[&words[..], &["--again"]].concat());
        assert_eq!((code, told.as_str()), (1, ""), "{out}: {err}");
        assert!(err.contains("masks would lie among the photos"), "{err}");
    }
    assert!(!Path::new(&within).exists());
    // Through a link: the mask of a/x.JPG, or of c.png, would take a photo's place.
    #[cfg(unix)]
    {
        fs::create_dir(&at.masks).expect("a folder");
        std::os::unix::fs::symlink(at.photo("a"), at.mask("a")).expect("a link");
        let (code, _, err) = at.segment(&["--again"]);
        assert_eq!(code, 1);
        assert!(err.contains("masks would lie among the photos"), "{err}");
    }
    assert_eq!(fs::read(at.photo("c.png")).expect("a photo"), photos);
    // A file is no folder, and a folder without photos nothing to segment; one photo is never there already.
    let file = path(&at.root, "file");
    fs::write(&file, "").expect("written");
    let empty = path(&at.root, "empty");
    fs::create_dir(&empty).expect("a folder");
    let photo = at.photo("c.png");
    for (photos, out, expected, said) in [
        (&at.photos, &file, 1, "is a file"),
        (&empty, &within, 1, "there are no photos"),
        (&photo, &at.mask("c.png"), 2, "--again is for a folder"),
    ] {
        let words = ["segment", &at.checkpoint, photos, "--out", out, "--again"];
        let (code, _, err) = fcn(&words);
        assert_eq!(code, expected, "{err}");
        assert!(err.contains(said), "{err}");
    }
}

#[cfg(unix)]
#[test]
fn links_in_a_circle_end() {
    use std::os::unix::fs::symlink;
    let at = Folders::new("circle");
    symlink("..", at.photo("a/up")).expect("a link");
    symlink(&at.photos, at.photo("again")).expect("a link");
    // A folder elsewhere is one of the photos' own.
    fs::create_dir(at.root.join("elsewhere")).expect("a folder");
    write_photo(&path(&at.root, "elsewhere/e.png"));
    symlink(at.root.join("elsewhere"), at.photo("0")).expect("a link");
    let (code, out, err) = at.segment(&[]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("4 done, 0 already there, 0 failed"), "{out}");
    assert_eq!(at.names()[0], "0/e.png");
}

#[test]
fn an_interrupted_run_leaves_whole_masks_and_goes_on() {
    use std::io::{BufRead, BufReader};
    let at = Folders::new("interrupted");
    for n in 0..40 {
        write_photo(&at.photo(&format!("n{n}.png")));
    }
    let mut child = Command::new(env!("CARGO_BIN_EXE_fcn"))
        .args(["segment", &at.checkpoint, &at.photos, "--out", &at.masks])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("the program runs");
    let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
    // The first line is no photo's. What was told is whole, whenever the end comes.
    let told: Vec<String> = lines.take(4).map(|line| line.expect("a line")).collect();
    child.kill().expect("killed");
    child.wait().expect("ended");
    assert!(told[3].starts_with("[3/43]"), "{told:?}");
    let masks = at.names();
    let masks = masks.iter().filter(|name| name.ends_with(".png"));
    let sizes: Vec<u32> = masks.map(|name| read_mask(&at.mask(name)).0).collect();
    assert!(sizes.iter().all(|&width| width == 47), "{sizes:?}");
    let kept = sizes.len();
    assert!(kept >= 3, "{kept}");
    let (code, out, err) = at.segment(&[]);
    assert_eq!(code, 0, "{err}");
    let summary = format!("{} done, {kept} already there, 0 failed\n", 43 - kept);
    assert!(out.ends_with(&summary), "{out}");
    // What was half written is gone.
    assert_eq!(at.names().len(), 43 + 1);
}

#[test]
fn masks_of_a_folder_are_measured_as_they_lie() {
    let at = Folders::new("measured");
    let (code, _, err) = at.segment(&[]);
    assert_eq!(code, 0, "{err}");
    // Truths: the same maps, but for one pixel of one of them.
    let truths = path(&at.root, "truths");
    fs::create_dir_all(Path::new(&truths).join("a")).expect("folders");
    for (name, change) in [("a/x.png", true), ("b.png", false), ("c.png", false)] {
        let (width, _, _, mut labels) = read_mask(&at.mask(name));
        if change {
            labels[5] = (labels[5] + 1) % 3;
        }
        let (color, depth) = (png::ColorType::Grayscale, png::BitDepth::Eight);
        let truth = path(Path::new(&truths), name);
        write_labels(&truth, width, &labels, color, depth);
    }
    let csv = path(&at.root, "out.csv");
    let (code, out, err) = fcn(&["measure", &truths, &at.masks, "--csv", &csv]);
    assert_eq!((code, troubles(&err)), (0, vec![]));
    assert!(out.contains("3, 4653 pixels counted, 0 left out"), "{out}");
    assert!(!out.contains("not compared"), "{out}");
    let rows = fs::read_to_string(csv).expect("written");
    let of = |name: &str| rows.lines().find(|row| row.starts_with(name));
    let share = 1550.0 / 1551.0;
    let first = of("a/x,").expect("a row");
    assert!(first.starts_with(&format!("a/x,{share},")), "{rows}");
    assert!(of("b,1,").is_some(), "{rows}");
    // What lies within is measured with its folder alone, even where the other one is.
    let both = path(&at.root, "both");
    fs::create_dir(&both).expect("a folder");
    fs::rename(&at.masks, Path::new(&both).join("masks")).expect("moved");
    fs::copy(
        at.root.join("truths/b.png"),
        path(Path::new(&both), "b.png"),
    )
    .expect("copied");
    let masks = path(Path::new(&both), "masks");
    let (code, out, err) = fcn(&["measure", &both, &masks]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("1, 1551 pixels counted"), "{out}");
    assert!(!out.contains("masks/"), "{out}");
}
