//! People whose given names are written as one word of initials: "KB Hedgewar", "K.B. Hedgewar", "Keshav Baliram Hedgewar".

use rustc_hash::FxHashMap;

use super::forms::Forms;
use super::people::{folded, surname};
use crate::text::EntityType;

/// More given names than this have no initials.
const MAX_GIVEN: usize = 4;

impl Forms<'_> {
    /// Joins the initials of given names and a last name to the one person whose names in full they fit.
    pub(super) fn join_initials(&mut self) {
        let is_full =
            |forms: &Self, form: usize| !forms.forms[form].single && forms.kind(form) == Some(EntityType::Person);
        let people: Vec<usize> = (0..self.forms.len()).filter(|&form| is_full(self, form)).collect();
        let mut in_full: FxHashMap<(String, String), Option<usize>> = FxHashMap::default();
        let mut by_initials = Vec::new();
        for &form in &people {
            let name = self.forms[form].name;
            let Some((initials, is_cluster)) = initials(name) else { continue };
            let key = (initials, folded(surname(name)));
            if is_cluster {
                by_initials.push((form, key));
            } else {
                let root = self.root(form);
                let known = in_full.entry(key).or_insert(Some(root));
                *known = known.filter(|&known| known == root);
            }
        }
        for (form, key) in by_initials {
            if let Some(&Some(person)) = in_full.get(&key) {
                self.join(form, person);
            }
        }
    }
}

/// The first letters of the given names of `name`, of which there are two or more, and whether one word holds them all.
fn initials(name: &str) -> Option<(String, bool)> {
    let end = surname(name);
    let given: Vec<&str> = name.split_whitespace().take_while(|word| *word != end).take(MAX_GIVEN + 1).collect();
    let cluster = |word: &str| {
        let letters: String = word.chars().filter(|c| *c != '.').collect();
        let is_cluster = (2..=MAX_GIVEN).contains(&letters.len()) && letters.bytes().all(|b| b.is_ascii_uppercase());
        is_cluster.then_some(letters)
    };
    match given.as_slice() {
        [] => None,
        [word] => cluster(word).map(|letters| (letters, true)),
        words if words.len() > MAX_GIVEN => None,
        words => {
            let is_given = |word: &&str| word.starts_with(char::is_uppercase) && word.contains(char::is_lowercase);
            let all = words.iter().all(is_given);
            all.then(|| (words.iter().filter_map(|word| word.chars().next()).collect(), false))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn given_names_have_initials() {
        assert_eq!(initials("KB Hedgewar"), Some(("KB".to_owned(), true)));
        assert_eq!(initials("K.B. Hedgewar"), Some(("KB".to_owned(), true)));
        assert_eq!(initials("Keshav Baliram Hedgewar"), Some(("KB".to_owned(), false)));
        assert_eq!(initials("Keshav Hedgewar"), None);
        assert_eq!(initials("van der Meer"), None);
    }
}
