//! Whether a name is believed to be a place at all, once it is known which place it would be.

use super::MentionKind;
use super::candidates::{Bears, Candidate, Kind};
use super::disambiguate::Belief;
use super::shape;
use super::toponyms::{Generic, Source, Toponym};
use super::words::Words;

/// The decimal logarithm of the inhabitants with which a town is known by its name alone.
const KNOWN: f32 = 5.0;
/// Of those with which it is known everywhere.
const LARGE: f32 = 5.5;
/// Of those up to which a word of the language hardly means it.
const MODEST: f32 = 5.7;
/// Of those with which it may be meant where its country is the article's.
const COHERENT: f32 = 3.7;
/// The share of the other names' votes that makes a country the article's.
const SAME_COUNTRY: f32 = 0.25;

/// The candidate that is believed, and its share; `None` where none is.
pub(super) fn choice(toponym: &Toponym<'_>, belief: &Belief) -> Option<(usize, f32)> {
    let (index, share) = town_first(toponym, belief, belief.best()?);
    let candidate = &toponym.candidates[index];
    if toponym.personal
        && !toponym.placed
        && toponym.container.is_none()
        && !matches!(candidate.kind, Kind::Country | Kind::Region)
    {
        return None;
    }
    if toponym.common && is_modest(candidate) && !is_meant(toponym, belief) {
        return None;
    }
    let by_people = toponym.mentions.iter().all(|(_, kind)| *kind == MentionKind::Demonym);
    let believed = match toponym.source {
        Source::Typed | Source::Building => true,
        Source::People => {
            by_people || matches!(candidate.kind, Kind::Country | Kind::Region) && candidate.bears != Bears::Alternate
        }
        Source::Context => {
            share > 0.4
                && (!toponym.speaks || belief.stated() > 0.5 || toponym.in_dateline || toponym.generic.is_some())
        }
        Source::Inside => is_inside(toponym, candidate, belief),
        Source::InsideOther => false,
        Source::Perhaps => is_borne_out(toponym, candidate, share, belief),
        Source::Untyped => by_people || has_grounds(toponym, candidate, belief),
    };
    believed.then_some((index, share))
}

/// Whether a place is too little known for a word of the language to mean it.
fn is_modest(candidate: &Candidate) -> bool {
    match candidate.kind {
        Kind::Country | Kind::Region | Kind::Capital => false,
        Kind::Town | Kind::District => candidate.magnitude < MODEST,
        Kind::Subdivision => candidate.bears != Bears::Ours,
    }
}

/// Whether the text says of a word of the language that it is a place, and the article's other places say which.
fn is_meant(toponym: &Toponym<'_>, belief: &Belief) -> bool {
    let placed = (toponym.placed || toponym.listed_placed) && toponym.generic != Some(Generic::Other);
    let borne_out = belief.coherence() > 0.1 || belief.same_country() >= SAME_COUNTRY || belief.country_named() > 0.5;
    let stated = belief.stated() > 0.5 && (toponym.within || toponym.placed);
    stated
        || toponym.source == Source::Context
        || toponym.in_dateline
        || toponym.generic.is_some_and(|g| g != Generic::Other)
        || placed && borne_out
}

/// A town and the subdivision around it that is called after it are nearly one place: the text means the one that the
/// gazetteer has first, unless it says which, and is as sure of it as of both.
fn town_first(toponym: &Toponym<'_>, belief: &Belief, (index, share): (usize, f32)) -> (usize, f32) {
    let candidate = &toponym.candidates[index];
    let settled = |c: &Candidate| matches!(c.kind, Kind::Town | Kind::Capital);
    let around = |inner: &Candidate, outer: &Candidate| {
        settled(inner) && (inner.admin1 == Some(outer.place) || inner.admin2 == Some(outer.place))
    };
    let nested = |c: &Candidate| around(c, candidate) || around(candidate, c);
    let Some(other) = toponym.candidates.iter().position(nested) else { return (index, share) };
    // "Buffalo, New York" and "New York, Ohio and Texas" mean the state.
    if candidate.kind == Kind::Subdivision && belief.is_told_wide() {
        return (index, share);
    }
    let both = (share + belief.shares[other]).min(1.0);
    let wide = matches!(toponym.generic, Some(Generic::Subdivision | Generic::District));
    if !settled(candidate) && !wide && other < index { (other, both) } else { (index, both) }
}

/// What is left of the confidence in a stray that the text calls a place.
const STRAY: f32 = 0.5;

/// What is left of it in a larger town.
const FAR: f32 = 0.65;
/// The decimal logarithm of the inhabitants of a town that is named in news of any country.
const METROPOLIS: f32 = 6.0;

/// A small place in a country that the article does not name, where it names others and has nothing else there, is
/// rather a village that no gazetteer has and that bears its name; inside another name it is no place at all.
pub(super) fn doubt_strays(toponyms: &[Toponym<'_>], beliefs: &[Belief], choices: &mut [Option<(usize, f32)>]) {
    let (mut named, mut once) = (Vec::new(), Vec::new());
    for (toponym, choice) in toponyms.iter().zip(choices.iter()) {
        let Some((at, share)) = *choice else { continue };
        let candidate = &toponym.candidates[at];
        if share > 0.8
            && let Some(country) = candidate.country
        {
            // Named itself, or by two of its places.
            if candidate.kind == Kind::Country || once.contains(&country) {
                named.push(country);
            }
            once.push(country);
        }
    }
    if named.is_empty() {
        return;
    }
    for ((toponym, belief), choice) in toponyms.iter().zip(beliefs).zip(choices) {
        let Some((at, share)) = choice else { continue };
        let candidate = &toponym.candidates[*at];
        let stray = candidate.country.is_some_and(|country| !named.contains(&country))
            && belief.same_country() < 0.05
            && belief.stated() < 0.5;
        let local = !matches!(candidate.kind, Kind::Country | Kind::Region);
        if !stray || !local {
            continue;
        }
        let small = candidate.magnitude < KNOWN;
        if toponym.source == Source::Inside || small && !toponym.placed && !toponym.in_dateline {
            // "Medina Hospital" in Mogadishu has nothing of the Madinah in Arabia, and "the Zongo community" of a Ghanaian
            // town is no town in the Congo.
            *choice = None;
        } else if small {
            *share = share.min(STRAY);
        } else if candidate.kind != Kind::Capital && candidate.magnitude < METROPOLIS {
            *share = share.min(FAR);
        }
    }
}

/// A place inside another name: known far and wide, or one of the article's parts. A town by its other name must be both,
/// for colleges and companies are called like half the hamlets ("Vanderbilt").
fn is_inside(toponym: &Toponym<'_>, candidate: &Candidate, belief: &Belief) -> bool {
    let known = candidate.magnitude >= KNOWN;
    let coherent = belief.coherence() > 0.1;
    match candidate.kind {
        Kind::Town if candidate.bears == Bears::Alternate => known && coherent,
        Kind::Town | Kind::District => known || coherent || toponym.mentions.len() > 1 && !is_saint(toponym.text),
        _ => true,
    }
}

/// Schools and churches are called after the saint, not after a village of his: "St. Francis School".
fn is_saint(name: &str) -> bool {
    ["St. ", "St ", "Saint "].iter().any(|saint| name.starts_with(saint))
}

/// A name that the entity stage takes for something else is a place if the article's other places are around it.
fn is_borne_out(toponym: &Toponym<'_>, candidate: &Candidate, share: f32, belief: &Belief) -> bool {
    let large = matches!(candidate.kind, Kind::Capital | Kind::Country) || candidate.magnitude > LARGE;
    !toponym.speaks
        && candidate.bears != Bears::Alternate
        && (share > 0.8 && large && toponym.placed
            || share > 0.4
                && (belief.coherence() > 0.25
                    || belief.same_country() > 0.4
                    || belief.country_named() > 0.5
                    || candidate.kind == Kind::Country))
}

/// A name of unknown type needs more than a place that bears it, and the more the smaller that is.
fn has_grounds(toponym: &Toponym<'_>, candidate: &Candidate, belief: &Belief) -> bool {
    if candidate.kind == Kind::Country || belief.stated() > 0.5 || toponym.in_dateline {
        return true;
    }
    let plain = candidate.bears != Bears::Alternate;
    let large =
        matches!(candidate.kind, Kind::Capital | Kind::Region | Kind::Subdivision) || candidate.magnitude >= KNOWN;
    let capital = candidate.kind == Kind::Capital && candidate.magnitude >= KNOWN;
    if large && (plain || toponym.placed) && (capital || toponym.placed || !toponym.speaks) {
        return true;
    }
    if toponym.placed && (plain || candidate.magnitude >= COHERENT) {
        return true;
    }
    belief.same_country() >= SAME_COUNTRY
        && candidate.magnitude >= COHERENT
        && plain
        && toponym.inside_sentence
        && !toponym.speaks
}

/// Whether `name` is a company's, a paper's or a site's: "Tenement Holdings", "example.com".
fn is_business(name: &str, words: &Words) -> bool {
    let site = [".com", ".org", ".net"].iter().any(|end| name.to_ascii_lowercase().ends_with(end));
    site || name.rsplit(' ').next().is_some_and(|last| words.is_never_with(last))
}

/// Whether a name that no place bears is one all the same: the entity stage says so, or a preposition or dateline
/// does and the text says in which country or subdivision.
pub(super) fn is_unlisted(toponym: &Toponym<'_>, in_known: bool, words: &Words) -> bool {
    match toponym.source {
        Source::Building => true,
        // A model takes surnames for towns; a surname is seldom told to be in something or to have something in it.
        Source::Typed => {
            shape::is_name(toponym.text)
                && !toponym.personal
                && !is_business(toponym.text, words)
                && (in_known
                    || toponym.placed
                    || toponym.listed_placed
                    || toponym.before_person
                    || toponym.in_dateline
                    || words.is_natural(toponym.text)
                    || !toponym.contained.is_empty()
                    || toponym
                        .text
                        .rsplit_once(' ')
                        .is_some_and(|(_, word)| words.is_building(word) || words.is_road(word)))
        }
        Source::Context => toponym.generic.is_some() && !toponym.speaks,
        Source::Untyped => {
            toponym.candidates.is_empty()
                && in_known
                && (toponym.placed || toponym.in_dateline)
                && !toponym.text.chars().all(char::is_uppercase)
        }
        _ => false,
    }
}
