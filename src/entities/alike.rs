//! Names of the same words: in another order ("Tema Port", "Port of Tema"), with the people for the country ("Badminton
//! Association of Tembe", "Tembean Badminton Association"), or misspelt ("Sarima Mountian Club").
//!
//! Forms are compared where the beginnings of their words are the same. Of two names one word alone may differ, and only as
//! spellings, numbers and adjectives of one word do.

use rustc_hash::FxHashMap;

use super::forms::Forms;
use super::joins::singular;
use super::lexicon::{Class, Lexicon};
use super::near::is_one_slip;
use super::people::folded;
use super::shorter::Fitting;
use crate::text::EntityType;

/// Names of more words are not compared, nor with more names of the same beginnings than this.
const MAX_WORDS: usize = 10;
const MAX_SAME: usize = 32;
/// Fewer letters may be another word rather than a misspelt one.
const MIN_MISSPELT: usize = 6;
/// The same where two other words or more are the same.
const MIN_MISSPELT_AMONG: usize = 5;

impl Forms<'_> {
    /// Joins names of the same words, people aside.
    pub(super) fn join_alike(&mut self, lexicon: &Lexicon) {
        let mut by_beginnings: FxHashMap<String, Vec<(usize, Vec<Word>)>> = FxHashMap::default();
        for index in 0..self.forms.len() {
            let form = &self.forms[index];
            if family(form.kind).is_none() {
                continue;
            }
            let words = words(form.name, lexicon);
            if words.is_empty() || words.len() > MAX_WORDS {
                continue;
            }
            let known = by_beginnings.entry(beginnings(&words)).or_default();
            let same = known.iter().map(|(other, words)| (*other, words)).find(|&(other, known)| {
                family(self.forms[other].kind) == family(self.forms[index].kind)
                    && same_words(&words, known)
                    && !self.tells_apart(index, other, lexicon)
            });
            match same {
                Some((same, _)) => self.join(index, same),
                None if known.len() < MAX_SAME => known.push((index, words)),
                None => {}
            }
        }
    }

    /// "State Department" and "United States Department of State": the words of one body that the article names with its
    /// nation, in another order.
    pub(super) fn join_alike_of_nation(&mut self, lexicon: &Lexicon) {
        let mut by_words: FxHashMap<Vec<String>, Fitting> = FxHashMap::default();
        for index in 0..self.forms.len() {
            let form = &self.forms[index];
            if self.kind(index) != Some(EntityType::Org) || form.single {
                continue;
            }
            let words = words(form.name, lexicon);
            let is_nation = |word: &Word| word.is_people || word.text.starts_with('#');
            let has_nation = words.first().is_some_and(is_nation) || words.last().is_some_and(is_nation);
            if has_nation && words.len() >= 3 {
                let rest = words.iter().filter(|word| !is_nation(word));
                by_words.entry(sorted(rest)).or_default().add(self.root(index));
            }
        }
        if by_words.is_empty() {
            return;
        }
        for index in 0..self.forms.len() {
            let form = &self.forms[index];
            let is_body = form.kind == Some(EntityType::Org) && form.root == index && !form.single;
            if !is_body || lexicon.head(form.name) != Some(EntityType::Org) && !form.name.contains(" of ") {
                continue;
            }
            let words = words(form.name, lexicon);
            // What stands in one order, [`Forms::join_national`] has joined, or known for several nations'.
            if let Some(&Fitting::One(long)) = by_words.get(&sorted(words.iter()))
                && self.root(long) != index
                && !self.forms[long].name.contains(form.name)
            {
                self.join(index, long);
            }
        }
    }

    /// Whether lists know two names to be of two things: "Zambia" is no misspelt "Gambia".
    fn tells_apart(&self, one_form: usize, other_form: usize, lexicon: &Lexicon) -> bool {
        let (one, other) = (self.forms[one_form].name, self.forms[other_form].name);
        // "Southern African" is not "South African", and there are two Lalibelas.
        let is_plural = || one.strip_suffix('s') == Some(other) || other.strip_suffix('s') == Some(one);
        let is_of_place = family(self.forms[one_form].kind) != Some(Family::Other);
        lexicon.knows(one) && lexicon.knows(other)
            || is_of_place && has_bearing(one) != has_bearing(other)
            || family(self.forms[one_form].kind) == Some(Family::Place) && is_plural()
    }
}

/// Whether `name` begins with a point of the compass as an adjective.
fn has_bearing(name: &str) -> bool {
    name.split([' ', '-']).next().is_some_and(|word| word.ends_with("ern"))
}

/// Types that labels of one name may vary among.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    People,
    Place,
    Other,
}

fn family(kind: Option<EntityType>) -> Option<Family> {
    use EntityType::{Event, Fac, Gpe, Law, Loc, Norp, Org, Product, WorkOfArt};
    match kind? {
        Norp => Some(Family::People),
        Gpe | Loc => Some(Family::Place),
        Org | Fac | Event | Law | Product | WorkOfArt => Some(Family::Other),
        _ => None,
    }
}

/// A word of a name that tells it from others.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Word {
    /// In lower case, in the singular, without diacritics.
    text: String,
    /// Whether it is a people's.
    is_people: bool,
    /// Whether it makes two names of a place, before it and behind it.
    is_ordered: bool,
}

impl Word {
    /// A name from the list of names of one thing that is `group`.
    fn of_group(group: usize) -> Word {
        Word { text: format!("#{group}"), is_people: false, is_ordered: false }
    }
}

/// The words of `name` but for those that only join. A name from a list of names of one thing ("US") is one word.
fn words(name: &str, lexicon: &Lexicon) -> Vec<Word> {
    let mut found = Vec::new();
    let mut rest = name;
    let nation = name.match_indices(' ').take(3).filter_map(|(at, _)| Some((lexicon.group(&name[..at])?, at))).last();
    if let Some((group, at)) = nation {
        found.push(Word::of_group(group));
        rest = &name[at..];
    }
    let mut closing = None;
    if let Some((before, nation)) = rest.rsplit_once(" of ")
        && let Some(group) = lexicon.group(nation.strip_prefix("the ").unwrap_or(nation))
    {
        closing = Some(Word::of_group(group));
        rest = before;
    }
    let mut buffer = String::new();
    for word in rest.split([' ', '-', '–', '/']) {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        let plain = ["'s", "’s"].iter().find_map(|genitive| word.strip_suffix(genitive)).unwrap_or(word);
        let is_joint = plain.is_empty()
            || !plain.starts_with(char::is_uppercase) && lexicon.lower_class(plain, &mut buffer).any(Class::FUNCTION)
            || plain == "The"
            || lexicon.class(plain).any(Class::PARTICLE);
        if !is_joint {
            let is_people = lexicon.is_people(plain, EntityType::Norp);
            let lower = folded(plain);
            let text = match lower.strip_suffix("ies") {
                Some(stem) if stem.len() > 2 => format!("{stem}y"),
                _ => singular(&lower).to_owned(),
            };
            let is_ordered = lexicon.class(&text).any(Class::ORDERED);
            found.push(Word { text, is_people, is_ordered });
        }
    }
    found.extend(closing);
    found
}

fn sorted<'w>(words: impl Iterator<Item = &'w Word>) -> Vec<String> {
    let mut sorted: Vec<String> = words.map(|word| word.text.clone()).collect();
    sorted.sort_unstable();
    sorted
}

/// What names of the same words share, in whatever order these stand and however they end.
fn beginnings(words: &[Word]) -> String {
    let mut beginnings: Vec<&str> = words
        .iter()
        .map(|word| word.text.char_indices().nth(3).map_or(word.text.as_str(), |(end, _)| &word.text[..end]))
        .collect();
    beginnings.sort_unstable();
    beginnings.join(" ")
}

/// Whether two names have the same words, all but one of which are equal.
fn same_words(one: &[Word], other: &[Word]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    let min_letters = if one.len() > 2 { MIN_MISSPELT_AMONG } else { MIN_MISSPELT };
    let mut differing = one.iter().zip(other).filter(|(a, b)| a.text != b.text);
    let first = differing.next();
    if differing.next().is_none() && first.is_none_or(|(a, b)| is_one_word(a, b, min_letters, one.len() == 1)) {
        return true;
    }
    // "University of Tembe" and "Tembe University", "Bank of Sarima" and "Sarima Bank" may be two.
    if one.len() < 2 || one.len() == 2 && one.iter().any(|word| word.is_ordered) {
        return false;
    }
    let mut left: Vec<&Word> = other.iter().collect();
    let mut unequal = Vec::new();
    for word in one {
        match left.iter().position(|other| other.text == word.text) {
            Some(at) => {
                left.swap_remove(at);
            }
            None => unequal.push(word),
        }
    }
    match (unequal.as_slice(), left.as_slice()) {
        ([], []) => true,
        ([a], [b]) => is_one_word(a, b, min_letters, false),
        _ => false,
    }
}

/// Whether two words are spellings, or noun and adjective, of one.
fn is_one_word(one: &Word, other: &Word, min_letters: usize, is_alone: bool) -> bool {
    if is_alone {
        return is_misspelt(&one.text, &other.text, min_letters);
    }
    let (short, long) = if one.text.len() <= other.text.len() { (one, other) } else { (other, one) };
    let is_adjective = long.text.strip_prefix(short.text.as_str()).is_some_and(|end| ["ern", "al"].contains(&end));
    let shared = short.text.chars().zip(long.text.chars()).take_while(|(a, b)| a == b).count();
    let is_of_people = one.is_people != other.is_people && shared >= 4;
    is_adjective || is_of_people || is_misspelt(&one.text, &other.text, min_letters)
}

/// Whether two words of `min_letters` or more are one but for a slip.
fn is_misspelt(one: &str, other: &str, min_letters: usize) -> bool {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let is_word = |word: &[char]| word.len() >= min_letters && word.iter().all(|c| c.is_alphabetic());
    is_word(&one) && is_word(&other) && is_one_slip(&one, &other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Lexicons;

    #[test]
    fn one_letter_may_be_wrong_in_a_long_word() {
        let is_misspelt = |one, other| super::is_misspelt(one, other, MIN_MISSPELT);
        assert!(is_misspelt("mountain", "mountian") && is_misspelt("louisiana", "lousiana"));
        assert!(is_misspelt("celsius", "celcius") && is_misspelt("organisation", "organization"));
        assert!(!is_misspelt("marin", "martin") && !is_misspelt("slovakia", "slovenia"));
        assert!(!is_misspelt("louvre2", "louvre3") && !is_misspelt("abcdefgh", "badcefgh"));
    }

    #[test]
    fn words_may_stand_in_another_order() {
        let lexicon = Lexicon::read(&Lexicons::default()).unwrap();
        let is_same = |one: &str, other: &str| {
            let (one, other) = (words(one, &lexicon), words(other, &lexicon));
            beginnings(&one) == beginnings(&other) && same_words(&one, &other)
        };
        assert!(is_same("Ministry of Health", "Health Ministry"));
        assert!(is_same("People's Supreme Court", "Supreme People's Court"));
        assert!(is_same("Sarima Industries Board", "Sarima Industry Board"));
        assert!(is_same("South Sarima Railway", "Southern Sarima Railway"));
        assert!(!is_same("University of York", "York University"));
        assert!(!is_same("Group of Seven", "Group of Six"));
        assert!(!is_same("Lake Health Ministry", "Health Ministry"));
    }
}
