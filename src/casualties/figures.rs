//! Figures: what the linked parties and events of one sentence report, with status, source, cause and place.

use std::hash::BuildHasher;

use rustc_hash::FxBuildHasher;

use super::events::{self, Event, Mood};
use super::frames::{Link, Linker};
use super::lexicon::{Frame, Lexicon, Side, class};
use super::places::Places;
use super::sentence::Sentence;
use super::victims::{self, Party, Reference};
use super::{Attribution, Category, Count, Figure, Kind, Qualifier, Status, Victims, attribution, causes, status};
use crate::locations::Locations;
use crate::text::{EntityType, Field, Mention, TokenKind};

/// What the totals need to know of a figure beside what is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Trace {
    /// Only points back at people told of before: "the boy", "he", a name.
    pub weak: bool,
    /// Adds to others told of before: "another 30".
    pub more: bool,
    /// A total told so far.
    pub toll: bool,
    /// Struck by a weapon: those who died are among them, unless `apart`.
    pub hit: bool,
    /// Told beside the dead of the same sentence: not one of them.
    pub apart: bool,
    /// Told in a heading inside the text, perhaps of another story.
    pub aside: bool,
    /// "also killed": beside another told singly.
    pub also: bool,
    /// Who killed themselves beside others: "a bomber blew himself up".
    pub own: bool,
    /// Who ended an act of killing by their own death: "killed four, then himself".
    pub ended: bool,
    /// What somebody did to them: "killed four".
    pub acted: bool,
    /// The word of harm is one of violence or of an accident, not "died".
    pub violent: bool,
    /// The sentence tells of an age or an illness that ends a life.
    pub natural: bool,
    /// Past only as a toll that still runs: "620 since March".
    pub running: bool,
    /// Another's count beside the one told: "the army put the number at 12".
    pub rival: bool,
    /// Named, not told: "the killing of two men".
    pub named: bool,
    /// "one of the injured later died".
    pub moved: bool,
    /// The first and the last word of a person's name, hashed.
    pub name: Option<[u64; 2]>,
    /// The side of the victims in a fight.
    pub side: Option<Side>,
    /// The first places that only act in the sentence.
    pub actors: [Option<u32>; 2],
}

/// A figure and its trace.
#[derive(Debug)]
pub(super) struct Finding {
    pub figure: Figure,
    pub trace: Trace,
}

/// The stage's view of what was found before it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Context<'a> {
    pub lexicon: &'a Lexicon,
    pub locations: &'a Locations,
    pub places: &'a Places,
}

/// Adds the figures of `sentence` to `findings`.
pub(super) fn find(context: &Context<'_>, sentence: &Sentence<'_>, findings: &mut Vec<Finding>) {
    let events = events::events(context.lexicon, sentence);
    if events.is_empty() {
        return;
    }
    let mut parties = victims::parties(context.lexicon, sentence);
    parties.retain(|party| match party.reference {
        Reference::Name => !context.places.names_no_person(sentence, party),
        _ => !is_measure(sentence, party),
    });
    let linker = Linker { lexicon: context.lexicon, sentence, events: &events, parties: &parties, links: Vec::new() };
    let links = linker.link();
    let kept = keep(&events, &links);
    let lead = sentence.field == Field::Title || sentence.index < super::totals::LEAD;
    let together = together(sentence, &events, &links);
    let actors = context.places.actors(sentence);
    let natural = (0..sentence.len())
        .any(|at| sentence.has(at, class::NATURAL_START) && context.lexicon.natural.longest(sentence, at).is_some());
    let separate = lead
        && (0..sentence.len()).any(|at| {
            sentence.has(at, class::SEPARATE_START) && context.lexicon.separate.longest(sentence, at).is_some()
        });
    let first = findings.len();
    // The index in `findings` of each link's figure.
    let mut figures: Vec<Option<usize>> = vec![None; links.len()];
    let mut dead: Option<usize> = None;
    // So far the sentence tells of nothing but acts of killing.
    let mut acts = true;
    for (index, link) in links.iter().enumerate() {
        if !kept[index] {
            continue;
        }
        let event = &events[link.event];
        if event.mood == Mood::Negated && link.party.reference != Reference::Nobody {
            continue;
        }
        let part_of = match link.part_of {
            Some(whole) => match figures[whole] {
                Some(figure) => Some(figure),
                None => continue,
            },
            None => None,
        };
        let others = dead.is_some();
        if event.harm.kind == Kind::Killed && link.part_of.is_none() {
            dead.get_or_insert(event.tokens.start);
        }
        // A bomber's own death beside a number of dead: rarely in it, never added to it.
        let own = others && event.harm.frame == Frame::Subject && is_bomber(sentence, event, &link.party);
        let reflexive = link.party.category == Category::Perpetrator && link.party.reference == Reference::Pronoun;
        let ended = reflexive && event.harm.kind == Kind::Killed && others && acts;
        let also = is_also(sentence, event) || sentence.is(link.party.tokens.start.wrapping_sub(1), "also");
        let beside = also && link.party.reference == Reference::Definite && event.harm.kind == Kind::Killed;
        // "were among those killed": of a number that is told, if one is.
        let among = sentence.is(event.tokens.start, "among");
        let weak = among || together[link.event].weak && !ended && !beside || own;
        // "killed two men", "shot a man dead".
        let start = link.party.tokens.start;
        let acted = start >= event.tokens.start
            || links.iter().any(|l| l.party.tokens.start == start && events[l.event].tokens.end <= start);
        if event.harm.kind == Kind::Killed && link.part_of.is_none() {
            acts &= acted;
        }
        let trace = Trace {
            weak,
            own,
            ended: reflexive && event.harm.kind == Kind::Killed && (ended || is_next(sentence, event)),
            acted,
            natural,
            violent: !matches!(event.harm.frame, Frame::Subject | Frame::State | Frame::Of | Frame::Count)
                || event.harm.hit,
            running: false,
            rival: link.toll && is_rival(sentence, event),
            more: together[link.event].more || separate && event.harm.kind == Kind::Killed,
            toll: link.toll,
            hit: event.harm.hit,
            apart: event.harm.kind == Kind::Injured
                && !weak
                && !link.carried
                && dead.is_some_and(|dead| dead < event.tokens.start),
            aside: sentence.field == Field::Body && sentence.index > 0 && sentence.is_heading(),
            named: event.harm.frame == Frame::Of,
            also,
            moved: is_moved(sentence, event, &link.party),
            name: name(sentence, &link.party),
            side: side(sentence, &link.party),
            actors,
        };
        figures[index] = Some(findings.len());
        let figure = figure(context, sentence, event, link, part_of);
        let running = figure.status == Status::Past && status::is_running(context.lexicon, sentence, event);
        findings.push(Finding { figure, trace: Trace { running, ..trace } });
    }
    debug_assert!(findings[first..].iter().all(|f| f.figure.part_of.is_none_or(|whole| whole >= first)));
}

/// Whether the model takes a bare number for a share, a sum of money or, away from the word of harm, an age or a date.
fn is_measure(sentence: &Sentence<'_>, party: &Party) -> bool {
    let number = party.tokens.clone().find(|&at| sentence.kind(at) == Some(TokenKind::Number));
    let Some(label) = number.filter(|_| party.bare).and_then(|at| sentence.label(at)) else { return false };
    let tied = sentence.before_has(party.tokens.start, class::HARM_WORD)
        || sentence.has(party.tokens.end, class::HARM_WORD | class::BE | class::HAVE);
    match label {
        EntityType::Percent | EntityType::Money => true,
        EntityType::Date | EntityType::Time => !tied,
        _ => false,
    }
}

/// "a bomber died", "an attacker blew himself up".
fn is_bomber(sentence: &Sentence<'_>, event: &Event, party: &Party) -> bool {
    party.category == Category::Perpetrator
        && (sentence.is(event.tokens.start, "blew")
            || party.words.clone().any(|at| sentence.is_any(at, &["bomber", "bombers"])))
}

/// "the army put the death toll at 12", "an earlier toll of 27".
fn is_rival(sentence: &Sentence<'_>, event: &Event) -> bool {
    (event.tokens.start.saturating_sub(3)..event.tokens.end).any(|at| {
        sentence.is_any(at, &["put", "puts", "putting", "placed", "estimated", "earlier", "previous", "initial"])
    })
}

/// "then killed himself".
fn is_next(sentence: &Sentence<'_>, event: &Event) -> bool {
    (event.group.saturating_sub(2)..event.tokens.start).any(|at| sentence.is_any(at, &["then", "later", "afterwards"]))
}

/// "was also killed", "were then shot", "was killed as well", "was killed too".
fn is_also(sentence: &Sentence<'_>, event: &Event) -> bool {
    let group = event.group.saturating_sub(1)..event.tokens.start;
    let says = |word| group.clone().any(|at| sentence.is(at, word));
    says("also")
        || event.passive && says("then")
        || sentence.is(0, "also")
        || sentence.is(event.tokens.end, "too")
        || (event.tokens.end..event.tokens.end + 8)
            .any(|at| sentence.is(at, "as") && sentence.is(at + 1, "well") && !sentence.is(at + 2, "as"))
}

/// "one of them later died", "two of the wounded died".
fn is_moved(sentence: &Sentence<'_>, event: &Event, party: &Party) -> bool {
    // "Of the 14 injured, two later died".
    let of = sentence.is(0, "of")
        && (0..event.group).any(|at| sentence.is_any(at, &["injured", "wounded", "hurt"]))
        && party.quantity.is_some();
    event.harm.kind == Kind::Killed
        && event.harm.frame == Frame::Subject
        && (party.reference == Reference::Partitive || of)
        && (event.group.saturating_sub(1)..event.tokens.end + 4).chain(party.tokens.clone()).any(|at| {
            sentence.is_any(at, &["later", "subsequently", "injured", "wounded", "hospital", "injuries", "wounds"])
        })
}

/// Hashes of the first and the last word of a name; one twice where it is a single word.
fn name(sentence: &Sentence<'_>, party: &Party) -> Option<[u64; 2]> {
    if party.reference != Reference::Name {
        return None;
    }
    let last = party.tokens.clone().rev().find(|&at| !sentence.is_any(at, &["jr", "jr.", "sr", "sr.", "ii", "iii"]))?;
    let hash = |at: usize| FxBuildHasher.hash_one(sentence.word(at));
    Some([hash(party.tokens.start), hash(last)])
}

/// What holds of all the parties that one event befell.
#[derive(Clone, Copy)]
struct Together {
    weak: bool,
    more: bool,
}

/// "he and three others": told of together, all are new.
fn together(sentence: &Sentence<'_>, events: &[Event], links: &[Link]) -> Vec<Together> {
    let mut together = vec![Together { weak: true, more: true }; events.len()];
    // "the death of all 33 passengers": told for the first time.
    let lead = sentence.field == Field::Title || sentence.index < super::totals::LEAD;
    let all = |party: &Party| lead && party.quantity.is_some() && sentence.is(party.tokens.start, "all");
    for link in links.iter().filter(|link| link.part_of.is_none()) {
        together[link.event].weak &= link.party.is_weak() && !all(&link.party);
        together[link.event].more &= link.party.is_more();
    }
    together
}

/// Which links say something of their own: death outdoes the wound of the same party, and no party is counted
/// twice for one kind.
fn keep(events: &[Event], links: &[Link]) -> Vec<bool> {
    let mut order: Vec<usize> = (0..links.len()).collect();
    order.sort_by_key(|&i| (links[i].party.tokens.start, i));
    let mut kept = vec![true; links.len()];
    for run in order.chunk_by(|&a, &b| links[a].party.tokens.start == links[b].party.tokens.start) {
        // "no deaths or injuries": none of either.
        let dead = run.iter().any(|&i| {
            events[links[i].event].harm.kind == Kind::Killed && links[i].party.reference != Reference::Nobody
        });
        let mut seen: [Option<Kind>; 7] = [None; 7];
        for &i in run {
            let kind = events[links[i].event].harm.kind;
            let slot = &mut seen[kind as usize];
            let carried_away = links[i].carried && kind != Kind::Killed && kind != Kind::Injured;
            kept[i] = slot.is_none() && !(dead && kind == Kind::Injured) && !carried_away;
            if kept[i] {
                *slot = Some(kind);
            }
        }
    }
    kept
}

fn figure(
    context: &Context<'_>,
    sentence: &Sentence<'_>,
    event: &Event,
    link: &Link,
    part_of: Option<usize>,
) -> Figure {
    let party = &link.party;
    let count = if event.harm.frame == Frame::Unharmed { Some(zero(sentence, party)) } else { party.count(sentence) };
    let span = sentence.span(&party.tokens).join(sentence.span(&event.tokens));
    let status = status::status(context.lexicon, sentence, event);
    let cause = causes::cause(context.lexicon, sentence, &event.tokens, event.harm.kind);
    let source = attribution::source(sentence, &event.tokens).map(|tokens| sentence.span(&tokens));
    Figure {
        kind: event.harm.kind,
        count,
        victims: victims(context, sentence, party),
        part_of,
        status,
        attribution: source.map(|span| Attribution { span, entity: context.places.entity(sentence, span) }),
        cause: cause.span,
        cause_class: cause.class,
        location: context.places.of_figure(sentence, span),
        mention: Mention { field: sentence.field, span },
        sentence: sentence.index,
    }
}

/// The side that the words for the victims, or for want of it their category, put them on.
fn side(sentence: &Sentence<'_>, party: &Party) -> Option<Side> {
    let last = party.words.clone().rev().find_map(|at| sentence.entries.get(at)?.side);
    last.or(match party.category {
        Category::Police => Some(Side::State),
        Category::Perpetrator => Some(Side::Opponent),
        Category::Civilian | Category::Child | Category::Journalist | Category::AidWorker => Some(Side::Civil),
        Category::Combatant | Category::Mixed | Category::Unknown => None,
    })
}

fn zero(sentence: &Sentence<'_>, party: &Party) -> Count {
    Count { low: 0, high: Some(0), qualifier: Qualifier::Exact, span: sentence.span(&party.tokens) }
}

fn victims(context: &Context<'_>, sentence: &Sentence<'_>, party: &Party) -> Victims {
    let span = (!party.words.is_empty()).then(|| sentence.span(&party.words));
    let nationality = span.map_or_else(Vec::new, |span| context.places.nationality(context.locations, sentence, span));
    Victims { span, category: party.category, nationality }
}
