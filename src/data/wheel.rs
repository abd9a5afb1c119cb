//! A package of the Python package index as it lies on disk: a wheel.

use std::borrow::Cow;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use anyhow::Context as _;
use zip::ZipArchive;

/// A wheel, which is a zip file of the package's files.
pub(crate) struct Wheel {
    name: String,
    archive: ZipArchive<File>,
}

impl Wheel {
    pub(crate) fn open(path: &Path) -> anyhow::Result<Wheel> {
        let name = path.display().to_string();
        let file = File::open(path).with_context(|| format!("cannot open {name}"))?;
        let archive = ZipArchive::new(file).with_context(|| format!("{name} is no wheel"))?;
        Ok(Wheel { name, archive })
    }

    /// The bytes of one member.
    pub(crate) fn read(&mut self, member: &str) -> anyhow::Result<Vec<u8>> {
        let context = || format!("cannot read {member} of {}", self.name);
        let mut file = self.archive.by_name(member).with_context(context)?;
        let mut bytes = Vec::with_capacity(usize::try_from(file.size()).unwrap_or(0).min(1 << 28));
        file.read_to_end(&mut bytes).with_context(context)?;
        Ok(bytes)
    }

    /// The bytes of one member, as text.
    pub(crate) fn read_text(&mut self, member: &str) -> anyhow::Result<String> {
        let bytes = self.read(member)?;
        String::from_utf8(bytes).with_context(|| format!("{member} of {} is no UTF-8", self.name))
    }

    /// The names of the members in `folder` that end with `suffix`.
    pub(crate) fn members(&self, folder: &str, suffix: &str) -> Vec<String> {
        let names = self.archive.file_names().filter_map(Result::ok);
        let mut names: Vec<String> =
            names.filter(|name| name.starts_with(folder) && name.ends_with(suffix)).map(Cow::into_owned).collect();
        names.sort_unstable();
        names
    }
}
