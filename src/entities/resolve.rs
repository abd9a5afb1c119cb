//! From mentions to entities: who is named again, under which name, and how much the article is about them.
//!
//! What a form is of, and which forms belong together, is for [`super::forms`]; here each mention finds its entity. A
//! last name stands for the person who was last called by it in full.

use rustc_hash::FxHashMap;

use super::forms::{Forms, given_name, suffixes, surname};
use super::lexicon::{Class, Lexicon, lower_into};
use super::mentions::{Evidence, Found, Mentions, position};
use super::names::{Names, is_possessive};
use super::votes::Votes;
use super::{Entities, Entity, EntityType, UntypedName};
use crate::text::{Document, Field, Mention, Span, TextField, TokenKind};

/// The longest name, in tokens, that is looked for in text whose capitals tell nothing.
const MAX_SHOUTED: usize = 5;

/// What a mention stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Referent {
    /// The entity of a form.
    Form(usize),
    Untyped,
}

pub(super) fn resolve<'a>(
    document: &Document<'a>,
    names: &Names<'a>,
    mentions: &Mentions<'a>,
    lexicon: &Lexicon,
) -> Entities {
    let forms = Forms::of(mentions, lexicon);
    let mut builder = Builder {
        document,
        entities: Vec::new(),
        of_form: FxHashMap::default(),
        weights: Vec::new(),
        untyped: Vec::new(),
    };
    let mut holders = Holders::of(&forms);
    for found in &mentions.found {
        match holders.referent(&forms, found, lexicon) {
            Referent::Untyped => builder.untyped(found.mention, found.sentence),
            Referent::Form(form) => builder.mention(&forms, form, found.mention, found.sentence, found.title),
        }
    }
    if !names.shouted.is_empty() {
        shouted(&mut builder, names, &forms, &holders, mentions);
    }
    builder.finish()
}

/// Whether `votes` make a word something else than the person who bears it as a name ("Jordan", "Washington"). Models
/// take last names for organisations more readily than for places.
fn outvoted(votes: &Votes) -> bool {
    let person = votes.on(EntityType::Person);
    let place = votes.on(EntityType::Gpe) + votes.on(EntityType::Loc) + votes.on(EntityType::Fac);
    place > 2.0 * person + 1.0 || votes.total() - person - place > 3.0 * person + 4.0
}

/// Who may be meant by one part of a name.
struct Holders<'a> {
    /// By the end of a name: the first of the article.
    first: FxHashMap<&'a str, usize>,
    /// By the end of a name: the one named last.
    latest: FxHashMap<&'a str, usize>,
    /// By given name; `None` where several bear it.
    given: FxHashMap<&'a str, Option<usize>>,
}

impl<'a> Holders<'a> {
    fn of(forms: &Forms<'a>) -> Holders<'a> {
        let mut holders =
            Holders { first: FxHashMap::default(), latest: FxHashMap::default(), given: FxHashMap::default() };
        for (index, form) in forms.forms.iter().enumerate() {
            if form.single || forms.kind(index) != Some(EntityType::Person) {
                continue;
            }
            holders.first.entry(surname(form.name)).or_insert(index);
            for (suffix, _) in suffixes(form.name) {
                holders.first.entry(suffix).or_insert(index);
            }
            let root = forms.root(index);
            holders
                .given
                .entry(given_name(form.name))
                .and_modify(|known| *known = known.filter(|&k| forms.root(k) == root))
                .or_insert(Some(index));
        }
        holders
    }

    /// What `found` stands for, told what was named before it.
    fn referent(&mut self, forms: &Forms<'a>, found: &Found<'a>, lexicon: &Lexicon) -> Referent {
        let Some(&index) = forms.by_name.get(found.name) else { return Referent::Untyped };
        let form = &forms.forms[index];
        let kind = forms.kind(index);
        let is_person = kind == Some(EntityType::Person);
        if is_person && !form.single {
            self.latest.insert(surname(form.name), index);
            for (suffix, _) in suffixes(form.name) {
                self.latest.insert(suffix, index);
            }
            return Referent::Form(forms.root(index));
        }
        if !form.single || forms.root(index) != index {
            return kind.map_or(Referent::Untyped, |_| Referent::Form(forms.root(index)));
        }
        let sure = found.kind == Some(EntityType::Person) && found.evidence == Evidence::Sure;
        // "in Jackson" is a town even where a Michael Jackson is told of.
        let place = matches!(found.kind, Some(EntityType::Gpe | EntityType::Loc | EntityType::Fac));
        let holder = if !sure && found.placed && (place || found.kind.is_none()) {
            None
        } else {
            self.find(form.name, is_person, lexicon)
        };
        match (holder, kind) {
            (Some(person), kind) if is_person || kind.is_none() || !outvoted(&form.votes) => {
                Referent::Form(forms.root(person))
            }
            // A word that the model left unlabelled more often than not may be no name, or the name of several things.
            (_, Some(_)) if found.kind.is_none() && form.bare > 2 * form.labelled => Referent::Untyped,
            (_, Some(_)) => Referent::Form(index),
            (_, None) => Referent::Untyped,
        }
    }

    fn find(&self, name: &str, is_person: bool, lexicon: &Lexicon) -> Option<usize> {
        if let Some(&person) = self.latest.get(name).or_else(|| self.first.get(name)) {
            return Some(person);
        }
        let class = lexicon.class(name);
        (is_person || class.any(Class::GIVEN_NAME) && !class.any(Class::ALSO_PLACE))
            .then(|| self.given.get(name).copied().flatten())
            .flatten()
    }
}

struct Builder<'a, 'd> {
    document: &'d Document<'a>,
    entities: Vec<Entity>,
    /// Root form to entity.
    of_form: FxHashMap<usize, usize>,
    weights: Vec<f32>,
    /// With the weight, which becomes a share at the end.
    untyped: Vec<UntypedName>,
}

impl<'a> Builder<'a, '_> {
    fn mention(&mut self, forms: &Forms<'a>, form: usize, mention: Mention, sentence: usize, title: Option<Span>) {
        let next = self.entities.len();
        let index = *self.of_form.entry(form).or_insert(next);
        if index == next {
            let kind = forms.kind(form).unwrap_or(EntityType::Org);
            self.entities.push(Entity {
                name: String::new(),
                kind,
                title: None,
                aliases: Vec::new(),
                salience: 0.0,
                mentions: Vec::new(),
            });
            self.weights.push(0.0);
        }
        let entity = &mut self.entities[index];
        entity.mentions.push(mention);
        self.weights[index] += weight(mention.field, sentence);
        if let Some(title) = title.filter(|_| entity.kind == EntityType::Person) {
            let title = single_spaced(title.of(self.document.field(mention.field).text));
            // The first title, or a later one that says more of the same ("Secretary of State").
            if entity.title.as_deref().is_none_or(|known| title.len() > known.len() && title.ends_with(known)) {
                entity.title = Some(title);
            }
        }
    }

    fn untyped(&mut self, mention: Mention, sentence: usize) {
        self.untyped.push(UntypedName { mention, salience: weight(mention.field, sentence) });
    }

    fn finish(mut self) -> Entities {
        let total = self.weights.iter().sum::<f32>() + self.untyped.iter().map(|name| name.salience).sum::<f32>();
        for (entity, weight) in self.entities.iter_mut().zip(&self.weights) {
            entity.mentions.sort_unstable_by_key(|&m| position(m));
            entity.salience = if total > 0.0 { weight / total } else { 0.0 };
            name(entity, self.document);
        }
        self.entities.sort_by_key(|e| e.mentions.first().map(|&m| position(m)));
        for name in &mut self.untyped {
            name.salience /= total;
        }
        self.untyped.sort_unstable_by_key(|name| position(name.mention));
        Entities { entities: self.entities, untyped: self.untyped }
    }
}

/// What a mention adds to the salience of its entity: 3 in the headline; in the body 1, and 2 more that fade
/// over the first six sentences. An entity's salience is its share of the weight of all names, the untyped
/// included; so they sum to at most 1, and what they leave is the places'.
fn weight(field: Field, sentence: usize) -> f32 {
    match field {
        Field::Title => 3.0,
        Field::Body => 1.0 + 2.0 * (1.0 - sentence as f32 / 6.0).max(0.0),
    }
}

/// Sets the canonical name, the fullest form that is not in capitals for emphasis, and the aliases.
fn name(entity: &mut Entity, document: &Document<'_>) {
    let mut forms: Vec<(&str, usize)> = Vec::new();
    let mut seen = rustc_hash::FxHashSet::default();
    for &mention in &entity.mentions {
        let text = document.text_of(mention);
        if seen.insert(text) {
            let shouted = text.contains(' ') && !text.contains(char::is_lowercase);
            let words = text.split_whitespace().count();
            forms.push((text, if shouted { 0 } else { words * 1000 + text.len() }));
        }
    }
    let Some(best) =
        forms.iter().enumerate().max_by_key(|(at, form)| (form.1, std::cmp::Reverse(*at))).map(|(at, _)| at)
    else {
        return;
    };
    entity.name = single_spaced(forms[best].0);
    for (text, _) in forms {
        let alias = single_spaced(text);
        if alias != entity.name && !entity.aliases.contains(&alias) && entity.aliases.len() < MAX_ALIASES {
            entity.aliases.push(alias);
        }
    }
}

/// Keeps the time linear where a text calls one thing by a thousand names.
const MAX_ALIASES: usize = 32;

fn single_spaced(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// Finds the article's names again where capitals tell nothing: headlines.
fn shouted<'a>(
    builder: &mut Builder<'a, '_>,
    names: &Names<'a>,
    forms: &Forms<'a>,
    holders: &Holders<'a>,
    mentions: &Mentions<'a>,
) {
    let mut known: FxHashMap<String, Referent> = FxHashMap::default();
    let mut key = String::new();
    for found in &mentions.found {
        let Some(&index) = forms.by_name.get(found.name) else { continue };
        let person = forms.forms[index].single.then(|| holders.first.get(found.name)).flatten();
        let referent = match (person, forms.kind(index)) {
            (Some(&person), None | Some(EntityType::Person)) => Referent::Form(forms.root(person)),
            (_, Some(_)) => Referent::Form(forms.root(index)),
            (_, None) => Referent::Untyped,
        };
        lower_into(found.name, &mut key);
        if !known.contains_key(key.as_str()) {
            known.insert(key.clone(), referent);
        }
    }
    for (&surname, &person) in &holders.first {
        lower_into(surname, &mut key);
        if !known.contains_key(key.as_str()) {
            known.insert(key.clone(), Referent::Form(forms.root(person)));
        }
    }
    for (which, tokens) in &names.shouted {
        let field = builder.document.field(*which);
        let sentence = field.sentence_of(tokens.start);
        let mut at = tokens.start;
        while at < tokens.end {
            let Some((end, referent)) = longest(field, at, tokens.end, &known, &mut key) else {
                at += 1;
                continue;
            };
            let mention = Mention { field: *which, span: field.span_of(at..end) };
            match referent {
                Referent::Untyped => builder.untyped(mention, sentence),
                Referent::Form(form) => builder.mention(forms, form, mention, sentence, None),
            }
            at = end;
        }
    }
}

/// The longest known name that starts at the token `at`.
fn longest(
    field: &TextField<'_>,
    at: usize,
    limit: usize,
    known: &FxHashMap<String, Referent>,
    key: &mut String,
) -> Option<(usize, Referent)> {
    let first = field.word(at);
    if field.tokens[at].kind != TokenKind::Word || !first.starts_with(char::is_uppercase) || is_possessive(first) {
        return None;
    }
    (at + 1..=limit.min(at + MAX_SHOUTED)).rev().find_map(|end| {
        lower_into(field.span_of(at..end).of(field.text), key);
        known.get(key.as_str()).map(|&referent| (end, referent))
    })
}
