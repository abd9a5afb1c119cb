//! Names that are two: "Gondra district of Uttar Pradesh", "Central and South America", "U.S.-led invasion".

use super::shape;
use super::toponyms::Generic;
use super::words::Words;

/// The name before a word for a kind of place and the name behind its "of": "[Gondra] district of [Uttar Pradesh]". The
/// first is `None` where the word is of several, "the northern states of Bihar".
pub(super) fn lies_in<'t>(text: &'t str, words: &Words) -> Option<(Option<&'t str>, &'t str)> {
    let (front, outer) = text.split_once(" of ")?;
    let outer = outer.strip_prefix("the ").unwrap_or(outer);
    let (inner, kind) = front.rsplit_once(' ')?;
    if !shape::is_name(inner) || !shape::is_name(outer) || shape::is_capitalised(kind) {
        return None;
    }
    if words.generic(kind).is_some_and(|generic| generic != Generic::Other) {
        return Some((Some(inner), outer));
    }
    let several = kind.strip_suffix('s').is_some_and(|kind| words.generic(kind).is_some()) || kind == "cities";
    several.then_some((None, outer))
}

/// What stands before the "and" of two names that share their last word, that name in full, and the other: "Central and
/// South America".
pub(super) fn sharing_a_word(text: &str) -> Option<(&str, String, &str)> {
    let (first, second) = text.split_once(" and ")?;
    let (_, shared) = second.split_once(' ')?;
    let single = !first.contains(' ') && !shared.contains(' ') && shape::is_capitalised(second);
    single.then(|| (first, format!("{first} {shared}"), second))
}

/// What an adjective made of a name is of: "[U.S.]-led invasion", "[Moscow]-backed".
pub(super) fn of_adjective<'t>(text: &'t str, words: &Words) -> Option<&'t str> {
    let (name, rest) = text.split_once('-')?;
    let participle = rest.split(' ').next()?;
    (shape::is_name(name) && words.is_adjoined(participle)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Lexicons;

    #[test]
    fn splits_names_that_are_two() {
        let words = Words::read(&Lexicons::default()).unwrap();
        assert_eq!(lies_in("Ruritz district of Upper Strelsau", &words), Some((Some("Ruritz"), "Upper Strelsau")));
        assert_eq!(lies_in("Northern states of Borduria", &words), Some((None, "Borduria")));
        assert_eq!(lies_in("Lake of the Woods", &words), None);
        assert_eq!(lies_in("City of London", &words), None);
        let shared = sharing_a_word("North and South Carolina");
        assert_eq!(shared, Some(("North", "North Carolina".to_owned(), "South Carolina")));
        assert_eq!(sharing_a_word("Trinidad and Tobago"), None);
        assert_eq!(of_adjective("Strelsau-backed militia", &words), Some("Strelsau"));
        assert_eq!(of_adjective("Port-au-Prince", &words), None);
    }
}
