//! What an article declares to be another name: "Gun Violence Archive (GVA)", "Viya, whose real name is Huang Wei".

use super::EntityType;
use super::lexicon::{Class, Lexicon};
use super::mentions::{Evidence, Found, Mentions};
use crate::text::TextField;

impl<'a> Mentions<'a> {
    /// Learns the names that the article declares: what stands in brackets is another name of what stands before them,
    /// and so is what "known as" follows.
    pub(super) fn declared(&mut self, field: &TextField<'a>, first: usize, lexicon: &Lexicon) {
        for at in first + 1..self.found.len() {
            let (long, short) = (&self.found[at - 1], &self.found[at]);
            let between = &field.text[long.mention.span.end as usize..short.mention.span.start as usize];
            let closed = closes(&field.text[short.mention.span.end as usize..]);
            if long.kind.is_some() && long.kind == short.kind && long.name != short.name && lexicon.declares(between) {
                if lexicon.nicknames(between) {
                    self.nicknames.insert(short.name);
                }
                let is_first = long.name.len() < short.name.len();
                let (short, long) = if is_first { (long.name, short.name) } else { (short.name, long.name) };
                self.acronyms.entry(short).or_insert(long);
                continue;
            }
            if closed && let Some(long) = self.goes_on(field, at) {
                self.acronyms.entry(self.found[at].name).or_insert(self.found[long].name);
                self.found[at].kind = self.found[at].kind.or(self.found[long].kind);
                continue;
            }
            let declares = before_brackets(between) == Some("") && closed;
            let is_other_than_person = |found: &Found<'_>| found.kind.is_some_and(|kind| kind != EntityType::Person);
            if !declares || long.kind == Some(EntityType::Person) && is_other_than_person(short) {
                continue;
            }
            let (long, short) = if long.name.len() >= short.name.len() { (at - 1, at) } else { (at, at - 1) };
            let (long_name, short_name) = (self.found[long].name, self.found[short].name);
            // "Popular Union (UP)": an acronym of the body's own language.
            let is_org = |at: usize| matches!(self.found[at].kind, Some(EntityType::Org));
            let is_place = |at: usize| matches!(self.found[at].kind, Some(EntityType::Gpe | EntityType::Loc));
            let is_short = (2..=8).contains(&short_name.len())
                && short_name.bytes().all(|b| b.is_ascii_uppercase())
                && long_name.contains(' ')
                && lexicon.group(short_name).is_none();
            let is_foreign = is_short && is_org(long) && (is_org(short) || self.found[short].kind.is_none());
            // "Krishnaraja Sagar (KRS) dam": any letters of the name in their order.
            use EntityType::{Event, Fac, Law, Loc, Org, Product, WorkOfArt};
            let is_thing = |kind: EntityType| matches!(kind, Event | Fac | Law | Loc | Org | Product | WorkOfArt);
            let is_of_letters = is_short
                && self.found[long].kind.is_some_and(is_thing)
                && self.found[short].kind.is_none_or(is_thing)
                && is_picked(short_name, long_name);
            // "Ayasofya [Hagia Sophia]": an editor says what a speaker means.
            let is_gloss = between.trim_start() == "["
                && self.found[long].kind == self.found[short].kind
                && self.found[long].kind.is_some_and(is_thing);
            let is_law = self.found[long].kind == Some(EntityType::Law);
            let is_body =
                !is_place(short) && (is_org(long) || is_law || lexicon.head(long_name) == Some(EntityType::Org));
            let is_made_of_it = || {
                is_acronym(short_name, long_name)
                    || is_body && is_acronym_of_end(short_name, long_name)
                    || is_blend(short_name, long_name)
            };
            if !is_foreign && !is_of_letters && !is_gloss && !is_made_of_it() {
                continue;
            }
            let is_state = long_name.split(' ').any(|word| lexicon.class(word).any(Class::STATE));
            if self.found[long].kind.is_none() && !is_state {
                self.found[long].kind = self.found[short].kind.or(Some(EntityType::Org));
                self.found[long].evidence = Evidence::Model;
            }
            if self.found[short].kind.is_none() {
                self.found[short].kind = self.found[long].kind;
                self.found[short].evidence = Evidence::Model;
            }
            self.acronyms.entry(short_name).or_insert(long_name);
        }
    }
}

impl Mentions<'_> {
    /// Whose acronym the mention `at` is, which stands in brackets, where the name goes on behind its mention: "Lake Chamber
    /// of Commerce" of "Lake Chamber of Commerce in Tembe (LCCT)".
    fn goes_on(&self, field: &TextField<'_>, at: usize) -> Option<usize> {
        let short = &self.found[at];
        (at.saturating_sub(MAX_BETWEEN)..at).rev().find(|&long| {
            let long = &self.found[long];
            let is_thing = |kind: EntityType| {
                kind.is_name() && !kind.is_place() && !matches!(kind, EntityType::Norp | EntityType::Person)
            };
            let (start, end) = (long.mention.span.start as usize, long.mention.span.end as usize);
            let open = short.mention.span.start as usize;
            let is_before = long.mention.field == short.mention.field && end < open;
            is_before
                && open - end <= MAX_MIDDLE
                && long.kind.is_some_and(is_thing)
                && long.name.contains(char::is_lowercase)
                && before_brackets(&field.text[end..open]).is_some_and(|middle| !middle.is_empty())
                && field.text[start..open]
                    .rsplit_once(['(', '['])
                    .is_some_and(|(whole, _)| is_acronym(short.name, whole))
                && !is_acronym(short.name, long.name)
        })
    }
}

/// The words between two names where brackets open around the second, without the genitive of the first: none in " (",
/// " (the ", "’s (“", " [", but "in Tembe" in " in Tembe (".
fn before_brackets(between: &str) -> Option<&str> {
    let at = between.find(['(', '['])?;
    let (before, inside) = (&between[..at], &between[at + 1..]);
    let inside = ["the ", "or "].iter().find_map(|word| inside.strip_prefix(word)).unwrap_or(inside);
    let before = ["'s", "’s", "'", "’"].iter().find_map(|genitive| before.strip_prefix(genitive)).unwrap_or(before);
    let is_plain =
        inside.chars().all(|c| QUOTES.contains(&c)) && !before.contains(['.', ',', ';', ':', '!', '?', '\n']);
    is_plain.then_some(before.trim())
}

/// The longest rest of a name between its mention and the brackets, in bytes, and how many mentions it may hold.
const MAX_MIDDLE: usize = 40;
const MAX_BETWEEN: usize = 3;

/// Whether `after`, the text after a name, closes the brackets around it.
fn closes(after: &str) -> bool {
    after.trim_start_matches(QUOTES).starts_with([')', ']'])
}

const QUOTES: [char; 6] = ['“', '”', '"', '‘', '’', '\''];

/// Whether the letters of `short` are some of `long`'s in their order, the first letter first: "KRS" of "Krishnaraja Sagar".
fn is_picked(short: &str, long: &str) -> bool {
    let mut letters = short.chars().flat_map(char::to_lowercase).peekable();
    let is_first = letters.peek().copied() == long.chars().flat_map(char::to_lowercase).next();
    for letter in long.chars().take(MAX_PICKED).flat_map(char::to_lowercase) {
        if letters.peek() == Some(&letter) {
            letters.next();
        }
    }
    is_first && letters.next().is_none()
}

/// Bounds the search for the letters of an acronym.
const MAX_PICKED: usize = 200;

/// Whether the capitals of `short` are the first letters of the words of `long`, in order, none skipped but
/// small words.
pub(super) fn is_acronym(short: &str, long: &str) -> bool {
    let capitals = short.chars().filter(|c| c.is_uppercase()).count();
    // Of several bodies in one: "CSIR-CIMFR".
    let longest = if short.contains(['-', '–']) { 16 } else { 8 };
    if capitals < 2 || short.chars().count() > longest || short.contains(' ') {
        return false;
    }
    // "WPAs" are several.
    let short = short.strip_suffix('s').filter(|short| short.ends_with(char::is_uppercase)).unwrap_or(short);
    let mut letters = short.chars().filter(|c| c.is_alphabetic()).peekable();
    for (at, word) in long.split([' ', '-', '–', '—']).enumerate() {
        let Some(initial) = word.chars().next() else { continue };
        // "SA Fuel Research Council" is the "SAFRC".
        if word.len() > 1 && word.len() <= 4 && word.bytes().all(|b| b.is_ascii_uppercase()) {
            let mut ahead = letters.clone();
            if word.chars().all(|c| ahead.next() == Some(c)) && (at > 0 || ahead.peek().is_some()) {
                letters = ahead;
                continue;
            }
        }
        match letters.peek() {
            Some(letter) if letter.to_lowercase().eq(initial.to_lowercase()) => {
                letters.next();
            }
            _ if initial.is_uppercase() => return false,
            _ => {}
        }
    }
    letters.next().is_none()
}

/// Whether `short` is made of the initials of the last words of `long`, of which there are two or more: "AL" of "Harbour
/// district Anglers League". Said in brackets alone.
fn is_acronym_of_end(short: &str, long: &str) -> bool {
    long.match_indices(' ').take(MAX_BLENDED).any(|(at, _)| is_acronym(short, &long[at + 1..]))
}

/// Whether `short` is made of the beginnings of the words of `long`, in order: "Interpol", "UNILAG". Said in brackets alone.
fn is_blend(short: &str, long: &str) -> bool {
    let blend: Vec<char> = short.chars().flat_map(char::to_lowercase).collect();
    if short.contains(' ') || !(4..=12).contains(&blend.len()) {
        return false;
    }
    // How many letters of the blend may be used up, as a set of bits, and by how many words.
    let (mut reached, mut words) = (1_u32, 0);
    for word in long.split([' ', '-']).take(MAX_BLENDED) {
        let mut next = reached;
        for at in (0..blend.len()).filter(|at| reached & 1 << at != 0) {
            let letters = word.chars().flat_map(char::to_lowercase);
            for (taken, _) in letters.zip(&blend[at..]).take_while(|(letter, wanted)| letter == *wanted).enumerate() {
                next |= 1 << (at + taken + 1);
            }
        }
        words += usize::from(next != reached);
        reached = next;
    }
    words >= 2 && reached & 1 << blend.len() != 0
}

/// More words than this are not blended into one.
const MAX_BLENDED: usize = 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn acronyms_skip_small_words_only() {
        assert!(is_acronym("BLR", "Bureau of Lakes and Rivers"));
        assert!(is_acronym("MBS", "Mohammed bin Salman") && is_acronym("AMV", "Ana M. de Vela"));
        assert!(!is_acronym("BR", "Bureau of Lakes and Rivers"));
        assert!(!is_acronym("B", "Bureau"));
        assert!(is_acronym("SAFRC", "SA Fuel Research Council") && is_acronym("OISD", "Orla ISD"));
        assert!(!is_acronym("SA", "SA 8"));
    }

    #[test]
    fn acronyms_of_two_bodies_have_a_hyphen() {
        assert!(is_acronym("CLR-IFM", "Council for Lake Research–Institute of Fuel and Mining"));
        assert!(!is_acronym("CLRIFMABC", "Council for Lake Research Institute of Fuel and Mining Arts Bank Club"));
    }

    #[test]
    fn letters_are_picked_in_order() {
        assert!(is_picked("TGS", "Tembegara Sagar"));
        assert!(!is_picked("SGT", "Tembegara Sagar") && !is_picked("GS", "Tembegara Sagar"));
    }

    #[test]
    fn brackets_may_hold_quotation_marks() {
        let is_adjacent = |between| before_brackets(between) == Some("");
        assert!(is_adjacent(" (“") && is_adjacent(" (the ") && is_adjacent(" [") && is_adjacent("’s ("));
        assert!(!is_adjacent(" (in ") && !is_adjacent(" "));
        assert_eq!(before_brackets(" in Tembe ("), Some("in Tembe"));
        assert_eq!(before_brackets(", Tembe ("), None);
        assert!(closes("”) said") && closes("] said") && !closes("’s)"));
    }

    #[test]
    fn acronyms_may_be_of_the_last_words() {
        assert!(is_acronym_of_end("AL", "Harbour district Anglers League"));
        assert!(!is_acronym_of_end("HA", "Harbour district Anglers League"));
    }

    #[test]
    fn blends_are_made_of_beginnings() {
        assert!(is_blend("UNILAG", "University of Lagos"));
        assert!(is_blend("Lakfibo", "Lake Fisheries Board"));
        assert!(!is_blend("Lagos", "University of Ibadan"));
        assert!(!is_blend("Lakes", "Lakes and Rivers"));
    }
}
