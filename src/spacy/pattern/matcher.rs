//! The backtracking matcher.

use super::program::{Inst, Pattern};

/// Working memory of searches; one a thread.
#[derive(Debug, Default)]
pub(in super::super) struct Backtracker {
    stack: Vec<(u32, u32)>,
    steps: usize,
    /// Failed states, once a search has taken too many steps: a bit for each (split, position).
    failed: Vec<u64>,
    remembering: bool,
    /// How many look-arounds are open. What fails inside one is not remembered: the same states may be asked
    /// again after they succeeded.
    looking: u32,
}

/// Steps after which a search begins to remember what failed.
const PATIENCE: usize = 20_000;
/// Steps after which a search gives up. Only patterns whose look-arounds repeat without bound come here.
const MAX_STEPS: usize = 20_000_000;

impl Pattern {
    /// `re.search`: the leftmost match, as a range of bytes.
    pub(in super::super) fn search(&self, text: &str, memory: &mut Backtracker) -> Option<(usize, usize)> {
        memory.begin();
        self.search_from(text, 0, None, memory)
    }

    /// `re.match`: whether the pattern matches from the start of `text`, not necessarily to its end.
    pub(in super::super) fn matches(&self, text: &str, memory: &mut Backtracker) -> bool {
        memory.begin();
        self.match_at(text, 0, 0, memory).is_some()
    }

    /// `re.finditer`: every match from left to right, none overlapping another.
    pub(in super::super) fn find_all(&self, text: &str, memory: &mut Backtracker, found: &mut Vec<(usize, usize)>) {
        let (mut from, mut must_advance) = (0, None);
        while from <= text.len() {
            memory.begin();
            let Some((start, end)) = self.search_from(text, from, must_advance, memory) else { return };
            found.push((start, end));
            from = end;
            must_advance = (start == end).then_some(end);
        }
    }

    /// The leftmost match from byte `from` on; one that starts at `must_advance` may not be empty.
    fn search_from(
        &self,
        text: &str,
        from: usize,
        must_advance: Option<usize>,
        memory: &mut Backtracker,
    ) -> Option<(usize, usize)> {
        if self.only_at_start && from > 0 {
            return None;
        }
        let mut at = from;
        loop {
            let least = if must_advance == Some(at) { at + 1 } else { at };
            if let Some(end) = self.match_at(text, at, least, memory) {
                return Some((at, end));
            }
            if least > at {
                memory.begin();
            }
            if self.only_at_start || at >= text.len() {
                return None;
            }
            at += width_at(text, at);
        }
    }

    /// The end of the match that starts at `at` and ends at `least` or later.
    fn match_at(&self, text: &str, at: usize, least: usize, memory: &mut Backtracker) -> Option<usize> {
        let candidates = match text.as_bytes().get(at) {
            Some(&byte) if byte < 128 => &self.by_ascii[usize::from(byte)],
            Some(_) => &self.by_other,
            None => &self.by_end,
        };
        let left = text.len() - at;
        let mut other = None;
        for &index in candidates {
            let branch = &self.branches[usize::from(index)];
            if branch.at_start && at > 0 || branch.reach.is_some_and(|reach| reach < left) {
                continue;
            }
            if !branch.can_be_empty && text.as_bytes()[at] >= 128 {
                let c = *other.get_or_insert_with(|| text[at..].chars().next().unwrap_or_default());
                if !branch.first.contains(c) {
                    continue;
                }
            }
            if let Some(end) = self.run(text, branch.entry, at, least, memory) {
                return Some(end);
            }
        }
        None
    }

    fn run(&self, text: &str, entry: u32, at: usize, least: usize, memory: &mut Backtracker) -> Option<usize> {
        let bytes = text.as_bytes();
        let base = memory.stack.len();
        memory.stack.push((entry, at as u32));
        let mut found = None;
        'threads: while memory.stack.len() > base {
            let Some((mut pc, position)) = memory.stack.pop() else { break };
            let mut at = position as usize;
            loop {
                memory.steps += 1;
                if memory.steps > MAX_STEPS {
                    break 'threads;
                }
                match self.code[pc as usize] {
                    Inst::Byte(byte) => {
                        if bytes.get(at) != Some(&byte) {
                            continue 'threads;
                        }
                        at += 1;
                        pc += 1;
                    }
                    Inst::Class(class) => {
                        let class = &self.classes[class as usize];
                        match bytes.get(at) {
                            Some(&byte) if byte < 128 => {
                                if class.ascii >> byte & 1 == 0 {
                                    continue 'threads;
                                }
                                at += 1;
                            }
                            Some(_) => {
                                let c = text[at..].chars().next().unwrap_or_default();
                                if !class.contains(c) {
                                    continue 'threads;
                                }
                                at += c.len_utf8();
                            }
                            None => continue 'threads,
                        }
                        pc += 1;
                    }
                    Inst::Split(first, second) => {
                        if memory.seen(self.code.len(), pc, at, text.len()) {
                            continue 'threads;
                        }
                        memory.stack.push((second, at as u32));
                        pc = first;
                    }
                    Inst::Jump(target) => pc = target,
                    Inst::Look { body, back, ahead, positive, next } => {
                        let from = if ahead { Some(at) } else { step_back(text, at, back) };
                        memory.looking += 1;
                        let matched = from.is_some_and(|from| self.run(text, body, from, from, memory).is_some());
                        memory.looking -= 1;
                        if matched != positive {
                            continue 'threads;
                        }
                        pc = next;
                    }
                    Inst::Start => {
                        if at != 0 {
                            continue 'threads;
                        }
                        pc += 1;
                    }
                    Inst::End => {
                        if at != text.len() && !(at + 1 == text.len() && bytes[at] == b'\n') {
                            continue 'threads;
                        }
                        pc += 1;
                    }
                    Inst::TextEnd => {
                        if at != text.len() {
                            continue 'threads;
                        }
                        pc += 1;
                    }
                    Inst::Match => {
                        if at < least {
                            continue 'threads;
                        }
                        found = Some(at);
                        break 'threads;
                    }
                }
            }
        }
        memory.stack.truncate(base);
        found
    }
}

impl Backtracker {
    fn begin(&mut self) {
        self.stack.clear();
        self.steps = 0;
        self.remembering = false;
        self.looking = 0;
    }

    /// Whether the split at `pc` was tried at this position before, and failed. Remembers it from now on.
    fn seen(&mut self, code: usize, pc: u32, at: usize, text: usize) -> bool {
        if self.looking > 0 || self.steps < PATIENCE {
            return false;
        }
        if !self.remembering {
            self.remembering = true;
            self.failed.clear();
            self.failed.resize((code * (text + 1)).div_ceil(64), 0);
        }
        let bit = pc as usize * (text + 1) + at;
        let word = &mut self.failed[bit / 64];
        let seen = *word >> (bit % 64) & 1 == 1;
        *word |= 1 << (bit % 64);
        seen
    }
}

fn width_at(text: &str, at: usize) -> usize {
    match text.as_bytes()[at] {
        0..128 => 1,
        128..224 => 2,
        224..240 => 3,
        _ => 4,
    }
}

/// The position `characters` before `at`.
fn step_back(text: &str, at: usize, characters: u32) -> Option<usize> {
    match characters {
        0 => Some(at),
        count => text[..at].char_indices().rev().nth(count as usize - 1).map(|(at, _)| at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search(pattern: &str, text: &str) -> Option<(usize, usize)> {
        Pattern::new(pattern).unwrap().search(text, &mut Backtracker::default())
    }

    // Expected values: Python's `re`.
    #[test]
    fn the_leftmost_match_wins_then_the_first_alternative() {
        assert_eq!(search("ab|abc", "xabc"), Some((1, 3)));
        assert_eq!(search("b|abc", "xabc"), Some((1, 4)));
        assert_eq!(search("a+?b", "aab"), Some((0, 3)));
        assert_eq!(search("(?:a|ab)(?:c|bcd)(?:d*)", "abcd"), Some((0, 4)));
        assert_eq!(search("x{2,3}", "xxxx"), Some((0, 3)));
        assert_eq!(search("x{,2}y", "xxxy"), Some((1, 4)));
        assert_eq!(search("x{a}", "x{a}"), Some((0, 4)));
    }

    #[test]
    fn looks_behind_and_ahead() {
        assert_eq!(search(r"(?<=[0-9])\+$", "a+1+"), Some((3, 4)));
        assert_eq!(search(r"(?<=é)b", "éb"), Some((2, 3)));
        assert_eq!(search(r"(?<!a)b", "abb"), Some((2, 3)));
        assert_eq!(search(r"^\+(?![0-9])", "+1"), None);
        assert_eq!(search(r"(?<=[A-Z]{2})\.$", "US."), Some((2, 3)));
        assert_eq!(search(r"a(?=(?:b|c)+d)", "abcbd"), Some((0, 1)));
    }

    #[test]
    fn classes_are_pythons() {
        assert_eq!(search(r"\w+", "é\u{301}"), Some((0, 2)));
        assert_eq!(search(r"\d", "²"), None);
        assert_eq!(search(r"\w", "²"), Some((0, 2)));
        assert_eq!(search(r"\s", "\u{1c}"), Some((0, 1)));
        assert_eq!(search(r"[^\w\-]", "a-b_!"), Some((4, 5)));
        assert_eq!(search(r"[]a-]+", "x]-a"), Some((1, 4)));
        assert_eq!(search(r"[[a&&b]+", "c&["), Some((1, 3)));
        assert_eq!(search(r"\u00a1-\U0001F600", "\u{a1}-\u{1f600}"), Some((0, 7)));
    }

    #[test]
    fn an_end_may_leave_a_newline() {
        assert_eq!(search("a$", "a\n"), Some((0, 1)));
        assert_eq!(search(r"a\Z", "a\n"), None);
        assert_eq!(search("a$", "a\n\n"), None);
    }

    #[test]
    fn all_matches_are_found_even_empty_ones() {
        let find_all = |pattern: &str, text: &str| {
            let mut found = Vec::new();
            Pattern::new(pattern).unwrap().find_all(text, &mut Backtracker::default(), &mut found);
            found
        };
        assert_eq!(find_all("a*", "baac"), [(0, 0), (1, 3), (3, 3), (4, 4)]);
        assert_eq!(find_all("|b", "ab"), [(0, 0), (1, 1), (1, 2), (2, 2)]);
        assert_eq!(find_all("-+", "a--b-"), [(1, 3), (4, 5)]);
    }

    #[test]
    fn patterns_that_backtrack_without_end_take_linear_time() {
        let mut memory = Backtracker::default();
        for (pattern, text) in [
            ("(?:a*)*b", "a".repeat(2_000)),
            ("(?:a|a)*b", "a".repeat(2_000)),
            (r"(?:\S+(?::\S*)?@)?(?:[a-z0-9-]*\.)+[a-z]{2,}$", "a.".repeat(1_000)),
        ] {
            assert_eq!(Pattern::new(pattern).unwrap().search(&text, &mut memory), None, "{pattern}");
            assert!(memory.steps < 4_000_000, "{pattern}: {} steps", memory.steps);
        }
        // What was remembered of one text says nothing about the next.
        assert!(Pattern::new("(?:a*)*b").unwrap().search("aab", &mut memory).is_some());
    }

    #[test]
    fn what_is_not_supported_is_an_error() {
        for pattern in
            [r"(a)\1", "a++", "(?i)a", r"\bword", "(?<=a+)b", "a{2000}", "(", ")", "[a", "*a", r"\q", "[b-a]"]
        {
            assert!(Pattern::new(pattern).is_err(), "{pattern}");
        }
    }
}
