//! The heads of all nets, by the names that manifests and JavaScript use.

use serde::{Deserialize, Serialize};

use crate::FcnError;

/// What a pass computes: one of a net's heads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Variant {
    /// FCN: `score_fr` enlarged 32 times at once.
    Fcn32s,
    /// FCN: one skip connection, from pool4.
    Fcn16s,
    /// FCN: two skip connections, from pool4 and pool3.
    Fcn8s,
    /// The reference FCN-8s as it was trained at once, with pools scaled before their scores.
    Fcn8sAtOnce,
    /// torchvision's segmentation nets: the head that counts.
    Out,
    /// torchvision's segmentation nets: the auxiliary head, on layer3 of a ResNet or MobileNetV3's map at 1/8, which helps
    /// training.
    Aux,
    /// Classifier: the classes' scores of every 224×224 window.
    Score,
}

impl Variant {
    /// The name in manifests and in JavaScript.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fcn32s => "fcn32s",
            Self::Fcn16s => "fcn16s",
            Self::Fcn8s => "fcn8s",
            Self::Fcn8sAtOnce => "fcn8s-atonce",
            Self::Out => "out",
            Self::Aux => "aux",
            Self::Score => "score",
        }
    }

    /// The variant of that name, if it is one of these.
    ///
    /// # Errors
    /// [`FcnError::UnknownVariant`].
    pub fn among(known: &[Self], name: &str) -> Result<Self, FcnError> {
        let found = known.iter().find(|variant| variant.name() == name);
        found.copied().ok_or_else(|| FcnError::UnknownVariant {
            name: name.to_string(),
            known: known.iter().map(|v| v.name().to_string()).collect(),
        })
    }

    /// Makes sure that each of `asked` is one of `known`.
    ///
    /// # Errors
    /// [`FcnError::UnknownVariant`].
    pub fn check_all(asked: &[Self], known: &[Self]) -> Result<(), FcnError> {
        asked
            .iter()
            .try_for_each(|variant| Self::among(known, variant.name()).map(|_| ()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::registry::ARCHITECTURES;

    #[test]
    fn names_are_distinct_and_lead_back() {
        for known in ARCHITECTURES
            .iter()
            .map(|architecture| architecture.variants)
        {
            for &variant in known {
                assert_eq!(Variant::among(known, variant.name()), Ok(variant));
            }
        }
        let error = Variant::among(&[Variant::Out], "fcn8s").expect_err("another net's");
        assert_eq!(error.code(), "unknown_variant");
        assert!(error.to_string().contains("has out"), "{error}");
    }
}
