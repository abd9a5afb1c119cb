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
            let closed = field.text[short.mention.span.end as usize..].starts_with(')');
            if long.kind.is_some() && long.kind == short.kind && long.name != short.name && lexicon.declares(between) {
                let is_first = long.name.len() < short.name.len();
                let (short, long) = if is_first { (long.name, short.name) } else { (short.name, long.name) };
                self.acronyms.entry(short).or_insert(long);
                continue;
            }
            let declares = matches!(between.trim_start(), "(" | "(the ") && closed;
            let is_other_than_person = |found: &Found<'_>| found.kind.is_some_and(|kind| kind != EntityType::Person);
            if !declares || long.kind == Some(EntityType::Person) && is_other_than_person(short) {
                continue;
            }
            let (long, short) = if long.name.len() >= short.name.len() { (at - 1, at) } else { (at, at - 1) };
            let (long_name, short_name) = (self.found[long].name, self.found[short].name);
            // "Popular Union (UP)": an acronym of the body's own language.
            let is_org = |at: usize| matches!(self.found[at].kind, Some(EntityType::Org));
            let is_place = |at: usize| matches!(self.found[at].kind, Some(EntityType::Gpe | EntityType::Loc));
            let is_foreign = is_org(long)
                && (is_org(short) || self.found[short].kind.is_none())
                && short_name.len() <= 8
                && short_name.len() >= 2
                && short_name.bytes().all(|b| b.is_ascii_uppercase())
                && long_name.contains(' ')
                && lexicon.group(short_name).is_none();
            let is_law = self.found[long].kind == Some(EntityType::Law);
            let is_body =
                !is_place(short) && (is_org(long) || is_law || lexicon.head(long_name) == Some(EntityType::Org));
            let is_made_of_it = is_acronym(short_name, long_name)
                || is_body && is_acronym_of_end(short_name, long_name)
                || is_blend(short_name, long_name);
            if !is_foreign && !is_made_of_it {
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

/// Whether the capitals of `short` are the first letters of the words of `long`, in order, none skipped but
/// small words.
pub(super) fn is_acronym(short: &str, long: &str) -> bool {
    let capitals = short.chars().filter(|c| c.is_uppercase()).count();
    if capitals < 2 || short.chars().count() > 8 || short.contains(' ') {
        return false;
    }
    let mut letters = short.chars().filter(|c| c.is_alphabetic()).peekable();
    for word in long.split([' ', '-']) {
        let Some(initial) = word.chars().next() else { continue };
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
        assert!(is_acronym("MBS", "Mohammed bin Salman"));
        assert!(!is_acronym("BR", "Bureau of Lakes and Rivers"));
        assert!(!is_acronym("B", "Bureau"));
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
