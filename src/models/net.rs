//! A net of any architecture: on paper, and on its device.

use std::ops::Deref;
use std::rc::Rc;

use burn::tensor::{Device, Tensor};

use super::observer::{Heads, Observer};
use super::registry::{Architecture, Gives, Layers, Settings, architecture};
use super::shapes::{Shape, Walk};
use super::variant::Variant;
use crate::FcnError;
use crate::error::field;
use crate::manifest::{InputSettings, Manifest, within};
use crate::weights::Weights;

/// The longest side that is worked out, in pixels; beyond it sizes could overflow in wasm.
const MAX_SIDE: usize = 1 << 24;

/// What a manifest says of its net, checked: all that can be told, and made, without weights.
#[derive(Debug, Clone)]
pub struct Blueprint {
    /// The architecture.
    pub architecture: &'static Architecture,
    /// The heads that the manifest lists.
    pub variants: Vec<Variant>,
    settings: Rc<dyn Settings>,
}

impl Blueprint {
    /// Reads a manifest.
    ///
    /// # Errors
    /// [`FcnError::UnknownArchitecture`], [`FcnError::UnknownVariant`] for a listed head that the
    /// architecture hasn't got, [`FcnError::ManifestInvalid`] with the field at fault.
    pub fn read(manifest: &Manifest) -> Result<Self, FcnError> {
        let Manifest { config, input, .. } = manifest;
        let architecture = architecture(&manifest.architecture)?;
        let variants = config.variants.iter();
        let variants = variants.map(|name| Variant::among(architecture.variants, name));
        let variants: Vec<Variant> = variants.collect::<Result<_, _>>()?;
        let settings = (architecture.read)(config, &variants)?;
        let most = architecture.gives.most_classes();
        within("config.classes", config.classes, 1, most)?;
        // Where any size will do, padding further does no harm.
        let multiple = architecture.multiple;
        if multiple > 1 && input.pad_multiple != multiple {
            let reason = format!(
                "\"input.pad_multiple\" must be {multiple}: this net takes multiples of it"
            );
            let got = input.pad_multiple.to_string();
            let facts = [
                field("input.pad_multiple"),
                ("got", got),
                ("options", multiple.to_string()),
            ];
            return Err(FcnError::manifest(reason).told("manifest.options", facts));
        }
        Ok(Self {
            architecture,
            variants,
            settings: settings.into(),
        })
    }

    /// Of settings that no manifest gave.
    ///
    /// # Errors
    /// [`FcnError::UnknownArchitecture`].
    pub fn new(
        name: &str,
        settings: impl Settings + 'static,
        variants: &[Variant],
    ) -> Result<Self, FcnError> {
        Ok(Self {
            architecture: architecture(name)?,
            variants: variants.to_vec(),
            settings: Rc::new(settings),
        })
    }

    /// The same architecture with few channels, classes and blocks.
    pub fn narrowed(&self) -> Self {
        Self {
            architecture: self.architecture,
            variants: self.variants.clone(),
            settings: self.settings.narrowed().into(),
        }
    }

    /// The net, from a file that must hold exactly this architecture's tensors.
    ///
    /// # Errors
    /// As [`Weights::take`] and [`Weights::finish`].
    pub fn load(&self, weights: Weights, device: &Device) -> Result<Net, FcnError> {
        let layers = self.settings.load(weights, device)?;
        Ok(Net {
            blueprint: self.clone(),
            layers,
        })
    }

    /// Whether a head scores every pixel of its input; a classifier scores windows.
    pub fn is_dense(&self) -> bool {
        self.architecture.gives == Gives::Masks
    }

    /// What a photo's sides are padded to a multiple of: as the manifest says, but 1 for a classifier, since
    /// windows of padding would get labels too.
    pub fn pad_multiple(&self, input: &InputSettings) -> usize {
        match self.is_dense() {
            true => input.pad_multiple,
            false => 1,
        }
    }

    /// The input and every stage of a pass with these heads over a photo of `width`×`height` pixels,
    /// padded to the multiple that the net takes, in the order of the pass.
    ///
    /// # Errors
    /// [`FcnError::InvalidInput`] for a size that the net can't take; [`FcnError::UnknownVariant`].
    pub fn shapes(
        &self,
        variants: &[Variant],
        width: usize,
        height: usize,
    ) -> Result<Vec<Shape>, FcnError> {
        let size = self.padded(width, height)?;
        self.settings.check_input(variants, size)?;
        Ok(self.walk(variants, size)?.stages)
    }

    /// Bytes of the two largest maps of such a pass, the larger first, whether they are reported or not; 0 for a
    /// size that the net can't take.
    pub fn largest_maps(&self, variants: &[Variant], width: usize, height: usize) -> [usize; 2] {
        let size = self.padded(width, height);
        let walk = size.and_then(|size| self.walk(variants, size));
        let bytes = |numbers: u64| usize::try_from(numbers.saturating_mul(4)).unwrap_or(usize::MAX);
        walk.map_or([0; 2], |walk| walk.maps.map(bytes))
    }

    /// The stages that a pass with these heads reports, in order; none for another net's heads.
    pub fn stages(&self, variants: &[Variant]) -> Vec<&'static str> {
        let walk = self.walk(variants, self.check_size());
        let stages = walk.unwrap_or_default().stages.into_iter();
        stages.skip(1).map(|shape| shape.stage).collect()
    }

    /// Bytes of the largest single buffer that a pass over an input of `width`×`height` pixels
    /// binds: a map, or some layer's weights. Never less for a larger input, and 0 for one that the
    /// net can't take.
    pub fn largest_buffer(&self, width: usize, height: usize) -> u64 {
        let size = self.padded(width, height);
        let walk = size.and_then(|size| self.walk(&self.variants, size));
        walk.map_or(0, |walk| walk.largest.saturating_mul(4))
    }

    /// Rows and columns of a small input that this net takes; see [`Settings::check_size`].
    pub fn check_size(&self) -> [usize; 2] {
        self.settings.check_size()
    }

    fn padded(&self, width: usize, height: usize) -> Result<[usize; 2], FcnError> {
        let size = [height, width];
        if !size.iter().all(|side| (1..=MAX_SIDE).contains(side)) {
            let reason = format!("{width}×{height} pixels is not a size that a net can take");
            let facts = [("size", format!("{width}×{height}"))];
            return Err(FcnError::invalid(reason).told("input.size", facts));
        }
        Ok(size.map(|side| side.next_multiple_of(self.architecture.multiple)))
    }

    fn walk(&self, variants: &[Variant], size: [usize; 2]) -> Result<Walk, FcnError> {
        Variant::check_all(variants, self.architecture.variants)?;
        let mut walk = Walk::default();
        let input = walk.input(3, size);
        self.settings.walk(variants, input, &mut walk)?;
        Ok(walk)
    }
}

/// A net on its device.
#[derive(Debug)]
pub struct Net {
    blueprint: Blueprint,
    /// Its layers.
    pub layers: Box<dyn Layers>,
}

impl Deref for Net {
    type Target = Blueprint;

    fn deref(&self) -> &Blueprint {
        &self.blueprint
    }
}

impl Net {
    /// Bytes of all weights, in f32.
    pub fn weight_bytes(&self) -> usize {
        self.layers.parameters() * size_of::<f32>()
    }

    /// [`Layers::forward`].
    ///
    /// # Errors
    /// As there.
    pub fn forward(&self, x: Tensor<4>, variant: Variant) -> Result<Tensor<4>, FcnError> {
        self.layers.forward(x, variant)
    }

    /// [`Layers::forward_observed`].
    pub fn forward_observed<'a>(
        &'a self,
        x: Tensor<4>,
        variants: &'a [Variant],
        observer: &'a mut dyn Observer,
    ) -> Heads<'a> {
        self.layers.forward_observed(x, variants, observer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::fcn_reference::FcnReferenceConfig;
    use crate::upsample::Rounding;

    const SHIPPED: &[u8] = include_bytes!("../../www/models/everyday-vgg/model.json");

    fn with(change: impl Fn(&mut serde_json::Value)) -> Result<Blueprint, FcnError> {
        let mut json: serde_json::Value = serde_json::from_slice(SHIPPED).expect("valid JSON");
        change(&mut json);
        Blueprint::read(&Manifest::parse(json.to_string().as_bytes())?)
    }

    #[test]
    fn each_bad_setting_is_refused_and_named() {
        let cases: [(&str, serde_json::Value, &str); 4] = [
            ("/config/width", 0.into(), "width"),
            ("/config/width", "wide".into(), "config"),
            ("/config/fc6_kernel", 4.into(), "fc6_kernel"),
            ("/input/pad_multiple", 16.into(), "pad_multiple"),
        ];
        for (pointer, value, named) in cases {
            let error = with(|json| *json.pointer_mut(pointer).expect("there") = value.clone())
                .expect_err(pointer);
            assert_eq!(error.code(), "manifest_invalid");
            assert!(error.to_string().contains(named), "{error}");
        }
    }

    /// The shipped manifest as another architecture's.
    fn of(architecture: &str, config: serde_json::Value) -> Result<Blueprint, FcnError> {
        with(|json| {
            let common = json["config"].clone();
            json["architecture"] = architecture.into();
            json["config"] = config.clone();
            json["config"]["classes"] = common["classes"].clone();
            json["input"]["pad_multiple"] = 1.into();
        })
    }

    #[test]
    fn each_architecture_has_its_own_settings() {
        use serde_json::json;
        let reference = json!({
            "width": 64, "fc_channels": 4096, "pooling": "floor", "variants": ["fcn8s"],
        });
        let net = of("fcn-reference", reference.clone()).expect("valid");
        let expected = FcnReferenceConfig::new(14)
            .with_pooling(Rounding::Floor)
            .with_variants(vec![Variant::Fcn8s]);
        assert_eq!(format!("{:?}", net.settings), format!("{expected:?}"));

        let mut bad = reference.clone();
        bad["pooling"] = "up".into();
        let error = of("fcn-reference", bad).expect_err("no such pooling");
        assert!(error.to_string().contains("ceil"), "{error}");
        // The lecture's net keeps its own checks.
        let error = of("fcn-vgg16", reference).expect_err("another's settings");
        assert!(error.to_string().contains("fc6_kernel"), "{error}");
        let resnet = json!({"width": 64, "blocks": [3, 4, 6, 3], "variants": ["out"]});
        let net = of("fcn-resnet50", resnet.clone()).expect("valid");
        assert_eq!(net.architecture.name, "fcn-resnet50");
        for (pointer, value) in [("/blocks", json!([3, 4, 6])), ("/blocks/2", json!(0))] {
            let mut bad = resnet.clone();
            *bad.pointer_mut(pointer).expect("there") = value;
            assert!(of("fcn-resnet50", bad).is_err(), "{pointer}");
        }
        let error = of("deeplabv3-resnet50", resnet).expect_err("a setting is missing");
        assert!(error.to_string().contains("aspp_channels"), "{error}");
        let unknown = of("unheard-of", json!({"variants": ["x"]}));
        let code = unknown.map(|_| ()).map_err(|error| error.code());
        assert_eq!(code, Err("unknown_architecture"));
    }

    #[test]
    fn a_classifier_may_have_a_thousand_classes_and_a_net_for_masks_256() {
        let with_classes = |architecture: &str, count: usize| {
            with(|json| {
                let class = |id| serde_json::json!({"id": id, "name": "a", "color": "#000000"});
                json["classes"] = (0..count).map(class).collect();
                json["config"]["classes"] = count.into();
                json["config"]["batch_norm"] = false.into();
                if architecture == "vgg16-classifier" {
                    json["config"]["variants"] = serde_json::json!(["score"]);
                }
                json["architecture"] = architecture.into();
            })
        };
        assert!(with_classes("vgg16-classifier", 1000).is_ok());
        assert!(with_classes("fcn-vgg16", 256).is_ok());
        for (architecture, count) in [("vgg16-classifier", 1001), ("fcn-vgg16", 257)] {
            let error = with_classes(architecture, count).expect_err("too many");
            assert!(error.to_string().contains("config.classes"), "{error}");
        }
    }
}
