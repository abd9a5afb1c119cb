//! Which forms name the same thing: other spellings and capitals, aliases, acronyms, shorter names.

use rustc_hash::FxHashMap;

use super::forms::{Form, Forms, is_shouted};
use super::lexicon::{Class, Lexicon, lower_into};
use super::mentions::{Mentions, is_acronym};
use super::people::{differ_inside, folded, given_name, prefixes, suffixes, surname};
use crate::text::EntityType;

/// Bounds the search for what an acronym stands for.
const MAX_LONG_FORMS: usize = 64;
/// Bounds the search for who bears a company's name.
const MAX_PEOPLE: usize = 200;
/// More votes than this for a person, and a company that shares the name is another thing.
const MAX_DOUBTFUL: f32 = 2.0;

impl<'a> Forms<'a> {
    /// Joins what names one thing, the surest first.
    pub(super) fn join_all(&mut self, mentions: &Mentions<'a>, lexicon: &Lexicon) {
        self.join_spellings();
        self.join_shouted(mentions);
        self.retype_people(lexicon);
        self.join_aliases(lexicon);
        self.join_national(lexicon);
        self.join_acronyms(mentions, lexicon);
        self.join_people();
        self.join_organisations(lexicon);
        self.join_last_words();
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
            let key = folded(form.name);
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
            // A person once or twice: a company that models do not know. Nobody bears its name.
            let is_doubtful = self.forms[stem].kind == Some(EntityType::Person)
                && self.forms[stem].votes.on(EntityType::Person) <= MAX_DOUBTFUL
                && !lexicon.class(self.forms[stem].name).any(Class::GIVEN_NAME)
                && !self.forms.iter().take(MAX_PEOPLE).any(|form| {
                    form.kind == Some(EntityType::Person) && !form.single && surname(form.name) == self.forms[stem].name
                });
            let alike = is_doubtful
                || self.forms[stem].kind.is_none_or(|known| Some(known) == kind || known == EntityType::Fac);
            let free = alike && self.forms[stem].root == stem;
            if free && lexicon.class(suffix).any(Class::SUFFIX) && self.root(index) != stem {
                self.join(stem, index);
            }
        }
    }
}
