//! Which spans of a text may name a place: what the entity stage says are places or leaves open, places inside
//! the names of organisations and buildings, and what the words around a name give away.
//!
//! Which place is meant, and whether any is, is for [`super::disambiguate`] to say.

use std::ops::Range;

use rustc_hash::FxHashSet;

use super::candidates::Kind;
use super::gazetteer::{Gazetteer, NameKind};
use super::shape;
use super::toponyms::{self, Generic, Source};
use super::words::Words;
use crate::entities::{Entities, Entity, EntityType};
use crate::text::{Document, Field, Mention, Span, TextField, TokenKind};

/// How many words the name of a place inside another name, or one that only the context gives away, may have.
const MAX_WORDS: usize = 4;

/// The decimal logarithm of the inhabitants from which on a city is known by its name alone.
const LARGE: f64 = 5.0;

/// How many datelines are looked for: a text may be several dispatches, but not many.
const MAX_DATELINES: usize = 8;

/// A span that may name a place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Name {
    pub(super) mention: Mention,
    pub(super) source: Source,
    /// The entity that the place is, if it is one.
    pub(super) entity: Option<usize>,
}

/// The spans, in order; they may overlap only where one lies inside another's organisation.
pub(super) fn names(document: &Document<'_>, entities: &Entities, gazetteer: &Gazetteer, words: &Words) -> Vec<Name> {
    let mut finder = Finder { document, gazetteer, words, names: Vec::new(), covered: Vec::new(), key: String::new() };
    for untyped in &entities.untyped {
        finder.covered.push(untyped.mention);
        let source = if finder.is_address(untyped.mention) { Source::Building } else { Source::Untyped };
        finder.push(untyped.mention, source, None);
    }
    for (index, entity) in entities.entities.iter().enumerate() {
        finder.covered.extend(&entity.mentions);
        finder.entity(index, entity);
    }
    finder.covered.sort_unstable_by_key(|m| (m.field, m.span.start));
    finder.uncovered();
    finder.datelines();
    let mut names = finder.names;
    // What is a place already may become a part of a longer one: "Burkina" and "Faso".
    let mut taken = finder.covered;
    let places: FxHashSet<Mention> = names.iter().filter(|n| n.source == Source::Typed).map(|n| n.mention).collect();
    taken.retain(|m| !places.contains(m));
    for name in names.iter_mut().filter(|name| matches!(name.source, Source::Typed | Source::Context | Source::Untyped))
    {
        name.mention = shape::widened(document, name.mention, gazetteer, &taken, &mut finder.key);
        let wide = shape::is_wide(gazetteer, document.text_of(name.mention), &mut finder.key);
        if !wide {
            name.mention = shape::continued(document.field(name.mention.field), name.mention, words);
        }
    }
    names.sort_unstable_by_key(|n| (n.mention.field, n.mention.span.start, std::cmp::Reverse(n.mention.span.end)));
    names.dedup_by(|next, kept| {
        next.mention.field == kept.mention.field && next.mention.span.overlaps(kept.mention.span)
    });
    names
}

/// The peoples in the names of bodies: "the Salvadoran Congress" tells its country, where nothing else tells a place.
pub(super) fn national_bodies(document: &Document<'_>, entities: &Entities, gazetteer: &Gazetteer) -> Vec<Name> {
    let bodies = entities.entities.iter().filter(|entity| entity.kind == EntityType::Org);
    let mut names = Vec::new();
    for &mention in bodies.flat_map(|body| &body.mentions) {
        let Some((people, _)) = document.text_of(mention).split_once(' ') else { continue };
        if gazetteer.demonym(people).is_some() {
            let start = mention.span.start as usize;
            let span = Span::new(start, start + people.len());
            names.push(Name { mention: Mention { span, ..mention }, source: Source::Inside, entity: None });
        }
    }
    names.sort_unstable_by_key(|name| (name.mention.field, name.mention.span.start));
    names
}

/// Whether `mention` tells a party and a place: "Sen. Ann Bell, D-N.Y.".
fn is_of_party(document: &Document<'_>, mention: Mention) -> bool {
    let before = &document.field(mention.field).text[..mention.span.start as usize];
    before.ends_with([' ', '('])
        && before.trim_end().ends_with([',', '('])
        && toponyms::party(document.text_of(mention)).is_some()
}

/// The part of `mention` at `range` of its text.
fn slice(mention: Mention, range: Range<usize>) -> Mention {
    let start = mention.span.start as usize;
    Mention { span: Span::new(start + range.start, start + range.end), ..mention }
}

fn is_shouted(text: &str) -> bool {
    !text.chars().any(char::is_lowercase)
}

/// Whether `text` is a part of a person's name: a surname is no place because a place bears it.
fn is_surname(entity: &Entity, text: &str) -> bool {
    entity.kind == EntityType::Person && entity.name.contains(' ') && !text.contains(' ')
}

struct Finder<'a, 'd> {
    document: &'d Document<'a>,
    gazetteer: &'d Gazetteer,
    words: &'d Words,
    names: Vec<Name>,
    /// Every name of the entity stage, whatever it is of.
    covered: Vec<Mention>,
    key: String,
}

impl Finder<'_, '_> {
    fn push(&mut self, mention: Mention, source: Source, entity: Option<usize>) {
        self.names.push(Name { mention, source, entity });
    }

    fn entity(&mut self, index: usize, entity: &Entity) {
        let mistaken = matches!(
            entity.kind,
            EntityType::Org
                | EntityType::Person
                | EntityType::Norp
                | EntityType::Product
                | EntityType::WorkOfArt
                | EntityType::Event
        );
        // One mention that the context gives away gives the others of the same words away.
        let away = if mistaken { entity.mentions.iter().find(|&&m| self.is_given_away(entity, m)) } else { None };
        let away = away.map(|&m| self.document.text_of(m));
        for &mention in &entity.mentions {
            let text = self.document.text_of(mention);
            match entity.kind {
                _ if is_of_party(self.document, mention) => self.push(mention, Source::People, None),
                // "Lexington County Coroner's Office" is no place, but tells one.
                EntityType::Gpe | EntityType::Loc
                    if (self.is_body(text) || self.is_of_county(text)) && self.inside(mention) => {}
                EntityType::Gpe | EntityType::Loc if self.is_branch(text) && self.tail(mention) => {}
                EntityType::Gpe | EntityType::Loc => self.push(mention, Source::Typed, Some(index)),
                EntityType::Fac => self.building(mention, index),
                _ if away == Some(text) => self.push(mention, Source::Context, None),
                EntityType::Norp => self.push(mention, Source::People, None),
                // "A German and a Dane"
                _ if mistaken && !is_surname(entity, text) && self.gazetteer.demonym(text).is_some() => {
                    self.push(mention, Source::People, None);
                }
                // "1199 N. Poplar St."
                _ if mistaken && self.is_address(mention) => self.push(mention, Source::Building, Some(index)),
                // "a Missouri paper"
                EntityType::Org if self.is_after_article(mention) && self.is_wide(text) => {
                    self.push(mention, Source::Perhaps, None);
                }
                EntityType::Org if self.is_known(text) => self.perhaps(mention),
                EntityType::Org => {
                    let _ =
                        self.people_of(mention) || self.journey(mention) || self.inside(mention) || self.tail(mention);
                }
                // "South Charleston Convention & Visitors Bureau"
                EntityType::Event => {
                    self.inside(mention);
                }
                EntityType::Product | EntityType::WorkOfArt if self.is_body(text) && self.inside(mention) => {}
                _ if mistaken && !is_surname(entity, text) => self.perhaps(mention),
                _ => {}
            }
        }
    }

    /// Whether what stands around `mention`, or the model there, says that a name taken for something else is a place.
    fn is_given_away(&mut self, entity: &Entity, mention: Mention) -> bool {
        let text = self.document.text_of(mention);
        if is_surname(entity, text) || !shape::is_name(text) {
            return false;
        }
        let field = self.document.field(mention.field);
        let start = field.token_at(mention.span.start);
        let end = field.token_at(mention.span.end).max(start + 1).min(field.tokens.len());
        // "the small town of Pangandaran", whoever has it.
        if shape::generic_of(field, start, self.words).is_some_and(|g| g != Generic::Other) && !text.contains(' ') {
            return true;
        }
        if !self.is_known(text) {
            return false;
        }
        let first = field.labels.partition_point(|label| label.span.end <= mention.span.start);
        let label = field.labels.get(first).filter(|label| label.span.overlaps(mention.span));
        let labelled = label.is_some_and(|label| matches!(label.kind, EntityType::Gpe | EntityType::Loc));
        // "West Texas"
        let rest = text.split_once(' ').filter(|(first, _)| self.words.is_direction(first)).map(|(_, rest)| rest);
        if rest.is_some_and(|rest| self.is_wide(rest)) {
            return true;
        }
        // What a model takes for a people and is the name of a state or region is that.
        if entity.kind == EntityType::Norp && self.gazetteer.demonym(text).is_none() && self.is_wide(text) {
            return true;
        }
        // A people does not come after "from".
        let people = entity.kind == EntityType::Norp
            && self.gazetteer.demonym(text).is_none()
            && shape::preposition(field, start).is_some_and(|word| self.words.is_preposition(word));
        labelled || people || self.is_placed(field, mention.field, start, end)
    }

    /// A building is a place if the gazetteer has it; otherwise the place that it is called after may be told
    /// ("Da Nang International Airport").
    fn building(&mut self, mention: Mention, index: usize) {
        let field = self.document.field(mention.field);
        let tokens = field.token_at(mention.span.start)..field.token_at(mention.span.end);
        let mut words = tokens.clone().map(|at| field.word(at));
        // "St. Cloud Hospital" stands in no street.
        let road = words.clone().skip(1).any(|word| self.words.is_road(word));
        let text = self.document.text_of(mention);
        let known = self.is_known(text);
        // "Ohio Highway Patrol" is no road.
        let last = text.rsplit(' ').next().unwrap_or(text);
        let body = !self.words.is_building(last) && !self.words.is_road(last) && self.is_body(text);
        if !known && (!road || body) && self.inside(mention) {
            return;
        }
        if known || road || words.any(|word| self.words.is_building(word)) || shape::is_placed_road(field, tokens.start)
        {
            self.push(mention, Source::Building, Some(index));
        }
    }

    /// Whether the gazetteer has `name`, or what is left of it without a direction: "North Texas".
    fn is_known(&mut self, name: &str) -> bool {
        let known = |finder: &mut Self, name: &str| finder.gazetteer.candidates(name, &mut finder.key).next().is_some();
        known(self, name)
            || name.split_once(' ').is_some_and(|(first, rest)| {
                self.words.is_direction(first) && shape::is_capitalised(rest) && known(self, rest)
            })
    }

    /// Whether `word` is an abbreviation of a country with stops ("U.S."): nothing else looks like one.
    fn is_country_in_capitals(&self, word: &str) -> bool {
        let letters = word.split('-').next().unwrap_or(word);
        // "G.B. Hall" is a person.
        if !letters.starts_with("U.") {
            return false;
        }
        letters.len() >= 4
            && letters.ends_with('.')
            && letters.bytes().all(|b| b.is_ascii_uppercase() || b == b'.')
            && {
                let first = self.gazetteer.lookup(letters).next();
                first.is_some_and(|place| Kind::of(self.gazetteer.place(place).feature_code) == Kind::Country)
            }
    }

    /// Whether a house's number stands before the name of a road.
    fn is_address(&self, mention: Mention) -> bool {
        let field = self.document.field(mention.field);
        let road = self.document.text_of(mention).rsplit_once(' ').is_some_and(|(_, last)| self.words.is_road(last));
        let start = field.token_at(mention.span.start);
        let numbered = |at: usize| field.tokens[at].kind == TokenKind::Number;
        road && (start.checked_sub(1).is_some_and(numbered) || numbered(start))
    }

    /// Whether `name` is no place's but ends with a word for a body or building of one.
    fn is_body(&mut self, name: &str) -> bool {
        let Some((_, last)) = name.rsplit_once(' ') else { return false };
        self.words.generic(last).is_none() && self.words.is_local(std::iter::once(last)) && !self.is_known(name)
    }

    fn is_after_article(&self, mention: Mention) -> bool {
        let field = self.document.field(mention.field);
        let before = field.token_at(mention.span.start).checked_sub(1);
        before.is_some_and(|at| matches!(field.word(at), "a" | "an" | "the"))
    }

    /// The people in a body that has no name: "Dutch navy".
    fn people_of(&mut self, mention: Mention) -> bool {
        let text = self.document.text_of(mention);
        let Some((people, rest)) = text.split_once(' ') else { return false };
        if rest.chars().any(char::is_uppercase) || self.gazetteer.demonym(people).is_none() {
            return false;
        }
        self.push(slice(mention, 0..people.len()), Source::People, None);
        true
    }

    /// The two places of a journey that a model takes for one name: "left Aden for Djibouti".
    fn journey(&mut self, mention: Mention) -> bool {
        let text = self.document.text_of(mention);
        let Some((from, to)) = [" for ", " to "].iter().find_map(|between| text.split_once(between)) else {
            return false;
        };
        if ![from, to].iter().all(|name| self.is_wide(name) || self.is_large(name)) {
            return false;
        }
        self.push(slice(mention, 0..from.len()), Source::Context, None);
        self.push(slice(mention, text.len() - to.len()..text.len()), Source::Context, None);
        true
    }

    /// Whether `name` goes on behind a county: "Licking County Crimestoppers".
    fn is_of_county(&mut self, name: &str) -> bool {
        ["County", "Parish"].iter().any(|county| {
            name.split_once(county)
                .is_some_and(|(head, rest)| head.len() > 1 && head.ends_with(' ') && rest.starts_with([' ', '-']))
        }) && !self.is_known(name)
    }

    /// Whether `name` is a body's by its initials and a place's: "UNICEF Sudan".
    fn is_branch(&mut self, name: &str) -> bool {
        let initials = |word: &str| (3..=6).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_uppercase());
        name.split_once(' ').is_some_and(|(first, rest)| initials(first) && shape::is_name(rest) && !is_shouted(rest))
            && !self.is_known(name)
    }

    /// The country that a body's name ends in, or the place behind its initials: "Oxfam Kenya", "UNICEF West Africa".
    fn tail(&mut self, mention: Mention) -> bool {
        let field = self.document.field(mention.field);
        let (start, end) = (field.token_at(mention.span.start), field.token_at(mention.span.end));
        let text = self.document.text_of(mention);
        // "DIARIO DE CUBA" is a paper, "United Russia" a party.
        if is_shouted(text) || self.words.is_refused(text) {
            return false;
        }
        let branch = self.is_branch(text);
        let first = if branch { start + 1 } else { end.saturating_sub(MAX_WORDS).max(start + 1) };
        let last = if branch { start + 2 } else { end };
        for from in first..last {
            let span = field.span_of(from..end);
            let name = span.of(field.text);
            // "Club America" and "Future Farmers of America" are not told to be in it.
            let told = branch || name != "America" && self.is_country(name);
            if told && span.end == mention.span.end && self.place(mention, field, from..end) {
                if !branch && (start..from).any(|at| self.words.is_never_with(field.word(at))) {
                    return false;
                }
                self.push(Mention { field: mention.field, span }, Source::Inside, None);
                return true;
            }
        }
        false
    }

    /// Whether `name` is a country's, and not in another language: "Banque Misr".
    fn is_country(&mut self, name: &str) -> bool {
        let first = self.gazetteer.candidates(name, &mut self.key).next();
        first.is_some_and(|c| {
            c.kind != NameKind::Alternate && Kind::of(self.gazetteer.place(c.place).feature_code) == Kind::Country
        })
    }

    /// A place at the head of a longer name, or behind its "of". Whether there is one.
    fn inside(&mut self, mention: Mention) -> bool {
        let field = self.document.field(mention.field);
        let (start, end) = (field.token_at(mention.span.start), field.token_at(mention.span.end));
        // Past "the", and past what no name in the gazetteer begins with: "South Central Tennessee Development District".
        for from in start..end.saturating_sub(1).min(start + 3) {
            match self.head(mention, field, from..end) {
                Some(found) => return found,
                None if matches!(field.word(from), "the" | "The") || self.words.is_direction(field.word(from)) => {}
                None => break,
            }
        }
        // "Ministry of Health of Ruritania", "Institute of Public Health in Strelsau"
        let mut of_place = false;
        for of in start + 1..end.saturating_sub(1) {
            let word = field.word(of);
            if !matches!(word, "of" | "in" | "for") {
                continue;
            }
            of_place |= self.words.is_of_place(field.word(of - 1));
            if !of_place && word != "in" {
                continue;
            }
            let from = of + 1 + usize::from(field.word(of + 1) == "the");
            // "University of California, San Diego" is in San Diego.
            let from = (from..end).rev().find(|&at| field.word(at) == ",").map_or(from, |comma| comma + 1);
            for stop in (from + 1..=end.min(from + MAX_WORDS)).rev() {
                if self.place(mention, field, from..stop) {
                    self.push(Mention { field: mention.field, span: field.span_of(from..stop) }, Source::Inside, None);
                    return true;
                }
            }
        }
        false
    }

    /// The place that the name of `tokens` begins with. `None`: it begins with none.
    fn head(&mut self, mention: Mention, field: &TextField<'_>, tokens: Range<usize>) -> Option<bool> {
        let Range { start, end } = tokens;
        let mut stop =
            (start + 1..end.min(start + MAX_WORDS + 1)).rev().find(|&stop| self.place(mention, field, start..stop))?;
        // "Springfield City Council" is of Springfield, "Kansas City Council" of Kansas City.
        if stop > start + 1
            && self.words.generic(field.word(stop - 1)) == Some(Generic::Town)
            && !self.is_large(field.span_of(start..stop).of(field.text))
            && self.place(mention, field, start..stop - 1)
        {
            stop -= 1;
        }
        let rest = (stop..end).map(|at| field.word(at));
        if self.words.is_borrowed(rest.clone()) {
            return Some(false);
        }
        let county = stop > start + 1 && matches!(field.word(stop - 1), "County" | "Parish");
        let source = if county || self.words.is_local(rest) { Source::Inside } else { Source::InsideOther };
        self.push(Mention { field: mention.field, span: field.span_of(start..stop) }, source, None);
        Some(true)
    }

    fn place(&mut self, mention: Mention, field: &TextField<'_>, tokens: Range<usize>) -> bool {
        let span = field.span_of(tokens.clone());
        let text = span.of(field.text);
        mention.span.contains(span)
            && shape::is_name(text)
            && field.tokens[tokens.end - 1].kind == TokenKind::Word
            && !self.words.is_no_place(text)
            && !self.words.is_local(std::iter::once(text))
            && !self.words.is_of_place(text)
            && self.gazetteer.demonym(text).is_none()
            && self.is_known(text)
    }

    /// A name that the entity stage takes for something else, and that stands where a place may: the article's other
    /// places must bear it out.
    fn perhaps(&mut self, mention: Mention) {
        let field = self.document.field(mention.field);
        let start = field.token_at(mention.span.start);
        let end = field.token_at(mention.span.end).max(start + 1);
        let text = self.document.text_of(mention);
        let may = shape::preposition(field, start)
            .is_some_and(|word| self.words.is_preposition(word) || matches!(word, "of" | "like" | "for" | "as"))
            || shape::is_listed(field, start, end)
            || start.checked_sub(1).is_some_and(|at| self.words.is_event_verb(field.word(at)));
        if may && end <= field.tokens.len() && shape::is_name(text) && self.is_known(text) {
            self.push(mention, Source::Perhaps, None);
        }
    }

    fn is_dateline(&self, field: &TextField<'_>, start: usize, end: usize) -> bool {
        shape::is_dateline(field, start, end) && !self.words.is_slug(field.word(start))
    }

    fn is_placed(&self, field: &TextField<'_>, which: Field, start: usize, end: usize) -> bool {
        which == Field::Body && self.is_dateline(field, start, end)
            || shape::preposition(field, start).is_some_and(|word| self.words.is_sure_preposition(word))
            || shape::generic_before(field, start, self.words).is_some()
            || shape::bearing_before(field, start, self.words)
            || shape::is_contained(field, end, self.gazetteer)
            || shape::is_home(field, start)
            || shape::is_after_party(field, start)
            || shape::generic_after(field, end, self.words).is_some_and(|generic| generic != Generic::Other)
            || field.tokens.get(end).is_some_and(|_| {
                self.words.is_resident(field.word(end)) && shape::preposition(field, start) != Some("by")
            })
    }

    /// Datelines by their form alone: models make anything of words in capitals.
    fn datelines(&mut self) {
        let field = &self.document.body;
        let mut left = MAX_DATELINES;
        for sentence in &field.sentences {
            if left == 0 {
                return;
            }
            let start = sentence.start as usize;
            for stop in (start + 1..=(start + MAX_WORDS).min(sentence.end as usize)).rev() {
                let span = field.span_of(start..stop);
                let word = field.tokens[stop - 1].kind == TokenKind::Word;
                if word && self.is_dateline(field, start, stop) && self.is_known(span.of(field.text)) {
                    let mention = Mention { field: Field::Body, span };
                    left -= 1;
                    self.beside_dateline(field, stop);
                    if !self.names.iter().any(|n| n.source == Source::Typed && n.mention == mention) {
                        self.names.retain(|n| n.mention.field != Field::Body || !n.mention.span.overlaps(span));
                        self.push(mention, Source::Context, None);
                    }
                    break;
                }
            }
        }
    }

    /// The state or country between a dateline's place and its dash, whatever the model made of it: "RURITZ, W.Va. - Law".
    fn beside_dateline(&mut self, field: &TextField<'_>, end: usize) {
        if end + 1 >= field.tokens.len() || field.word(end) != "," {
            return;
        }
        for stop in (end + 2..=field.tokens.len().min(end + 3)).rev() {
            let span = field.span_of(end + 1..stop);
            if self.is_wide(span.of(field.text)) {
                if !self.names.iter().any(|n| n.mention.field == Field::Body && n.mention.span.overlaps(span)) {
                    self.push(Mention { field: Field::Body, span }, Source::Context, None);
                }
                return;
            }
        }
    }

    /// Whether the likeliest place of `name` is a city that is called so and is known by its name alone.
    fn is_large(&mut self, name: &str) -> bool {
        let first = self.gazetteer.candidates(name, &mut self.key).next();
        first.is_some_and(|c| c.kind != NameKind::Alternate && self.gazetteer.place(c.place).magnitude > LARGE)
    }

    fn is_wide(&mut self, name: &str) -> bool {
        let first = self.gazetteer.candidates(name, &mut self.key).next();
        first.is_some_and(|c| {
            let code = self.gazetteer.place(c.place).feature_code;
            matches!(Kind::of(code), Kind::Country | Kind::Region | Kind::Subdivision)
        })
    }

    /// Names that the entity stage did not see.
    fn uncovered(&mut self) {
        for which in [Field::Title, Field::Body] {
            let field = self.document.field(which);
            let mut next = self.covered.partition_point(|m| m.field < which);
            let mut at = 0;
            while at < field.tokens.len() {
                let span = field.tokens[at].span;
                while self.covered.get(next).is_some_and(|m| m.field == which && m.span.end <= span.start) {
                    next += 1;
                }
                let free =
                    |span: Span| self.covered.get(next).is_none_or(|m| m.field != which || !m.span.overlaps(span));
                let token = Mention { field: which, span };
                // "U.S.-led", "former UK minister"
                if free(span) && self.is_country_in_capitals(span.of(field.text)) {
                    self.push(token, Source::Untyped, None);
                    at += 1;
                    continue;
                }
                if free(span) && is_of_party(self.document, token) {
                    self.push(token, Source::People, None);
                    at += 1;
                    continue;
                }
                if !free(span) || !shape::is_name(span.of(field.text)) {
                    at += 1;
                    continue;
                }
                let mut end = at + 1;
                while end < field.tokens.len()
                    && end < at + MAX_WORDS
                    && field.tokens[end - 1].space_after
                    && free(field.tokens[end].span)
                    && shape::is_capitalised(field.word(end))
                {
                    end += 1;
                }
                let opens = field.sentences.get(field.sentence_of(at)).is_some_and(|s| s.start as usize == at);
                let found = (at + 1..=end).rev().find(|&stop| {
                    (!opens || self.is_dateline(field, at, stop) || shape::is_contained(field, stop, self.gazetteer))
                        && self.is_placed(field, which, at, stop)
                        && self
                            .gazetteer
                            .candidates(field.span_of(at..stop).of(field.text), &mut self.key)
                            .next()
                            .is_some()
                });
                let found = found.map(|stop| (stop, Source::Context)).or_else(|| {
                    let text = field.span_of(at..end).of(field.text);
                    (shape::is_listed(field, at, end) && self.is_known(text)).then_some((end, Source::Perhaps))
                });
                match found {
                    Some((stop, source)) => {
                        self.push(Mention { field: which, span: field.span_of(at..stop) }, source, None);
                        at = stop;
                    }
                    None => at += 1,
                }
            }
        }
    }
}
