//! The lexicons: readable TOML files in `config/`, compiled into the program, each replaceable at run time.
//!
//! This file holds their texts only; each stage parses its own.

use std::collections::BTreeMap;

/// A lexicon that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("lexicon {file}: {message}")]
pub struct LexiconError {
    /// The file's name, such as `titles.toml`.
    pub file: String,
    /// What is wrong with it and where.
    pub message: String,
}

/// The text of every lexicon, by file name.
#[derive(Debug, Clone)]
pub struct Lexicons {
    texts: BTreeMap<&'static str, String>,
}

/// The lexicons as they were when the program was built: (file name, text).
const EMBEDDED: &[(&str, &str)] = &[
    ("aliases.toml", include_str!("../../config/aliases.toml")),
    ("common_words.toml", include_str!("../../config/common_words.toml")),
    ("contexts.toml", include_str!("../../config/contexts.toml")),
    ("demonyms.toml", include_str!("../../config/demonyms.toml")),
    ("given_names.toml", include_str!("../../config/given_names.toml")),
    ("organisations.toml", include_str!("../../config/organisations.toml")),
    ("peoples.toml", include_str!("../../config/peoples.toml")),
    ("places.toml", include_str!("../../config/places.toml")),
    ("source_homes.toml", include_str!("../../config/source_homes.toml")),
    ("country_cues.toml", include_str!("../../config/country_cues.toml")),
    ("titles.toml", include_str!("../../config/titles.toml")),
    ("causes.toml", include_str!("../../config/causes.toml")),
    ("function_words.toml", include_str!("../../config/function_words.toml")),
    ("harm.toml", include_str!("../../config/harm.toml")),
    ("location_model.toml", include_str!("../../config/location_model.toml")),
    ("location_words.toml", include_str!("../../config/location_words.toml")),
    ("numbers.toml", include_str!("../../config/numbers.toml")),
    ("victims.toml", include_str!("../../config/victims.toml")),
];

impl Default for Lexicons {
    fn default() -> Self {
        Lexicons { texts: EMBEDDED.iter().map(|&(name, text)| (name, text.to_owned())).collect() }
    }
}

impl Lexicons {
    /// The names of all lexicon files.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.texts.keys().copied()
    }

    /// Puts `text` in place of the lexicon `name`; false where there is no lexicon of that name.
    pub fn replace(&mut self, name: &str, text: String) -> bool {
        self.texts.iter_mut().find(|(known, _)| **known == name).map(|(_, old)| *old = text).is_some()
    }

    /// Parses the lexicon `name` into the type that its stage reads it as.
    ///
    /// # Errors
    /// Where the text is no TOML or does not fit the type; the message names the line.
    pub fn read<T: serde::de::DeserializeOwned>(&self, name: &str) -> Result<T, LexiconError> {
        let fail = |message: String| LexiconError { file: name.to_owned(), message };
        let text = self.texts.get(name).ok_or_else(|| fail("there is no lexicon of that name".to_owned()))?;
        toml::from_str(text).map_err(|e| fail(e.to_string()))
    }
}
