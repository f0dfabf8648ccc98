//! What the tensors can't tell: what is assumed, what else it could be, and what a person said instead.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Recognised;
use super::candidate::IMAGENET;
use super::names::is_average;
use crate::FcnError;
use crate::labels::VOC;

/// What a person says of a file; what is `None` is assumed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Said {
    /// Which of the file's nets, by [`Recognised::place`].
    pub set: Option<String>,
    /// How photos were prepared: a name of `INPUTS`.
    pub input: Option<String>,
    /// `paper` (padding 100, crops) or `lecture`.
    pub form: Option<String>,
    /// `stages` or `atonce`.
    pub skips: Option<String>,
}

/// Something that is assumed of a file, or of which there is a word to say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Assumption {
    /// Of what: `set`, `input`, `form`, `skips`, which can be [`Said`]; `aside`, `beside`, `outputs`,
    /// `classes`, `note`.
    pub about: &'static str,
    /// What is assumed.
    pub value: String,
    /// What it could be; empty where nothing can be chosen.
    pub options: Vec<String>,
    /// Numbers and names in the sentence, for other languages.
    pub facts: BTreeMap<&'static str, String>,
    /// A sentence, without its full stop.
    pub text: String,
}

/// A way to prepare photos.
struct Way {
    name: &'static str,
    /// Of the channels.
    order: &'static str,
    /// Of each channel in that order, for values of 0–1.
    mean: [f64; 3],
    std: [f64; 3],
    words: &'static str,
}

/// The ways that nets are known to have been trained with.
const INPUTS: [Way; 7] = [
    Way {
        name: "caffe",
        order: "BGR",
        mean: CAFFE_MEAN,
        std: BYTE,
        words: "BGR, 0–255, minus 104.00699, 116.66877, 122.67892, as Caffe's and pytorch-fcn's nets",
    },
    Way {
        name: "imagenet",
        order: "RGB",
        mean: IMAGENET.0,
        std: IMAGENET.1,
        words: "RGB, 0–1, minus (0.485, 0.456, 0.406), divided by (0.229, 0.224, 0.225), as torchvision's nets",
    },
    Way {
        name: "lite",
        order: "RGB",
        mean: [127.0 / 255.0; 3],
        std: [128.0 / 255.0; 3],
        words: "RGB, 0–255, minus 127, divided by 128, as EfficientNet-Lite",
    },
    Way {
        name: "half",
        order: "RGB",
        mean: [0.5; 3],
        std: [0.5; 3],
        words: "RGB, scaled to −1…1",
    },
    Way {
        name: "unit",
        order: "RGB",
        mean: [0.0; 3],
        std: [1.0; 3],
        words: "RGB, 0–1, and no more",
    },
    Way {
        name: "caffe-rgb",
        order: "RGB",
        mean: turned(CAFFE_MEAN),
        std: BYTE,
        words: "RGB, 0–255, minus 122.67892, 116.66877, 104.00699",
    },
    Way {
        name: "imagenet-bgr",
        order: "BGR",
        mean: turned(IMAGENET.0),
        std: turned(IMAGENET.1),
        words: "BGR, 0–1, minus ImageNet's mean, divided by its deviation",
    },
];

/// For the channels in the other order.
const fn turned([one, two, three]: [f64; 3]) -> [f64; 3] {
    [three, two, one]
}

/// The mean of the photos that VGG was trained with, as in the authors' Caffe nets.
const CAFFE_MEAN: [f64; 3] = [104.00699 / 255.0, 116.66877 / 255.0, 122.67892 / 255.0];
const BYTE: [f64; 3] = [1.0 / 255.0; 3];

/// What is in the names of files with Caffe's weights: the word, and the hash of the VGG16 that many FCN repositories
/// load.
const CAFFE_FILES: [&str; 2] = ["caffe", "00b39a1b"];

const FORMS: [&str; 2] = ["paper", "lecture"];
const SKIPS: [&str; 2] = ["stages", "atonce"];
/// The at-once net's name in manifests.
const AT_ONCE: &str = "fcn8s-atonce";

fn one_of<'a>(what: &str, said: &'a str, known: &[&str]) -> Result<&'a str, FcnError> {
    known.contains(&said).then_some(said).ok_or_else(|| {
        FcnError::invalid(format!(
            "{what} is {said:?}; it can be {}",
            known.join(", ")
        ))
    })
}

impl Recognised {
    /// Takes a person's word for what the tensors can't tell.
    ///
    /// # Errors
    /// [`FcnError::InvalidInput`] for what can't be said of this net.
    pub(super) fn take_word(&mut self, said: &Said) -> Result<(), FcnError> {
        if let Some(form) = &said.form {
            let wanted = one_of("form", form, &FORMS)?;
            let is = self.form().ok_or_else(no_choice)?;
            if wanted != is
                && let Some(other) = &mut self.other
            {
                std::mem::swap(&mut self.candidate, other);
            }
        }
        if let Some(skips) = &said.skips {
            let is_atonce = one_of("skips", skips, &SKIPS)? == "atonce";
            self.skips().ok_or_else(no_choice)?;
            self.candidate.variants = vec![if is_atonce { AT_ONCE } else { "fcn8s" }];
        }
        if let Some(input) = &said.input {
            one_of("input", input, &INPUTS.map(|way| way.name))?;
            let found = INPUTS.iter().find(|way| way.name == input);
            if let (Some(way), Value::Object(fields)) = (found, &mut self.candidate.input) {
                fields.insert("order".into(), json!(way.order));
                fields.insert("mean".into(), json!(way.mean));
                fields.insert("std".into(), json!(way.std));
            }
        }
        Ok(())
    }

    /// `paper` or `lecture`, of a net whose tensors fit both.
    fn form(&self) -> Option<&'static str> {
        self.other.as_ref()?;
        let is_paper = self.candidate.architecture == "fcn-reference";
        Some(if is_paper { "paper" } else { "lecture" })
    }

    /// `stages` or `atonce`, of the paper's FCN-8s.
    fn skips(&self) -> Option<&'static str> {
        let is_paper = self.candidate.architecture == "fcn-reference";
        match self.candidate.variants.as_slice() {
            ["fcn8s"] if is_paper => Some("stages"),
            [AT_ONCE] if is_paper => Some("atonce"),
            _ => None,
        }
    }

    /// The name of [`INPUTS`] that the net's input has; `own` for another.
    fn input_name(&self) -> (&'static str, &'static str) {
        let input = &self.candidate.input;
        let same = |way: &&Way| {
            let is = |field: &str, value: Value| input.get(field) == Some(&value);
            is("order", json!(way.order))
                && is("mean", json!(way.mean))
                && is("std", json!(way.std))
        };
        let known = INPUTS.iter().find(same);
        known.map_or(("own", "as the net's own training"), |way| {
            (way.name, way.words)
        })
    }

    /// What is assumed, and what there is to say of the file. `names`: whether the classes' names were given.
    pub fn assumptions(&self, names: bool) -> Vec<Assumption> {
        let mut all = Vec::new();
        let mut add = |about,
                       value: &str,
                       options: &[&str],
                       facts: Vec<(&'static str, String)>,
                       text: String| {
            let options = options.iter().map(|option| (*option).to_string());
            all.push(Assumption {
                about,
                value: value.to_string(),
                options: options.collect(),
                facts: facts.into_iter().collect(),
                text,
            });
        };
        let place = self.place.as_str();
        if !self.places.is_empty() {
            let places: Vec<&str> = self.places.iter().map(String::as_str).collect();
            let others = places.iter().filter(|other| **other != place);
            let others: Vec<String> = others.map(|other| format!("{other:?}")).collect();
            let others = others.join(", ");
            let averaged = if is_average(place) {
                ", an average,"
            } else {
                ""
            };
            let text = format!(
                "the file holds several nets; the one at {place:?}{averaged} is taken (one that makes masks before a \
                 classifier, a plain one before an average, else the first), and {others} can be chosen instead"
            );
            add(
                "set",
                place,
                &places,
                vec![("place", place.to_string()), ("others", others)],
                text,
            );
        }
        if !self.aside.is_empty() {
            let names: Vec<&str> = self.aside.iter().take(4).map(String::as_str).collect();
            let list = names.join(", ");
            let count = self.aside.len().to_string();
            let more = if self.aside.len() > names.len() {
                ", …"
            } else {
                ""
            };
            let text = format!(
                "{count} tensors that belong to no net, or to another one, are left out: {list}{more}"
            );
            add(
                "aside",
                &count,
                &[],
                vec![("count", count.clone()), ("list", format!("{list}{more}"))],
                text,
            );
        }
        if !self.beside.is_empty() {
            let names: Vec<&str> = self.beside.iter().take(8).map(String::as_str).collect();
            let more = if self.beside.len() > names.len() {
                ", …"
            } else {
                ""
            };
            let list = format!("{}{more}", names.join(", "));
            let text = format!("what else the file holds is left out: {list}");
            add("beside", "", &[], vec![("list", list)], text);
        }
        if self.candidate.classes == 1 {
            let text = "one output is taken for two classes: background where its score is 0 or below, the class \
                        where it is above; the probability is its sigmoid";
            add("outputs", "two", &[], Vec::new(), text.to_string());
        }
        let (input, words) = self.input_name();
        let text =
            format!("photos are prepared as {words}; if the net was trained on others, say so");
        add(
            "input",
            input,
            &INPUTS.map(|way| way.name),
            Vec::new(),
            text,
        );
        if let Some(form) = self.form() {
            let text = match form {
                "paper" => {
                    "the paper's form is assumed (padding 100, crops); the lecture's has the same tensors"
                }
                _ => {
                    "the lecture's form is taken; the paper's (padding 100, crops) has the same tensors"
                }
            };
            add("form", form, &FORMS, Vec::new(), text.to_string());
        }
        if let Some(skips) = self.skips() {
            let text = match skips {
                "stages" => {
                    "trained in stages is assumed; trained at once, which scales pool4 by 0.01 and pool3 \
                             by 0.0001, has the same tensors"
                }
                _ => "trained at once is taken: pool4 is scaled by 0.01 and pool3 by 0.0001",
            };
            add("skips", skips, &SKIPS, Vec::new(), text.to_string());
        }
        if !names {
            let is_voc = self.candidate.classes == VOC.len() && self.candidate.makes_masks;
            let (value, text) = match is_voc {
                true => (
                    "voc",
                    "21 classes are taken for PASCAL VOC's; another list of names can be given",
                ),
                false => (
                    "numbers",
                    "the classes' names aren't in the file, so they are numbered; a list of names can be given",
                ),
            };
            add(
                "classes",
                value,
                &[],
                vec![("count", self.candidate.classes.to_string())],
                text.to_string(),
            );
        }
        for note in &self.candidate.notes {
            add("note", "", &[], Vec::new(), (*note).to_string());
        }
        all
    }

    /// A word on the file's name, where it says something else than what is assumed: `atonce` or `caffe`, and the
    /// sentence.
    pub fn hint(&self, file_name: &str) -> Option<Assumption> {
        let letters = file_name.chars().filter(|c| c.is_ascii_alphanumeric());
        let letters: String = letters.map(|c| c.to_ascii_lowercase()).collect();
        let (input, _) = self.input_name();
        let is_caffe = CAFFE_FILES.iter().any(|name| letters.contains(name));
        let (value, text) = if letters.contains("atonce") && self.skips() == Some("stages") {
            (
                "atonce",
                "the file's name says at once, and in stages is assumed: choose at once if the name is right",
            )
        } else if is_caffe && input == "imagenet" {
            (
                "caffe",
                "the file's name is that of weights from Caffe, whose photos are BGR, 0–255, minus a mean: choose that \
                 if the name is right",
            )
        } else {
            return None;
        };
        Some(Assumption {
            about: "hint",
            value: value.to_string(),
            options: Vec::new(),
            facts: BTreeMap::new(),
            text: text.to_string(),
        })
    }
}

fn no_choice() -> FcnError {
    FcnError::invalid("there is nothing to choose for this net: its tensors tell")
}
