//! The artifact: one file that holds a converted pipeline, made to be mapped into memory and used as it lies.
//!
//! A fixed header (magic, format version, length, checksum), tensors aligned to cache lines, and a manifest in
//! JSON that says what they are. Numbers are little-endian. Opening checks every length that later code relies
//! on, so that a damaged or hostile file is an error and never a panic.

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

const MAGIC: [u8; 8] = *b"SPACYCNN";
/// Raised when a reader of an older format would misread the file.
const FORMAT: u32 = 2;
const HEADER: usize = 64;
const ALIGNMENT: usize = 64;

/// Why bytes are not a usable artifact.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ArtifactError {
    /// The bytes do not start as an artifact does.
    #[error("not a model artifact; make one with `dateline data model PATH`")]
    NotAnArtifact,
    /// The artifact was written by another version of this library.
    #[error("artifact format {found}, but this program reads format {expected}; convert the pipeline again")]
    Format {
        /// The format that the file names.
        found: u32,
        /// The format that this program reads.
        expected: u32,
    },
    /// The file is shorter or longer than its header says.
    #[error("artifact has {found} bytes, its header says {expected}; the file is incomplete")]
    Length {
        /// The number of bytes at hand.
        found: u64,
        /// The number of bytes that the header names.
        expected: u64,
    },
    /// The contents do not fit the checksum.
    #[error("artifact checksum does not match; the file is damaged")]
    Checksum,
    /// The bytes do not start at a multiple of eight, so that numbers cannot be read where they lie.
    #[error("artifact bytes are not aligned; map the file or use `AlignedBytes`")]
    Alignment,
    /// The contents contradict themselves.
    #[error("artifact is inconsistent: {0}")]
    Inconsistent(String),
}

/// Where a tensor lies, in bytes from the start of the file.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub(super) struct Tensor {
    at: u64,
    bytes: u64,
}

/// Bytes that start at an aligned address, for an artifact that is read rather than mapped.
#[derive(Debug, Clone)]
pub struct AlignedBytes {
    words: Vec<u64>,
    len: usize,
}

impl AlignedBytes {
    /// Copies `bytes` to aligned memory.
    #[must_use]
    pub fn new(bytes: &[u8]) -> AlignedBytes {
        let mut words = vec![0u64; bytes.len().div_ceil(8)];
        bytemuck::cast_slice_mut(&mut words)[..bytes.len()].copy_from_slice(bytes);
        AlignedBytes { words, len: bytes.len() }
    }
}

impl AsRef<[u8]> for AlignedBytes {
    fn as_ref(&self) -> &[u8] {
        &bytemuck::cast_slice(&self.words)[..self.len]
    }
}

/// An artifact's bytes, checked.
pub(super) struct Bytes(Box<dyn AsRef<[u8]> + Send + Sync>);

impl std::fmt::Debug for Bytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Bytes({})", (*self.0).as_ref().len())
    }
}

impl Bytes {
    /// Checks the header and the checksum; returns the bytes and the manifest.
    pub(super) fn open<M: for<'de> Deserialize<'de>>(
        bytes: Box<dyn AsRef<[u8]> + Send + Sync>,
    ) -> Result<(Bytes, M), ArtifactError> {
        let all = (*bytes).as_ref();
        let number = |at: usize| all.get(at..at + 8).and_then(|b| b.try_into().ok()).map(u64::from_le_bytes);
        if all.get(..8) != Some(MAGIC.as_slice()) {
            return Err(ArtifactError::NotAnArtifact);
        }
        let (Some(format), Some(length), Some(checksum), Some(manifest_at)) =
            (number(8), number(16), number(24), number(32))
        else {
            return Err(ArtifactError::NotAnArtifact);
        };
        if format as u32 != FORMAT {
            return Err(ArtifactError::Format { found: format as u32, expected: FORMAT });
        }
        if length != all.len() as u64 || all.len() < HEADER {
            return Err(ArtifactError::Length { found: all.len() as u64, expected: length });
        }
        if bytemuck::try_cast_slice::<u8, u64>(&all[..HEADER]).is_err() {
            return Err(ArtifactError::Alignment);
        }
        if checksum_of(all) != checksum {
            return Err(ArtifactError::Checksum);
        }
        let manifest = usize::try_from(manifest_at)
            .ok()
            .and_then(|at| all.get(at..))
            .ok_or_else(|| ArtifactError::Inconsistent("the manifest lies outside the file".to_owned()))?;
        let manifest =
            serde_json::from_slice(manifest).map_err(|e| ArtifactError::Inconsistent(format!("manifest: {e}")))?;
        Ok((Bytes(bytes), manifest))
    }

    /// The numbers of `tensor`; empty where it lies outside the file, which [`Bytes::check`] rules out.
    pub(super) fn get<T: bytemuck::AnyBitPattern>(&self, tensor: Tensor) -> &[T] {
        self.try_get(tensor).unwrap_or_default()
    }

    fn try_get<T: bytemuck::AnyBitPattern>(&self, tensor: Tensor) -> Option<&[T]> {
        let start = usize::try_from(tensor.at).ok()?;
        let end = start.checked_add(usize::try_from(tensor.bytes).ok()?)?;
        bytemuck::try_cast_slice((*self.0).as_ref().get(start..end)?).ok()
    }

    /// Checks that `tensor` holds exactly `len` numbers.
    pub(super) fn check<T: bytemuck::AnyBitPattern>(
        &self,
        what: &str,
        tensor: Tensor,
        len: Option<usize>,
    ) -> Result<(), ArtifactError> {
        match (self.try_get::<T>(tensor), len) {
            (Some(numbers), Some(len)) if numbers.len() == len => Ok(()),
            (Some(numbers), _) => {
                Err(ArtifactError::Inconsistent(format!("{what}: {} numbers, expected {len:?}", numbers.len())))
            }
            (None, _) => Err(ArtifactError::Inconsistent(format!("{what}: lies outside the file"))),
        }
    }
}

/// The checksum of everything but its own eight bytes.
fn checksum_of(all: &[u8]) -> u64 {
    xxh3_64(&all[..24]) ^ xxh3_64(&all[32..])
}

/// Writes an artifact.
#[derive(Debug)]
pub(super) struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    pub(super) fn new() -> Writer {
        Writer { bytes: vec![0; HEADER] }
    }

    /// Adds a tensor.
    pub(super) fn tensor<T: bytemuck::NoUninit>(&mut self, numbers: &[T]) -> Tensor {
        self.bytes.resize(self.bytes.len().next_multiple_of(ALIGNMENT), 0);
        let at = self.bytes.len() as u64;
        let raw: &[u8] = bytemuck::cast_slice(numbers);
        self.bytes.extend_from_slice(raw);
        Tensor { at, bytes: raw.len() as u64 }
    }

    /// Adds the manifest and returns the finished artifact.
    pub(super) fn finish(mut self, manifest: &impl Serialize) -> Result<Vec<u8>, serde_json::Error> {
        let at = self.bytes.len() as u64;
        serde_json::to_writer(&mut self.bytes, manifest)?;
        let length = self.bytes.len() as u64;
        self.bytes[..8].copy_from_slice(&MAGIC);
        self.bytes[8..16].copy_from_slice(&u64::from(FORMAT).to_le_bytes());
        self.bytes[16..24].copy_from_slice(&length.to_le_bytes());
        self.bytes[32..40].copy_from_slice(&at.to_le_bytes());
        let checksum = checksum_of(&self.bytes);
        self.bytes[24..32].copy_from_slice(&checksum.to_le_bytes());
        Ok(self.bytes)
    }
}

/// Makes the checksum of changed bytes right again.
#[cfg(test)]
pub(super) fn reseal(bytes: &mut [u8]) {
    let checksum = checksum_of(bytes);
    bytes[24..32].copy_from_slice(&checksum.to_le_bytes());
}
