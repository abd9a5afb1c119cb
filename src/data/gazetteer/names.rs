//! Which of the many names that the packages give a place an English text could mean, and which of them is
//! its English one.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use crate::locations::gazetteer::{MAX_KEY_BYTES, normalise};

use super::curated::Refused;

/// What an English name of a subdivision ends with, the likelier the earlier.
const KINDS: &[&str] = &[
    "Autonomous Region",
    "Autonomous Republic",
    "Autonomous Okrug",
    "Metropolitan City",
    "Region",
    "Governorate",
    "Oblast",
    "Krai",
    "Province",
    "Prefecture",
    "Voivodeship",
    "Municipality",
    "Department",
    "Republic",
    "County",
    "District",
    "State",
];

/// The letters of the Latin script and the signs that names are written with.
fn is_latin(c: char) -> bool {
    matches!(c, '\0'..='\u{24f}' | '\u{2b0}'..='\u{36f}' | '\u{1e00}'..='\u{1eff}' | '\u{2010}'..='\u{201f}')
}

/// Whether `name` begins as a name does: with a capital, before which an article may stand ("al-Quds", "'s-Hertogenbosch").
fn begins_as_name(name: &str) -> bool {
    let mut words = name.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
    let first = words.next().unwrap_or_default();
    let begins = |word: &str| word.chars().next().is_some_and(char::is_uppercase);
    begins(first) || (first.len() <= 3 && words.next().is_some_and(begins))
}

/// Whether `name` is worth an entry as another name of a place. Refuses what an English text does not mean
/// by it: names in other scripts and their letter-by-letter transliterations (which the source writes in
/// small letters), codes of airports and authorities, and words of the language.
pub(super) fn keeps_alternate(name: &str, refused: &Refused, key: &mut String) -> bool {
    let letters = name.chars().filter(|c| c.is_alphabetic()).count();
    let all_capitals = !name.chars().any(char::is_lowercase);
    if letters < 3 || (all_capitals && letters <= 6) || !name.chars().all(is_latin) || !begins_as_name(name) {
        return false;
    }
    if name.chars().any(|c| c.is_ascii_digit() || matches!(c, '(' | '/' | ';' | ':' | ',')) {
        return false;
    }
    normalise(name, key);
    key.len() <= MAX_KEY_BYTES && !refused.refuses_alternate(key)
}

/// Whether the name that a place goes by is worth an entry.
pub(super) fn keeps_plain(name: &str, refused: &Refused, key: &mut String) -> bool {
    normalise(name, key);
    !key.is_empty() && key.len() <= MAX_KEY_BYTES && !refused.refuses(key)
}

/// The English name of a subdivision, which its source calls by its local one ("Moskva", "Ḩalab").
///
/// It is found among the other names by their form: one that ends with an English word for its kind
/// ("Aleppo Governorate"), without that word where the rest is a name of it too ("Aleppo"); else one that is
/// also the name of a town in it ("Moscow").
pub(super) fn english_name(name: &str, aliases: &[String], largest_town: Option<&str>) -> String {
    let normal = |name: &str| {
        let mut key = String::new();
        normalise(name, &mut key);
        key
    };
    let known: Vec<String> = std::iter::once(name).chain(aliases.iter().map(String::as_str)).map(normal).collect();
    let latin = || aliases.iter().map(String::as_str).filter(|alias| alias.chars().all(is_latin));
    for kind in KINDS {
        for alias in latin() {
            let Some(rest) = alias.strip_suffix(kind).and_then(|rest| rest.strip_suffix(' ')) else { continue };
            if KINDS.iter().any(|kind| rest.ends_with(kind)) {
                continue;
            }
            if known.contains(&normal(rest)) {
                return rest.to_owned();
            }
            if known[0] != normal(rest) {
                return alias.to_owned();
            }
        }
    }
    for alias in latin() {
        let Some((_, rest)) = alias.split_once(" of ") else { continue };
        if known.contains(&normal(rest)) {
            // As it is spelled where it stands alone, if it does.
            let alone = std::iter::once(name).chain(latin()).find(|name| normal(name) == normal(rest));
            return alone.unwrap_or(rest).to_owned();
        }
    }
    if let Some(town) = largest_town
        && known[1..].contains(&normal(town))
    {
        return town.to_owned();
    }
    name.to_owned()
}

/// `name` in plain Latin letters, its half-rings as apostrophes ("Khān Yūnis" → "Khan Yunis").
pub(super) fn without_diacritics(name: &str) -> String {
    name.nfd()
        .filter(|&c| !is_combining_mark(c))
        .map(|c| if matches!(c, '‘' | '’' | 'ʻ' | 'ʼ' | 'ʿ' | 'ʾ' | '`') { '\'' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_no_english_text_means_are_refused() {
        let refused = Refused::parse("always = ['Of']\nas_alternate = ['Police']").expect("lists");
        let keeps = |name: &str| keeps_alternate(name, &refused, &mut String::new());
        for name in
            ["Kiev", "Al Quds", "al-Quds", "'s-Hertogenbosch", "Łódź", "Constantinople", "Thành phố Hồ Chí Minh"]
        {
            assert!(keeps(name), "{name}");
        }
        for name in
            ["RUH", "KHNP", "Of", "Police", "Ko", "riyadh", "li ya de", "Москва", "東京", "Paris 01", "", "-", "A, B"]
        {
            assert!(!keeps(name), "{name}");
        }
        assert!(keeps_plain("Police", &refused, &mut String::new()));
        assert!(!keeps_plain("Of", &refused, &mut String::new()));
        assert!(!keeps_plain(&"x".repeat(500), &refused, &mut String::new()));
    }

    #[test]
    fn transliteration_loses_its_marks() {
        assert_eq!(without_diacritics("Khān Yūnis"), "Khan Yunis");
        assert_eq!(without_diacritics("Rafaḩ"), "Rafah");
        assert_eq!(without_diacritics("Ad Duraʿ"), "Ad Dura'");
    }

    #[test]
    fn a_subdivision_gets_its_english_name() {
        let english = |name: &str, aliases: &[&str], town: Option<&str>| {
            english_name(name, &aliases.iter().map(|&alias| alias.to_owned()).collect::<Vec<_>>(), town)
        };
        assert_eq!(english("Ḩalab", &["Aleppo", "Aleppo Governorate", "حلب"], None), "Aleppo");
        assert_eq!(english("Ar Riyāḑ", &["Riyadh Province", "Riyadh Region", "الرياض"], None), "Riyadh Region");
        assert_eq!(english("Moskva", &["Moscow", "Мәскәү"], Some("Moscow")), "Moscow");
        assert_eq!(
            english("California", &["Alta California", "California Republic", "State of California"], None),
            "California"
        );
        assert_eq!(
            english("Thüringen", &["Free State of Thuringia", "Freistaat Thüringen", "Thuringia"], None),
            "Thuringia"
        );
        assert_eq!(english("Sokoto", &[], Some("Sokoto")), "Sokoto");
        assert_eq!(english("Corse", &["Corsica", "Corsica Region", "Région Corse"], None), "Corsica");
    }
}
