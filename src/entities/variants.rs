//! People whom an article calls by two versions of one name: misspelt, transliterated, with a hyphen or a nickname, with
//! more of their given or last names.
//!
//! Two people of near names stand apart: whoever is named beside the other in one sentence, or is a relative.

use rustc_hash::{FxHashMap, FxHashSet};

use super::EntityType;
use super::beside::Beside;
use super::forms::Forms;
use super::lexicon::{Class, Lexicon};
use super::mentions::Mentions;
use super::near::{Slip, is_garbled, letters, skeleton, slip};
use super::people::{differ_inside, generation, is_generation, is_particle, suffixes};
use crate::text::Field;

/// More people of one name but for a word are not told apart.
const MAX_ALIKE: usize = 8;
/// More sentences than this are not compared.
const MAX_SENTENCES: usize = 32;
/// More words than this are no person's name that is misspelt.
const MAX_WORDS: usize = 6;
/// A name that is written so more often is no slip.
const MAX_SLIPS: usize = 4;
/// Bounds the search for whom a misspelt last name means.
const MAX_NAMES: usize = 64;
/// So often is a last name alone written for another to be a slip of it.
const MIN_TARGET: usize = 3;

/// A person's name in its parts.
struct Full<'a> {
    form: usize,
    /// The words as they are written.
    raw: Vec<&'a str>,
    /// The same by their letters.
    words: Vec<Vec<char>>,
    generation: Option<&'a str>,
}

impl<'a> Full<'a> {
    fn of(form: usize, name: &'a str) -> Full<'a> {
        let raw: Vec<&str> = words_of(name).take(MAX_WORDS + 1).collect();
        let words = raw.iter().map(|word| letters(word)).collect();
        Full { form, raw, words, generation: generation(name) }
    }

    /// The words run together: "Al-Hakim" as "Hakim", "Min-jae" as "Min jae".
    fn key(&self) -> String {
        let generation = self.generation.into_iter().flat_map(str::chars);
        self.words.iter().flatten().copied().chain(generation).collect()
    }

    fn first(&self) -> &[char] {
        self.words.first().map_or(&[], Vec::as_slice)
    }

    fn last(&self) -> &[char] {
        self.words.last().map_or(&[], Vec::as_slice)
    }
}

/// The words of a person's name without articles, what tells a generation and where the bearer is from.
fn words_of(name: &str) -> impl Iterator<Item = &str> {
    let name = name.split_once(" of ").map_or(name, |(person, _)| person);
    let words = name.split_whitespace().enumerate();
    words
        .filter(|&(at, word)| !(at > 0 && (is_article(word) || is_generation(word))))
        .map(|(at, word)| if at > 0 { without_article(word) } else { word })
}

fn is_article(word: &str) -> bool {
    matches!(word, "al" | "Al" | "el" | "El")
}

/// Whether a last name may open with `word`: "La Mora", "De La Mora", "bin Laden".
fn opens_last_name(word: &str) -> bool {
    is_particle(word) || matches!(word, "La" | "Le" | "Los" | "Van" | "El")
}

/// `word` without the article that a hyphen joins to it.
fn without_article(word: &str) -> &str {
    let rest = word.split_once('-').filter(|(article, _)| {
        matches!(*article, "al" | "Al" | "el" | "El" | "as" | "an" | "ad" | "ar" | "az" | "ash" | "As" | "Ash")
    });
    rest.map_or(word, |(_, rest)| rest)
}

/// Where each form stands.
struct Standing {
    sentences: Vec<Vec<(Field, usize)>>,
    relatives: FxHashSet<usize>,
}

impl Standing {
    fn of(forms: &Forms<'_>, mentions: &Mentions<'_>) -> Standing {
        let mut standing = Standing { sentences: vec![Vec::new(); forms.forms.len()], relatives: FxHashSet::default() };
        for found in &mentions.found {
            let Some(&form) = forms.by_name.get(found.name) else { continue };
            let sentences = &mut standing.sentences[form];
            let at = (found.mention.field, found.sentence);
            if sentences.len() < MAX_SENTENCES && sentences.last() != Some(&at) {
                sentences.push(at);
            }
            if found.beside == Beside::Kin {
                standing.relatives.insert(form);
            }
        }
        standing
    }

    /// Whether the article tells the bearers of two names apart: it names both in one sentence, or one is a relative.
    fn are_apart(&self, one: usize, other: usize) -> bool {
        self.relatives.contains(&one) != self.relatives.contains(&other) || self.stand_together(one, other)
    }

    /// Whether a sentence names both.
    fn stand_together(&self, one: usize, other: usize) -> bool {
        self.sentences[one].iter().any(|at| self.sentences[other].contains(at))
    }
}

impl<'a> Forms<'a> {
    /// Joins the versions of people's names that differ by more than words left out.
    pub(super) fn join_variants(&mut self, mentions: &Mentions<'a>, lexicon: &Lexicon) {
        let is_person = |forms: &Forms<'a>, form: usize| forms.kind(form) == Some(EntityType::Person);
        let people: Vec<Full<'a>> = (0..self.forms.len())
            .filter(|&form| !self.forms[form].single && is_person(self, form))
            .map(|form| Full::of(form, self.forms[form].name))
            .filter(|full| (1..=MAX_WORDS).contains(&full.words.len()))
            .collect();
        if people.is_empty() {
            return;
        }
        let standing = Standing::of(self, mentions);
        self.join_hyphens(&people, &standing);
        self.join_quoted(&people);
        self.join_articles(&people);
        self.join_homes(&people);
        self.join_particles(&people, lexicon);
        self.join_inner(&people, &standing);
        self.join_short_given(&people, &standing, lexicon);
        self.join_slips(&people, &standing, lexicon);
        self.join_lone(&people, &standing, lexicon);
    }

    /// "Kim Min Jae" and "Kim Min-jae", "Sabah Al-Khaled" and "Sabah Khaled".
    fn join_hyphens(&mut self, people: &[Full<'a>], standing: &Standing) {
        let mut by_key: FxHashMap<String, usize> = FxHashMap::default();
        for full in people.iter().filter(|full| full.words.len() > 1) {
            let first = *by_key.entry(full.key()).or_insert(full.form);
            let is_relative = standing.relatives.contains(&first) != standing.relatives.contains(&full.form);
            if !is_relative {
                self.join(full.form, first);
            }
        }
        // "Arab-Hakim", "@narendravela"
        for index in 0..self.forms.len() {
            let form = &self.forms[index];
            let is_one_word = form.single && (form.name.starts_with('@') || form.name.contains('-'));
            if !is_one_word || form.kind != Some(EntityType::Person) || form.root != index {
                continue;
            }
            if let Some(&full) = by_key.get(&letters(form.name).into_iter().collect::<String>()) {
                self.join(index, full);
            }
        }
    }

    /// "Enbaqom of Tembe" and "Enbaqom", where nobody else has that name.
    fn join_homes(&mut self, people: &[Full<'a>]) {
        for full in people {
            let Some((name, _)) = self.forms[full.form].name.split_once(" of ") else { continue };
            let Some(&short) = self.by_name.get(name).filter(|_| self.root(full.form) == full.form) else { continue };
            let bears = |other: &&Full<'a>| self.root(other.form) != full.form && other.raw.contains(&name);
            let is_free = self.forms[short].kind == Some(EntityType::Person) && self.forms[short].root == short;
            if is_free && !people.iter().take(MAX_NAMES).any(|other| bears(&other)) {
                self.join(short, full.form);
            }
        }
    }

    /// "La Mora" after "Ana La Mora", whatever the model took it for: an article or a particle opens a last name.
    fn join_particles(&mut self, people: &[Full<'a>], lexicon: &Lexicon) {
        let mut by_end: FxHashMap<&str, usize> = FxHashMap::default();
        for full in people {
            for (end, words) in suffixes(self.forms[full.form].name) {
                if words == 2 && end.split(' ').next().is_some_and(opens_last_name) {
                    by_end.entry(end).or_insert(full.form);
                }
            }
        }
        for index in 0..self.forms.len() {
            let form = &self.forms[index];
            let Some(&person) = by_end.get(form.name) else { continue };
            let is_taken_for_body = form.root == index
                && matches!(form.kind, Some(EntityType::Org | EntityType::WorkOfArt | EntityType::Fac));
            if is_taken_for_body && lexicon.name(form.name).is_none() && lexicon.group(form.name).is_none() {
                let root = self.root(person);
                self.forms[root].told = Some(EntityType::Person);
                self.join(index, root);
            }
        }
    }

    /// "Jeremy “Spike” Cohen" and "Spike Cohen", "Jeremy Cohen".
    fn join_quoted(&mut self, people: &[Full<'a>]) {
        let quoted = |full: &Full<'a>| full.raw.iter().position(|word| is_quoted(word));
        if !people.iter().any(|full| quoted(full).is_some()) {
            return;
        }
        let mut by_key: FxHashMap<String, usize> = FxHashMap::default();
        for full in people.iter().filter(|full| quoted(full).is_none()) {
            by_key.entry(full.key()).or_insert(full.form);
        }
        for full in people {
            let Some(at) = quoted(full) else { continue };
            let called = full.words[at..].iter().flatten().collect::<String>();
            let without = full.words[..at].iter().chain(&full.words[at + 1..]).flatten().collect::<String>();
            for key in [called, without] {
                if let Some(&other) = by_key.get(&key) {
                    self.join(full.form, other);
                }
            }
        }
    }

    /// "Al Hakim" after "Omar Al-Hakim", where nobody else bears the name.
    fn join_articles(&mut self, people: &[Full<'a>]) {
        for full in people {
            let mut words = self.forms[full.form].name.split_whitespace();
            let (Some(article), Some(word), None) = (words.next(), words.next(), words.next()) else { continue };
            if !is_article(article) || self.root(full.form) != full.form {
                continue;
            }
            let wanted = letters(word);
            let bears = |other: &&Full<'a>| {
                other.form != full.form && other.words.len() > 1 && other.last() == wanted && {
                    let mut tail = self.forms[other.form].name.split_whitespace().rev();
                    tail.next().is_some_and(|last| without_article(last) != last) || tail.next().is_some_and(is_article)
                }
            };
            let roots: FxHashSet<usize> =
                people.iter().take(MAX_NAMES).filter(bears).map(|other| self.root(other.form)).collect();
            if let (1, Some(&root)) = (roots.len(), roots.iter().next()) {
                self.join(full.form, root);
            }
        }
    }

    /// "Horacio Vela" and "Horacio Manuel Vela Jara"; "Ivo Sand" and "Ivo Samuel Sand Jr.", where no other tells of a father.
    fn join_inner(&mut self, people: &[Full<'a>], standing: &Standing) {
        let mut by_parts: FxHashMap<(&[char], &[char]), Option<usize>> = FxHashMap::default();
        let mut shared: FxHashSet<(&[char], &[char])> = FxHashSet::default();
        for full in people.iter().filter(|full| full.words.len() >= 3) {
            let end = full.words.len() - usize::from(full.generation.is_none());
            let inner = &full.words[1..end - 1];
            let is_named = full.generation.is_none() || inner.iter().any(|word| word.len() >= 3);
            if end < 3 || !is_named || full.words[end - 1].len() < 4 {
                continue;
            }
            let known = by_parts.entry((full.first(), full.words[end - 1].as_slice())).or_insert(Some(full.form));
            *known = known.filter(|&known| self.root(known) == self.root(full.form));
        }
        let is_plain = |full: &&Full<'a>| full.words.len() == 2;
        for full in people.iter().filter(is_plain).filter(|full| full.generation.is_some()) {
            shared.insert((full.first(), full.last()));
        }
        for full in people.iter().filter(is_plain).filter(|full| full.generation.is_none()) {
            let key = (full.first(), full.last());
            let Some(&Some(long)) = by_parts.get(&key) else { continue };
            if !shared.contains(&key) && !standing.are_apart(full.form, long) {
                self.join(full.form, long);
            }
        }
    }

    /// "Stan Sarin" and "Stanislav Sarin", "Mike Vela" and "Michael Vela".
    fn join_short_given(&mut self, people: &[Full<'a>], standing: &Standing, lexicon: &Lexicon) {
        let mut by_last: FxHashMap<(&[char], Option<&str>), Vec<&Full<'a>>> = FxHashMap::default();
        for full in people.iter().filter(|full| full.words.len() > 1) {
            let known = by_last.entry((full.last(), full.generation)).or_default();
            if known.len() < MAX_ALIKE {
                known.push(full);
            }
        }
        for known in by_last.values().filter(|known| known.len() > 1) {
            for (at, full) in known.iter().enumerate() {
                let is_one = |other: &&&Full<'a>| {
                    let (one, two) = (full.raw[0], other.raw[0]);
                    (is_short_given(one, two, full.raw[full.raw.len() - 1], lexicon)
                        || is_short_given(two, one, full.raw[full.raw.len() - 1], lexicon))
                        && !differ_inside(self.forms[full.form].name, self.forms[other.form].name)
                };
                let near: Vec<usize> = known[..at].iter().filter(is_one).map(|other| other.form).collect();
                self.join_if_one(full.form, &near, standing);
            }
        }
    }

    /// Names in full that differ in the spelling of a word, or in how they are transliterated.
    fn join_slips(&mut self, people: &[Full<'a>], standing: &Standing, lexicon: &Lexicon) {
        let mut by_rest: FxHashMap<(usize, String), Vec<usize>> = FxHashMap::default();
        let mut near: Vec<Vec<usize>> = vec![Vec::new(); people.len()];
        for (at, full) in people.iter().enumerate().filter(|(_, full)| full.words.len() > 1) {
            let skeletons: Vec<String> = full.words.iter().map(|word| skeleton(word)).collect();
            let spelt = (0..full.words.len()).map(|left_out| (left_out, full.without(left_out)));
            for key in spelt.chain([(MAX_WORDS, skeletons.join(" "))]) {
                let known = by_rest.entry(key).or_default();
                near[at].extend(known.iter().filter(|&&other| self.are_spellings(full, &people[other], lexicon)));
                if known.len() < MAX_ALIKE {
                    known.push(at);
                }
            }
        }
        for (at, full) in people.iter().enumerate() {
            let near: Vec<usize> = near[at].iter().map(|&other| people[other].form).collect();
            if let Some(other) = self.join_if_one(full.form, &near, standing) {
                let is_rarer = self.forms[full.form].labelled <= self.forms[other].labelled;
                self.misspelt.insert(self.forms[if is_rarer { full.form } else { other }].name);
            }
        }
    }

    /// Joins `form` to the one thing that all of `near` name, if they do, and the article does not tell them apart.
    fn join_if_one(&mut self, form: usize, near: &[usize], standing: &Standing) -> Option<usize> {
        let &first = near.first()?;
        let is_one = near.iter().all(|&other| {
            let is_alone = self.forms[form].single;
            let are_apart =
                if is_alone { standing.stand_together(form, other) } else { standing.are_apart(form, other) };
            self.root(other) == self.root(first) && !are_apart
        });
        if !is_one || self.root(first) == self.root(form) {
            return None;
        }
        self.join(form, first);
        Some(first)
    }

    /// Whether two names in full are spellings of one.
    fn are_spellings(&self, one: &Full<'a>, other: &Full<'a>, lexicon: &Lexicon) -> bool {
        if one.words.len() != other.words.len() || one.generation != other.generation {
            return false;
        }
        let is_leading = lexicon.class(one.raw[0]).any(Class::LEADING_NAME);
        let is_rare = self.forms[one.form].labelled.min(self.forms[other.form].labelled) < MAX_SLIPS;
        let mut slips = 0;
        for (at, (a, b)) in one.words.iter().zip(&other.words).enumerate() {
            if a == b {
                continue;
            }
            let Some(how) = slip(a, b).or_else(|| is_garbled(a, b).then_some(Slip::Misspelt)) else { return false };
            let is_allowed = match how {
                Slip::Transliterated => !is_leading,
                // Brothers and sisters have near names in China and Korea.
                Slip::Swapped => !is_leading || a.len() >= 6 && a.len() == b.len(),
                Slip::Misspelt => !is_leading,
            };
            let is_given = |full: &Full<'a>| lexicon.class(full.raw[at]).any(Class::GIVEN_NAME);
            // "Marco" and "Marce", "Daniel" and "Danyel": what ends a given name tells men and women apart.
            let is_apart =
                at == 0 && (a.last() != b.last() || how == Slip::Misspelt && is_given(one) && is_given(other));
            if !is_allowed || is_apart || how != Slip::Transliterated && !is_rare {
                return false;
            }
            slips += if how == Slip::Transliterated { 1 } else { 2 };
        }
        slips > 0 && slips <= if one.words.len() > 2 { 3 } else { 2 }
    }

    /// A last name alone that is a slip of the one name which is so near: "Linetsky" after "Amos Linetzky".
    fn join_lone(&mut self, people: &[Full<'a>], standing: &Standing, lexicon: &Lexicon) {
        let mut by_initial: FxHashMap<char, Vec<(Vec<char>, usize)>> = FxHashMap::default();
        let mut borne: FxHashSet<Vec<char>> = FxHashSet::default();
        let mut add = |word: Vec<char>, form: usize| {
            if let Some(&initial) = word.first().filter(|_| word.len() >= 4) {
                let known = by_initial.entry(initial).or_default();
                if known.len() < MAX_NAMES {
                    known.push((word, form));
                }
            }
        };
        for full in people.iter().filter(|full| full.words.len() > 1) {
            for (raw, word) in full.raw.iter().zip(&full.words) {
                borne.insert(word.clone());
                if !lexicon.class(raw).any(Class::GIVEN_NAME) || word == full.last() {
                    add(word.clone(), full.form);
                }
            }
        }
        let is_person = |form: &super::forms::Form<'_>| form.single && form.kind == Some(EntityType::Person);
        for (index, form) in self.forms.iter().enumerate() {
            let word = letters(without_article(form.name));
            if is_person(form) && form.root == index && form.labelled >= MIN_TARGET && !borne.contains(&word) {
                add(word, index);
            }
        }
        for lone in 0..self.forms.len() {
            let form = &self.forms[lone];
            if !is_person(form) || form.root != lone || form.labelled + form.bare > MAX_SLIPS {
                continue;
            }
            let word = letters(without_article(form.name));
            if word.len() < 5 || borne.contains(&word) || is_known(form.name, lexicon) {
                continue;
            }
            let Some(known) = word.first().and_then(|initial| by_initial.get(initial)) else { continue };
            let is_near = |(other, target): &&(Vec<char>, usize)| {
                let is_swap_alone = self.forms[*target].single;
                *target != lone
                    && match slip(&word, other) {
                        Some(Slip::Swapped) => true,
                        Some(Slip::Transliterated) => !is_swap_alone && other.len() >= 5,
                        Some(Slip::Misspelt) => !is_swap_alone && word.len() >= 6 && !are_two_names(&word, other),
                        None => false,
                    }
            };
            let near: Vec<usize> = known.iter().filter(is_near).map(|(_, target)| *target).collect();
            if self.join_if_one(lone, &near, standing).is_some() {
                let name = self.forms[lone].name;
                self.misspelt.insert(name);
            }
        }
    }
}

impl Full<'_> {
    /// The words but for the one at `left_out`.
    fn without(&self, left_out: usize) -> String {
        let mut key = String::new();
        for (_, word) in self.words.iter().enumerate().filter(|&(at, _)| at != left_out) {
            key.extend(word);
            key.push(' ');
        }
        key
    }
}

/// Whether a list has `name`, or has it in lower case: it is a name or a word of its own.
fn is_known(name: &str, lexicon: &Lexicon) -> bool {
    let mut buffer = String::new();
    lexicon.knows(name)
        || lexicon.class(name) != Class::default()
        || lexicon.lower_class(name, &mut buffer) != Class::default()
}

/// Whether two near last names are mostly two: "Fernandes" and "Fernandez", "Petersen" and "Peterson", "Hanse" and "Hansen".
fn are_two_names(one: &[char], other: &[char]) -> bool {
    let ends = |word: &[char], ending: &str| ending.chars().rev().eq(word.iter().rev().take(ending.len()).copied());
    let pair = |a: &str, b: &str| ends(one, a) && ends(other, b) || ends(one, b) && ends(other, a);
    pair("es", "ez") || pair("sen", "son") || pair("is", "iz") || one.starts_with(other) || other.starts_with(one)
}

/// Whether `word` of a name stands in quotation marks or brackets.
fn is_quoted(word: &str) -> bool {
    let marks = ['"', '“', '”', '‘', '’', '\'', '(', ')', '«', '»'];
    word.starts_with(marks) && word.ends_with(marks) && word.chars().count() > 3
}

/// Whether `short` is the given name `long` cut short: listed, or the first letters of it. `last` is the last name of both.
fn is_short_given(short: &str, long: &str, last: &str, lexicon: &Lexicon) -> bool {
    if lexicon.is_short_given(short, long) {
        return true;
    }
    let (class, length) = (lexicon.class(short), short.chars().count());
    (3..=5).contains(&length)
        && long.chars().count() >= length + 2
        && long.starts_with(short)
        && !long.contains('-')
        && !long.ends_with(['a', 'e', 'i'])
        && !short.ends_with(['a', 'e', 'i', 'o', 'u'])
        && class.any(Class::GIVEN_NAME)
        && !class.any(Class::OPENS_PERSON.or(Class::LEADING_NAME))
        && !lexicon.class(last).any(Class::LAST_NAME)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn articles_are_no_words_of_a_name() {
        let words = |name| words_of(name).map(letters).map(String::from_iter).collect::<Vec<_>>();
        assert_eq!(words("Sabah Al-Khaled Al Sabah Jr."), ["sabah", "khaled", "sabah"]);
        assert_eq!(words("Al Gore"), ["al", "gore"]);
        assert_eq!(Full::of(0, "Kim Min-jae").key(), Full::of(1, "Kim Min Jae").key());
    }

    #[test]
    fn nicknames_stand_in_quotation_marks() {
        assert!(is_quoted("“Spike”") && is_quoted("‘Bapuji’") && is_quoted("(Jimmy)"));
        assert!(!is_quoted("O'Hara") && !is_quoted("\"Spike"));
    }

    #[test]
    fn near_last_names_may_be_two() {
        let are_two = |one, other| are_two_names(&letters(one), &letters(other));
        assert!(are_two("Fernandes", "Fernández") && are_two("Petersen", "Peterson") && are_two("Hanse", "Hansen"));
        assert!(!are_two("Linetzky", "Linetsky"));
    }
}
