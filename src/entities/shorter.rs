//! Shorter forms of one name: "Harbour Police" of "Salas Harbour Police", "VBS Bank" of "VBS Mutual Bank".
//!
//! A shorter form has words of the longer one, in their order, its last one among them. It is joined only where one thing
//! of the article has such a name: of those that the article names in full before or, where the shorter form has a word of
//! its own and none was, of those that come later. What is left out may not be what tells two of a kind apart: "Northern",
//! or the complement of "Ministry of".

use rustc_hash::FxHashMap;

use super::forms::{Form, Forms};
use super::lexicon::{Class, Lexicon};
use super::mentions::Mentions;
use super::people::folded;
use crate::text::{EntityType, Field};

/// Names of more words are not compared, and no more names of one last word than this.
const MAX_WORDS: usize = 12;
const MAX_LONGER: usize = 64;

impl<'a> Forms<'a> {
    /// Joins organisations, events and products to their longer names.
    pub(super) fn join_shorter(&mut self, mentions: &Mentions<'a>, lexicon: &Lexicon) {
        let first = self.first_in_body(mentions);
        let words: Vec<Vec<&str>> = self.forms.iter().map(compared_words).collect();
        let mut by_last: FxHashMap<String, Vec<usize>> = FxHashMap::default();
        let mut by_length: Vec<usize> = (0..self.forms.len()).filter(|&index| words[index].len() >= 2).collect();
        for &index in by_length.iter().filter(|&&index| words[index].len() > 2) {
            by_last.entry(folded(words[index][words[index].len() - 1])).or_default().push(index);
        }
        // The longest first: what several names shorten is then one thing already.
        by_length.sort_by_key(|&index| std::cmp::Reverse(words[index].len()));
        let mut buffer = String::new();
        for index in by_length {
            if self.forms[index].root != index {
                continue;
            }
            let short = &words[index];
            let Some(longer) = by_last.get(&folded(short[short.len() - 1])) else { continue };
            // What is named in full before, and what is only later.
            let (mut before, mut later) = (Fitting::default(), Fitting::default());
            for &long in longer.iter().take(MAX_LONGER) {
                if long == index || !self.are_alike(index, long) {
                    continue;
                }
                if shortens(short, &words[long], self.kind(long), lexicon, &mut buffer) {
                    let known = first[long] < first[index] || first[index] == usize::MAX;
                    if known { &mut before } else { &mut later }.add(self.root(long));
                }
            }
            let fitting = match before {
                Fitting::None if is_distinctive(self.forms[index].name, lexicon, &mut buffer) => later,
                fitting => fitting,
            };
            if let Fitting::One(root) = fitting
                && root != index
            {
                self.join(index, root);
            }
        }
    }

    /// Where each form stands first in the body, by the number of the mention; the last of all where it does not.
    pub(super) fn first_in_body(&self, mentions: &Mentions<'a>) -> Vec<usize> {
        let mut first = vec![usize::MAX; self.forms.len()];
        for (at, found) in mentions.found.iter().enumerate().filter(|(_, found)| found.mention.field == Field::Body) {
            if let Some(&form) = self.by_name.get(found.name) {
                first[form] = first[form].min(at);
            }
        }
        first
    }

    /// Whether two forms may name one thing by their types.
    fn are_alike(&self, one: usize, other: usize) -> bool {
        let family = |form: usize| match self.kind(form) {
            Some(EntityType::Fac | EntityType::Product | EntityType::WorkOfArt) => Some(EntityType::Org),
            kind => kind,
        };
        family(one) == family(other)
    }
}

/// What of an article has a name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Fitting {
    #[default]
    None,
    One(usize),
    Several,
}

impl Fitting {
    pub(super) fn add(&mut self, root: usize) {
        *self = match *self {
            Fitting::None => Fitting::One(root),
            Fitting::One(known) if known == root => Fitting::One(root),
            _ => Fitting::Several,
        }
    }
}

/// Whether `name`, which stands before any longer one, has a word that not every body of its kind has: "Sarima Police", but
/// not "National Police" or "High Court".
pub(super) fn is_distinctive(name: &str, lexicon: &Lexicon, buffer: &mut String) -> bool {
    let common = Class::HEAD.or(Class::TELLING).or(Class::SUFFIX).or(Class::MODIFIER).or(Class::OFFICE);
    lexicon.name(name).is_none()
        && name.split(' ').any(|word| {
            word.starts_with(char::is_uppercase)
                && !lexicon.class(word).any(common)
                && !lexicon.lower_class(word, buffer).any(Class::NOUN.or(Class::FUNCTION).or(Class::LOWER_MODIFIER))
        })
}

/// The words of a name that may have shorter forms; none of any other.
fn compared_words<'a>(form: &Form<'a>) -> Vec<&'a str> {
    use EntityType::{Event, Fac, Law, Org, Product, WorkOfArt};
    if !matches!(form.kind, Some(Org | Fac | Event | Product | Law | WorkOfArt)) {
        return Vec::new();
    }
    let words: Vec<&str> = form.name.split_whitespace().take(MAX_WORDS + 1).collect();
    if words.len() > MAX_WORDS { Vec::new() } else { words }
}

/// Whether `short` has words of `long` in their order, with its last, and what it leaves out tells no two apart.
fn shortens(short: &[&str], long: &[&str], kind: Option<EntityType>, lexicon: &Lexicon, buffer: &mut String) -> bool {
    let has_last = matches!((short.last(), long.last()), (Some(one), Some(other)) if is_same_word(one, other));
    if short.len() >= long.len() || !has_last {
        return false;
    }
    // From the end: what is left out stands as far in front as may be. Of two prizes, "International" tells in front as well.
    let (mut at, mut inside) = (short.len(), kind == Some(EntityType::WorkOfArt));
    for (place, word) in long.iter().enumerate().rev() {
        if at > 0 && is_same_word(short[at - 1], word) {
            at -= 1;
            // "Lake Fund" of "Bank of Sarima and Lake Fund" is another thing.
            let joined = place > 0 && matches!(long[place - 1], "of" | "for" | "and" | "&");
            if at == 0 && joined {
                return false;
            }
            continue;
        }
        // What stands before all words of the short name qualifies it as a whole.
        inside |= at > 0 && place > 0;
        // "Best Actress" is not "Best Supporting Actress".
        if kind == Some(EntityType::WorkOfArt) && at > 0 {
            return false;
        }
        // "Sarima International Airport"
        let is_usual = *word == "International" && long[long.len() - 1] == "Airport";
        let tells = lexicon.lower_class(word, buffer).any(Class::BEARING)
            || inside
                && (lexicon.class(word).any(Class::TELLING) && !is_usual || word.bytes().all(|b| b.is_ascii_digit()));
        if tells {
            return false;
        }
    }
    // "Democratic Party of Sarima" is another party than the "Liberal Democratic Party of Sarima".
    let is_told = short.iter().any(|word| matches!(*word, "of" | "for")) || short[short.len() - 1] == "Party";
    at == 0 && !is_told && long[0].starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit())
}

fn is_same_word(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other) || !(one.is_ascii() && other.is_ascii()) && folded(one) == folded(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Lexicons;

    #[test]
    fn common_words_are_of_any_body() {
        let lexicon = Lexicon::read(&Lexicons::default()).unwrap();
        let is_distinctive = |name: &str| super::is_distinctive(name, &lexicon, &mut String::new());
        assert!(is_distinctive("Tembe nuclear plant"));
        assert!(!is_distinctive("National Police") && !is_distinctive("High Court"));
    }

    #[test]
    fn what_is_left_out_tells_nothing_apart() {
        let lexicon = Lexicon::read(&Lexicons::default()).unwrap();
        let shortens = |short: &str, long: &str| {
            let words = |name: &str| name.split(' ').map(str::to_owned).collect::<Vec<_>>();
            let (short, long) = (words(short), words(long));
            let short: Vec<&str> = short.iter().map(String::as_str).collect();
            let long: Vec<&str> = long.iter().map(String::as_str).collect();
            super::shortens(&short, &long, Some(EntityType::Org), &lexicon, &mut String::new())
        };
        assert!(shortens("Sarima Bank", "Sarima Mutual Bank"));
        assert!(shortens("Lake Police", "Operation Lake Police"));
        assert!(shortens("Rivers Committee", "House Rivers and Lakes Committee"));
        assert!(!shortens("Lake Fund", "Bank of Sarima and Lake Fund"));
        assert!(!shortens("Sarima Court", "Sarima Northern Court"));
        assert!(!shortens("Sarima University", "Sarima State University"));
        assert!(!shortens("Democratic Party", "Liberal Democratic Party"));
        assert!(!shortens("Ministry of Works", "Ministry of Public Works"));
        assert!(!shortens("Sarima Bank", "Sarima Bank Union"));
    }
}
