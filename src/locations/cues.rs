//! What the words of an article tell of the country that it is written in or about, names of places aside
//! (`config/country_cues.toml`): sheriffs and school boards, crores and panchayats, the Garda.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use serde::Deserialize;

use crate::text::{Document, LexiconError, Lexicons};

const FILE: &str = "country_cues.toml";

/// How many words a cue may have.
const MAX_WORDS: usize = 3;
/// As many cues must be found before half of the evidence is believed.
const DOUBT: f32 = 3.0;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CuesToml {
    cues: BTreeMap<String, Vec<String>>,
}

type Code = [u8; 2];

/// The words, each with the countries that it speaks for.
#[derive(Debug)]
pub(super) struct Cues {
    countries: FxHashMap<Box<str>, Vec<Code>>,
    /// The longest cue that begins with a word, in words.
    longest: FxHashMap<Box<str>, usize>,
}

/// What an article's words tell: of each country how many cues speak for it, and how many cues there are.
#[derive(Debug, Default)]
pub(super) struct Told {
    countries: Vec<(Code, f32)>,
    all: f32,
}

impl Cues {
    pub(super) fn read(lexicons: &Lexicons) -> Result<Cues, LexiconError> {
        let CuesToml { cues } = lexicons.read(FILE)?;
        let fail = |message: String| LexiconError { file: FILE.to_owned(), message };
        let mut countries: FxHashMap<Box<str>, Vec<Code>> = FxHashMap::default();
        let mut longest: FxHashMap<Box<str>, usize> = FxHashMap::default();
        for (code, phrases) in cues {
            let code: Code =
                code.as_bytes().try_into().map_err(|_| fail(format!("{code} is no ISO 3166-1 alpha-2 code")))?;
            for phrase in phrases {
                let mut words = phrase.split(' ');
                let (first, length) = (words.next().unwrap_or_default(), 1 + words.count());
                if length > MAX_WORDS {
                    return Err(fail(format!("{phrase:?} has more than {MAX_WORDS} words")));
                }
                let known = longest.entry(first.into()).or_default();
                *known = length.max(*known);
                countries.entry(phrase.into_boxed_str()).or_default().push(code);
            }
        }
        Ok(Cues { countries, longest })
    }

    /// The cues of `document`; one that is repeated counts once.
    pub(super) fn of(&self, document: &Document<'_>) -> Told {
        let mut told = Told::default();
        let mut found: Vec<&str> = Vec::new();
        let mut small = String::new();
        for field in [&document.title, &document.body] {
            for start in 0..field.tokens.len() {
                let Some(&longest) = look_up(&self.longest, field.word(start), &mut small).map(|(_, n)| n) else {
                    continue;
                };
                let stop = (start + longest).min(field.tokens.len());
                for end in (start + 1..=stop).rev() {
                    let text = field.span_of(start..end).of(field.text);
                    if let Some((cue, codes)) = look_up(&self.countries, text, &mut small) {
                        if !found.contains(&cue) {
                            found.push(cue);
                            told.add(codes);
                        }
                        break;
                    }
                }
            }
        }
        told
    }
}

/// The entry of `text` as it is written, else of it in small letters.
fn look_up<'m, T>(map: &'m FxHashMap<Box<str>, T>, text: &str, small: &mut String) -> Option<(&'m str, &'m T)> {
    let mut entry = map.get_key_value(text);
    if entry.is_none() && text.chars().any(char::is_uppercase) {
        small.clear();
        small.extend(text.chars().flat_map(char::to_lowercase));
        entry = map.get_key_value(small.as_str());
    }
    entry.map(|(key, value)| (&**key, value))
}

impl Told {
    /// A word that speaks for several countries speaks for each the less.
    fn add(&mut self, codes: &[Code]) {
        let weight = 1.0 / codes.len() as f32;
        self.all += 1.0;
        for &code in codes {
            match self.countries.iter_mut().find(|(known, _)| *known == code) {
                Some((_, sum)) => *sum += weight,
                None => self.countries.push((code, weight)),
            }
        }
    }

    /// How much of what is told speaks for the country of `code`, 0..1.
    pub(super) fn share(&self, code: Code) -> f32 {
        let sum = self.countries.iter().find(|(known, _)| *known == code).map_or(0.0, |(_, sum)| *sum);
        sum / (self.all + DOUBT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Told {
        let cues = Cues::read(&Lexicons::default()).expect("the table can be read");
        cues.of(&Document::parse(None, text))
    }

    #[test]
    fn words_tell_a_country() {
        let told = told("Sheriff's deputies closed the school district's office, the CITY COUNCIL said.");
        assert!(told.share(*b"US") > 0.3);
        assert_eq!(told.share(*b"IN"), 0.0);
    }

    #[test]
    fn a_repeated_word_counts_once() {
        assert_eq!(told("a crore and a crore").share(*b"IN"), told("a crore").share(*b"IN"));
    }

    #[test]
    fn nothing_told_is_nothing() {
        assert_eq!(told("It rained.").share(*b"US"), 0.0);
    }
}
