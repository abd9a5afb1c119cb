//! The entity stage's lexicons, parsed from `config/` into one table of words and one of whole names.
//!
//! What a word or name may tell is all that is here; what follows from it is for the stage's other files.

use std::collections::BTreeMap;

use super::EntityType;
pub(super) use super::class::Class;
use super::tables::{
    Aliases, Certain, CommonWords, Contexts, Demonyms, Group, Organisations, Peoples, Places, PlainPlaces, Region,
    Titles,
};
use crate::text::{LexiconError, Lexicons};
use rustc_hash::{FxHashMap, FxHashSet};

/// The type of each word of lists of words.
fn by_word<const N: usize>(kinds: [(EntityType, &Vec<String>); N]) -> FxHashMap<Box<str>, EntityType> {
    kinds.into_iter().flat_map(|(kind, words)| words.iter().map(move |word| (word.as_str().into(), kind))).collect()
}

impl Places {
    /// The kinds of the countries, under all names of their group, and of what is no state's.
    fn of_known_kind(self, groups: &[Group]) -> FxHashMap<Box<str>, EntityType> {
        let natural = self.region.into_iter().filter(Region::is_natural);
        let names = natural.flat_map(|region| region.names.into_iter().chain([region.name]));
        let mut kinds: FxHashMap<Box<str>, EntityType> = names.map(|name| (name.into(), EntityType::Loc)).collect();
        let countries: FxHashSet<&str> = self.countries.values().flatten().map(String::as_str).collect();
        let states = groups.iter().filter(|group| group.names.iter().any(|name| countries.contains(name.as_str())));
        kinds.extend(states.flat_map(|group| &group.names).map(|name| (name.as_str().into(), EntityType::Gpe)));
        kinds
    }
}

impl Certain {
    fn by_word(&self) -> FxHashMap<Box<str>, EntityType> {
        by_word([
            (EntityType::Org, &self.organisation),
            (EntityType::Fac, &self.facility),
            (EntityType::Loc, &self.place),
            (EntityType::Event, &self.event),
            (EntityType::Law, &self.law),
            (EntityType::Product, &self.product),
            (EntityType::WorkOfArt, &self.work_of_art),
        ])
    }
}

impl Demonyms {
    /// The words for each people that has several, by the word: "Spanish", "Spaniard", "Spaniards".
    fn words_of_one(&self, peoples: &Peoples) -> FxHashMap<Box<str>, (usize, usize)> {
        let mut nations: FxHashMap<Box<str>, (usize, usize)> = FxHashMap::default();
        let places = [&self.countries, &self.subdivisions, &self.regions].into_iter().flat_map(BTreeMap::values);
        let several = places.chain(&peoples.forms);
        for (nation, words) in several.filter(|words| words.len() > 1).enumerate() {
            // "Korean" is no short form of "South Korean".
            let is_longer = |word: &&String| words.iter().any(|other| word.ends_with(&format!(" {other}")));
            let words: Vec<&String> = words.iter().filter(|word| !is_longer(word)).collect();
            let plurals = words.iter().map(|word| format!("{word}s"));
            for (rank, word) in words.iter().copied().cloned().chain(plurals).enumerate() {
                nations.entry(word.into()).or_insert((nation, rank));
            }
        }
        nations
    }

    /// The demonyms, with the plurals of those that have one in -s: there are Nigerians, but no "Laos" or "Philippines".
    fn all(self) -> impl Iterator<Item = Box<str>> {
        let words =
            [self.countries, self.subdivisions, self.regions].into_iter().flat_map(BTreeMap::into_values).flatten();
        words.flat_map(|word| {
            let plural = word.ends_with(['n', 'i']).then(|| format!("{word}s").into());
            [Some(word.into()), plural].into_iter().flatten()
        })
    }
}

/// The words of a nation's name before its body's ("United Arab Emirates").
const MAX_NATION_WORDS: usize = 3;

/// More bytes than this between two names do not declare one the other's.
const MAX_DECLARING: usize = 48;

/// More words than this before a telling head are nobody's name.
const MAX_PERSON_WORDS: usize = 3;

/// Words and names, and what they tell.
#[derive(Debug)]
pub(super) struct Lexicon {
    words: FxHashMap<Box<str>, Class>,
    /// `None`: a name that its last word would mistake for something.
    names: FxHashMap<Box<str>, Option<EntityType>>,
    /// Peoples, languages and demonyms, none of which is hardly ever a place's name or an organisation's; whether it is
    /// nobody's family name either.
    peoples: FxHashMap<Box<str>, bool>,
    certain_heads: FxHashMap<Box<str>, EntityType>,
    certain_openers: FxHashMap<Box<str>, EntityType>,
    /// Names that mean one thing: the number of their group, and their place in it.
    groups: FxHashMap<Box<str>, (usize, usize)>,
    /// What says between two names that they are of one thing ("also known as").
    declared_by: FxHashSet<Box<str>>,
    /// Those of them that a nickname follows.
    nicknamed_by: FxHashSet<Box<str>>,
    /// What opens the name of a storm ("Tropical Storm").
    storms: Vec<String>,
    /// Words that a number makes an event of.
    numbered_events: Vec<String>,
    /// Places of which it is known what kind they are of: countries, and regions and waters.
    places: FxHashMap<Box<str>, EntityType>,
    plain_places: PlainPlaces,
    /// Words for one people whose forms differ by more than -s: the number of the people, and the word's place among them.
    nations: FxHashMap<Box<str>, (usize, usize)>,
    /// Given names and their short forms: the numbers of the groups of one name that each is in.
    short_given: FxHashMap<Box<str>, Vec<usize>>,
}

impl Lexicon {
    pub(super) fn read(lexicons: &Lexicons) -> Result<Lexicon, LexiconError> {
        let titles: Titles = lexicons.read("titles.toml")?;
        let organisations: Organisations = lexicons.read("organisations.toml")?;
        let common: CommonWords = lexicons.read("common_words.toml")?;
        let mut given: BTreeMap<String, Vec<String>> = lexicons.read("given_names.toml")?;
        let also_places = given.remove("also_places").unwrap_or_default();
        let last_names = given.remove("last_names").unwrap_or_default();
        let also_words = given.remove("also_words").unwrap_or_default();
        let Organisations {
            heads,
            certain_heads,
            other_heads,
            openers,
            certain_openers,
            exceptions,
            works,
            names,
            inner,
        } = organisations;
        let peoples: Peoples = lexicons.read("peoples.toml")?;
        let demonyms: Demonyms = lexicons.read("demonyms.toml")?;
        let contexts: Contexts = lexicons.read("contexts.toml")?;
        let aliases: Aliases = lexicons.read("aliases.toml")?;
        let declared_by = aliases.declared_by.into_iter().map(Into::into).collect();
        let nicknamed_by = aliases.nicknamed_by.into_iter().map(Into::into).collect();
        let places: Places = lexicons.read("places.toml")?;
        let places = places.of_known_kind(&aliases.group);
        let groups = aliases.group.into_iter().enumerate();
        let groups = groups.flat_map(|(group, g)| {
            g.names.into_iter().enumerate().map(move |(rank, name)| (name.into(), (group, rank)))
        });
        let groups = groups.collect();
        let nations = demonyms.words_of_one(&peoples);
        let mut short_given: FxHashMap<Box<str>, Vec<usize>> = FxHashMap::default();
        for (group, names) in aliases.short_given.into_iter().enumerate() {
            for name in names {
                short_given.entry(name.into()).or_default().push(group);
            }
        }
        let mut lexicon = Lexicon {
            words: FxHashMap::default(),
            names: FxHashMap::default(),
            peoples: demonyms.all().map(|word| (word, false)).collect(),
            certain_heads: certain_heads.by_word(),
            certain_openers: certain_openers.by_word(),
            groups,
            declared_by,
            nicknamed_by,
            storms: openers.storms,
            numbered_events: names.numbered_events,
            places,
            plain_places: aliases.places,
            nations,
            short_given,
        };
        lexicon.peoples.extend(peoples.certain.iter().map(|name| (name.as_str().into(), true)));
        for (class, words) in [
            (Class::HONORIFIC, &titles.honorifics),
            (Class::PREFIX, &titles.prefixes),
            (Class::STYLE, &titles.styles),
            (Class::OPENS_PERSON, &titles.opening_names),
            (Class::TITLE, &titles.heads),
            (Class::OFFICE, &titles.offices),
            (Class::MODIFIER, &titles.modifiers),
            (Class::SURE_ROLE, &titles.sure),
            (Class::LOOSE_ROLE, &titles.loose),
            (Class::LOWER_MODIFIER, &titles.lower_modifiers),
            (Class::SPEECH, &titles.speech),
            (Class::FAMILY, &titles.families),
            (Class::GOVERNMENT, &titles.governments),
            (Class::KIN, &titles.kin),
            (Class::IN_OFFICE, &titles.in_office),
            (Class::AFFILIATION, &titles.affiliations),
            (Class::ORGANISATION, &heads.organisation),
            (Class::FACILITY, &heads.facility),
            (Class::PLACE, &heads.place),
            (Class::EVENT, &heads.event),
            (Class::LAW, &heads.law),
            (Class::WORK_OF_ART, &heads.work_of_art),
            (Class::FAMILY_NAME, &other_heads.family_names),
            (Class::OPENS_PLACE, &openers.place),
            (Class::OPENS_EVENT, &openers.event),
            (Class::SHIP, &openers.ships),
            (Class::COORDINATED, &inner.coordinated),
            (Class::POSSESSIVE, &inner.possessives),
            (Class::OF, &inner.of),
            (Class::SUFFIX, &inner.suffixes),
            (Class::STATE, &inner.states),
            (Class::TELLING, &inner.telling),
            (Class::BUILDING, &inner.buildings),
            (Class::ORDERED, &inner.ordered),
            (Class::PARTICLE, &inner.particles),
            (Class::PUBLIC, &inner.public),
            (Class::PART, &inner.parts),
            (Class::ALSO_PLACE, &also_places),
            (Class::ALSO_WORD, &also_words),
            (Class::LAST_NAME, &last_names),
            (Class::FUNCTION, &common.function),
            (Class::NOUN, &common.nouns),
            (Class::CALENDAR, &common.calendar),
            (Class::NO_NAME, &common.never),
            (Class::BEARING, &common.bearings),
            (Class::TAIL, &common.tails),
            (Class::AFTER_PEOPLE, &peoples.followed_by),
            (Class::KIND_OF_WORK, &works.kinds),
            (Class::BEFORE_ORGANISATION, &contexts.before.organisation),
            (Class::AFTER_ORGANISATION, &contexts.after.organisation),
            (Class::AFTER_PLACE, &contexts.after.place),
            (Class::AFTER_FACILITY, &contexts.after.facility),
            (Class::OWNED, &contexts.after.owned),
            (Class::BEFORE_BASE, &contexts.after.base),
            (Class::OF_FACILITY, &other_heads.of_facility),
            (Class::HEAD_OF_PLACE, &other_heads.of_place),
            (Class::CURRENCY, &contexts.after.currency),
            (Class::ORGANISATION_NOUN, &contexts.apposition.organisation),
            (Class::PLACE_NOUN, &contexts.apposition.place),
            (Class::OF_PLACE, &contexts.of.place),
            (Class::BEHIND_PLACE, &contexts.behind.place),
            (Class::INSIDE, &contexts.inside.organisation),
            (Class::ENDS_NOUN_PHRASE, &contexts.phrase.ends),
        ] {
            lexicon.add(class, words);
        }
        if let Some(words) = given.get("family_names_first") {
            lexicon.add(Class::LEADING_NAME, words);
        }
        for words in given.values() {
            lexicon.add(Class::GIVEN_NAME, words);
        }
        for (kind, names) in [
            (Some(EntityType::Org), &names.acronyms),
            (Some(EntityType::Org), &names.organisations),
            (Some(EntityType::Event), &names.events),
            (Some(EntityType::Norp), &peoples.names),
            (None, &exceptions.not_organisations),
        ] {
            lexicon.names.extend(names.iter().map(|name| (name.as_str().into(), kind)));
        }
        Ok(lexicon)
    }

    fn add(&mut self, class: Class, words: &[String]) {
        for word in words {
            let known = self.words.entry(word.as_str().into()).or_default();
            *known = known.or(class);
        }
    }

    /// The lists that `word`, as it is written but for a last full stop, is on.
    pub(super) fn class(&self, word: &str) -> Class {
        self.words.get(word.strip_suffix('.').unwrap_or(word)).copied().unwrap_or_default()
    }

    /// The lists that `word` is on in lower case. `buffer` is scratch.
    pub(super) fn lower_class(&self, word: &str, buffer: &mut String) -> Class {
        lower_into(word, buffer);
        self.class(buffer)
    }

    /// The group of names that mean one thing which `name` belongs to.
    pub(super) fn group(&self, name: &str) -> Option<usize> {
        self.groups.get(name).map(|&(group, _)| group)
    }

    /// The place of `name` in its group: the first is what the thing is best called.
    pub(super) fn rank(&self, name: &str) -> Option<usize> {
        self.groups.get(name).map(|&(_, rank)| rank)
    }

    /// Whether `between`, the text between two names, says that they are of one thing.
    pub(super) fn declares(&self, between: &str) -> bool {
        between.len() <= MAX_DECLARING && self.declared_by.contains(words_of(between))
    }

    /// Whether `between`, the text between two names, says that the second is a nickname of the first.
    pub(super) fn nicknames(&self, between: &str) -> bool {
        self.nicknamed_by.contains(words_of(between))
    }

    /// Whether one of two given names is a short form of the other: "Mike", "Michael".
    pub(super) fn is_short_given(&self, one: &str, other: &str) -> bool {
        let groups = |name: &str| self.short_given.get(name);
        groups(one).zip(groups(other)).is_some_and(|(one, other)| one.iter().any(|group| other.contains(group)))
    }

    /// The name alone of the storm that `name` is: "Ida" of "Hurricane Ida".
    pub(super) fn storm<'n>(&self, name: &'n str) -> Option<&'n str> {
        let (opener, alone) = name.rsplit_once(' ')?;
        let is_storm = self.storms.iter().any(|storm| storm == opener);
        let is_name = alone.starts_with(char::is_uppercase)
            && alone.contains(char::is_lowercase)
            && !self.class(alone).any(Class::HEAD.or(Class::SUFFIX));
        (is_storm && is_name).then_some(alone)
    }

    /// The kind of the place that `name` is, where a list knows it.
    pub(super) fn place(&self, name: &str) -> Option<EntityType> {
        self.places.get(name).copied()
    }

    /// The place that `name` says more formally: "Malta" of "Republic of Malta".
    pub(super) fn plain_place<'n>(&self, name: &'n str) -> Option<&'n str> {
        self.plain_places.of(name)
    }

    /// What `name` is of, labelled as of the type `labelled`, where it is in a list of places, or an event by its number.
    pub(super) fn certain_name(&self, name: &str, labelled: EntityType) -> Option<EntityType> {
        let number = |word: &str| {
            let rest = name.strip_prefix(word)?.trim_start_matches([' ', '-']);
            (!rest.is_empty() && rest.len() <= 2 && rest.bytes().all(|b| b.is_ascii_digit())).then_some(())
        };
        if self.numbered_events.iter().any(|word| number(word).is_some())
            || self.names.get(name).copied().flatten() == Some(EntityType::Event)
            || self.storm(name).is_some_and(|_| labelled != EntityType::Person || !name.starts_with("Storm "))
        {
            return Some(EntityType::Event);
        }
        // "Emirates" is an airline too.
        let kind = self.place(name)?;
        let is_full = self.rank(name) == Some(0);
        let is_mistaken = labelled.is_place() || kind == EntityType::Gpe && labelled == EntityType::Org && is_full;
        let head = name.rsplit(' ').next().is_some_and(|last| self.class(last).any(Class::ORGANISATION));
        (is_mistaken && !head).then_some(kind)
    }

    /// The people that `name` is of, where its words differ by more than -s, and the word's place among them.
    pub(super) fn nation(&self, name: &str) -> Option<(usize, usize)> {
        self.nations.get(name).copied()
    }

    /// Whether a list has `name` whole: as a place, a people or another thing.
    pub(super) fn knows(&self, name: &str) -> bool {
        self.name(name).is_some()
            || self.place(name).is_some()
            || self.group(name).is_some()
            || self.nation(name).is_some()
            || self.is_people(name, EntityType::Norp)
    }

    /// What the last word of `name`, or its first, says that it is of.
    pub(super) fn head(&self, name: &str) -> Option<EntityType> {
        let (rest, last) = name.rsplit_once(' ')?;
        let first = rest.split(' ').next().unwrap_or(rest);
        let (last, first) = (self.class(last), self.class(first));
        let kinds = [
            (last.any(Class::ORGANISATION), EntityType::Org),
            (last.any(Class::FACILITY), EntityType::Fac),
            (last.any(Class::PLACE) || first.any(Class::OPENS_PLACE), EntityType::Loc),
            (last.any(Class::EVENT) || first.any(Class::OPENS_EVENT), EntityType::Event),
            (last.any(Class::LAW), EntityType::Law),
        ];
        kinds.into_iter().find(|&(told, _)| told).map(|(_, kind)| kind)
    }

    /// The type that the head of `name` makes certain, against a label of the type `labelled`: the word before "of" or
    /// "for", or the last one.
    pub(super) fn certain_head(&self, name: &str, labelled: EntityType) -> Option<EntityType> {
        // "United States House of Representatives"
        let national = name.match_indices(' ').take(MAX_NATION_WORDS).find_map(|(at, _)| {
            self.groups.get(&name[..at]).and_then(|_| self.names.get(&name[at + 1..])).copied().flatten()
        });
        if national == Some(EntityType::Org) {
            return national;
        }
        if self.names.contains_key(name) || !name.contains(' ') {
            return None;
        }
        let words = || name.split(' ');
        // Which kind of place, the labels know better; and songs are called after streets.
        let is_open_to_place = !labelled.is_place() && labelled != EntityType::WorkOfArt;
        if let Some(&kind) = words().next().and_then(|first| self.certain_openers.get(first)) {
            return Some(kind).filter(|kind| !kind.is_place() || is_open_to_place);
        }
        let known = |word: &str| self.certain_heads.get(word.strip_suffix('.').unwrap_or(word)).copied();
        let last = words().rev().find(|word| !is_number(word)).unwrap_or(name);
        let joined = words().skip(1).position(|word| matches!(word, "of" | "for" | "on"));
        let is_month = || words().next().is_some_and(|first| self.class(first).any(Class::CALENDAR));
        let is_edition = labelled != EntityType::Person && words().next_back().is_some_and(is_year) && !is_month();
        let head = joined.map_or(Some(last), |at| words().nth(at))?;
        if joined.is_some() && is_open_to_place && labelled != EntityType::Person {
            let class = self.class(head);
            if class.any(Class::OF_FACILITY) {
                return Some(EntityType::Fac);
            } else if class.any(Class::HEAD_OF_PLACE) {
                return Some(EntityType::Gpe);
            }
        }
        let Some(kind) = known(head) else {
            // "Tembe 2022": games, a fair, a congress.
            if is_edition && joined.is_none() && matches!(labelled, EntityType::Org | EntityType::Gpe | EntityType::Loc)
            {
                return Some(EntityType::Event);
            }
            // "Prevention of Organised Crime Act", but not "School of Law".
            let is_told = joined.is_some() && !self.class(head).any(Class::ORGANISATION.or(Class::OF));
            return known(last).filter(|&kind| {
                is_told && matches!(kind, EntityType::Law | EntityType::Event | EntityType::WorkOfArt)
            });
        };
        // "Doris Day" is a person, "Martin Luther King Jr. Day" is none.
        let is_short = words().count() <= MAX_PERSON_WORDS;
        let may_be_person =
            labelled == EntityType::Person && is_short && joined.is_none() && self.class(head).any(Class::FAMILY_NAME);
        // "Bridge of Independent Lists" is no bridge.
        let is_figure = kind.is_place() && joined.is_some();
        let is_known = kind == EntityType::Loc && !is_open_to_place
            || kind == EntityType::Fac && labelled == EntityType::WorkOfArt;
        (!may_be_person && !is_figure && !is_known).then_some(kind)
    }

    /// Whether `name` is a given name and one to three words with capitals, none of which tells that it is of something else.
    pub(super) fn may_be_person(&self, name: &str) -> bool {
        let mut words = name.split(' ');
        let is_given = |word: &str| {
            let class = self.class(word);
            class.any(Class::GIVEN_NAME)
                && !class.any(Class::ALSO_PLACE.or(Class::ALSO_WORD).or(Class::HEAD).or(Class::FUNCTION))
        };
        let is_plain = |word: &str| {
            let other = Class::HEAD
                .or(Class::SUFFIX)
                .or(Class::ALSO_PLACE)
                .or(Class::STATE)
                .or(Class::OF)
                .or(Class::BEHIND_PLACE);
            word.starts_with(char::is_uppercase)
                && word.contains(char::is_lowercase)
                && !self.class(word).any(other)
                && !self.certain_heads.contains_key(word)
        };
        // "K P Sarasam" and "B. Enkhbat", but neither "A Ticket" nor "N. Ireland"
        let is_initial = |word: &str| {
            let letter = word.strip_suffix('.').unwrap_or(word);
            letter.len() == 1 && letter.starts_with(|c: char| c.is_ascii_uppercase() && !"NSEW".contains(c))
        };
        let last = name.rsplit(' ').next().unwrap_or(name);
        let has_initials = {
            let mut initials = name.split(' ');
            initials.next().is_some_and(|first| {
                is_initial(first) && first.ends_with('.')
                    || is_initial(first) && initials.next().is_some_and(is_initial)
            })
        };
        let opens = words.next().is_some_and(|first| {
            is_given(first) || has_initials || self.class(last).any(Class::LAST_NAME) && is_plain(first)
        });
        let mut words = words.skip_while(|word| is_initial(word));
        opens
            && (1..=3).contains(&words.clone().count())
            && words.all(is_plain)
            && self.name(name).is_none()
            && self.group(name).is_none()
    }

    /// Whether `name`, which was labelled as of the type `labelled`, is a people's or a language's all the same.
    pub(super) fn is_people(&self, name: &str, labelled: EntityType) -> bool {
        labelled != EntityType::Language
            && self.peoples.get(name).is_some_and(|&is_no_surname| is_no_surname || labelled != EntityType::Person)
    }

    /// What the whole `name` is of: `None` where no list has it, `Some(None)` where it is of no known type.
    pub(super) fn name(&self, name: &str) -> Option<Option<EntityType>> {
        self.names.get(name).copied()
    }
}

/// The words of the text between two names, without an article before the second.
fn words_of(between: &str) -> &str {
    // "Ana Vela's (better known as"
    let between = between.strip_prefix("'s").or_else(|| between.strip_prefix("’s")).unwrap_or(between);
    let words = between.trim_matches(|c: char| c.is_whitespace() || ",(“”\"‘’'".contains(c));
    words.strip_suffix(" the").unwrap_or(words)
}

/// Whether `word` only numbers what stands before it: "II", "2022".
fn is_number(word: &str) -> bool {
    !word.contains(|c: char| c.is_alphabetic()) || matches!(word, "II" | "III" | "IV" | "V" | "VI" | "VII")
}

/// Whether `word` is a year of our times.
fn is_year(word: &str) -> bool {
    word.len() == 4 && (word.starts_with("19") || word.starts_with("20")) && word.bytes().all(|b| b.is_ascii_digit())
}

/// Writes `word` in lower case into `buffer`.
pub(super) fn lower_into(word: &str, buffer: &mut String) {
    buffer.clear();
    for c in word.chars() {
        if c.is_ascii() { buffer.push(c.to_ascii_lowercase()) } else { buffer.extend(c.to_lowercase()) }
    }
}
