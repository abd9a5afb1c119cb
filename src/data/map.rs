//! Mapping an artifact into memory: the one place in the crate that needs `unsafe`.

use std::fs::File;
use std::path::Path;

use anyhow::Context as _;
use memmap2::Mmap;

/// Maps the file at `path` read-only.
///
/// # Errors
/// Where the file cannot be opened or mapped.
#[allow(unsafe_code)]
pub(crate) fn map(path: &Path) -> anyhow::Result<Mmap> {
    let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    // SAFETY: the bytes of a mapping must not change while it lives. The file is opened read-only and is an
    // artifact, which is only ever written under another name and then renamed over the old one (`write_atomically`):
    // a new artifact is a new inode, and this mapping keeps the old one. Nothing truncates or writes it in place.
    unsafe { Mmap::map(&file) }.with_context(|| format!("cannot map {} into memory", path.display()))
}
