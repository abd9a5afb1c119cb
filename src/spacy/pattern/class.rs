//! Sets of characters.

use super::super::unicode;
use super::super::unicode_tables as tables;

/// A set of characters: a bit for each of ASCII, sorted closed ranges above.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Class {
    pub(super) ascii: u128,
    pub(super) ranges: Vec<(u32, u32)>,
}

impl Class {
    /// The set of `ranges`, in any order.
    pub(super) fn of(mut ranges: Vec<(u32, u32)>) -> Class {
        ranges.sort_unstable();
        let mut merged: Vec<(u32, u32)> = Vec::with_capacity(ranges.len());
        for (first, last) in ranges {
            match merged.last_mut() {
                Some(previous) if first <= previous.1.saturating_add(1) => previous.1 = previous.1.max(last),
                _ => merged.push((first, last)),
            }
        }
        let mut class = Class::default();
        for (first, last) in merged {
            for code in first..=last.min(127) {
                class.ascii |= 1 << code;
            }
            if last > 127 {
                class.ranges.push((first.max(128), last));
            }
        }
        class
    }

    pub(super) fn single(c: char) -> Class {
        Class::of(vec![(c as u32, c as u32)])
    }

    /// `\d`, `\w` or `\s`; their capitals are the complements.
    pub(super) fn shorthand(letter: char) -> Option<Class> {
        let class = match letter.to_ascii_lowercase() {
            'd' => Class::of(tables::DECIMAL.to_vec()),
            'w' => Class::of([tables::ALPHANUMERIC, &[(0x5f, 0x5f)]].concat()),
            's' => Class::of(unicode::SPACES.to_vec()),
            _ => return None,
        };
        Some(if letter.is_ascii_uppercase() { class.complement() } else { class })
    }

    pub(super) fn complement(&self) -> Class {
        let mut ranges = Vec::new();
        let mut next = 128;
        for &(first, last) in &self.ranges {
            if next < first {
                ranges.push((next, first - 1));
            }
            next = last + 1;
        }
        if next <= char::MAX as u32 {
            ranges.push((next, char::MAX as u32));
        }
        Class { ascii: !self.ascii, ranges }
    }

    /// The set as ranges, ASCII included.
    pub(super) fn to_ranges(&self) -> Vec<(u32, u32)> {
        (0..128)
            .filter(|&code| self.ascii >> code & 1 == 1)
            .map(|code| (code, code))
            .chain(self.ranges.iter().copied())
            .collect()
    }

    pub(super) fn union(&mut self, other: &Class) {
        self.ascii |= other.ascii;
        if !other.ranges.is_empty() {
            let merged = Class::of([self.ranges.as_slice(), &other.ranges].concat());
            self.ranges = merged.ranges;
        }
    }

    pub(super) fn contains(&self, c: char) -> bool {
        let code = c as u32;
        if code < 128 {
            return self.ascii >> code & 1 == 1;
        }
        let at = self.ranges.partition_point(|&(_, last)| last < code);
        self.ranges.get(at).is_some_and(|&(first, _)| first <= code)
    }

    /// The most bytes that a member takes in UTF-8.
    pub(super) fn max_bytes(&self) -> usize {
        self.ranges.last().map_or(1, |&(_, last)| char::from_u32(last).map_or(4, char::len_utf8))
    }
}
