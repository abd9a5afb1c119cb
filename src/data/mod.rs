//! Artifacts: fetching their sources, building them, mapping them into memory.
//!
//! `lock` says what is fetched, `fetch` fetches it, `gazetteer` and `model` make the artifacts of it, `map`
//! maps the result. What an artifact's bytes mean is the business of [`crate::locations::gazetteer`] and
//! [`crate::spacy`]; only `cli` uses this module.

mod fetch;
pub(crate) mod gazetteer;
mod lock;
mod map;
mod model;
mod wheel;
mod write;

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use etcetera::BaseStrategy as _;

use crate::locations::Gazetteer;
use crate::spacy::Pipeline;
pub(crate) use fetch::{Fetched, fetch};
pub(crate) use lock::{Lock, Source};
pub use model::model_path;
pub(crate) use model::{MODELS, Model};
pub(crate) use write::write_atomically;

/// The gazetteer's file name in the data directory.
pub const GAZETTEER_FILE: &str = "geonames.gazetteer";

/// The model that labels the text unless `enrichment.model` says another.
pub const DEFAULT_MODEL: &str = "dateline_news";

/// Where the downloaded packages are kept in the data directory.
pub(crate) const SOURCES_DIR: &str = "sources";

/// The environment variable that names the data directory.
pub const DATA_DIR_VARIABLE: &str = "DATELINE_DATA";

/// The data directory: the configured one, else `$DATELINE_DATA`, else `./data` if there is one, else the
/// user's data directory by the platform's convention.
#[must_use]
pub fn default_dir(configured: Option<&Path>) -> PathBuf {
    let variable = std::env::var_os(DATA_DIR_VARIABLE).filter(|value| !value.is_empty());
    let here = Path::new("data");
    if let Some(dir) = configured {
        dir.to_owned()
    } else if let Some(dir) = variable {
        dir.into()
    } else if here.is_dir() {
        here.to_owned()
    } else {
        let user = etcetera::choose_base_strategy().map(|strategy| strategy.data_dir().join("dateline"));
        user.unwrap_or_else(|_| here.to_owned())
    }
}

/// Maps and checks the gazetteer in the data directory `dir`.
///
/// # Errors
/// Where it is missing, damaged or of another version; the message says how to get it.
pub fn open_gazetteer(dir: &Path) -> anyhow::Result<Gazetteer> {
    let path = dir.join(GAZETTEER_FILE);
    let remedy = "build it with `make data` or `dateline data build`";
    anyhow::ensure!(path.exists(), "no gazetteer at {}: {remedy}", path.display());
    let bytes = map::map(&path)?;
    Gazetteer::open(bytes).with_context(|| format!("cannot use {}: {remedy}", path.display()))
}

/// Maps and checks the model artifact at `path`.
///
/// # Errors
/// Where it is missing, damaged or of another version; the message says how to get it.
pub fn open_model(path: &Path) -> anyhow::Result<Pipeline> {
    let remedy = "build it with `make data` or `dateline data build`, or make your own with `dateline data model`";
    anyhow::ensure!(path.exists(), "no model at {}: {remedy}", path.display());
    let bytes = map::map(path)?;
    Pipeline::open(bytes).with_context(|| format!("cannot use {}: {remedy}", path.display()))
}
