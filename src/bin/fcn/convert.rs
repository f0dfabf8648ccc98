//! `fcn convert FILE --out FOLDER`: a weights file becomes a model folder, as the site loads it.

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::Path;

use fcn_lab::manifest::Manifest;
use fcn_lab::weights::{Precision, write_safetensors};

use super::arguments::{Arguments, Failure};
use super::model::{Checkpoint, MANIFEST, WEIGHTS, assumed, class_names, name_of};
use super::report::{line, say};

/// Writes the weights first and the manifest last, so that a folder with a manifest is whole.
///
/// # Errors
/// For a file that can't be read or isn't recognised, a folder that has a model already, and when
/// the folder can't be written.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let [path] = arguments.files("one weights file")?;
    let folder = Path::new(arguments.required("out")?);
    let names = class_names(arguments)?;
    let Checkpoint {
        recognised,
        weights,
    } = Checkpoint::open(Path::new(path), arguments)?;
    let name = arguments.option("name");
    let name = name.map_or_else(|| name_of(Path::new(path)), String::from);
    let precision = match arguments.option("f32") {
        Some(_) => Precision::F32,
        None => Precision::F16,
    };

    let (weights_path, manifest_path) = (folder.join(WEIGHTS), folder.join(MANIFEST));
    for path in [&weights_path, &manifest_path] {
        if path.exists() {
            let shown = path.display();
            return Err(Failure::new(format!(
                "{shown} is there already; choose another folder"
            )));
        }
    }
    // Whatever is wrong with names and classes is told before megabytes are written.
    recognised.manifest(&name, names.as_deref(), None)?;
    let failed = |error: std::io::Error| Failure::new(format!("{}: {error}", folder.display()));
    fs::create_dir_all(folder).map_err(failed)?;
    let mut out = BufWriter::new(File::create_new(&weights_path).map_err(failed)?);
    let written = write_safetensors(weights, &recognised, precision, WEIGHTS, &mut out);
    let manifest = written.and_then(|file| {
        let manifest = recognised.manifest(&name, names.as_deref(), Some(&file))?;
        Manifest::parse(manifest.as_bytes())?;
        Ok((manifest, file))
    });
    let (manifest, file) = match manifest {
        Ok(done) => done,
        Err(error) => {
            drop(out);
            // What is half written is of no use; if it can't be removed, the error says enough.
            let _ = fs::remove_file(&weights_path);
            return Err(error.into());
        }
    };
    fs::write(&manifest_path, manifest + "\n").map_err(failed)?;

    let mut report = String::new();
    line!(
        report,
        "{}: {}, {} classes",
        recognised.architecture,
        recognised.title,
        recognised.labels()
    );
    for line in assumed(&recognised, Path::new(path), names.is_some()) {
        line!(report, "assumed: {line}");
    }
    line!(report, "{}: {} bytes", weights_path.display(), file.bytes);
    line!(report, "{}", manifest_path.display());
    say(&report)
}
