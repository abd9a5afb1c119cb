//! Where sources are at home (`config/source_homes.toml`): a local paper that writes "Springfield" means its own.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use serde::Deserialize;

use super::candidates::{self, Candidate, Kind};
use super::gazetteer::Gazetteer;
use crate::text::{LexiconError, Lexicons};

const FILE: &str = "source_homes.toml";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HomesToml {
    homes: BTreeMap<String, String>,
}

/// The home of each source that is known.
#[derive(Debug)]
pub(super) struct Homes(FxHashMap<Box<str>, Candidate>);

impl Homes {
    /// Reads the table; a home that the gazetteer does not have is an error that names it.
    pub(super) fn read(lexicons: &Lexicons, gazetteer: &Gazetteer) -> Result<Homes, LexiconError> {
        let HomesToml { homes } = lexicons.read(FILE)?;
        let mut known = FxHashMap::default();
        for (source, home) in homes {
            let place = find(gazetteer, &home).ok_or_else(|| LexiconError {
                file: FILE.to_owned(),
                message: format!("{home}, the home of {source}, is not in the gazetteer"),
            })?;
            known.insert(source.to_lowercase().into_boxed_str(), place);
        }
        Ok(Homes(known))
    }

    /// The home of `source`: the source's name, or its host with or without "www.".
    pub(super) fn of(&self, source: &str) -> Option<&Candidate> {
        if self.0.is_empty() {
            return None;
        }
        let source = source.to_lowercase();
        self.0.get(source.as_str()).or_else(|| self.0.get(source.strip_prefix("www.")?))
    }
}

/// "Newark, Ohio": the likeliest place of the first name that lies in one of the second.
fn find(gazetteer: &Gazetteer, home: &str) -> Option<Candidate> {
    let (name, container) = match home.split_once(", ") {
        Some((name, container)) => (name, Some(container)),
        None => (home, None),
    };
    let (mut key, mut found, mut around) = (String::new(), Vec::new(), Vec::new());
    if let Some(container) = container {
        candidates::lookup(gazetteer, container, &mut key, &mut around);
        around.retain(|c| matches!(c.kind, Kind::Country | Kind::Subdivision | Kind::District));
    }
    candidates::lookup(gazetteer, name, &mut key, &mut found);
    found.into_iter().find(|c| container.is_none() || around.iter().any(|outer| c.lies_in(outer)))
}
