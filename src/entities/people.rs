//! People's names: their parts, and whom a part of one stands for.
//!
//! A last name stands for the person who was last called by it in full; where nobody was yet, for the first who will be.

use rustc_hash::{FxHashMap, FxHashSet};
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::EntityType;
use super::beside::Beside;
use super::forms::{Form, Forms};
use super::lexicon::{Class, Lexicon};
use super::mentions::{Evidence, Found, Mentions};
use super::votes::Votes;
use crate::text::{Document, Field};

/// More words than this are no person's name that others shorten.
const MAX_PERSON_WORDS: usize = 6;
/// Shorter words in -s are no plurals of last names, but where "the" tells so.
const MIN_PLURAL: usize = 8;
/// More people of one given name are not told apart.
const MAX_BEARERS: usize = 8;

/// What a mention stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Referent {
    /// The entity of a form.
    Form(usize),
    /// All who bear the last name that a form is.
    Family(usize),
    Untyped,
}

/// Whether `votes` make a word something else than the person who bears it as a name ("Jordan", "Washington"). Models
/// take last names for organisations more readily than for places.
fn outvoted(votes: &Votes) -> bool {
    let person = votes.on(EntityType::Person);
    let place = votes.on(EntityType::Gpe) + votes.on(EntityType::Loc) + votes.on(EntityType::Fac);
    place > 2.0 * person + 1.0 || votes.total() - person - place > 3.0 * person + 4.0
}

/// A name that is labelled as a town more often is one.
const MAX_TOWNS: usize = 4;

/// Whether a word that was taken for a town now and then is the last name of `person`: it stands nowhere as towns do, after a
/// preposition of place, and no list knows it.
fn is_never_placed(form: &Form<'_>, person: &str, lexicon: &Lexicon) -> bool {
    form.kind == Some(EntityType::Gpe)
        && form.placed == 0
        && form.labelled <= MAX_TOWNS
        && surname(person) == form.name
        && lexicon.class(given_name(person)).any(Class::GIVEN_NAME)
        && form.votes.on_places() == form.votes.total()
        && lexicon.place(form.name).is_none()
        && !lexicon.class(form.name).any(Class::ALSO_PLACE)
}

/// Who may be meant by one part of a name.
pub(super) struct Holders<'a> {
    /// By the end of a name: the first of the article.
    pub(super) first: FxHashMap<&'a str, usize>,
    /// By the end of a name: the one named last.
    latest: FxHashMap<&'a str, usize>,
    /// By the end of a name: whom the article is about, among several who bear it.
    main: FxHashMap<&'a str, usize>,
    /// By a last name that several bear: who of them holds an office; where nobody or several do, the first.
    office: FxHashMap<&'a str, usize>,
    /// By a word of the name that is not its end: who bear it, each once.
    given: FxHashMap<&'a str, Vec<usize>>,
    /// The ends by their plain letters: "Erdoğan" by "erdogan".
    spellings: FxHashMap<String, &'a str>,
    /// The words of names that are not their end, by their plain letters: "César" by "cesar".
    given_spellings: FxHashMap<String, &'a str>,
    /// Who was named in full already.
    named: FxHashSet<usize>,
}

impl<'a> Holders<'a> {
    pub(super) fn of(
        document: &Document<'a>,
        forms: &Forms<'a>,
        mentions: &Mentions<'a>,
        lexicon: &Lexicon,
    ) -> Holders<'a> {
        let mut holders = Holders {
            first: FxHashMap::default(),
            latest: FxHashMap::default(),
            main: FxHashMap::default(),
            office: FxHashMap::default(),
            given: FxHashMap::default(),
            spellings: FxHashMap::default(),
            given_spellings: FxHashMap::default(),
            named: FxHashSet::default(),
        };
        for (index, form) in forms.forms.iter().enumerate() {
            if is_end(form.name) || forms.kind(index) != Some(EntityType::Person) {
                continue;
            }
            for end in ends(form.name) {
                holders.first.entry(end).or_insert(index);
                holders.spellings.entry(folded(end)).or_insert(end);
            }
            let root = forms.root(index);
            for word in
                without_home(form.name).split_whitespace().take(MAX_PERSON_WORDS - 1).filter(|word| is_called(word))
            {
                if !word.is_ascii() {
                    holders.given_spellings.entry(folded(word)).or_insert(word);
                }
                let known = holders.given.entry(word).or_default();
                if known.len() < MAX_BEARERS && !known.contains(&root) {
                    known.push(root);
                }
            }
        }
        holders.weigh(forms, mentions);
        holders.seat(document, forms, mentions, lexicon);
        holders
    }

    /// Finds whom the article is about among people of one last name: who is named in full more often than each of the
    /// others, in the headline above all.
    fn weigh(&mut self, forms: &Forms<'a>, mentions: &Mentions<'a>) {
        let mut weights: FxHashMap<(&str, usize), u32> = FxHashMap::default();
        for found in &mentions.found {
            let Some(&index) = forms.by_name.get(found.name) else { continue };
            if forms.kind(index) == Some(EntityType::Person) && !is_end(found.name) {
                let weight = if found.mention.field == Field::Title { 3 } else { 1 };
                *weights.entry((surname(found.name), forms.root(index))).or_default() += weight;
            }
        }
        let mut best: FxHashMap<&str, (u32, u32, usize)> = FxHashMap::default();
        for (&(surname, root), &weight) in &weights {
            let (first, second, leader) = best.entry(surname).or_insert((0, 0, root));
            if weight > *first {
                (*second, *first, *leader) = (*first, weight, root);
            } else {
                *second = (*second).max(weight);
            }
        }
        let is_one_of_several = |&(_, (first, second, _)): &(&str, (u32, u32, usize))| first > second && second > 0;
        self.main = best.into_iter().filter(|best| is_one_of_several(best)).map(|(s, b)| (s, b.2)).collect();
    }

    /// Finds who of several people of one last name holds an office: "the Salas administration" is the President's.
    fn seat(&mut self, document: &Document<'a>, forms: &Forms<'a>, mentions: &Mentions<'a>, lexicon: &Lexicon) {
        let mut buffer = String::new();
        let mut seats: FxHashMap<&str, (usize, Option<usize>, bool)> = FxHashMap::default();
        for found in &mentions.found {
            let Some(&index) = forms.by_name.get(found.name) else { continue };
            if forms.kind(index) != Some(EntityType::Person) || is_end(found.name) {
                continue;
            }
            let root = forms.root(index);
            let (first, seated, is_shared) = seats.entry(surname(found.name)).or_insert((root, None, false));
            *is_shared |= *first != root;
            let title = found.title.map_or("", |title| title.of(document.field(found.mention.field).text));
            if seated.is_none()
                && title.split([' ', '-']).any(|word| lexicon.lower_class(word, &mut buffer).any(Class::IN_OFFICE))
            {
                *seated = Some(root);
            }
        }
        let shared = seats.into_iter().filter(|(_, (_, _, is_shared))| *is_shared);
        self.office = shared.map(|(name, (first, seated, _))| (name, seated.unwrap_or(first))).collect();
    }

    /// What `found` stands for, told what was named before it.
    pub(super) fn referent(&mut self, forms: &Forms<'a>, found: &Found<'a>, lexicon: &Lexicon) -> Referent {
        let name = found.name;
        let bearer = match found.beside {
            Beside::Family => is_end(name).then_some(name),
            _ if found.kind.is_some_and(EntityType::is_place) => None,
            _ => self.singular(name, found.beside == Beside::Plural),
        };
        let Some(bearer) = bearer else { return self.person_or_thing(forms, found, lexicon) };
        let family = forms.by_name.get(bearer).or_else(|| forms.by_name.get(found.name)).copied();
        let kind = family.and_then(|family| forms.kind(family));
        // "The Tata family" may own a company of that name: what the article calls so otherwise is left to it.
        let may_be = kind.is_none_or(|kind| matches!(kind, EntityType::Person | EntityType::Norp));
        let is_person = kind == Some(EntityType::Person) || may_be && self.first.contains_key(bearer);
        match family {
            Some(family) if is_person => Referent::Family(family),
            _ => self.person_or_thing(forms, found, lexicon),
        }
    }

    /// The last name whose plural `name` is: "Salas" of "the Salases"; where it may be a name by itself, only of long ones.
    fn singular(&self, name: &'a str, is_plural: bool) -> Option<&'a str> {
        let is_name = name.contains(' ') || self.first.contains_key(name) || self.given.contains_key(name);
        if is_name || !is_plural && name.len() < MIN_PLURAL {
            return None;
        }
        let singulars = [name.strip_suffix('s'), name.strip_suffix("es")];
        singulars.into_iter().flatten().find(|singular| self.first.contains_key(singular))
    }

    fn person_or_thing(&mut self, forms: &Forms<'a>, found: &Found<'a>, lexicon: &Lexicon) -> Referent {
        let Some(&index) = forms.by_name.get(found.name) else { return Referent::Untyped };
        // "VELA" of a heading is whom "Vela" means.
        let root = forms.root(index);
        let is_last_name = forms.forms[root].single && forms.forms[root].kind == Some(EntityType::Person);
        let index = if is_last_name { root } else { index };
        let form = &forms.forms[index];
        let kind = forms.kind(index);
        let is_person = kind == Some(EntityType::Person);
        if is_person && !is_end(form.name) {
            for end in ends(form.name) {
                self.latest.insert(end, index);
            }
            self.named.insert(forms.root(index));
            return Referent::Form(forms.root(index));
        }
        if !is_person && !form.single || forms.root(index) != index {
            return kind.map_or(Referent::Untyped, |_| Referent::Form(forms.root(index)));
        }
        // “Anita” is the film where “Anita,” a drama film, is told of; Anita is not.
        if form.told == Some(EntityType::WorkOfArt) && (found.evidence == Evidence::Told || found.quoted) {
            return Referent::Form(forms.root(index));
        }
        let sure = found.kind == Some(EntityType::Person) && found.evidence == Evidence::Sure;
        // "in Jackson" is a town even where a Michael Jackson is told of.
        let place = found.kind.is_some_and(EntityType::is_place);
        let is_placed = !sure && found.placed && (place || found.kind.is_none());
        let seated = self.office.get(form.name).copied().filter(|_| found.beside == Beside::Office);
        let holder = match seated {
            Some(_) => seated,
            None if is_placed => None,
            None => self.find(forms, form.name, is_person, kind.is_some(), lexicon),
        };
        match (holder, kind) {
            (Some(person), kind)
                if is_person
                    || kind.is_none()
                    || !outvoted(&form.votes)
                    || is_never_placed(form, forms.forms[person].name, lexicon) =>
            {
                Referent::Form(forms.root(person))
            }
            // "lives in Jackson": not the person, though the name is mostly a person's.
            (None, Some(EntityType::Person))
                if is_placed && self.find(forms, form.name, true, true, lexicon).is_some() =>
            {
                Referent::Untyped
            }
            // A word that the model left unlabelled more often than not may be no name, or the name of several things.
            (_, Some(_)) if found.kind.is_none() && form.bare > 2 * form.labelled => Referent::Untyped,
            (_, Some(_)) => Referent::Form(index),
            (_, None) => Referent::Untyped,
        }
    }

    fn find(
        &self,
        forms: &Forms<'a>,
        name: &str,
        is_person: bool,
        is_labelled: bool,
        lexicon: &Lexicon,
    ) -> Option<usize> {
        let bare = without_particles(name);
        let spelt = |name: &str| is_person.then(|| self.spellings.get(&folded(name))).flatten();
        let by_end = |ends: &FxHashMap<&str, usize>| {
            let known = ends.get(name).or_else(|| ends.get(bare).filter(|_| is_person));
            known.or_else(|| spelt(bare).and_then(|end| ends.get(end))).copied()
        };
        let class = lexicon.class(name);
        let may_be_given = is_person || is_labelled || class.any(Class::GIVEN_NAME);
        let is_given = may_be_given && (is_person || !class.any(Class::ALSO_PLACE));
        let is_given_only = class.any(Class::GIVEN_NAME) && !class.any(Class::LEADING_NAME);
        let is_shared_given = |bearers: &&Vec<usize>| bearers.len() > 1 && is_given_only;
        let plain = || self.given_spellings.get(&folded(name)).filter(|_| is_person);
        let bearers = || self.given.get(name).or_else(|| self.given.get(*plain()?));
        let given = || bearers().filter(|_| is_given).filter(|bearers| !is_shared_given(bearers));
        // Somebody who was named already, before somebody who will be.
        let named = by_end(&self.main).or_else(|| by_end(&self.latest));
        // Of several who bear a given name it may be any. A family name that stands first is the first bearer's: an article
        // names first whom it is about ("Wang Sicong, son of Wang Jianlin", then "Wang").
        let named = named.or_else(|| given()?.iter().copied().find(|root| self.named.contains(root)));
        let to_come = || by_end(&self.first).or_else(|| given()?.first().copied());
        named.or_else(to_come).map(|person| forms.root(person))
    }
}

/// The forms that a person of this name may be called by, after the first mention: the last name, and every end of the name
/// with more words; each also without its particles.
fn ends(name: &str) -> impl Iterator<Item = &str> {
    let ends = suffixes(name).map(|(suffix, _)| suffix).chain([surname(name)]);
    ends.flat_map(|end| [end, without_particles(end)])
}

/// Whether `word` of a name may be what its bearer is called by: no initial, no particle.
fn is_called(word: &str) -> bool {
    word.starts_with(char::is_uppercase) && !word.ends_with('.') && word.chars().nth(1).is_some()
}

/// Whether `name` is the end of a name alone, particles aside: "Salman", "Van der Meer", "al-Hakim".
fn is_end(name: &str) -> bool {
    !without_particles(name).contains(char::is_whitespace)
}

/// `name` without the particles and the article before its last word. "Al" and "Ben" are given names too, and stay.
fn without_particles(name: &str) -> &str {
    let mut rest = name;
    while let Some((word, after)) = rest.split_once(' ') {
        if !is_particle(word) {
            break;
        }
        rest = after;
    }
    let article = ["al-", "Al-", "el-", "El-", "as-", "an-", "ad-", "ar-", "az-", "ash-"];
    article.iter().find_map(|article| rest.strip_prefix(article)).filter(|rest| !rest.is_empty()).unwrap_or(rest)
}

pub(super) fn is_particle(word: &str) -> bool {
    matches!(
        word,
        "al" | "el"
            | "bin"
            | "ibn"
            | "bint"
            | "ben"
            | "van"
            | "von"
            | "der"
            | "den"
            | "ter"
            | "ten"
            | "de"
            | "del"
            | "della"
            | "di"
            | "da"
            | "do"
            | "dos"
            | "das"
            | "la"
            | "du"
            | "Van"
            | "Von"
            | "De"
            | "Del"
            | "Della"
            | "Di"
            | "Da"
            | "Dos"
            | "Das"
            | "Du"
            | "Bin"
            | "Ibn"
    )
}

/// `word` in lower case, without diacritics and with straight apostrophes, to compare spellings by.
pub(super) fn folded(word: &str) -> String {
    if word.is_ascii() {
        return word.to_ascii_lowercase();
    }
    let plain = |c: char| match c {
        'ı' => 'i',
        'ł' | 'Ł' => 'l',
        'ø' | 'Ø' => 'o',
        'đ' | 'Đ' => 'd',
        '’' | '‘' | 'ʼ' | 'ʻ' => '\'',
        c => c,
    };
    word.nfd().filter(|&c| !is_combining_mark(c)).map(plain).flat_map(char::to_lowercase).collect()
}

/// Whether two names with the same ends differ between them: "George W. Bush" and "George H. W. Bush" do, "Ana Vela" and
/// "Ana Maria Vela" do not.
pub(super) fn differ_inside(one: &str, other: &str) -> bool {
    fn inside(name: &str) -> impl Iterator<Item = char> {
        let words = name.split_whitespace().filter(|word| !is_particle(word)).count();
        let inner = name.split_whitespace().filter(|word| !is_particle(word)).skip(1).take(words.saturating_sub(2));
        inner.filter_map(|word| word.chars().next())
    }
    let both = inside(one).next().is_some() && inside(other).next().is_some();
    both && !inside(one).eq(inside(other))
}

/// The proper prefixes of two words or more of a name, each with its number of words.
pub(super) fn prefixes(name: &str) -> impl Iterator<Item = (&str, usize)> {
    let ends = name.match_indices(' ').map(|(at, _)| at).skip(1).take(MAX_PERSON_WORDS);
    ends.enumerate()
        .map(move |(index, at)| (&name[..at], index + 2))
        .filter(|(part, _)| part.rsplit(' ').next().is_some_and(is_called))
}

/// `name` without where its bearer is from: "Mubarak Shah of Khandesh".
fn without_home(name: &str) -> &str {
    name.split_once(" of ").map_or(name, |(person, _)| person)
}

/// The last word of a person's name that is no suffix.
pub(super) fn surname(name: &str) -> &str {
    let name = without_home(name);
    let word = name.split_whitespace().rev().find(|word| !is_generation(word)).unwrap_or(name);
    word.trim_end_matches(',')
}

pub(super) fn is_generation(word: &str) -> bool {
    matches!(word, "Jr" | "Jr." | "Sr" | "Sr." | "II" | "III" | "IV")
}

/// What tells fathers and sons of one name apart, but for its stop: "Jr" of "Robert Downey Jr."
pub(super) fn generation(name: &str) -> Option<&str> {
    let last = name.rsplit(' ').next().filter(|word| is_generation(word))?;
    Some(last.trim_end_matches('.'))
}

pub(super) fn given_name(name: &str) -> &str {
    name.split_whitespace().next().unwrap_or(name)
}

/// The proper suffixes of a name at word boundaries, each with its number of words.
pub(super) fn suffixes(name: &str) -> impl Iterator<Item = (&str, usize)> {
    let name = without_home(name);
    let words = name.split_whitespace().count();
    let starts = name.match_indices(' ').map(|(at, _)| at + 1);
    let starts = starts.take(if words <= MAX_PERSON_WORDS { words - 1 } else { 0 });
    starts.enumerate().map(move |(index, at)| (&name[at..], words - index - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suffixes_begin_at_words() {
        let found: Vec<_> = suffixes("Mohammed bin Salman").collect();
        assert_eq!(found, [("bin Salman", 2), ("Salman", 1)]);
        assert_eq!(suffixes("Pelé").count(), 0);
    }

    #[test]
    fn a_surname_is_no_suffix() {
        assert_eq!(surname("Robert Downey Jr."), "Downey");
        assert_eq!(surname("Pelé"), "Pelé");
    }

    #[test]
    fn particles_belong_to_the_last_name() {
        assert_eq!(
            ["Van der Meer", "al-Hakim", "Ben Hakim", "Meer"].map(without_particles),
            ["Meer", "Hakim", "Ben Hakim", "Meer"]
        );
        assert!(is_end("Van der Meer") && !is_end("Al Gore"));
    }

    #[test]
    fn initials_tell_people_apart() {
        assert!(differ_inside("George W. Bush", "George H. W. Bush"));
        assert!(!differ_inside("Donald John Trump", "Donald J. Trump"));
        assert!(!differ_inside("Ana Vela", "Ana Maria Vela"));
    }

    #[test]
    fn prefixes_are_names() {
        let found: Vec<_> = prefixes("Pedro Salas de Mora").collect();
        assert_eq!(found, [("Pedro Salas", 2)]);
    }
}
