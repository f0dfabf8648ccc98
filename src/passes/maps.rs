//! A net from the inside: the maps of single stages of a photo's own pass.

use super::prepare::prepare;
use crate::FcnError;
use crate::device::read;
use crate::image::Photo;
use crate::kernels::tidy;
use crate::models::observer::{Observer, Recorder};
use crate::models::{Model, Variant};

/// What one stage of a pass computed.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureMap {
    /// The stage's name, such as `score_fr`.
    pub name: String,
    /// Channels, rows and columns.
    pub shape: [usize; 3],
    /// Row-major `[channels, height, width]`.
    pub values: Vec<f32>,
}

/// Runs a photo through a model and returns the maps of the stages named, in the order of the
/// pass. Only the heads that these stages need are computed.
///
/// # Shapes
/// The map of a stage is `[channels, h/s, w/s]`, with h and w the photo's working size padded to
/// the model's multiple and s the stage's stride, or as the architecture's module says.
///
/// # Errors
/// [`FcnError::InvalidInput`] for no name, or one that isn't a stage of this model, or an
/// unfinished photo; [`FcnError::NotFinite`], [`FcnError::Gpu`], or the observer's.
pub async fn maps(
    model: &Model,
    photo: Photo,
    names: &[String],
    observer: &mut dyn Observer,
) -> Result<Vec<FeatureMap>, FcnError> {
    let variants = heads(model, names)?;
    let input = prepare(model, photo, &variants)?; // [1, 3, h, w]
    let mut recorder = Recorder {
        inner: observer,
        wanted: names,
        kept: Vec::new(),
    };
    model
        .net
        .forward_observed(input, &variants, &mut recorder)
        .await?;
    let mut maps = Vec::with_capacity(recorder.kept.len());
    for (name, map) in recorder.kept {
        let [_, channels, height, width] = map.dims();
        let values = read(map).await?;
        if !values.iter().all(|value| value.is_finite()) {
            return Err(FcnError::NotFinite { name: name.into() });
        }
        maps.push(FeatureMap {
            name: name.into(),
            shape: [channels, height, width],
            values,
        });
    }
    // No other pass has so many maps at once.
    tidy(&model.device);
    Ok(maps)
}

/// The fewest heads, of those that a model has, whose pass reports all of these stages.
///
/// # Errors
/// [`FcnError::InvalidInput`] for no name, or one that none of the heads reports.
pub fn heads(model: &Model, names: &[String]) -> Result<Vec<Variant>, FcnError> {
    let net = &model.net;
    choose(&net.variants, |heads| net.stages(heads), names)
}

/// [`heads`], with `stages` giving the stages of a pass with some heads.
fn choose(
    known: &[Variant],
    stages: impl Fn(&[Variant]) -> Vec<&'static str>,
    names: &[String],
) -> Result<Vec<Variant>, FcnError> {
    let reporting = |name: &String| -> Vec<Variant> {
        let reports = |variant: &Variant| stages(&[*variant]).contains(&name.as_str());
        known.iter().copied().filter(reports).collect()
    };
    let mut wishes: Vec<Vec<Variant>> = Vec::with_capacity(names.len());
    for name in names {
        let able = reporting(name);
        if able.is_empty() {
            let known = stages(known).join(", ");
            return Err(FcnError::invalid(format!(
                "there is no stage \"{name}\"; this model has {known}"
            )));
        }
        wishes.push(able);
    }
    if wishes.is_empty() {
        return Err(FcnError::invalid("no stage was named"));
    }
    // Stages that only one head has come first: that head is needed, and may report others too.
    wishes.sort_by_key(Vec::len);
    let mut chosen: Vec<Variant> = Vec::new();
    for able in wishes {
        if !able.iter().any(|variant| chosen.contains(variant)) {
            chosen.extend(able.first());
        }
    }
    Ok(chosen)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::Blueprint;
    use crate::models::fcn::{FcnConfig, VARIANTS};
    use Variant::{Fcn8s, Fcn16s, Fcn32s};

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| name.to_string()).collect()
    }

    #[test]
    fn no_more_heads_run_than_the_stages_need() {
        let net = Blueprint::new("fcn-vgg16", FcnConfig::new(2), &VARIANTS).expect("a net");
        let stages = |heads: &[Variant]| net.stages(heads);
        let chosen =
            |wanted: &[&str]| choose(&VARIANTS, stages, &names(wanted)).map_err(|e| e.code());
        assert_eq!(chosen(&["score_fr", "upscore32"]), Ok(vec![Fcn32s]));
        assert_eq!(
            chosen(&["score_fr", "fuse_pool4", "upscore8"]),
            Ok(vec![Fcn8s])
        );
        assert_eq!(chosen(&["upscore16", "fuse_pool4"]), Ok(vec![Fcn16s]));
        assert_eq!(chosen(&["pool5"]), Ok(vec![Fcn32s]));
        assert_eq!(chosen(&["upscore64"]), Err("invalid_input"));
        assert_eq!(chosen(&[]), Err("invalid_input"));
        assert_eq!(
            choose(&[Fcn8s], stages, &names(&["upscore16"])).map_err(|e| e.code()),
            Err("invalid_input")
        );
    }
}
