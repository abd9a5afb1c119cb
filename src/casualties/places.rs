//! Places: what of the stages before is tied to a figure, which is where it happened and who its words name.
//!
//! The place of a figure is one that its sentence says something happened in, else that of the story's event as the
//! sentences before tell it, else the place that the article is about. A country that only acts in the sentence
//! ("Russia launched 176 drones") is none.

use super::figures::Finding;
use super::lexicon::class;
use super::sentence::Sentence;
use super::victims::Party;
use super::{Kind, Status};
use crate::entities::Entities;
use crate::locations::{Locations, MentionKind};
use crate::text::{EntityType, Mention, Span, TokenKind};

/// Where entities and places stand in the text, in order.
#[derive(Debug, Default)]
pub(super) struct Places {
    entities: Vec<(Mention, usize, EntityType)>,
    locations: Vec<(Mention, MentionKind, usize)>,
}

/// How many sentences back a figure without a place of its own takes the one told before.
const INHERIT: usize = 3;
/// The words between a preposition and the name that it places, at most: "in the northern city of".
const PLACED: usize = 3;

impl Places {
    pub(super) fn new(entities: &Entities, locations: &Locations) -> Places {
        let mut places = Places::default();
        for (index, entity) in entities.entities.iter().enumerate() {
            places.entities.extend(entity.mentions.iter().map(|&mention| (mention, index, entity.kind)));
        }
        for (index, location) in locations.locations.iter().enumerate() {
            places.locations.extend(location.mentions.iter().map(|&(mention, kind)| (mention, kind, index)));
        }
        places.entities.sort_unstable_by_key(|&(mention, ..)| mention);
        places.locations.sort_unstable_by_key(|&(mention, ..)| mention);
        places
    }

    /// The entity whose mention shares words with `span`.
    pub(super) fn entity(&self, sentence: &Sentence<'_>, span: Span) -> Option<usize> {
        self.overlapping(sentence, span).map(|(index, _)| index)
    }

    /// Whether the name is that of a place that exists, of a people, or of something of several words that is no
    /// person. A model's word alone does not make a place of a single name.
    pub(super) fn names_no_person(&self, sentence: &Sentence<'_>, party: &Party) -> bool {
        let span = sentence.span(&(party.tokens.end - 1..party.tokens.end));
        if self.within(sentence, span).iter().any(|(_, kind, _)| *kind == MentionKind::Name) {
            return true;
        }
        self.overlapping(sentence, span).is_some_and(|(_, kind)| match kind {
            EntityType::Person | EntityType::Gpe | EntityType::Loc => false,
            EntityType::Org => party.tokens.len() > 2,
            _ => true,
        })
    }

    fn overlapping(&self, sentence: &Sentence<'_>, span: Span) -> Option<(usize, EntityType)> {
        let from = self.entities.partition_point(|(m, ..)| (m.field, m.span.end) <= (sentence.field, span.start));
        let &(mention, index, kind) = self.entities.get(from)?;
        (mention.field == sentence.field && mention.span.overlaps(span)).then_some((index, kind))
    }

    /// The mentions of places that stand within `span`.
    fn within(&self, sentence: &Sentence<'_>, span: Span) -> &[(Mention, MentionKind, usize)] {
        let from = self.locations.partition_point(|(m, ..)| (m.field, m.span.start) < (sentence.field, span.start));
        let to = self.locations.partition_point(|(m, ..)| (m.field, m.span.start) < (sentence.field, span.end));
        &self.locations[from..to.max(from)]
    }

    /// The names of places in the sentence.
    fn named(&self, sentence: &Sentence<'_>) -> impl Iterator<Item = (Mention, usize)> {
        let whole = sentence.span(&(0..sentence.len()));
        let names = self.within(sentence, whole).iter().filter(|(_, kind, _)| *kind == MentionKind::Name);
        names.map(|&(mention, _, index)| (mention, index))
    }

    /// The place nearest to `span` of those in the sentence that something can have happened in.
    pub(super) fn of_figure(&self, sentence: &Sentence<'_>, span: Span) -> Option<usize> {
        let distance = |m: &Mention| {
            if m.span.start >= span.end { m.span.start - span.end } else { span.start.saturating_sub(m.span.end) }
        };
        let places = self.named(sentence).filter_map(|(mention, index)| {
            let part = part(sentence, mention.span);
            (part != Part::Actor).then_some((part != Part::Placed, distance(&mention), index))
        });
        places.min().map(|(.., index)| index)
    }

    /// Gives the figures without a place of their own that of the event which the sentences before tell of, or of the
    /// article.
    pub(super) fn inherit(&self, locations: &Locations, findings: &mut [Finding]) {
        let mut event: Option<(Mention, usize, usize)> = None;
        for finding in findings {
            let figure = &mut finding.figure;
            let here = (figure.mention, figure.sentence);
            if let Some(place) = figure.location {
                if figure.status != Status::Past && figure.kind != Kind::Detained {
                    event = Some((here.0, here.1, place));
                }
                continue;
            }
            if figure.status == Status::Past {
                continue;
            }
            let told = event.filter(|(mention, sentence, _)| {
                mention.field == here.0.field && here.1.saturating_sub(*sentence) <= INHERIT
            });
            let actors = &finding.trace.actors;
            let acts = |place: &usize| actors.contains(&Some(*place as u32));
            let place = told.map(|(.., place)| place).or(locations.primary).filter(|place| !acts(place));
            figure.location = place.filter(|&place| !is_between_others(locations, actors, place));
        }
    }

    /// The first places that the sentence names as nothing but who acts.
    pub(super) fn actors(&self, sentence: &Sentence<'_>) -> [Option<u32>; 2] {
        let mut actors = [None; 2];
        let names = self.named(sentence).filter(|(mention, _)| part(sentence, mention.span) == Part::Actor);
        for (slot, (_, index)) in actors.iter_mut().zip(names) {
            *slot = u32::try_from(index).ok();
        }
        actors
    }

    /// The countries whose people the victims' words name: "two French tourists".
    pub(super) fn nationality(&self, locations: &Locations, sentence: &Sentence<'_>, span: Span) -> Vec<String> {
        let demonyms = self.within(sentence, span).iter().filter(|(_, kind, _)| *kind == MentionKind::Demonym);
        let mut codes: Vec<String> =
            demonyms.filter_map(|&(.., i)| locations.locations.get(i)?.country_code.clone()).collect();
        codes.dedup();
        codes
    }
}

/// Whether two countries act in the sentence and `place` lies in neither: "Ukraine's air force said that Russia launched
/// 176 drones" tells nothing of Riyadh, where the article is.
fn is_between_others(locations: &Locations, actors: &[Option<u32>; 2], place: usize) -> bool {
    let country = |index: usize| locations.locations.get(index).and_then(|location| location.country_code.as_deref());
    let [Some(first), Some(second)] = actors.map(|actor| actor.and_then(|index| country(index as usize))) else {
        return false;
    };
    first != second && country(place).is_some_and(|country| country != first && country != second)
}

/// The part that a name of a place plays in its sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// "in Kaduna", "near the town of Oicha".
    Placed,
    /// "Kaduna blast", "Kaduna:", "Kaduna, Nigeria".
    Beside,
    /// "Russia launched", "by Russia", "Russia's army".
    Actor,
}

fn part(sentence: &Sentence<'_>, name: Span) -> Part {
    let start = sentence.tokens.partition_point(|token| token.span.end <= name.start);
    let after = sentence.tokens.partition_point(|token| token.span.start < name.end);
    let mut at = start;
    while at > 0 && start - at < PLACED {
        at -= 1;
        if sentence.has(at, class::PREPOSITION) {
            let elsewhere =
                ["by", "from", "with", "against", "between", "than", "for", "about", "like", "since", "until"];
            return if sentence.is_any(at, &elsewhere) { Part::Actor } else { Part::Placed };
        }
        let plain = sentence.kind(at) == Some(TokenKind::Word)
            && !sentence
                .has(at, class::FUNCTION & !class::DEFINITE & !class::INDEFINITE | class::VERB | class::HARM_START);
        if !plain {
            break;
        }
    }
    let acts =
        class::VERB | class::BE | class::HAVE | class::MODAL | class::REPORT | class::HARM_WORD | class::CONJUNCTION;
    let verb = sentence.has(after, acts & !class::CONJUNCTION)
        || sentence.is_any(after, &["'s", "\u{2019}s", "'", "\u{2019}"])
        || sentence.kind(after) == Some(TokenKind::Word)
            && (sentence.word(after).ends_with("ed") || sentence.word(after).ends_with("es"))
        || sentence.has(after, class::CONJUNCTION) && start == 0;
    if verb { Part::Actor } else { Part::Beside }
}
