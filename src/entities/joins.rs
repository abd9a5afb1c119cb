//! Which forms name the same thing: other spellings and capitals, aliases, acronyms, shorter names.

use rustc_hash::{FxHashMap, FxHashSet};

use super::beside::Beside;
use super::declared::is_acronym;
use super::forms::{Form, Forms, is_shouted};
use super::labels::SIGNS;
use super::lexicon::{Class, Lexicon, lower_into};
use super::mentions::{Evidence, Found, Mentions};
use super::people::{differ_inside, folded, generation, given_name, prefixes, suffixes, surname};
use super::shorter::Fitting;
use crate::text::EntityType;

/// So many names that differ in capitals alone are told apart.
const MAX_SPELLINGS: usize = 4;
/// Names of so many bytes are the same with and without spaces and hyphens.
const MIN_RUN_TOGETHER: usize = 8;
/// Bounds the search for what an acronym stands for.
const MAX_LONG_FORMS: usize = 64;
/// Bounds the search for who bears a company's name.
const MAX_PEOPLE: usize = 200;
/// More votes than this for a person, and a company that shares the name is another thing.
const MAX_DOUBTFUL: f32 = 2.0;
/// Nor is a person so many times as often named as a body its short name.
const MAX_MISTAKEN: usize = 3;

impl<'a> Forms<'a> {
    /// Joins what names one thing, the surest first.
    pub(super) fn join_all(&mut self, mentions: &Mentions<'a>, lexicon: &Lexicon) {
        self.join_spellings();
        self.join_cut(mentions);
        self.join_shouted(mentions);
        self.retype_people(lexicon);
        self.join_aliases(lexicon);
        self.join_alike(lexicon);
        self.join_national(lexicon);
        self.join_alike_of_nation(lexicon);
        self.join_acronyms(mentions, lexicon);
        self.join_people(mentions);
        self.join_initials();
        self.join_variants(mentions, lexicon);
        self.join_storms(lexicon);
        self.join_ships(lexicon);
        self.join_nicknames(mentions);
        self.join_organisations(mentions, lexicon);
        self.join_parties();
        self.join_shorter(mentions, lexicon);
        self.join_fronts(mentions, lexicon);
        self.join_last_words(lexicon);
        self.join_peoples(lexicon);
        self.join_places(lexicon);
    }

    /// "Prophet’s Mosque" and "Prophet's Mosque", "Saint-Étienne" and "Saint-Etienne": names that differ in signs alone.
    fn join_spellings(&mut self) {
        let mut by_key: FxHashMap<String, Vec<usize>> = FxHashMap::default();
        for index in 0..self.forms.len() {
            let form = &self.forms[index];
            // People's names are joined by their parts.
            if form.kind.is_none_or(|kind| kind == EntityType::Person || !kind.is_name()) {
                continue;
            }
            // "Acme Airlines", and "Acme Airline" once.
            let key = folded(form.name).replace(SIGNS, "");
            // "Marine Traffic", "MarineTraffic"; "-" and " " tell short names apart ("T-1", "T 1").
            let key = if key.len() >= MIN_RUN_TOGETHER { key.replace([' ', '-', '–'], "") } else { key };
            let key = if form.single { key.as_str() } else { singular(&key) };
            let known = by_key.entry(key.to_owned()).or_default();
            // "PPPs" and "PPP"
            let one =
                form.name.strip_suffix('s').filter(|one| one.len() >= 2 && one.bytes().all(|b| b.is_ascii_uppercase()));
            if let Some(&one) = one.and_then(|one| self.by_name.get(one)) {
                let is_name = |kind: Option<EntityType>| kind.is_none_or(|kind| kind.is_name() && !kind.is_place());
                if is_name(self.forms[one].kind) && self.root(one) != index {
                    self.join(one, index);
                }
                continue;
            }
            // Names in plain letters that differ in capitals ("Shell", "SHELL") may be two things.
            let same = known.iter().copied().find(|&other| {
                let other = &self.forms[other];
                let is_plain = form.name.is_ascii() && other.name.is_ascii();
                !is_plain && is_same_spelling(other.name, form.name)
                    || form.single != other.single
                    || !(is_plain && form.single) && other.kind == form.kind
            });
            match same {
                Some(same) => self.join(index, same),
                None if known.len() < MAX_SPELLINGS => known.push(index),
                None => {}
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
        let mut by_key: FxHashMap<((Option<usize>, &str), &str), usize> = FxHashMap::default();
        let mut by_rest: FxHashMap<&str, Option<usize>> = FxHashMap::default();
        // "Sarima Air of Tembe" needs no head to be "Sarima Air".
        let mut behind: FxHashSet<&str> = FxHashSet::default();
        for index in 0..self.forms.len() {
            let form = &self.forms[index];
            if form.single || !form.kind.is_some_and(|kind| kind.is_name() && kind != EntityType::Person) {
                continue;
            }
            let name = form.name;
            let before = name.match_indices(' ').take(3).map(|(at, _)| (&name[..at], &name[at + 1..]));
            for (nation, rest) in before.chain(of_nation(name)) {
                let group = lexicon.group(nation);
                let named = self.by_name.get(nation).and_then(|&nation| self.forms[nation].kind);
                let is_nation = group.is_some()
                    || matches!(named, Some(EntityType::Gpe | EntityType::Norp))
                    || lexicon.is_people(nation, EntityType::Norp);
                if !is_nation {
                    // "Supreme Court of" what no mention is of: another one of that name.
                    if name.starts_with(rest) {
                        by_rest.insert(rest, None);
                    }
                    continue;
                }
                let key = if group.is_some() { (group, "") } else { (None, nation) };
                let first = *by_key.entry((key, rest)).or_insert(index);
                if self.root(first) != self.root(index) {
                    self.join(index, first);
                }
                if name.starts_with(rest) {
                    behind.insert(rest);
                }
                let root = self.root(index);
                let known = by_rest.entry(rest).or_insert(Some(root));
                *known = known.filter(|&known| known == root);
            }
        }
        for index in 0..self.forms.len() {
            let form = &self.forms[index];
            let has_head = behind.contains(form.name)
                || lexicon.head(form.name).is_some()
                || head_of_complement(form.name).is_some_and(|head| lexicon.class(head).any(Class::ORGANISATION));
            let is_law = form.kind == Some(EntityType::Law);
            if !(form.kind == Some(EntityType::Org) && has_head || is_law) || form.root != index {
                continue;
            }
            if let Some(&Some(long)) = by_rest.get(form.name)
                && self.kind(long) == form.kind
                && self.root(long) != index
            {
                self.join(index, long);
            }
        }
    }

    /// "The Assembly" is the "National Assembly", and "the House" the "House of Commons", where the article has one body of
    /// that name.
    fn join_last_words(&mut self, lexicon: &Lexicon) {
        // Known names whose last word is not what they are called by ("White House") stand behind a word before "of".
        let (mut by_last, mut by_known, mut by_head) = (ByWord::default(), ByWord::default(), ByWord::default());
        for index in 0..self.forms.len() {
            let form = &self.forms[index];
            if self.kind(index) != Some(EntityType::Org) {
                continue;
            }
            let Some((rest, last)) = form.name.rsplit_once(' ') else { continue };
            let root = self.root(index);
            if let Some(head) = head_of_complement(form.name) {
                by_head.add(head, root);
            }
            if [" of", " for", " in", " and", " the"].iter().any(|joint| rest.ends_with(joint)) {
                continue;
            }
            match lexicon.name(form.name) {
                Some(_) => by_known.add(last, root),
                None => by_last.add(last, root),
            }
        }
        for index in 0..self.forms.len() {
            let form = &self.forms[index];
            if !form.single || form.root != index || form.kind != Some(EntityType::Org) {
                continue;
            }
            let (last, known, head) = (by_last.get(form.name), by_known.get(form.name), by_head.get(form.name));
            let long = match (head, last, known) {
                (Some(head), None, _) => head,
                (None, Some(long), None) | (None, None, Some(long)) => long,
                (Some(head), Some(last), _) => head.filter(|_| head == last),
                (None, Some(last), Some(known)) => last.filter(|_| last == known),
                (None, None, None) => None,
            };
            if let Some(long) = long {
                self.join(index, long);
            }
        }
    }

    /// "Cuban" and "Cubans", "Spanish" and "Spaniards": the words of one people.
    fn join_peoples(&mut self, lexicon: &Lexicon) {
        let mut by_nation: FxHashMap<usize, usize> = FxHashMap::default();
        let mut by_singular: FxHashMap<&str, usize> = FxHashMap::default();
        for index in 0..self.forms.len() {
            let form = &self.forms[index];
            if form.kind != Some(EntityType::Norp) || form.root != index {
                continue;
            }
            let first = match lexicon.nation(form.name) {
                Some((nation, _)) => *by_nation.entry(nation).or_insert(index),
                None => *by_singular.entry(singular(form.name)).or_insert(index),
            };
            if first != index {
                self.join(index, first);
            }
        }
    }

    /// "Republic of Malta" and "Malta"; "Los Corales" and "Corales".
    fn join_places(&mut self, lexicon: &Lexicon) {
        let is_place = |kind: Option<EntityType>| kind.is_some_and(EntityType::is_place);
        for index in 0..self.forms.len() {
            let form = &self.forms[index];
            if form.single || form.root != index || !is_place(form.kind) || lexicon.group(form.name).is_some() {
                continue;
            }
            let Some(&short) = lexicon.plain_place(form.name).and_then(|short| self.by_name.get(short)) else {
                continue;
            };
            // The Pacific Islands are not the Pacific.
            let is_other = form.name.contains(" Island") && lexicon.place(self.forms[short].name).is_some();
            if is_place(self.forms[short].kind) && self.root(short) != index && !is_other {
                self.join(index, short);
            }
        }
    }

    /// "Li, who earned the nickname “Lipstick King”": a word of a name stands for the first who bears it in full.
    fn join_nicknames(&mut self, mentions: &Mentions<'a>) {
        let is_person = |forms: &Forms<'a>, form: usize| forms.kind(form) == Some(EntityType::Person);
        let pairs = mentions.acronyms.iter();
        let pairs = pairs.filter_map(|(short, long)| Some((*self.by_name.get(short)?, *self.by_name.get(long)?)));
        let pairs: Vec<_> = pairs.filter(|&(one, other)| is_person(self, one) && is_person(self, other)).collect();
        if pairs.is_empty() {
            return;
        }
        let mut by_word: FxHashMap<&str, usize> = FxHashMap::default();
        for index in (0..self.forms.len()).filter(|&index| !self.forms[index].single && is_person(self, index)) {
            for word in self.forms[index].name.split(' ') {
                by_word.entry(word).or_insert(index);
            }
        }
        let in_full = |forms: &Forms<'a>, form: usize| match forms.forms[form].single {
            true => by_word.get(forms.forms[form].name).copied().unwrap_or(form),
            false => form,
        };
        for (one, other) in pairs {
            let (one, other) = (in_full(self, one), in_full(self, other));
            self.join(one.max(other), one.min(other));
        }
    }

    /// Declared acronyms, and those whose letters fit one name of the article alone.
    fn join_acronyms(&mut self, mentions: &Mentions<'a>, lexicon: &Lexicon) {
        let declared: Vec<_> = mentions.acronyms.iter().map(|(&short, &long)| (short, long)).collect();
        for (short, long) in declared {
            let (Some(&short), Some(&long)) = (self.by_name.get(short), self.by_name.get(long)) else { continue };
            let is_of_people = [short, long].iter().all(|&form| self.kind(form) == Some(EntityType::Person));
            if self.kind(long).is_some() && !is_of_people {
                self.join(short, long);
            }
        }
        let mut by_initial: FxHashMap<char, Vec<(usize, &str)>> = FxHashMap::default();
        for (index, form) in self.forms.iter().enumerate() {
            if form.single || form.kind.is_none_or(|kind| !kind.is_name()) {
                continue;
            }
            for name in std::iter::once(form.name).chain(abbreviated(form.name, form.kind, lexicon)) {
                by_initial.entry(name.chars().next().unwrap_or(' ')).or_default().push((index, name));
            }
        }
        for short in 0..self.forms.len() {
            let form = &self.forms[short];
            let is_short = form.single
                && form.root == short
                && form.name.chars().all(|c| c.is_alphabetic() || "-&.".contains(c))
                && lexicon.place(form.name).is_none()
                && form.name.len() <= 8
                && form.name.chars().filter(|c| c.is_uppercase()).count() >= 2
                && (form.name.len() > 2 || lexicon.name(form.name).is_some() || form.kind == Some(EntityType::Org))
                && (form.kind != Some(EntityType::Person) || mentions.speakers.contains(form.name));
            if !is_short {
                continue;
            }
            let Some(longs) = by_initial.get(&form.name.chars().next().unwrap_or(' ')) else { continue };
            let is_body = |form: usize| matches!(self.forms[form].kind, Some(EntityType::Org | EntityType::Event));
            // The whole name of a body, a part of one, anything else.
            let (mut bodies, mut parts, mut others) = (Fitting::None, Fitting::None, Fitting::None);
            for &(long, name) in longs.iter().take(MAX_LONG_FORMS) {
                // Two letters are any thing's but a body's.
                if is_acronym(form.name, name) && (is_body(long) || form.name.len() > 2) {
                    let fitting = match (is_body(long), name == self.forms[long].name) {
                        (true, true) => &mut bodies,
                        (true, false) => &mut parts,
                        (false, _) => &mut others,
                    };
                    fitting.add(self.root(long));
                }
            }
            let fitting = [bodies, parts, others].into_iter().find(|&fitting| fitting != Fitting::None);
            if let Some(Fitting::One(long)) = fitting {
                // The initials of somebody are labelled as a body's.
                let is_person = self.kind(long) == Some(EntityType::Person);
                let is_told = mentions.speakers.contains(self.forms[short].name)
                    || lexicon.class(given_name(self.forms[long].name)).any(Class::GIVEN_NAME);
                if is_person && is_told {
                    self.forms[long].told = Some(EntityType::Person);
                }
                self.join(short, long);
            }
        }
    }

    /// "Donald Trump" and "Donald J. Trump"; "bin Salman" and "Mohammed bin Salman"; "Pedro Salas" and "Pedro Salas Mora".
    fn join_people(&mut self, mentions: &Mentions<'a>) {
        let relatives: FxHashSet<&str> =
            mentions.found.iter().filter(|found| found.beside == Beside::Kin).map(|found| found.name).collect();
        let mut by_ends: FxHashMap<(String, String, Option<&str>), usize> = FxHashMap::default();
        let mut by_part: FxHashMap<&str, usize> = FxHashMap::default();
        let people: Vec<usize> = (0..self.forms.len())
            .filter(|&index| {
                let form = &self.forms[index];
                !form.single && form.kind == Some(EntityType::Person) && form.root == index
            })
            .collect();
        for &index in &people {
            let name = self.forms[index].name;
            let ends = (folded(given_name(name)), folded(surname(name)), generation(name));
            let root = *by_ends.entry(ends).or_insert(index);
            let is_relative = relatives.contains(name) != relatives.contains(self.forms[root].name);
            if root != index && !is_relative && !differ_inside(name, self.forms[root].name) {
                self.join(index, root);
            }
            for (part, words) in suffixes(name).chain(prefixes(name)) {
                if words >= 2 && generation(part) == generation(name) {
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

    /// "Hurricane Ida" and "Ida", where nobody of the article bears that name and no place does.
    fn join_storms(&mut self, lexicon: &Lexicon) {
        for index in 0..self.forms.len() {
            let form = &self.forms[index];
            let Some(alone) = lexicon.storm(form.name).filter(|_| form.kind == Some(EntityType::Event)) else {
                continue;
            };
            let Some(&short) = self.by_name.get(alone) else { continue };
            let is_free = self.forms[short].kind.is_none_or(|kind| kind.is_name() && !kind.is_place());
            if is_free && self.forms[short].root == short && !self.is_borne(alone) {
                self.join(short, index);
            }
        }
    }

    /// "USS Benfold" and "Benfold", of whatever type.
    fn join_ships(&mut self, lexicon: &Lexicon) {
        for index in 0..self.forms.len() {
            let Some((kind, alone)) = self.forms[index].name.split_once(' ') else { continue };
            let Some(&short) = self.by_name.get(alone).filter(|_| lexicon.class(kind).any(Class::SHIP)) else {
                continue;
            };
            let is_vessel =
                |form: usize| self.forms[form].kind.is_none_or(|kind| kind.is_name() && kind != EntityType::Person);
            if is_vessel(index) && is_vessel(short) && self.forms[short].root == short && self.root(index) != short {
                self.join(short, index);
            }
        }
    }

    /// "The Liberals" where both are labelled as bodies, and the "Liberal Party", where the article has one alone.
    fn join_parties(&mut self) {
        let mut by_stem = ByWord::default();
        let is_body = |form: &Form<'_>| form.kind == Some(EntityType::Org);
        for index in 0..self.forms.len() {
            let stem =
                self.forms[index].name.strip_suffix(" Party").filter(|_| self.kind(index) == Some(EntityType::Org));
            if let Some(stem) = stem {
                by_stem.add(stem.rsplit(' ').next().unwrap_or(stem), self.root(index));
            }
        }
        for index in 0..self.forms.len() {
            let form = &self.forms[index];
            if !form.single || form.root != index || !is_body(form) || singular(form.name) == form.name {
                continue;
            }
            if let Some(Some(party)) = by_stem.get(singular(form.name)) {
                self.join(index, party);
            }
        }
    }

    /// Whether a person of two words or more has `word` in his name.
    fn is_borne(&self, word: &str) -> bool {
        let people = self.forms.iter().take(MAX_PEOPLE);
        let mut people = people.filter(|other| other.kind == Some(EntityType::Person) && !other.single);
        people.any(|other| other.name.split(' ').any(|part| part == word))
    }

    /// Whether a form, taken for a person however often, may be a body that is named in full as `long`: nobody bears the
    /// name, and the body is not named much less often.
    fn may_be_body(&self, form: usize, long: usize, lexicon: &Lexicon) -> bool {
        let (form, long) = (&self.forms[form], &self.forms[long]);
        form.kind == Some(EntityType::Person)
            && form.single
            && long.labelled * MAX_MISTAKEN >= form.labelled
            && !lexicon.class(form.name).any(Class::GIVEN_NAME.or(Class::LAST_NAME).or(Class::FAMILY_NAME))
            && !self.is_borne(form.name)
    }

    /// A person once or twice: a company that models do not know. Nobody bears its name.
    fn is_doubtful_person(&self, form: usize, lexicon: &Lexicon) -> bool {
        let form = &self.forms[form];
        form.kind == Some(EntityType::Person)
            && form.votes.on(EntityType::Person) <= MAX_DOUBTFUL
            && !lexicon.class(form.name).any(Class::GIVEN_NAME)
            && !self.forms.iter().take(MAX_PEOPLE).any(|other| {
                other.kind == Some(EntityType::Person) && !other.single && surname(other.name) == form.name
            })
    }

    /// "Acme Group Holdings", "Acme Group" and "Acme".
    fn join_organisations(&mut self, mentions: &Mentions<'a>, lexicon: &Lexicon) {
        let is_told = |found: &&Found<'_>| {
            found.titled || found.title.is_some() || found.evidence > Evidence::Model || found.beside != Beside::Nothing
        };
        let titled: FxHashSet<&str> = mentions.found.iter().filter(is_told).map(|found| found.name).collect();
        for index in 0..self.forms.len() {
            let form = &self.forms[index];
            use EntityType::{Event, Fac, Law, Org, WorkOfArt};
            if form.single || !matches!(form.kind, Some(Org | Fac | Event | Law | WorkOfArt)) {
                continue;
            }
            let (kind, mut rest) = (form.kind, form.name);
            while let Some((stem, suffix)) = rest.rsplit_once(' ') {
                let is_building = kind == Some(Fac) && lexicon.class(suffix).any(Class::BUILDING);
                if !lexicon.class(suffix).any(Class::SUFFIX) && !is_building {
                    break;
                }
                rest = stem.trim_end_matches(',');
                let Some(&stem) = self.by_name.get(rest) else { continue };
                // "Salas Museum" is no person's other name.
                let is_mistaken = !is_building
                    && !titled.contains(rest)
                    && (self.is_doubtful_person(stem, lexicon)
                        || kind == Some(Org) && self.may_be_body(stem, index, lexicon));
                let alike = is_mistaken
                    || self.forms[stem].kind.is_none_or(|known| {
                        let is_body = matches!(kind, Some(Org | Fac));
                        Some(known) == kind || !is_building && is_body && matches!(known, Fac | EntityType::Product)
                    });
                if alike && self.forms[stem].root == stem && self.root(index) != stem {
                    // "Acme Technology" tells that "Acme" is its maker rather than its product.
                    if is_mistaken || self.forms[stem].kind == Some(EntityType::Product) {
                        let root = self.root(index);
                        self.forms[root].told = kind;
                    }
                    self.join(stem, index);
                }
            }
        }
    }
}

/// What is known by one word: `None` where several things are.
#[derive(Default)]
struct ByWord<'a>(FxHashMap<&'a str, Option<usize>>);

impl<'a> ByWord<'a> {
    fn add(&mut self, word: &'a str, root: usize) {
        let known = self.0.entry(word).or_insert(Some(root));
        *known = known.filter(|&known| known == root);
    }

    fn get(&self, word: &str) -> Option<Option<usize>> {
        self.0.get(word).copied()
    }
}

/// The nation that a body's name says behind it, and the rest: "Supreme Court of the United Kingdom". A rest of one word is
/// no name: "Bank of Sarima" is not "Sarima Bank".
fn of_nation(name: &str) -> Option<(&str, &str)> {
    let (rest, nation) = name.rsplit_once(" of ")?;
    rest.contains(' ').then(|| (nation.strip_prefix("the ").unwrap_or(nation), rest))
}

/// The word before "of", "for" or "on" that a body is called by: "House" of "United States House of Representatives".
fn head_of_complement(name: &str) -> Option<&str> {
    let at = [" of ", " for ", " on "].iter().filter_map(|joint| name.find(joint)).min()?;
    name[..at].rsplit(' ').next()
}

/// What of the name of a body its acronym may be of: without its nation ("HPA" of "United States Harbour Protection Agency"),
/// its place ("TID" of "Salas County Transport Improvement District"), its kind of company, or "Department of".
fn abbreviated<'n>(name: &'n str, kind: Option<EntityType>, lexicon: &Lexicon) -> impl Iterator<Item = &'n str> {
    let is_body = kind == Some(EntityType::Org);
    let cut = name.match_indices(' ').take(2).map(|(at, _)| (&name[..at], &name[at + 1..]));
    let mut buffer = String::new();
    let without_front = cut.filter(move |(front, rest)| {
        // The league of West Sarima is not Sarima's.
        if front.split(' ').any(|word| lexicon.lower_class(word, &mut buffer).any(Class::BEARING)) {
            return false;
        }
        let words = rest.split(' ').filter(|word| word.starts_with(char::is_uppercase)).count();
        words >= 2 && lexicon.group(front).is_some() || is_body && words >= 3 && rest.starts_with(char::is_uppercase)
    });
    let (without_head, without_kind) = match is_body {
        true => (
            name.split_once(" of ").filter(|(head, rest)| !head.contains(' ') && rest.contains(' ')),
            name.rsplit_once(' ').filter(|(rest, kind)| rest.contains(' ') && lexicon.class(kind).any(Class::SUFFIX)),
        ),
        false => (None, None),
    };
    let ends = without_head.map(|(_, rest)| rest).into_iter().chain(without_kind.map(|(rest, _)| rest));
    without_front.map(|(_, rest)| rest).chain(ends)
}

/// `name` without the -s of its plural.
pub(super) fn singular(name: &str) -> &str {
    name.strip_suffix('s').filter(|singular| singular.len() > 3 && !singular.ends_with('s')).unwrap_or(name)
}

/// Whether two names are the same but for diacritics and apostrophes.
fn is_same_spelling(one: &str, other: &str) -> bool {
    one.chars().count().abs_diff(other.chars().count()) <= 2
        && one.split(' ').zip(other.split(' ')).all(|(a, b)| {
            a.chars().next().is_some_and(char::is_uppercase) == b.chars().next().is_some_and(char::is_uppercase)
                && a.contains(char::is_lowercase) == b.contains(char::is_lowercase)
        })
}
