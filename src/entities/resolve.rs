//! From mentions to entities: who is named again, under which name, and how much the article is about them.
//!
//! What a form is of, and which forms belong together, is for [`super::forms`]; here each mention finds its entity. A
//! last name stands for the person who was last called by it in full.

use std::cmp::Reverse;

use rustc_hash::{FxHashMap, FxHashSet};

use super::forms::{Forms, is_shouted};
use super::joins::singular;
use super::lexicon::{Lexicon, lower_into};
use super::mentions::{Evidence, Mentions, position};
use super::names::{Names, is_possessive};
use super::people::{Holders, Referent};
use super::titles::in_singular;
use super::{Entities, Entity, EntityType, UntypedName};
use crate::text::{Document, Field, Mention, Span, TextField, TokenKind};

/// The longest name, in tokens, that is looked for in text whose capitals tell nothing.
const MAX_SHOUTED: usize = 5;

pub(super) fn resolve<'a>(
    document: &Document<'a>,
    names: &Names<'a>,
    mentions: &Mentions<'a>,
    lexicon: &Lexicon,
) -> Entities {
    let forms = Forms::of(mentions, lexicon);
    let unpreferred = mentions.nicknames.union(&forms.misspelt).copied().collect();
    let mut builder = Builder {
        document,
        lexicon,
        nicknames: &unpreferred,
        entities: Vec::new(),
        of: FxHashMap::default(),
        weights: Vec::new(),
        untyped: Vec::new(),
    };
    let mut holders = Holders::of(document, &forms, mentions, lexicon);
    for found in &mentions.found {
        match holders.referent(&forms, found, lexicon) {
            Referent::Untyped => builder.untyped(found.mention, found.sentence),
            Referent::Form(form) if found.evidence == Evidence::Model => {
                let referent = Referent::Form(forms.apart(form, found.kind));
                builder.mention(&forms, referent, found.mention, found.sentence, found.title);
            }
            referent => builder.mention(&forms, referent, found.mention, found.sentence, found.title),
        }
    }
    if !names.shouted.is_empty() {
        shouted(&mut builder, names, &forms, &holders, mentions);
    }
    builder.finish()
}

struct Builder<'a, 'd> {
    document: &'d Document<'a>,
    lexicon: &'d Lexicon,
    nicknames: &'d FxHashSet<&'a str>,
    entities: Vec<Entity>,
    /// What a mention stands for, to its entity.
    of: FxHashMap<Referent, usize>,
    weights: Vec<f32>,
    /// With the weight, which becomes a share at the end.
    untyped: Vec<UntypedName>,
}

impl<'a> Builder<'a, '_> {
    fn mention(
        &mut self,
        forms: &Forms<'a>,
        referent: Referent,
        mention: Mention,
        sentence: usize,
        title: Option<Span>,
    ) {
        let next = self.entities.len();
        let index = *self.of.entry(referent).or_insert(next);
        if index == next {
            let kind = match referent {
                Referent::Form(form) => forms.kind(form).unwrap_or(EntityType::Org),
                Referent::Family(_) | Referent::Untyped => EntityType::Person,
            };
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
            let title = in_singular(&title, self.lexicon).to_owned();
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
            entity.salience = share(*weight, total);
            name(entity, self.document, self.lexicon, self.nicknames);
        }
        self.entities.sort_by_key(|e| e.mentions.first().map(|&m| position(m)));
        for name in &mut self.untyped {
            name.salience = share(name.salience, total);
        }
        self.untyped.sort_unstable_by_key(|name| position(name.mention));
        Entities { entities: self.entities, untyped: self.untyped }
    }
}

/// The share of `weight` in `total`, in whole thousandths, rounded down: so that what is published sums to at most 1.
fn share(weight: f32, total: f32) -> f32 {
    if total > 0.0 { (weight / total * 1000.0).floor() / 1000.0 } else { 0.0 }
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
fn name(entity: &mut Entity, document: &Document<'_>, lexicon: &Lexicon, nicknames: &FxHashSet<&str>) {
    let mut forms: Vec<&str> = Vec::new();
    let mut counts: FxHashMap<&str, usize> = FxHashMap::default();
    for &mention in &entity.mentions {
        let text = document.text_of(mention);
        let count = counts.entry(text).or_default();
        *count += 1;
        if *count == 1 {
            forms.push(text);
        }
    }
    // What of two forms is preferred, the first first: a list's rank, words, mentions, letters.
    let fullness = |text: &str| {
        // A dateline's capitals are no part of a name; an organisation's may be ("IBM").
        let named_in_prose = matches!(entity.kind, EntityType::Person | EntityType::Gpe | EntityType::Loc);
        let shouted = (text.contains(' ') || named_in_prose) && !text.contains(char::is_lowercase);
        let (words, letters) = (text.split_whitespace().count(), text.chars().count());
        match lexicon.rank(text) {
            Some(rank) => (Some(Reverse(rank)), 0, 0, 0),
            // "Cuban" rather than "Cubans".
            None if entity.kind == EntityType::Norp => {
                let rank = lexicon.nation(text).map_or(usize::from(singular(text) != text), |(_, rank)| rank);
                (Some(Reverse(rank)), 0, 0, 0)
            }
            None if shouted || nicknames.contains(text) => (None, 0, 0, 0),
            // "J. Reed" is not as full as "Jim Reed".
            None if entity.kind == EntityType::Person => (None, words, 0, letters),
            // The usual spelling of as many words: others are misspelt, or plurals.
            None => (None, words, counts[text], letters),
        }
    };
    let best = forms.iter().enumerate().max_by_key(|&(at, text)| (fullness(text), Reverse(at)));
    let Some(best) = best.map(|(at, _)| at) else { return };
    entity.name = single_spaced(forms[best]);
    if matches!(entity.kind, EntityType::Person | EntityType::Gpe | EntityType::Loc)
        && let Some(name) = unshouted(&entity.name)
    {
        entity.name = name;
    }
    for text in forms {
        entity.also_called(single_spaced(text));
    }
}

/// `name` with a capital for each word, where it is in capitals and too long for an acronym: "KUWAIT" of a dateline.
fn unshouted(name: &str) -> Option<String> {
    if !is_shouted(name) || name.chars().filter(|c| c.is_alphabetic()).count() < 5 {
        return None;
    }
    let mut out = String::with_capacity(name.len());
    let mut opens = true;
    for c in name.chars() {
        if opens {
            out.push(c)
        } else {
            out.extend(c.to_lowercase())
        }
        opens = !c.is_alphabetic();
    }
    Some(out)
}

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
                referent => builder.mention(forms, referent, mention, sentence, None),
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
