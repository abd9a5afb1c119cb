//! Which words are one name spelt in two ways: a slip of the pen, or another transliteration.

use super::people::folded;

/// How two spellings of a name differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slip {
    /// In near vowels, or a letter that is doubled: "Osama", "Usama".
    Transliterated,
    /// In the order of two letters: "Chirac", "Chriac".
    Swapped,
    /// In one letter more, less or another: "Linetzky", "Linetsky".
    Misspelt,
}

/// Longer words are nobody's name.
const MAX_LETTERS: usize = 32;
/// Any letter may be mistaken in a word of so many.
const LONG: usize = 7;

/// The letters of `word` that tell a name: in lower case, without diacritics, hyphens and apostrophes.
pub(super) fn letters(word: &str) -> Vec<char> {
    folded(word).chars().filter(|c| c.is_alphanumeric()).take(MAX_LETTERS).collect()
}

/// How the spellings `one` and `other`, which are not the same, differ, where they may be of one name.
pub(super) fn slip(one: &[char], other: &[char]) -> Option<Slip> {
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    if short.len() < 4 || long.len() < 5 || long.len() >= MAX_LETTERS || short == long {
        return None;
    }
    let (plain, other_plain) = (transliterated(short), transliterated(long));
    let pairs = || plain.iter().zip(&other_plain);
    if plain.len() == other_plain.len() && pairs().all(|(&a, &b)| a == b || are_near_vowels(a, b)) {
        return Some(Slip::Transliterated);
    }
    let (before, differing, behind) = differing(short, long);
    if before == 0 {
        return None;
    }
    match differing {
        (&[a, b], &[c, d]) if a == d && b == c => Some(Slip::Swapped),
        ([], &[more]) => {
            let at_end = behind == 0;
            // "Daniel" and "Daniela", "Robert" and "Roberts" are two names.
            let is_other = at_end && (is_vowel(more) || more == 's');
            (!is_other && (at_end || is_vowel(more) || more == 'h' || short.len() >= LONG)).then_some(Slip::Misspelt)
        }
        (&[a], &[b]) if are_near_vowels(a, b) => Some(Slip::Transliterated),
        (&[a], &[b]) => {
            let is_alike = are_near_consonants(a, b) || long.len() >= LONG && is_vowel(a) == is_vowel(b);
            is_alike.then_some(Slip::Misspelt)
        }
        _ => None,
    }
}

/// What stands between the letters that two words begin and end with alike, and how many of these there are before and behind.
fn differing<'w>(one: &'w [char], other: &'w [char]) -> (usize, (&'w [char], &'w [char]), usize) {
    let before = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    let behind = one[before..].iter().rev().zip(other[before..].iter().rev()).take_while(|(a, b)| a == b).count();
    (before, (&one[before..one.len() - behind], &other[before..other.len() - behind]), behind)
}

/// Whether one word is the other with one letter more, less or another, or with two neighbours exchanged (Damerau 1964).
pub(super) fn is_one_slip(one: &[char], other: &[char]) -> bool {
    let (_, differing, _) = differing(one, other);
    match differing {
        (&[a, b], &[c, d]) => a == d && b == c,
        (one, other) => one.len() <= 1 && other.len() <= 1,
    }
}

/// Whether two long words differ in two letters at most: one slip, as "Derakhshani" and "Deraskhsani" show it.
pub(super) fn is_garbled(one: &[char], other: &[char]) -> bool {
    const ENOUGH: usize = 10;
    if one.len().min(other.len()) < ENOUGH || one.len().max(other.len()) >= MAX_LETTERS || one[..3] != other[..3] {
        return false;
    }
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in other.iter().enumerate() {
            let changed = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(row[j + 1] + 1);
        }
    }
    row[other.len()] <= 2
}

/// What is the same of a word in most transliterations, with its vowels: doubled letters once, digraphs as one.
fn transliterated(word: &[char]) -> Vec<char> {
    let mut plain: Vec<char> = Vec::with_capacity(word.len());
    let mut at = 0;
    while at < word.len() {
        let (letter, taken) = match (word[at], word.get(at + 1)) {
            ('e', Some('e')) => ('i', 2),
            ('o', Some('o' | 'u')) => ('u', 2),
            (letter, Some(&next)) if letter == next => (letter, 2),
            ('y', _) => ('i', 1),
            ('q', _) => ('k', 1),
            (letter, _) => (letter, 1),
        };
        plain.push(letter);
        at += taken;
    }
    plain
}

/// The consonants of `word`, to look for other transliterations by; a vowel at its head is one of any kind.
pub(super) fn skeleton(word: &[char]) -> String {
    let plain = transliterated(word);
    let consonants = plain.iter().copied().filter(|&c| !is_vowel(c));
    plain.first().filter(|&&first| is_vowel(first)).map(|_| '-').into_iter().chain(consonants).collect()
}

fn is_vowel(c: char) -> bool {
    matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y')
}

fn are_near_vowels(a: char, b: char) -> bool {
    matches!((a.min(b), a.max(b)), ('a', 'e') | ('e', 'i') | ('o', 'u'))
}

fn are_near_consonants(a: char, b: char) -> bool {
    const NEAR: [(char, char); 12] = [
        ('s', 'z'),
        ('c', 's'),
        ('c', 'k'),
        ('k', 'q'),
        ('d', 't'),
        ('b', 'p'),
        ('v', 'w'),
        ('f', 'v'),
        ('g', 'j'),
        ('j', 'y'),
        ('x', 's'),
        ('i', 'y'),
    ];
    NEAR.contains(&(a, b)) || NEAR.contains(&(b, a))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(one: &str, other: &str) -> Option<Slip> {
        slip(&letters(one), &letters(other))
    }

    #[test]
    fn slips_are_of_one_letter() {
        assert_eq!(of("Linetzky", "Linetsky"), Some(Slip::Misspelt));
        assert_eq!(of("Mahecic", "Mahetic"), Some(Slip::Misspelt));
        assert_eq!(of("Tolvanen", "Tovlanen"), Some(Slip::Swapped));
        assert_eq!(of("Bennett", "Bennet"), Some(Slip::Transliterated));
        assert_eq!(of("Ghanem", "Ghanim"), Some(Slip::Transliterated));
        assert_eq!(of("Muhammad", "Mohammed"), Some(Slip::Transliterated));
        assert_eq!(of("Sandeep", "Sandip"), Some(Slip::Transliterated));
    }

    #[test]
    fn near_names_of_several_are_apart() {
        for (one, other) in [
            ("Daniel", "Daniela"),
            ("Robert", "Roberts"),
            ("Ramesh", "Rakesh"),
            ("Hassan", "Hussein"),
            ("Morris", "Norris"),
            ("Salas", "Silva"),
            ("Kim", "Kin"),
        ] {
            assert_eq!(of(one, other), None, "{one} {other}");
        }
    }

    #[test]
    fn long_words_may_be_garbled() {
        assert!(is_garbled(&letters("Derakhshani"), &letters("Deraskhsani")));
        assert!(!is_garbled(&letters("Derakhshani"), &letters("Derashani")));
        assert!(!is_garbled(&letters("Ana"), &letters("Eva")));
    }

    #[test]
    fn skeletons_have_no_vowels() {
        assert_eq!(skeleton(&letters("Osama")), skeleton(&letters("Usama")));
        assert_eq!(skeleton(&letters("Yousuf")), skeleton(&letters("Yusuf")));
        assert_ne!(skeleton(&letters("Salas")), skeleton(&letters("Sales Mora")));
    }
}
