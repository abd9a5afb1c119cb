//! The surface forms of an article's names, and what each is of.
//!
//! One sense a name an article (Gale, Church and Yarowsky 1992): a name has one type, the one that most of its
//! mentions were given, unless the name itself or the words beside it tell. Which forms name the same thing is for
//! [`super::joins`].

use rustc_hash::{FxHashMap, FxHashSet};

use super::lexicon::{Class, Lexicon, lower_into};
use super::mentions::{Evidence, Mentions};
use super::people::surname;
use super::votes::Votes;
use crate::text::EntityType;

/// What a mention counts when the type of its form is decided.
const SURE_VOTE: f32 = 3.0;
const SHOUTED_VOTE: f32 = 0.4;
/// What a lexicon counts that has the whole name, or its last word. Acronyms have many meanings: less than one label.
const LISTED_VOTE: f32 = 1.1;
const LISTED_ACRONYM_VOTE: f32 = 0.9;
const HEAD_VOTE: f32 = 0.5;
/// What a given name counts that opens the name.
const NAMED_VOTE: f32 = 1.1;
/// What a preposition of place counts before a single word that was taken for a person.
const PLACED_VOTE: f32 = 0.8;
/// What the nouns beside a mention count.
const HINT_VOTE: f32 = 2.0;

/// One surface form.
#[derive(Debug, Clone)]
pub(super) struct Form<'a> {
    pub(super) name: &'a str,
    /// Its type for the whole article; `None` where no mention was given one.
    pub(super) kind: Option<EntityType>,
    /// What its mentions were given; of a root: the mentions of all its forms.
    pub(super) votes: Votes,
    /// Its type, where that does not depend on votes: the words beside it, its head or a list tell.
    pub(super) told: Option<EntityType>,
    /// Whether a headline in capitals names in full the person whose last name this is.
    pub(super) is_headline: bool,
    /// How many mentions were labelled, and how many were not.
    pub(super) labelled: usize,
    pub(super) bare: usize,
    /// How many stand after a preposition of place.
    pub(super) placed: usize,
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
    pub(super) by_lower: FxHashMap<String, usize>,
    /// Of a form that names a town and its club: the form that stands for the other.
    apart: FxHashMap<usize, usize>,
    /// Spellings of a name that the article writes otherwise too, and oftener.
    pub(super) misspelt: FxHashSet<&'a str>,
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
            forms.forms[index].placed += usize::from(found.placed);
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
            // What stands beside it counts instead of a label that it belies.
            if found.hint.is_none_or(|hint| hint == kind || found.evidence != Evidence::Model) {
                forms.forms[index].votes.add(kind, weight);
            }
            if kind == EntityType::Person && found.placed && forms.forms[index].single {
                forms.forms[index].votes.add(EntityType::Gpe, PLACED_VOTE);
            }
            if let Some(hint) = found.hint {
                forms.forms[index].votes.add(hint, HINT_VOTE);
            }
        }
        for form in forms.forms.iter_mut().filter(|form| form.votes.total() > 0.0) {
            if let Some(Some(kind)) = lexicon.name(form.name) {
                let acronym = !form.name.contains(char::is_lowercase);
                form.votes.add(kind, if acronym { LISTED_ACRONYM_VOTE } else { LISTED_VOTE });
            } else if let Some(kind) = lexicon.head(form.name) {
                form.votes.add(kind, HEAD_VOTE);
            }
            if lexicon.may_be_person(form.name) {
                form.votes.add(EntityType::Person, NAMED_VOTE);
            }
            form.decide();
            if let (None, Some(labelled)) = (form.told, form.kind) {
                let people = lexicon.is_people(form.name, labelled).then_some(EntityType::Norp);
                form.told = people
                    .or_else(|| lexicon.certain_name(form.name, labelled))
                    .or_else(|| lexicon.certain_head(form.name, labelled));
                form.decide();
            }
        }
        forms.drop_told_of_surnames();
        forms.join_all(mentions, lexicon);
        forms.set_apart(lexicon);
        forms
    }

    /// "CHICAGO AT DETROIT" is played in Detroit, by Chicago: a name in capitals that was taken for an organisation
    /// and for a place, and that nothing else tells of, is both.
    fn set_apart(&mut self, lexicon: &Lexicon) {
        let is_both = |&index: &usize| {
            let form = &self.forms[index];
            is_shouted(form.name)
                && form.kind.is_some_and(|kind| kind == EntityType::Org || kind.is_place())
                && form.votes.on(EntityType::Org) >= 1.0
                && form.votes.on_places() >= 1.0
                && form.told.is_none()
                && form.root == index
                && lexicon.name(form.name).is_none()
                && lexicon.head(form.name).is_none()
        };
        let mut both: Vec<usize> = (0..self.forms.len()).filter(is_both).collect();
        if both.is_empty() {
            return;
        }
        let joined: FxHashSet<usize> =
            self.forms.iter().enumerate().filter(|(i, f)| f.root != *i).map(|(_, f)| f.root).collect();
        both.retain(|index| !joined.contains(index));
        for index in both {
            let root = self.forms.len();
            let is_org = self.forms[index].kind == Some(EntityType::Org);
            let other = Some(if is_org { EntityType::Gpe } else { EntityType::Org });
            self.forms.push(Form { kind: other, root, ..self.forms[index].clone() });
            self.apart.insert(index, root);
        }
    }

    /// The form that a mention of `form` stands for which was given `kind`.
    pub(super) fn apart(&self, form: usize, kind: Option<EntityType>) -> usize {
        let is_org = |kind: Option<EntityType>| kind == Some(EntityType::Org);
        let other = self.apart.get(&form).copied().filter(|&other| is_org(self.forms[other].kind) == is_org(kind));
        other.filter(|_| kind.is_some()).unwrap_or(form)
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
                placed: 0,
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
    pub(super) fn join(&mut self, form: usize, to: usize) {
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

    /// "Gáspár Maróth" is a person where "Maróth" is, whatever the model took the one mention in full for.
    pub(super) fn retype_people(&mut self, lexicon: &Lexicon) {
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
}

/// Whether `name` is in capitals and too long for an acronym.
pub(super) fn is_shouted(name: &str) -> bool {
    name.len() >= 4
        && !name.contains(char::is_lowercase)
        && name.chars().all(|c| c.is_alphabetic() || " -'’".contains(c))
}
