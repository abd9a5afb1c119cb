//! Where the names within a model's label begin and end: labels that take in what stands beside a name, or two names.
//!
//! What a label holds besides is told by the names that the article has elsewhere, and by lists.

use rustc_hash::{FxHashMap, FxHashSet};

use super::lexicon::{Class, Lexicon};
use super::people::{given_name, is_particle, surname};
use crate::text::{Document, EntityType, Label, Span};

/// More words than this are no name that is searched for others.
const MAX_WORDS: usize = 16;

/// The names that the model labelled in an article.
#[derive(Debug, Default)]
pub(super) struct Known<'a> {
    people: FxHashSet<&'a str>,
    /// By a last name: who bears it, and whether others do.
    last_names: FxHashMap<&'a str, (&'a str, bool)>,
    /// The same by a first name.
    first_names: FxHashMap<&'a str, (&'a str, bool)>,
    places: FxHashSet<&'a str>,
    organisations: FxHashSet<&'a str>,
    things: FxHashSet<&'a str>,
}

impl<'a> Known<'a> {
    pub(super) fn of(document: &Document<'a>) -> Known<'a> {
        let mut known = Known::default();
        for (_, field) in document.fields() {
            for label in &field.labels {
                let name = label.span.of(field.text);
                match label.kind {
                    EntityType::Person => {
                        known.people.insert(name);
                        if name.contains(' ') {
                            bear(&mut known.last_names, surname(name), name);
                            bear(&mut known.first_names, given_name(name), name);
                        }
                    }
                    EntityType::Org => drop(known.organisations.insert(name)),
                    kind if kind.is_place() => drop(known.places.insert(name)),
                    kind if kind.is_name() => drop(known.things.insert(name)),
                    _ => {}
                }
            }
        }
        known
    }

    /// Whether somebody else than `name` in full has the last name `last`, and nobody else the first name `first`.
    fn is_borne_by_other(&self, name: &str, first: &str, last: &str) -> bool {
        let by_other = |&(known, has_others): &(&str, bool)| known != name || has_others;
        self.last_names.get(last).is_some_and(by_other) && !self.first_names.get(first).is_some_and(by_other)
    }

    /// Whether `name`, of two words or with initials, is a person's elsewhere.
    fn is_person_in_full(&self, name: &str) -> bool {
        name.contains([' ', '.']) && self.people.contains(name)
    }

    /// Whether `name` of two words holds one that is a person's alone elsewhere: a last name, or a given one in Thailand.
    pub(super) fn is_called(&self, name: &str, lexicon: &Lexicon) -> bool {
        let Some((first, last)) = name.split_once(' ') else { return false };
        let is_plain = |word: &str| {
            word.starts_with(char::is_uppercase)
                && word.contains(char::is_lowercase)
                && !lexicon.class(word).any(Class::HEAD.or(Class::SUFFIX).or(Class::PART_OF_TITLE))
        };
        !last.contains(' ')
            && is_plain(first)
            && is_plain(last)
            && (self.people.contains(first) || self.people.contains(last))
            && lexicon.name(name).is_none()
            && lexicon.group(name).is_none()
    }
}

fn bear<'a>(names: &mut FxHashMap<&'a str, (&'a str, bool)>, part: &'a str, name: &'a str) {
    let (known, has_others) = names.entry(part).or_insert((name, false));
    *has_others |= *known != name;
}

/// The names that `label` holds: itself with nothing beside it, or two.
pub(super) fn names_of(label: Label, text: &str, lexicon: &Lexicon, known: &Known<'_>) -> [Option<Label>; 2] {
    let name = label.span.of(text);
    if !label.kind.is_name() || name.split(' ').take(MAX_WORDS + 1).count() > MAX_WORDS || lexicon.group(name).is_some()
    {
        return [Some(label), None];
    }
    let part = |from: usize, to: usize, kind: EntityType| {
        let start = label.span.start as usize;
        Some(Label { span: Span::new(start + from, start + to), kind })
    };
    let (mut from, mut to) = (0, name.len());
    to = to.min(end_of_sentence(name, label.kind, lexicon));
    to = to.min(end_of_caption(&name[..to], &text[label.span.end as usize..]));
    if label.kind == EntityType::Person {
        from = after_owner(&name[..to]);
    }
    to = to.min(from + end_of_person(&name[from..to], label.kind, known));
    from += after_noun(&name[from..to], label.kind, lexicon, known);
    let rest = &name[from..to];
    if let Some((at, next, kinds)) = split(rest, label.kind, lexicon, known) {
        return [part(from, from + at, kinds.0), part(from + next, to, kinds.1)];
    }
    [part(from, to, label.kind), None]
}

/// Where `name` ends that the model let run into the next sentence: "Tembe I site. So".
fn end_of_sentence(name: &str, kind: EntityType, lexicon: &Lexicon) -> usize {
    if matches!(kind, EntityType::WorkOfArt | EntityType::Law) {
        return name.len();
    }
    let mut buffer = String::new();
    for (at, _) in name.match_indices(". ") {
        let next = name[at + 2..].trim_start().split(' ').next().unwrap_or_default();
        let last = name[..at].rsplit(' ').next().unwrap_or_default();
        let opens = next.starts_with(char::is_uppercase)
            && !lexicon.class(next).any(Class::GIVEN_NAME)
            && lexicon.lower_class(next, &mut buffer).any(Class::FUNCTION);
        // Not "St. An", "J. So": what ends a sentence is a word.
        if opens && last.chars().count() > 3 && last.chars().skip(1).all(char::is_lowercase) {
            return before_nouns(&name[..at]);
        }
    }
    name.len()
}

/// How long `name` is without the words in lower case that it ends with.
fn before_nouns(name: &str) -> usize {
    let mut rest = name;
    while let Some((before, last)) = rest.rsplit_once(' ') {
        if !last.chars().all(char::is_lowercase) {
            break;
        }
        rest = before;
    }
    rest.len()
}

/// Where `name` ends that the next picture's caption is joined to: "Ana VelaImage: Lake News".
fn end_of_caption(name: &str, after: &str) -> usize {
    let captions = ["Image", "Photo", "Video", "File"];
    let is_word = |name: &&str| name.ends_with(char::is_lowercase) && name.contains(' ');
    let before = captions.iter().find_map(|caption| name.strip_suffix(caption)).filter(is_word);
    before.filter(|_| after.trim_start().starts_with(':')).map_or(name.len(), str::len)
}

/// Where a person's name begins behind whom he belongs to: "Lake Radio's Ana Vela".
fn after_owner(name: &str) -> usize {
    let owner = ["'s ", "’s "].iter().filter_map(|mark| name.rfind(mark).map(|at| at + mark.len())).max();
    owner.filter(|&at| name[at..].starts_with(char::is_uppercase)).unwrap_or(0)
}

/// Where a name of two words ends that runs on in "via": "Ana Vela via Lake Chat".
fn end_of_person(name: &str, kind: EntityType, known: &Known<'_>) -> usize {
    let Some((person, _)) = name.split_once(" via ") else { return name.len() };
    let is_person = kind == EntityType::Person && person.contains(' ') || known.is_person_in_full(person);
    if is_person { person.len() } else { name.len() }
}

/// Where a name begins behind common nouns: "yacht Orla" where "Orla" stands elsewhere, "coast city of Tembe", "ninth Lake
/// Tour".
fn after_noun(name: &str, kind: EntityType, lexicon: &Lexicon, known: &Known<'_>) -> usize {
    let Some((first, rest)) = name.split_once(' ') else { return 0 };
    let is_noun = |word: &str| word.len() >= 4 && word.bytes().all(|b| b.is_ascii_lowercase()) && !is_particle(word);
    let goes_on = rest.starts_with(char::is_uppercase);
    if kind == EntityType::Event && goes_on && ORDINALS.contains(&first) {
        return name.len() - rest.len();
    }
    // "River Tembe" is not Tembe, but a "yacht Orla" is the Orla.
    if kind == EntityType::Product && is_noun(first) && goes_on && known.things.contains(rest) {
        return name.len() - rest.len();
    }
    if kind.is_place()
        && let Some((kinds, place)) = name.rsplit_once(" of ")
        && place.starts_with(char::is_uppercase)
    {
        let mut words = kinds.rsplit(' ');
        let is_place_noun =
            |noun: &str| lexicon.class(noun).any(Class::OF_PLACE) || matches!(noun, "state" | "states" | "region");
        let mut buffer = String::new();
        let mut is_other = |word: &str| {
            word.bytes().all(|b| b.is_ascii_lowercase())
                || lexicon.lower_class(word, &mut buffer).any(Class::BEARING)
                || lexicon.is_people(word, EntityType::Norp)
        };
        // "province of Tembe" may be what it is called.
        let is_described = kinds.contains(' ');
        if is_described && words.next().is_some_and(is_place_noun) && words.all(&mut is_other) {
            return name.len() - place.len();
        }
    }
    0
}

/// Where `name` falls into two: the end of the first, the beginning of the second, and what each is of.
fn split(
    name: &str,
    kind: EntityType,
    lexicon: &Lexicon,
    known: &Known<'_>,
) -> Option<(usize, usize, (EntityType, EntityType))> {
    use EntityType::{Gpe, Norp, Org, Person};
    let (first, rest) = name.split_once(' ')?;
    let next = first.len() + 1;
    match kind {
        Person => {
            let class = lexicon.class(first);
            let is_body = is_acronym(first)
                && (class.any(Class::AFFILIATION) || lexicon.name(first) == Some(Some(Org)))
                && rest.contains(char::is_lowercase);
            let is_people =
                (lexicon.is_people(first, Norp) || class.any(Class::AFFILIATION)) && !class.any(Class::GIVEN_NAME);
            let is_borne = || known.is_borne_by_other(name, first, rest) || known.is_person_in_full(rest);
            (is_body || is_people && is_borne()).then_some((
                first.len(),
                next,
                (if is_body { Org } else { Norp }, Person),
            ))
        }
        Org => {
            let is_split = |&(at, _): &(usize, &str)| {
                let (body, person) = (&name[..at], &name[at + 1..]);
                let head = body.rsplit(' ').next().unwrap_or(body);
                let is_body = body.contains(' ') && lexicon.class(head).any(Class::ORGANISATION)
                    || known.organisations.contains(body)
                    || is_acronym(body)
                        && (lexicon.class(body).any(Class::AFFILIATION) || lexicon.name(body) == Some(Some(Org)));
                is_body && known.is_person_in_full(person)
            };
            if let Some((at, _)) = name.match_indices(' ').find(is_split) {
                return Some((at, at + 1, (Org, Person)));
            }
            if let Some((place, region)) = name.split_once(", ")
                && (known.places.contains(place) || known.organisations.contains(place))
                && region.contains('.')
                && !region.contains(char::is_lowercase)
            {
                let is_place = known.places.contains(place);
                return Some((place.len(), place.len() + 2, (if is_place { Gpe } else { Org }, Gpe)));
            }
            let (one, other) = name.split_once(" and ")?;
            let other_at = one.len() + 5;
            let has_complement = |body: &str| [" of ", " for "].iter().any(|joint| body.contains(joint));
            let is_alike = has_complement(one)
                && has_complement(other)
                && other.split(' ').next() == Some(first)
                && lexicon.class(first).any(Class::OF.or(Class::ORGANISATION));
            let are_known = known.organisations.contains(one) && known.organisations.contains(other);
            (is_alike || are_known && one.contains(' ') && other.contains(' ')).then_some((
                one.len(),
                other_at,
                (Org, Org),
            ))
        }
        Gpe => {
            // "Tembe Cays – Malta"
            let (place, country) = name.split_once(" – ")?;
            known.places.contains(country).then_some((place.len(), name.len() - country.len(), (Gpe, Gpe)))
        }
        _ => None,
    }
}

fn is_acronym(word: &str) -> bool {
    word.len() >= 3 && word.bytes().all(|b| b.is_ascii_uppercase())
}

const ORDINALS: [&str; 12] = [
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
    "twelfth",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn captions_and_owners_are_no_part_of_a_name() {
        assert_eq!(end_of_caption("Ana VelaImage", ": Lake News"), "Ana Vela".len());
        assert_eq!(end_of_caption("Ana VelaImage", " won"), "Ana VelaImage".len());
        assert_eq!(after_owner("Lake Radio's Ana Vela"), "Lake Radio's ".len());
        assert_eq!(after_owner("Ana Vela's"), 0);
    }

    #[test]
    fn nouns_behind_a_name_are_in_lower_case() {
        assert_eq!(before_nouns("Tembe I site"), "Tembe I".len());
        assert_eq!(before_nouns("Tembe"), "Tembe".len());
    }

    #[test]
    fn people_end_before_via() {
        let end = |name: &str| end_of_person(name, EntityType::Person, &Known::default());
        assert_eq!(end("Ana Vela via Lake Chat"), "Ana Vela".len());
        assert_eq!(end("Via Tembe"), "Via Tembe".len());
    }
}
