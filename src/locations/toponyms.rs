//! Toponyms: the names of an article that may be places, each with its mentions, the places that bear it, and what
//! the text says of it. One name has one sense in an article.

use rustc_hash::{FxHashMap, FxHashSet};

use super::MentionKind;
use super::candidates::{self, Bears, Candidate, Kind};
use super::gazetteer::{Gazetteer, NameKind, normalise};
use super::parts;
use super::recognise::Name;
use super::shape;
pub(super) use super::toponym::{Generic, Source, Toponym};
use super::words::Words;
use crate::entities::{Entities, EntityType, dateline};
use crate::text::{Document, Field, Mention, Span, TextField, TokenKind};

/// How much a name counts with the others, by its mentions.
const WEIGHT_OF_MENTIONS: [f32; 3] = [1.0, 1.3, 1.5];
/// The decimal logarithm of the inhabitants of a town that a longer name may begin with by accident.
const WELL_KNOWN: f64 = 5.3;
/// A people's name says less of where the article is.
const WEIGHT_OF_PEOPLE: f32 = 0.5;

/// The toponyms of `document`, in order of first mention.
pub(super) fn collect<'a>(
    document: &Document<'a>,
    names: &[Name],
    entities: &Entities,
    gazetteer: &Gazetteer,
    words: &Words,
) -> Vec<Toponym<'a>> {
    let dateline = dateline::find(&document.body).map(|d| document.body.span_of(d.place));
    let mut collector = Collector {
        document,
        gazetteer,
        words,
        toponyms: Vec::new(),
        by_name: FxHashMap::default(),
        dateline,
        last: None,
        placed: false,
        key: String::new(),
        found: Vec::new(),
    };
    for name in names {
        collector.name(*name, 0);
    }
    let mut toponyms = collector.toponyms;
    let people = entities.entities.iter().filter(|entity| entity.kind == EntityType::Person);
    let surnames: FxHashSet<&str> = people.filter_map(|p| Some(p.name.rsplit_once(' ')?.1)).collect();
    let small = small_words(document);
    for toponym in &mut toponyms {
        toponym.common = is_common(toponym.text, &small, words);
        toponym.personal |= surnames.contains(toponym.text);
        let people = toponym.mentions.iter().all(|(_, kind)| *kind == MentionKind::Demonym);
        toponym.weight = WEIGHT_OF_MENTIONS[toponym.mentions.len().clamp(1, WEIGHT_OF_MENTIONS.len()) - 1]
            * if people { WEIGHT_OF_PEOPLE } else { 1.0 };
    }
    toponyms
}

/// The words that `document` writes in small letters.
fn small_words<'a>(document: &Document<'a>) -> FxHashSet<&'a str> {
    let of = |field: &TextField<'a>| {
        let words = (0..field.tokens.len()).map(|at| field.word(at));
        words.filter(|word| word.starts_with(char::is_lowercase)).collect::<Vec<_>>()
    };
    of(&document.title).into_iter().chain(of(&document.body)).collect()
}

fn is_common(name: &str, small: &FxHashSet<&str>, words: &Words) -> bool {
    if name.contains(' ') {
        return false;
    }
    let lower = name.to_lowercase();
    words.is_common(&lower) || small.contains(lower.as_str()) || small.contains(format!("{lower}s").as_str())
}

struct Collector<'a, 'd> {
    document: &'d Document<'a>,
    gazetteer: &'d Gazetteer,
    words: &'d Words,
    toponyms: Vec<Toponym<'a>>,
    /// By normal form, and whether the county is meant ("Alachua and Gilchrist counties").
    by_name: FxHashMap<(String, bool), usize>,
    dateline: Option<Span>,
    /// The mention before, and its toponym.
    last: Option<(Mention, usize)>,
    /// Whether that is where a place is, or in a list of such.
    placed: bool,
    key: String,
    found: Vec<Candidate>,
}

impl<'a> Collector<'a, '_> {
    /// Takes `name`, or the part of it that is a place's. `depth` counts what has been taken off.
    fn name(&mut self, name: Name, depth: usize) {
        let text = self.document.text_of(name.mention);
        if self.is_no_place(name.mention) {
            return;
        }
        if self.people(name, text) {
            return;
        }
        let district = self.is_district(name.mention);
        normalise(text, &mut self.key);
        if let Some(&index) = self.by_name.get(&(self.key.clone(), district)) {
            return self.mention(index, name, MentionKind::Name);
        }
        let mut found = std::mem::take(&mut self.found);
        let field = self.document.field(name.mention.field);
        let start = field.token_at(name.mention.span.start);
        let dateline = shape::is_dateline(field, start, field.token_at(name.mention.span.end).max(start + 1));
        // With the stop that the model left out: "Wash."
        let stop = field.text[name.mention.span.end as usize..].starts_with('.') && !text.ends_with('.');
        let spelled =
            if stop { &field.text[name.mention.span.start as usize..name.mention.span.end as usize + 1] } else { text };
        // "The Hague" is not called "Hague"; the gazetteer itself tries a name without its article.
        // "The UAE" would no longer be all capitals.
        let article =
            field.text[..name.mention.span.start as usize].ends_with("The ") && text.chars().any(char::is_lowercase);
        let with_article = name.mention.span.start as usize - if article { "The ".len() } else { 0 };
        let spelled = if article { &field.text[with_article..name.mention.span.end as usize] } else { spelled };
        self.lookup(if article || text.len() <= 5 { spelled } else { text }, district, dateline, &mut found);
        // "Uttar Pradesh's Ghaziabad" is two as well.
        let owned =
            text.split_once("'s ").or_else(|| text.split_once("’s ")).filter(|(_, inner)| shape::is_name(inner));
        let owned = owned.filter(|(outer, _)| depth == 0 && name.source == Source::Typed && self.is_large(outer));
        if found.is_empty()
            && let Some((outer, inner)) = owned
        {
            self.found = found;
            self.name(Name { mention: self.part(name.mention, outer), entity: None, ..name }, 1);
            return self.name(Name { mention: self.part(name.mention, inner), ..name }, 1);
        }
        if found.is_empty() && depth == 0 && name.source == Source::Typed && self.two(name, text) {
            self.found = found;
            return;
        }
        // "Birmingham, Alabama" as one name is two.
        if found.is_empty()
            && let Some((inner, outer)) = text.split_once(", ").filter(|_| depth == 0)
        {
            self.found = found;
            self.name(Name { mention: self.part(name.mention, inner), ..name }, 1);
            return self.name(Name { mention: self.part(name.mention, outer), entity: None, ..name }, 1);
        }
        // "north Arlington" is in Arlington, though there is a North Arlington; "southeast Asia" is a region.
        let bearing = text
            .split_once(' ')
            .filter(|(first, _)| first.starts_with(char::is_lowercase) && self.words.is_direction(first));
        let wide = |c: &Candidate| matches!(c.kind, Kind::Country | Kind::Subdivision | Kind::Region);
        if let Some((_, rest)) = bearing
            && depth < 3
            && !found.first().is_some_and(wide)
        {
            let mention = self.part(name.mention, rest);
            self.found = found;
            return self.name(Name { mention, ..name }, depth + 1);
        }
        if found.is_empty() && depth < 3 {
            let part = self.shorter(text).or_else(|| if depth == 0 { self.head(name, text) } else { None });
            let part = part.map(|part| self.part(name.mention, part));
            if let Some(mention) = part {
                self.found = found;
                return self.name(Name { mention, ..name }, depth + 1);
            }
            if text.contains(['-', '–']) && (self.compound(name, text) || self.twins(name, text)) {
                self.found = found;
                return;
            }
        }
        if name.source != Source::People || !found.is_empty() {
            normalise(text, &mut self.key);
            let key = (self.key.clone(), district);
            self.add(name, MentionKind::Name, found.clone(), key);
        }
        self.found = found;
    }

    /// Takes the two names that `name` is, if it is: "Gondra district of Uttar Pradesh", "Central and South America".
    fn two(&mut self, name: Name, text: &'a str) -> bool {
        if let Some((inner, outer)) = parts::lies_in(text, self.words)
            && self.gazetteer.lookup(outer).next().is_some()
        {
            if let Some(inner) = inner {
                self.name(Name { mention: self.part(name.mention, inner), ..name }, 1);
            }
            self.name(Name { mention: self.part(name.mention, outer), entity: None, ..name }, 1);
            return true;
        }
        let Some((first, full, second)) = parts::sharing_a_word(text) else { return false };
        let wide = |name: &str| {
            let first = self.gazetteer.lookup(name).next().map(|place| self.gazetteer.place(place));
            first.is_some_and(|place| {
                matches!(Kind::of(place.feature_code), Kind::Country | Kind::Region | Kind::Subdivision)
            })
        };
        if !wide(&full) || !wide(second) {
            return false;
        }
        let mut found = Vec::new();
        candidates::lookup(self.gazetteer, &full, &mut self.key, &mut found);
        normalise(&full, &mut self.key);
        let key = (self.key.clone(), false);
        let part = Name { mention: self.part(name.mention, first), ..name };
        match self.by_name.get(&key) {
            Some(&index) => self.mention(index, part, MentionKind::Name),
            None => self.add(part, MentionKind::Name, found, key),
        }
        self.name(Name { mention: self.part(name.mention, second), entity: None, ..name }, 1);
        true
    }

    /// "West Nile virus", "US$ 5 million".
    fn is_no_place(&self, mention: Mention) -> bool {
        let field = self.document.field(mention.field);
        let text = self.document.text_of(mention);
        let bare = text.strip_prefix("the ").or_else(|| text.strip_prefix("The ")).unwrap_or(text);
        if bare.split(' ').all(|word| self.words.is_direction(word))
            || self.words.is_building(bare)
            || bare.bytes().any(|b| b.is_ascii_digit()) && !bare.contains(' ')
            || self.words.generic(bare).is_some()
            || self.words.is_refused(bare)
            || !bare.chars().any(char::is_uppercase)
        {
            return true;
        }
        // "the second millennium BC", "300 B.C."
        let start = field.token_at(mention.span.start);
        let dated = |at: usize| {
            field.tokens[at].kind == TokenKind::Number || ["millennium", "century"].contains(&field.word(at))
        };
        if matches!(bare, "BC" | "B.C.") && start.checked_sub(1).is_some_and(dated) {
            return true;
        }
        let text = &field.text[mention.span.end as usize..];
        let next = text.trim_start_matches([' ', '-']).split(|c: char| !c.is_alphabetic() && c != '$').next();
        text.starts_with(['$', ' ', '-'])
            && next.is_some_and(|word| self.words.is_never_before(word) || word.starts_with('$'))
            || field.text[..mention.span.start as usize].ends_with('$')
    }

    /// A demonym stands for its country. Whether it is one.
    fn people(&mut self, name: Name, text: &'a str) -> bool {
        if matches!(name.source, Source::People | Source::Untyped)
            && let Some(home) = party(text)
            && self.gazetteer.lookup(home).next().is_some()
        {
            self.name(Name { mention: self.part(name.mention, home), source: Source::Typed, entity: None }, 3);
            return true;
        }
        let field = self.document.field(name.mention.field);
        let start = field.token_at(name.mention.span.start);
        let end = field.token_at(name.mention.span.end);
        if end > start && shape::is_language(field, start..end, self.words) {
            return true;
        }
        let Some(country) = self.gazetteer.demonym(text) else {
            if name.source == Source::People && text.contains('-') {
                return self.compound(name, text);
            }
            return name.source == Source::People && !text.contains(' ');
        };
        normalise(text, &mut self.key);
        let candidate = candidates::candidate(self.gazetteer, country, NameKind::Plain, &self.key);
        if candidate.bears == Bears::Main {
            return false;
        }
        let key = (std::mem::take(&mut self.key), false);
        match self.by_name.get(&key) {
            Some(&index) => self.mention(index, name, MentionKind::Demonym),
            None => self.add(name, MentionKind::Demonym, vec![candidate], key),
        }
        true
    }

    fn is_district(&self, mention: Mention) -> bool {
        let field = self.document.field(mention.field);
        let end = field.token_at(mention.span.end).max(field.token_at(mention.span.start) + 1);
        shape::generic_after(field, end, self.words) == Some(Generic::District)
    }

    fn lookup(&mut self, text: &str, district: bool, dateline: bool, found: &mut Vec<Candidate>) {
        candidates::lookup(self.gazetteer, text, &mut self.key, found);
        let (text, district) = text.strip_suffix(" Co.").map_or((text, district), |county| (county, true));
        // The abbreviations of North American newspapers have a stop: "Wash.", but not "Wash your hands".
        if text.len() <= 5 && !text.contains('.') {
            found.retain(|c| {
                c.bears != Bears::Ours
                    || c.kind != Kind::Subdivision
                    || c.abbreviated
                    || !matches!(c.country.as_ref().map(|code| &code[..]), Some(b"US" | b"CA"))
            });
        }
        // Shouted short words are acronyms sooner than small places.
        if (2..=5).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_uppercase()) && !dateline {
            found.retain(|c| c.bears == Bears::Ours || matches!(c.kind, Kind::Country | Kind::Region | Kind::Capital));
        }
        if district {
            let county = format!("{text} County");
            let mut more = Vec::new();
            candidates::lookup(self.gazetteer, &county, &mut self.key, &mut more);
            for candidate in more {
                if !found.iter().any(|known| known.place == candidate.place) {
                    found.push(candidate);
                }
            }
        }
    }

    /// `text` without a word that is part of no name: "the", "Town of", "Township", "Northern", ", Texas".
    fn shorter<'t>(&self, text: &'t str) -> Option<&'t str> {
        if let Some(rest) = text.strip_prefix("the ").or_else(|| text.strip_prefix("The ")) {
            return Some(rest);
        }
        if let Some((first, _)) = text.split_once(", ") {
            return Some(first);
        }
        if let Some(name) = parts::of_adjective(text, self.words) {
            return Some(name);
        }
        if let Some((generic, rest)) = text.split_once(" of ")
            && self.is_generic(generic)
        {
            return Some(rest);
        }
        // "Mid-Jutland"
        if let Some((_, rest)) =
            text.split_once('-').filter(|(first, rest)| self.words.is_direction(first) && shape::is_name(rest))
        {
            return Some(rest);
        }
        let (first, rest) = text.split_once(' ')?;
        if self.words.is_direction(first) && shape::is_capitalised(rest) {
            return Some(rest);
        }
        let (rest, last) = text.rsplit_once(' ')?;
        self.is_generic(last).then_some(rest)
    }

    /// The place that a longer name begins with or ends in, where a model took more than the name: "U.S. Sens",
    /// "DeKalb Lowe", "Shah of Iran". Roads and buildings are named after places and are none of them.
    fn head<'t>(&self, name: Name, text: &'t str) -> Option<&'t str> {
        let named = |word: &str| {
            self.words.is_continued(word) || self.words.is_building(word) || self.words.generic(word).is_some()
        };
        if name.source != Source::Typed || text.split(' ').any(named) {
            return None;
        }
        // "Gulf of Papagayo" is not the Gulf.
        let ends = |at: usize| shape::is_capitalised(&text[at + 1..]) && self.is_large(&text[..at]);
        if let Some(at) = text.match_indices(' ').map(|(at, _)| at).rev().find(|&at| ends(at)) {
            return Some(&text[..at]);
        }
        text.rsplit_once(" of ").map(|(_, rest)| rest).filter(|rest| self.is_large(rest))
    }

    /// Whether `name` is a country's, a region's, a subdivision's or a city's before it is anything else's.
    fn is_large(&self, name: &str) -> bool {
        let first = self.gazetteer.lookup(name).next().map(|place| self.gazetteer.place(place));
        first.is_some_and(|place| match Kind::of(place.feature_code) {
            Kind::Country | Kind::Region | Kind::Subdivision | Kind::District | Kind::Capital => true,
            Kind::Town => place.magnitude > WELL_KNOWN,
        })
    }

    /// Whether `word` may be left off a name: an "X Township" is called X, an "X River" is not.
    fn is_generic(&self, word: &str) -> bool {
        self.words.generic(word).is_some_and(|generic| generic != Generic::Other)
    }

    /// "US-Russia", "Franco-German": every part is a country or its people, or the whole is nothing.
    fn compound(&mut self, name: Name, text: &'a str) -> bool {
        let gazetteer = self.gazetteer;
        let known = |part: &str| {
            gazetteer.demonym(part).is_some()
                || gazetteer
                    .lookup(part)
                    .next()
                    .is_some_and(|p| Kind::of(gazetteer.place(p).feature_code) == Kind::Country)
        };
        if !text.split('-').all(known) {
            return false;
        }
        for part in text.split('-') {
            let mention = self.part(name.mention, part);
            self.name(Name { mention, source: Source::Untyped, entity: None }, 3);
        }
        true
    }

    /// "Logan-Rogersville": both are places, or the whole is no name of two.
    fn twins(&mut self, name: Name, text: &'a str) -> bool {
        let Some((first, second)) = text.split_once(['-', '–']) else { return false };
        let known = |part: &str| shape::is_name(part) && self.gazetteer.lookup(part).next().is_some();
        if !known(first) || !known(second) {
            return false;
        }
        for part in [first, second] {
            let mention = self.part(name.mention, part);
            self.name(Name { mention, source: Source::InsideOther, entity: None }, 3);
        }
        true
    }

    /// The mention of `part`, which is a slice of the text of `whole`.
    fn part(&self, whole: Mention, part: &str) -> Mention {
        let text = self.document.text_of(whole);
        let start = whole.span.start as usize + (part.as_ptr() as usize - text.as_ptr() as usize);
        Mention { field: whole.field, span: Span::new(start, start + part.len()) }
    }

    fn add(&mut self, name: Name, kind: MentionKind, candidates: Vec<Candidate>, key: (String, bool)) {
        let index = self.toponyms.len();
        self.by_name.insert(key, index);
        self.toponyms.push(Toponym {
            text: self.document.text_of(name.mention),
            mentions: Vec::new(),
            candidates,
            source: name.source,
            entity: None,
            container: None,
            within: false,
            contained: Vec::new(),
            beside: [None; 2],
            generic: None,
            in_dateline: false,
            placed: false,
            listed_placed: false,
            speaks: false,
            personal: false,
            common: false,
            before_person: false,
            inside_sentence: false,
            weight: 1.0,
        });
        self.mention(index, name, kind);
    }

    /// Adds a mention, and what stands around it.
    fn mention(&mut self, index: usize, name: Name, kind: MentionKind) {
        let Name { mention, source, entity } = name;
        let field = self.document.field(mention.field);
        let start = field.token_at(mention.span.start);
        // A part of a token ("US" in "US-led") ends with it.
        let end = field.token_at(mention.span.end).max(start + 1);
        let word = |at: usize| field.tokens.get(at).map_or("", |t| t.span.of(field.text));
        let before = shape::preposition(field, start).unwrap_or("");
        let generic =
            shape::generic_before(field, start, self.words).or_else(|| shape::generic_after(field, end, self.words));
        let in_dateline = mention.field == Field::Body
            && (self.dateline.is_some_and(|d| d.contains(mention.span)) || shape::is_dateline(field, start, end));
        let generic = generic.or_else(|| shape::is_governed(field, end, self.words).then_some(Generic::Subdivision));
        // "in Vienna, Linz and Graz": what a list's first stands behind, all do.
        let listed = self.last.is_some_and(|(last, other)| {
            self.placed && is_beside(field, last, mention) && self.toponyms[other].source == Source::Typed
        });
        let toponym = &mut self.toponyms[index];
        toponym.source = toponym.source.max(source);
        toponym.entity = toponym.entity.or(entity);
        toponym.generic = toponym.generic.or(generic);
        let placed = generic.is_some()
            || self.words.is_preposition(before)
            || shape::bearing_before(field, start, self.words)
            || shape::is_home(field, start);
        toponym.placed |= placed;
        self.placed = placed || listed && source == Source::Typed;
        toponym.listed_placed |= self.placed && !self.words.is_speech(word(end));
        toponym.speaks |= !placed && (self.words.is_speech(word(end)) || self.words.is_speech(before));
        let direct = start.checked_sub(1).map_or("", word);
        toponym.personal |= self.words.is_honorific(direct)
            || word(end) == "," && is_age(word(end + 1)) && matches!(word(end + 2), "," | ".");
        toponym.inside_sentence |=
            field.sentences.get(field.sentence_of(start)).is_none_or(|s| s.start as usize != start);
        toponym.in_dateline |= in_dateline;
        toponym.before_person |= kind == MentionKind::Name && self.words.is_person(word(end));
        let kind = if matches!(source, Source::Inside | Source::InsideOther) { MentionKind::Part } else { kind };
        toponym.mentions.push((mention, kind));
        if let Some((last, other)) = self.last
            && last.field == mention.field
            && last.span.end <= mention.span.start
            && other != index
        {
            let between = &field.text[last.span.end as usize..mention.span.start as usize];
            if joins(between) {
                self.toponyms[other].beside[1].get_or_insert(index);
                self.toponyms[index].beside[0].get_or_insert(other);
            }
            match self.relation(between, other, index) {
                Some(Relation::In) => {
                    self.contain(other, index);
                    self.toponyms[other].within |= self.toponyms[other].container == Some(index);
                }
                Some(Relation::Has) => self.contain(index, other),
                None => {}
            }
        }
        self.last = Some((mention, index));
    }

    /// What the words between two names say of the first and the second.
    fn relation(&self, between: &str, first: usize, second: usize) -> Option<Relation> {
        if matches!(between, ", " | ", in " | " in " | ", the " | " (" | " in the ") {
            return Some(Relation::In);
        }
        if between.len() > 40 || between.contains(['.', ';']) {
            return None;
        }
        let mut words = between.split_whitespace().peekable();
        // "Iraq's Anbar", "Syria's northern Aleppo"
        if words.next_if(|word| matches!(*word, "'s" | "’s" | "'" | "’")).is_some() {
            let few = words.clone().count() <= 2 && words.clone().all(|w| !shape::is_capitalised(w) && w != "and");
            return (few && between.ends_with(' ')).then_some(Relation::Has);
        }
        // "the Syrian city of Aleppo", "the Afghan capital Kabul"
        let few = words.clone().count() <= 4;
        let generic =
            |word: &str| self.words.generic(word.trim_end_matches(',')).is_some() && !shape::is_capitalised(word);
        if !few || !words.clone().any(generic) {
            return None;
        }
        // "Idlib province of Syria"
        let head = |index: usize| self.toponyms[index].candidates.first().map(|c| c.kind);
        let of = words.next().is_some_and(generic) && words.next() == Some("of") && words.all(|word| word == "the");
        let wider = match head(first) {
            Some(Kind::Country | Kind::Region) => false,
            Some(Kind::Subdivision) => head(second) == Some(Kind::Country),
            _ => matches!(head(second), Some(Kind::Country | Kind::Subdivision)),
        };
        Some(if of && wider { Relation::In } else { Relation::Has })
    }

    fn contain(&mut self, inner: usize, outer: usize) {
        let holds = |c: &Candidate| matches!(c.kind, Kind::Country | Kind::Subdivision | Kind::District);
        if self.toponyms[inner].container.is_none() && self.toponyms[outer].candidates.iter().any(holds) {
            self.toponyms[inner].container = Some(outer);
            self.toponyms[outer].contained.push(inner);
        }
    }
}

/// The place of a party's member: "N.Y." in "D-N.Y.".
pub(super) fn party(text: &str) -> Option<&str> {
    let home = ["D-", "R-", "I-"].iter().find_map(|party| text.strip_prefix(party))?;
    (shape::is_name(home) && !home.bytes().any(|b| b.is_ascii_digit())).then_some(home)
}

/// Whether `between` stands between two names of a list.
fn joins(between: &str) -> bool {
    matches!(between, ", " | " and " | ", and " | " or ")
}

/// Whether `second` follows `first` in a list.
fn is_beside(field: &TextField<'_>, first: Mention, second: Mention) -> bool {
    first.field == second.field
        && first.span.end <= second.span.start
        && joins(&field.text[first.span.end as usize..second.span.start as usize])
}

fn is_age(word: &str) -> bool {
    word.len() <= 2 && !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit())
}

/// What a text says of two names in a row.
enum Relation {
    /// The first lies in the second.
    In,
    /// The second lies in the first.
    Has,
}
