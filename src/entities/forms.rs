//! The surface forms of an article's names: what each is of, and which name the same thing.
//!
//! One sense a name an article (Gale, Church and Yarowsky 1992): a name has one type, the one that most of its
//! mentions were given. Forms are joined where one is short for the other: a person by a last or a first name, an
//! organisation by its acronym or without its suffix.

use rustc_hash::FxHashMap;

use super::lexicon::{Class, Lexicon, lower_into};
use super::mentions::{Evidence, Mentions, is_acronym};
use super::people::{differ_inside, folded, given_name, prefixes, suffixes, surname};
use super::votes::Votes;
use crate::text::EntityType;

/// What a mention counts when the type of its form is decided.
const SURE_VOTE: f32 = 3.0;
const SHOUTED_VOTE: f32 = 0.4;
/// What a lexicon counts that has the whole name, or its last word. Acronyms have many meanings: less than one label.
const LISTED_VOTE: f32 = 1.1;
const LISTED_ACRONYM_VOTE: f32 = 0.9;
const HEAD_VOTE: f32 = 0.5;

/// One surface form.
#[derive(Debug)]
pub(super) struct Form<'a> {
    pub(super) name: &'a str,
    /// Its type for the whole article; `None` where no mention was given one.
    pub(super) kind: Option<EntityType>,
    /// What its mentions were given; of a root: the mentions of all its forms.
    pub(super) votes: Votes,
    /// Its type, where that does not depend on votes: the words beside it, its head or a list tell.
    told: Option<EntityType>,
    /// Whether a headline in capitals names in full the person whose last name this is.
    is_headline: bool,
    /// How many mentions were labelled, and how many were not.
    pub(super) labelled: usize,
    pub(super) bare: usize,
    /// Whether it is one word.
    pub(super) single: bool,
    /// The form whose entity this one belongs to; itself where it is its own.
    pub(super) root: usize,
}

impl Form<'_> {
    /// Decides its type by what is told of it, or else by the votes.
    fn decide(&mut self) {
        self.kind = self.told.or_else(|| self.votes.best());
    }
}

/// Every surface form of the article, by its text.
#[derive(Debug, Default)]
pub(super) struct Forms<'a> {
    pub(super) forms: Vec<Form<'a>>,
    pub(super) by_name: FxHashMap<&'a str, usize>,
    /// By the text in lower case: of the forms that stand in prose.
    by_lower: FxHashMap<String, usize>,
}

impl<'a> Forms<'a> {
    pub(super) fn of(mentions: &Mentions<'a>, lexicon: &Lexicon) -> Forms<'a> {
        let mut forms = Forms::default();
        let mut lower = String::new();
        for found in &mentions.found {
            let index = forms.intern(found.name);
            if !found.shouted && !is_shouted(found.name) {
                lower_into(found.name, &mut lower);
                if !forms.by_lower.contains_key(&lower) {
                    forms.by_lower.insert(lower.clone(), index);
                }
            }
            let Some(kind) = found.kind else {
                forms.forms[index].bare += 1;
                continue;
            };
            forms.forms[index].labelled += 1;
            if found.evidence == Evidence::Told {
                forms.forms[index].told = found.kind;
            }
            let weight = match found.evidence {
                Evidence::Sure | Evidence::Told => SURE_VOTE,
                _ if found.shouted => SHOUTED_VOTE,
                _ => 1.0,
            };
            forms.forms[index].votes.add(kind, weight);
        }
        for form in forms.forms.iter_mut().filter(|form| form.votes.total() > 0.0) {
            if let Some(Some(kind)) = lexicon.name(form.name) {
                let acronym = !form.name.contains(char::is_lowercase);
                form.votes.add(kind, if acronym { LISTED_ACRONYM_VOTE } else { LISTED_VOTE });
            } else if let Some(kind) = lexicon.head(form.name) {
                form.votes.add(kind, HEAD_VOTE);
            }
            form.decide();
            if let (None, Some(labelled)) = (form.told, form.kind) {
                let people = lexicon.is_people(form.name, labelled).then_some(EntityType::Norp);
                form.told = people.or_else(|| lexicon.certain_head(form.name, labelled));
                form.decide();
            }
        }
        forms.drop_told_of_surnames();
        forms.join_spellings();
        forms.join_shouted(mentions);
        forms.retype_people(lexicon);
        forms.join_aliases(lexicon);
        forms.join_national(lexicon);
        forms.join_acronyms(mentions, lexicon);
        forms.join_people();
        forms.join_organisations(lexicon);
        forms.join_last_words();
        forms
    }

    fn intern(&mut self, name: &'a str) -> usize {
        let next = self.forms.len();
        let index = *self.by_name.entry(name).or_insert(next);
        if index == next {
            let single = !name.contains(char::is_whitespace);
            self.forms.push(Form {
                name,
                kind: None,
                votes: Votes::default(),
                told: None,
                labelled: 0,
                bare: 0,
                is_headline: false,
                single,
                root: index,
            });
        }
        index
    }

    /// The root of `form`; roots may have been joined to others after it was.
    pub(super) fn root(&self, form: usize) -> usize {
        let mut form = form;
        // Each step leads to a form that was a root when it was joined, so there is an end.
        while self.forms[form].root != form {
            form = self.forms[form].root;
        }
        form
    }

    /// Makes `form` a form of what `to` names: one thing, of one type.
    fn join(&mut self, form: usize, to: usize) {
        let (form, to) = (self.root(form), self.root(to));
        if form != to {
            self.forms[form].root = to;
            let votes = self.forms[form].votes;
            self.forms[to].votes.merge(&votes);
            self.forms[to].told = self.forms[to].told.or(self.forms[form].told);
            self.forms[to].decide();
        }
    }

    /// "Bemba" is a people, but not where the article names Jean-Pierre Bemba.
    fn drop_told_of_surnames(&mut self) {
        let is_full = |form: &&Form<'_>| !form.single && form.kind == Some(EntityType::Person);
        let surnames: Vec<usize> = self
            .forms
            .iter()
            .filter(is_full)
            .filter_map(|form| self.by_name.get(surname(form.name)).copied())
            .collect();
        for index in surnames {
            let form = &mut self.forms[index];
            if form.told == Some(EntityType::Norp) {
                form.told = None;
                form.decide();
            }
        }
    }

    /// The type of the thing that `form` names.
    pub(super) fn kind(&self, form: usize) -> Option<EntityType> {
        self.forms[self.root(form)].kind
    }

    /// "Prophet’s Mosque" and "Prophet's Mosque", "Saint-Étienne" and "Saint-Etienne": names of one type that differ in signs.
    fn join_spellings(&mut self) {
        let mut by_key: FxHashMap<(String, Option<EntityType>), usize> = FxHashMap::default();
        for index in 0..self.forms.len() {
            let form = &self.forms[index];
            // People's last names may be joined no further: they refer to whom the article names before them.
            let is_other = form.kind.is_some_and(|kind| kind != EntityType::Person);
            if !is_other || form.name.is_ascii() && form.single {
                continue;
            }
            let key = folded(form.name).replace('’', "'");
            let first = *by_key.entry((key, form.kind)).or_insert(index);
            if first != index {
                self.join(index, first);
            }
        }
    }

    /// "RUBIO" of a headline is the "Rubio" of the text, and so is its "MARCO RUBIO" where the text has no more than that.
    fn join_shouted(&mut self, mentions: &Mentions<'a>) {
        let mut lower = String::new();
        // A dateline shouts in the midst of prose.
        for found in mentions.found.iter().filter(|found| found.shouted || is_shouted(found.name)) {
            let Some(&form) = self.by_name.get(found.name) else { continue };
            lower_into(found.name, &mut lower);
            let prose = self.by_lower.get(&lower).copied().or_else(|| {
                let is_person = self.forms[form].kind == Some(EntityType::Person) && !self.forms[form].single;
                lower_into(surname(found.name), &mut lower);
                let prose = self.by_lower.get(&lower).copied().filter(|_| is_person)?;
                let is_free = self.forms[prose].single && !self.forms[prose].is_headline;
                (is_free && self.forms[prose].kind == Some(EntityType::Person)).then(|| {
                    self.forms[prose].is_headline = true;
                    prose
                })
            });
            if let Some(prose) = prose
                && prose != form
                && self.root(form) == form
            {
                self.join(form, prose);
            }
        }
    }

    /// "US" and "United States".
    fn join_aliases(&mut self, lexicon: &Lexicon) {
        let mut by_group: FxHashMap<usize, usize> = FxHashMap::default();
        for index in 0..self.forms.len() {
            let form = &self.forms[index];
            if form.kind.is_none_or(|kind| kind == EntityType::Person) || form.root != index {
                continue;
            }
            let Some(group) = lexicon.group(form.name) else { continue };
            let first = *by_group.entry(group).or_insert(index);
            if first != index {
                self.join(index, first);
            }
        }
    }

    /// "Gáspár Maróth" is a person where "Maróth" is, whatever the model took the one mention in full for.
    fn retype_people(&mut self, lexicon: &Lexicon) {
        for index in 0..self.forms.len() {
            let form = &self.forms[index];
            let words = form.name.split(' ').count();
            if form.kind.is_none_or(|kind| kind == EntityType::Person || !kind.is_name()) || !(2..=3).contains(&words) {
                continue;
            }
            let end = surname(form.name);
            let Some(&single) = self.by_name.get(end).filter(|&&single| single != index) else { continue };
            let person = self.forms[single].votes.on(EntityType::Person);
            let is_plain = form.name.split(' ').all(|word| {
                let class = lexicon.class(word);
                word.starts_with(char::is_uppercase) && !class.any(Class::HEAD.or(Class::TITLE).or(Class::OPENS_EVENT))
            });
            if is_plain
                && self.forms[single].kind == Some(EntityType::Person)
                && person > form.votes.total()
                && lexicon.name(form.name).is_none()
            {
                self.forms[index].votes.add(EntityType::Person, person);
                self.forms[index].kind = Some(EntityType::Person);
            }
        }
    }

    /// "US House of Representatives" and "United States House of Representatives"; "Kuwaiti National Assembly" and "National
    /// Assembly", where no other nation's is told of.
    fn join_national(&mut self, lexicon: &Lexicon) {
        let mut by_key: FxHashMap<(usize, &str), usize> = FxHashMap::default();
        let mut by_rest: FxHashMap<&str, Option<usize>> = FxHashMap::default();
        for index in 0..self.forms.len() {
            let form = &self.forms[index];
            if form.single || !form.kind.is_some_and(|kind| kind.is_name() && kind != EntityType::Person) {
                continue;
            }
            let name = form.name;
            for (at, _) in name.match_indices(' ').take(3) {
                let (nation, rest) = (&name[..at], &name[at + 1..]);
                let group = lexicon.group(nation);
                let named = self.by_name.get(nation).and_then(|&nation| self.forms[nation].kind);
                if group.is_none() && !matches!(named, Some(EntityType::Gpe | EntityType::Norp)) {
                    continue;
                }
                if let Some(group) = group {
                    let first = *by_key.entry((group, rest)).or_insert(index);
                    if self.root(first) != self.root(index) {
                        self.join(index, first);
                    }
                }
                let root = self.root(index);
                let known = by_rest.entry(rest).or_insert(Some(root));
                *known = known.filter(|&known| known == root);
            }
        }
        for index in 0..self.forms.len() {
            let form = &self.forms[index];
            let heads = Class::ORGANISATION;
            if form.kind != Some(EntityType::Org) || form.root != index || !lexicon.class(surname(form.name)).any(heads)
            {
                continue;
            }
            if let Some(&Some(long)) = by_rest.get(form.name)
                && self.kind(long) == Some(EntityType::Org)
                && self.root(long) != index
            {
                self.join(index, long);
            }
        }
    }

    /// "The Assembly" is the "National Assembly", where the article has one body of that name.
    fn join_last_words(&mut self) {
        let mut by_last: FxHashMap<&str, Option<usize>> = FxHashMap::default();
        for index in 0..self.forms.len() {
            let form = &self.forms[index];
            let Some((rest, last)) = form.name.rsplit_once(' ') else { continue };
            let complement = [" of", " for", " in", " and", " the"].iter().any(|joint| rest.ends_with(joint));
            if self.kind(index) == Some(EntityType::Org) && !complement {
                let root = self.root(index);
                let known = by_last.entry(last).or_insert(Some(root));
                *known = known.filter(|&known| known == root);
            }
        }
        for index in 0..self.forms.len() {
            let form = &self.forms[index];
            if form.single
                && form.root == index
                && form.kind == Some(EntityType::Org)
                && let Some(&Some(long)) = by_last.get(form.name)
            {
                self.join(index, long);
            }
        }
    }

    /// Declared acronyms, and those whose letters fit one name of the article alone.
    fn join_acronyms(&mut self, mentions: &Mentions<'a>, lexicon: &Lexicon) {
        let declared: Vec<_> = mentions.acronyms.iter().map(|(&short, &long)| (short, long)).collect();
        for (short, long) in declared {
            let (Some(&short), Some(&long)) = (self.by_name.get(short), self.by_name.get(long)) else { continue };
            if self.kind(long).is_some() {
                self.join(short, long);
            }
        }
        let is_organisation = |form: &Form<'_>| matches!(form.kind, Some(EntityType::Org | EntityType::Event));
        let mut by_initial: FxHashMap<char, Vec<usize>> = FxHashMap::default();
        for (index, form) in self.forms.iter().enumerate().filter(|(_, f)| !f.single && is_organisation(f)) {
            by_initial.entry(form.name.chars().next().unwrap_or(' ')).or_default().push(index);
        }
        for short in 0..self.forms.len() {
            let form = &self.forms[short];
            let is_short = form.single
                && form.root == short
                && form.name.len() <= 8
                && form.name.chars().filter(|c| c.is_uppercase()).count() >= 2
                && (form.name.len() > 2 || lexicon.name(form.name).is_some())
                && matches!(form.kind, None | Some(EntityType::Org | EntityType::Event | EntityType::Gpe));
            if !is_short {
                continue;
            }
            let Some(longs) = by_initial.get(&form.name.chars().next().unwrap_or(' ')) else { continue };
            let mut fitting = longs.iter().take(MAX_LONG_FORMS).filter(|&&l| is_acronym(form.name, self.forms[l].name));
            let Some(&long) = fitting.next() else { continue };
            if fitting.next().is_none() {
                self.join(short, long);
            }
        }
    }

    /// "Donald Trump" and "Donald J. Trump"; "bin Salman" and "Mohammed bin Salman"; "Pedro Salas" and "Pedro Salas Mora".
    fn join_people(&mut self) {
        let mut by_ends: FxHashMap<(String, String), usize> = FxHashMap::default();
        let mut by_part: FxHashMap<&str, usize> = FxHashMap::default();
        let people: Vec<usize> = (0..self.forms.len())
            .filter(|&index| {
                let form = &self.forms[index];
                !form.single && form.kind == Some(EntityType::Person) && form.root == index
            })
            .collect();
        for &index in &people {
            let name = self.forms[index].name;
            let root = *by_ends.entry((folded(given_name(name)), folded(surname(name)))).or_insert(index);
            if root != index && !differ_inside(name, self.forms[root].name) {
                self.join(index, root);
            }
            for (part, words) in suffixes(name).chain(prefixes(name)) {
                if words >= 2 {
                    by_part.entry(part).or_insert(index);
                }
            }
        }
        for &index in &people {
            if let Some(&longer) = by_part.get(self.forms[index].name)
                && self.root(longer) != self.root(index)
            {
                self.join(index, longer);
            }
        }
    }

    /// "Acme Holdings" and "Acme".
    fn join_organisations(&mut self, lexicon: &Lexicon) {
        for index in 0..self.forms.len() {
            let form = &self.forms[index];
            if form.single || !matches!(form.kind, Some(EntityType::Org | EntityType::Fac)) {
                continue;
            }
            let kind = form.kind;
            let Some((stem, suffix)) = form.name.rsplit_once(' ') else { continue };
            let Some(&stem) = self.by_name.get(stem.trim_end_matches(',')) else { continue };
            let alike = self.forms[stem].kind.is_none_or(|known| Some(known) == kind || known == EntityType::Fac);
            let free = alike && self.forms[stem].root == stem;
            if free && lexicon.class(suffix).any(Class::SUFFIX) && self.root(index) != stem {
                self.join(stem, index);
            }
        }
    }
}

/// Whether `name` is in capitals and too long for an acronym.
fn is_shouted(name: &str) -> bool {
    name.len() >= 4
        && !name.contains(char::is_lowercase)
        && name.chars().all(|c| c.is_alphabetic() || " -'’".contains(c))
}

/// Bounds the search for what an acronym stands for.
const MAX_LONG_FORMS: usize = 64;
