//! The bytes of a gazetteer artifact: header, sections and records, each with its encoder and its decoder
//! side by side. What the records mean is said in the parent module; nothing here reads files.
//!
//! ```text
//! 0   magic            8 bytes
//! 8   format version   u32      16  length of the file  u64
//! 12  sections         u32      24  XXH3-64 of all that follows byte 32
//! 32  section table    sections × (offset u64, length u64)
//! ..  sections, each aligned to 8 bytes
//! ```
//! Integers are little-endian.

use std::ops::Range;

use xxhash_rust::xxh3::xxh3_64;

use super::ArtifactError;

const MAGIC: [u8; 8] = *b"DLGAZET\n";

/// Raised whenever a reader of the older format would misread the newer one.
pub(crate) const FORMAT_VERSION: u32 = 2;

const HEADER_BYTES: usize = 32;
const TABLE_ENTRY_BYTES: usize = 16;

/// What the file consists of, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    /// TOML: version, sources, counts.
    Manifest,
    /// `fst` map: normalised name → index of the first of its entries in `Lists`.
    Names,
    /// [`ListEntry`] after [`ListEntry`], likeliest first.
    Lists,
    /// [`PlaceRecord`] after [`PlaceRecord`].
    Places,
    /// The names of places, UTF-8, back to back.
    Strings,
    /// Feature codes, eight bytes each, padded with zeros.
    Features,
    /// `fst` map: ISO 3166-1 alpha-2 → row.
    Countries,
    /// `fst` map: normalised demonym → row.
    Demonyms,
    /// [`RegionRecord`] after [`RegionRecord`], by row.
    Regions,
}

pub(crate) const SECTIONS: [Section; 9] = [
    Section::Manifest,
    Section::Names,
    Section::Lists,
    Section::Places,
    Section::Strings,
    Section::Features,
    Section::Countries,
    Section::Demonyms,
    Section::Regions,
];

/// Where each section lies in the file.
#[derive(Debug, Clone)]
pub(crate) struct Layout([Range<usize>; SECTIONS.len()]);

impl Layout {
    pub(crate) fn range(&self, section: Section) -> Range<usize> {
        self.0[section as usize].clone()
    }

    /// Checks everything that can be wrong with the file as a whole.
    pub(crate) fn read(bytes: &[u8]) -> Result<Layout, ArtifactError> {
        if bytes.get(..MAGIC.len()) != Some(&MAGIC[..]) {
            return Err(ArtifactError::BadMagic);
        }
        let truncated = || ArtifactError::Truncated { expected: HEADER_BYTES as u64, found: bytes.len() as u64 };
        let version = read_u32(bytes, 8).ok_or_else(truncated)?;
        if version != FORMAT_VERSION {
            return Err(ArtifactError::Version { expected: FORMAT_VERSION, found: version });
        }
        let sections = read_u32(bytes, 12).ok_or_else(truncated)?;
        let length = read_u64(bytes, 16).ok_or_else(truncated)?;
        let checksum = read_u64(bytes, 24).ok_or_else(truncated)?;
        if length != bytes.len() as u64 {
            return Err(ArtifactError::Truncated { expected: length, found: bytes.len() as u64 });
        }
        if xxh3_64(bytes.get(HEADER_BYTES..).ok_or_else(truncated)?) != checksum {
            return Err(ArtifactError::Checksum);
        }
        if sections as usize != SECTIONS.len() {
            return Err(ArtifactError::Malformed("the number of sections is wrong"));
        }
        let mut ranges = [const { 0..0 }; SECTIONS.len()];
        for (index, range) in ranges.iter_mut().enumerate() {
            let entry = HEADER_BYTES + index * TABLE_ENTRY_BYTES;
            let offset = read_u64(bytes, entry).and_then(|n| usize::try_from(n).ok());
            let length = read_u64(bytes, entry + 8).and_then(|n| usize::try_from(n).ok());
            *range = offset
                .zip(length)
                .and_then(|(offset, length)| Some(offset..offset.checked_add(length)?))
                .filter(|range| range.end <= bytes.len())
                .ok_or(ArtifactError::Malformed("a section lies outside the file"))?;
        }
        Ok(Layout(ranges))
    }
}

/// Puts sections, in the order of [`SECTIONS`], behind a header that describes them.
pub(crate) fn assemble(sections: &[Vec<u8>; SECTIONS.len()]) -> Vec<u8> {
    let mut file = vec![0; HEADER_BYTES + SECTIONS.len() * TABLE_ENTRY_BYTES];
    for (index, section) in sections.iter().enumerate() {
        file.resize(file.len().next_multiple_of(8), 0);
        let entry = HEADER_BYTES + index * TABLE_ENTRY_BYTES;
        let offset = file.len() as u64;
        file[entry..entry + 8].copy_from_slice(&offset.to_le_bytes());
        file[entry + 8..entry + 16].copy_from_slice(&(section.len() as u64).to_le_bytes());
        file.extend_from_slice(section);
    }
    seal(&mut file);
    file
}

/// Writes magic, version, length and checksum over the first bytes of `file`.
pub(crate) fn seal(file: &mut [u8]) {
    let length = file.len() as u64;
    let checksum = xxh3_64(&file[HEADER_BYTES..]);
    file[..8].copy_from_slice(&MAGIC);
    file[8..12].copy_from_slice(&FORMAT_VERSION.to_le_bytes());
    file[12..16].copy_from_slice(&(SECTIONS.len() as u32).to_le_bytes());
    file[16..24].copy_from_slice(&length.to_le_bytes());
    file[24..32].copy_from_slice(&checksum.to_le_bytes());
}

fn read_u32(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at.checked_add(4)?)?.try_into().ok().map(u32::from_le_bytes)
}

fn read_u64(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..at.checked_add(8)?)?.try_into().ok().map(u64::from_le_bytes)
}

/// Stands for "none" in a row number.
const NO_ROW: u32 = u32::MAX;

/// One place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PlaceRecord {
    /// GeoNames' id, 0 where it has none.
    pub(crate) geonames_id: u32,
    /// Millionths of a degree.
    pub(crate) latitude_udeg: i32,
    /// Millionths of a degree.
    pub(crate) longitude_udeg: i32,
    pub(crate) population: u32,
    pub(crate) admin1: Option<u32>,
    pub(crate) admin2: Option<u32>,
    /// Where the name begins in the string table.
    pub(crate) name_offset: u32,
    pub(crate) name_bytes: u16,
    /// Zeros where it lies in no country, or in several.
    pub(crate) country: [u8; 2],
    /// An index into the feature codes.
    pub(crate) feature: u8,
    /// How many people live there, or in all its settlements: the decimal logarithm in steps of
    /// [`PlaceRecord::MAGNITUDE_STEP`].
    pub(crate) magnitude: u8,
}

impl PlaceRecord {
    pub(crate) const BYTES: usize = 36;
    /// Fine enough to order places, and ten thousand million still fit.
    pub(crate) const MAGNITUDE_STEP: f64 = 0.04;

    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.geonames_id.to_le_bytes());
        out.extend_from_slice(&self.latitude_udeg.to_le_bytes());
        out.extend_from_slice(&self.longitude_udeg.to_le_bytes());
        out.extend_from_slice(&self.population.to_le_bytes());
        out.extend_from_slice(&self.admin1.unwrap_or(NO_ROW).to_le_bytes());
        out.extend_from_slice(&self.admin2.unwrap_or(NO_ROW).to_le_bytes());
        out.extend_from_slice(&self.name_offset.to_le_bytes());
        out.extend_from_slice(&self.name_bytes.to_le_bytes());
        out.extend_from_slice(&self.country);
        out.extend_from_slice(&[self.feature, self.magnitude, 0, 0]);
    }

    /// Where the country code of `row` lies among the places.
    pub(crate) fn country_offset(row: u32) -> usize {
        (row as usize).saturating_mul(Self::BYTES).saturating_add(30)
    }

    /// The record of `row`; `None` past the last.
    pub(crate) fn decode(places: &[u8], row: u32) -> Option<PlaceRecord> {
        let start = (row as usize).checked_mul(Self::BYTES)?;
        let bytes: &[u8; Self::BYTES] = places.get(start..start.checked_add(Self::BYTES)?)?.try_into().ok()?;
        let word = |index: usize| {
            let at = index * 4;
            u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
        };
        Some(PlaceRecord {
            geonames_id: word(0),
            latitude_udeg: word(1).cast_signed(),
            longitude_udeg: word(2).cast_signed(),
            population: word(3),
            admin1: Some(word(4)).filter(|&row| row != NO_ROW),
            admin2: Some(word(5)).filter(|&row| row != NO_ROW),
            name_offset: word(6),
            name_bytes: u16::from_le_bytes([bytes[28], bytes[29]]),
            country: [bytes[30], bytes[31]],
            feature: bytes[32],
            magnitude: bytes[33],
        })
    }
}

/// How a name belongs to a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NameKind {
    /// The name it goes by.
    Plain,
    /// Another name of it: older, foreign, official or short.
    Alternate,
    /// An abbreviation that counts only in capitals ("US" is a country, "us" is not).
    Capitals,
}

/// One place that bears a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ListEntry {
    pub(crate) row: u32,
    pub(crate) kind: NameKind,
    /// The last place that bears the name.
    pub(crate) last: bool,
}

impl ListEntry {
    pub(crate) const BYTES: usize = 4;
    /// Rows must fit beside the flags.
    pub(crate) const MAX_ROW: u32 = (1 << 28) - 1;
    const LAST: u32 = 1 << 31;
    const ALTERNATE: u32 = 1 << 30;
    const CAPITALS: u32 = 1 << 29;

    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        let kind = match self.kind {
            NameKind::Plain => 0,
            NameKind::Alternate => Self::ALTERNATE,
            NameKind::Capitals => Self::CAPITALS,
        };
        let last = if self.last { Self::LAST } else { 0 };
        out.extend_from_slice(&(self.row | kind | last).to_le_bytes());
    }

    /// The entry at `index`; `None` past the end.
    pub(crate) fn decode(lists: &[u8], index: usize) -> Option<ListEntry> {
        let word = read_u32(lists, index.checked_mul(Self::BYTES)?)?;
        let kind = match word {
            word if word & Self::CAPITALS != 0 => NameKind::Capitals,
            word if word & Self::ALTERNATE != 0 => NameKind::Alternate,
            _ => NameKind::Plain,
        };
        Some(ListEntry { row: word & Self::MAX_ROW, kind, last: word & Self::LAST != 0 })
    }
}

/// What is known of a region beyond its place: our own name for it, and the countries it lies in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RegionRecord {
    pub(crate) row: u32,
    /// Where the id begins in the string table; the country codes follow it, two bytes each.
    pub(crate) offset: u32,
    pub(crate) id_bytes: u16,
    pub(crate) countries: u16,
}

impl RegionRecord {
    pub(crate) const BYTES: usize = 12;

    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.row.to_le_bytes());
        out.extend_from_slice(&self.offset.to_le_bytes());
        out.extend_from_slice(&self.id_bytes.to_le_bytes());
        out.extend_from_slice(&self.countries.to_le_bytes());
    }

    fn decode(bytes: &[u8]) -> Option<RegionRecord> {
        let lengths = read_u32(bytes, 8)?;
        Some(RegionRecord {
            row: read_u32(bytes, 0)?,
            offset: read_u32(bytes, 4)?,
            id_bytes: (lengths & 0xffff) as u16,
            countries: (lengths >> 16) as u16,
        })
    }

    /// The record of `row`, if it is a region's. They are few: a scan over one or two pages.
    pub(crate) fn find(regions: &[u8], row: u32) -> Option<RegionRecord> {
        regions.chunks_exact(Self::BYTES).filter_map(RegionRecord::decode).find(|region| region.row == row)
    }
}
