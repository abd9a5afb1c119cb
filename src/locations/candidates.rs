//! The places that may bear a name, and what is known of each without its article.

use super::gazetteer::{Gazetteer, NameKind, PlaceIndex, normalise};

/// How many places of one name are weighed; the gazetteer gives the likeliest first.
const MAX_CANDIDATES: usize = 48;

/// How many letters the name of a small place must have.
const MIN_NAME_CHARS: usize = 3;

/// The decimal logarithm of a small town's inhabitants.
const SMALL_TOWN: f32 = 3.0;

/// What kind of place, as far as it matters for choosing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Country,
    /// A first-level subdivision.
    Subdivision,
    /// A smaller one.
    District,
    Capital,
    Town,
    /// A sea, a range, a region of several countries.
    Region,
}

impl Kind {
    /// The kind that a GeoNames feature code tells.
    pub(super) fn of(feature_code: &str) -> Kind {
        match feature_code {
            "PPLC" => Kind::Capital,
            "ADM1" => Kind::Subdivision,
            code if code.starts_with("PCL") || code == "TERR" => Kind::Country,
            code if code.starts_with("ADM") => Kind::District,
            code if code.starts_with("PPL") => Kind::Town,
            _ => Kind::Region,
        }
    }

    /// Whether it is a point on the map for distances: a country or a sea is none.
    pub(super) fn is_local(self) -> bool {
        matches!(self, Kind::Subdivision | Kind::District | Kind::Capital | Kind::Town)
    }
}

/// How a place bears the name that the text gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bears {
    /// It is the name it goes by.
    Main,
    /// An abbreviation or a name of our own table.
    Ours,
    /// Its name without the word for its kind: "Licking" for "Licking County".
    Short,
    /// Another name of it.
    Alternate,
}

/// A place that bears a name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate {
    pub(super) place: PlaceIndex,
    pub(super) kind: Kind,
    pub(super) country: Option<[u8; 2]>,
    /// Itself, where it is one.
    pub(super) admin1: Option<PlaceIndex>,
    /// Itself, where it is one.
    pub(super) admin2: Option<PlaceIndex>,
    /// The decimal logarithm of its inhabitants.
    pub(super) magnitude: f32,
    pub(super) bears: Bears,
    /// Whether the name counts only in capitals.
    pub(super) abbreviated: bool,
    /// Its point on the unit sphere.
    pub(super) point: [f32; 3],
}

impl Candidate {
    /// The square of the chord to `other`, in earth radii.
    pub(super) fn chord2(&self, other: &[f32; 3]) -> f32 {
        let dot = self.point[0] * other[0] + self.point[1] * other[1] + self.point[2] * other[2];
        (2.0 - 2.0 * dot).max(0.0)
    }

    /// Whether it lies in `container`, a country or a subdivision.
    pub(super) fn lies_in(&self, container: &Candidate) -> bool {
        if self.place == container.place {
            return false;
        }
        match container.kind {
            Kind::Country => {
                container.country.is_some() && container.country == self.country && self.kind != Kind::Country
            }
            Kind::Subdivision => self.admin1 == Some(container.place),
            Kind::District => self.admin2 == Some(container.place),
            Kind::Town | Kind::Capital | Kind::Region => false,
        }
    }
}

/// The places that bear `name`, likeliest first. `key` is scratch, and holds the name's normal form afterwards.
pub(super) fn lookup(gazetteer: &Gazetteer, name: &str, key: &mut String, found: &mut Vec<Candidate>) {
    found.clear();
    // "W. Columbia"
    if let Some(long) = unabbreviated(name)
        && gazetteer.candidates(name, key).next().is_none()
    {
        return lookup(gazetteer, &long, key, found);
    }
    let short = name.chars().filter(|c| c.is_alphabetic()).count() < MIN_NAME_CHARS;
    let candidates = gazetteer.candidates(name, key).take(MAX_CANDIDATES);
    found.extend(candidates.map(|c| candidate(gazetteer, c.place, c.kind, key)));
    if short {
        found.retain(|c| matches!(c.kind, Kind::Country | Kind::Region | Kind::Subdivision) || c.bears == Bears::Ours);
    }
}

/// `name` with its first word, a point of the compass, in full.
fn unabbreviated(name: &str) -> Option<String> {
    let (first, rest) = name.split_once(' ')?;
    let full = match first {
        "N." => "North",
        "S." => "South",
        "E." => "East",
        "W." => "West",
        _ => return None,
    };
    Some(format!("{full} {rest}"))
}

/// One place as a candidate for the name of the normal form `key`.
pub(super) fn candidate(gazetteer: &Gazetteer, index: PlaceIndex, name: NameKind, key: &str) -> Candidate {
    let place = gazetteer.place(index);
    let mut kind = Kind::of(place.feature_code);
    let mut magnitude = place.magnitude as f32;
    // A river or an airport of GeoNames' dump is no region that all news knows, but as likely as a small town.
    if kind == Kind::Region && place.geonames_id.is_some() && place.feature_code != "CONT" {
        (kind, magnitude) = (Kind::Town, SMALL_TOWN);
    }
    let (latitude, longitude) = (place.coordinates.latitude.to_radians(), place.coordinates.longitude.to_radians());
    Candidate {
        place: index,
        kind,
        country: place.country_code.and_then(|code| code.as_bytes().try_into().ok()),
        admin1: if kind == Kind::Subdivision { Some(index) } else { place.admin1 },
        admin2: if kind == Kind::District { Some(index) } else { place.admin2 },
        magnitude,
        bears: bears(place.name, name, key),
        abbreviated: name == NameKind::Capitals,
        point: [
            (latitude.cos() * longitude.cos()) as f32,
            (latitude.cos() * longitude.sin()) as f32,
            latitude.sin() as f32,
        ],
    }
}

/// How the place that goes by `name` bears the name of the normal form `key`.
fn bears(name: &str, kind: NameKind, key: &str) -> Bears {
    if kind == NameKind::Capitals {
        return Bears::Ours;
    }
    if name.eq_ignore_ascii_case(key) {
        return Bears::Main;
    }
    let mut normal = String::with_capacity(name.len());
    normalise(name, &mut normal);
    match normal.strip_prefix(key) {
        Some("") => Bears::Main,
        Some(rest) if rest.starts_with(' ') => Bears::Short,
        // Our own table's names are plain names too.
        _ if kind == NameKind::Plain => Bears::Ours,
        _ => Bears::Alternate,
    }
}
