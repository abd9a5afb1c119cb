//! From a pattern's tree to instructions, with what each alternative is known to need.

use super::PatternError;
use super::class::Class;
use super::parse::{Node, parse};

/// One instruction of the matcher.
#[derive(Debug, Clone, Copy)]
pub(super) enum Inst {
    /// Take one character of the class.
    Class(u32),
    /// Take this one byte, an ASCII character.
    Byte(u8),
    /// Try the first target, then the second.
    Split(u32, u32),
    Jump(u32),
    /// Look ahead (`back` is 0) or behind by `back` characters with the instructions at `body`.
    Look {
        body: u32,
        back: u32,
        ahead: bool,
        positive: bool,
        next: u32,
    },
    Start,
    End,
    TextEnd,
    Match,
}

/// One alternative of the pattern.
#[derive(Debug)]
pub(super) struct Branch {
    pub(super) entry: u32,
    /// Characters that it can start with, for the ones above ASCII.
    pub(super) first: Class,
    pub(super) can_be_empty: bool,
    /// Matches at the text's start only.
    pub(super) at_start: bool,
    /// Where the alternative must reach the text's end: the most bytes that it can take.
    pub(super) reach: Option<usize>,
}

/// A compiled pattern.
#[derive(Debug)]
pub(in super::super) struct Pattern {
    tree: Node,
    pub(super) code: Vec<Inst>,
    pub(super) classes: Vec<Class>,
    pub(super) branches: Vec<Branch>,
    /// The alternatives that may match where this ASCII character stands, in order.
    pub(super) by_ascii: Vec<Vec<u16>>,
    /// The same for all other characters.
    pub(super) by_other: Vec<u16>,
    /// The alternatives that may match at the very end.
    pub(super) by_end: Vec<u16>,
    /// Every alternative is tied to the text's start.
    pub(super) only_at_start: bool,
}

const MAX_CODE: usize = 100_000;

impl Pattern {
    /// Compiles `pattern`.
    pub(in super::super) fn new(pattern: &str) -> Result<Pattern, PatternError> {
        let tree = parse(pattern)?;
        let alternatives = match &tree {
            Node::Alternation(branches) => branches.clone(),
            other => vec![other.clone()],
        };
        let mut compiler = Compiler::default();
        let mut branches = Vec::with_capacity(alternatives.len());
        for node in &alternatives {
            let entry = compiler.here();
            compiler.node(node)?;
            compiler.push(Inst::Match)?;
            let (first, can_be_empty) = first_of(node);
            let end = ends_at_end(node);
            let reach = if end { max_bytes(node) } else { None };
            branches.push(Branch { entry, first, can_be_empty, at_start: starts_at_start(node), reach });
        }
        if branches.len() > usize::from(u16::MAX) {
            return Err(PatternError { what: "too many alternatives", at: 0 });
        }
        let which = |wanted: &dyn Fn(&Branch) -> bool| -> Vec<u16> {
            (0..).zip(&branches).filter(|(_, b)| b.can_be_empty || wanted(b)).map(|(i, _)| i).collect()
        };
        Ok(Pattern {
            by_ascii: (0..128u32).map(|code| which(&|b| b.first.ascii >> code & 1 == 1)).collect(),
            by_other: which(&|b| !b.first.ranges.is_empty()),
            by_end: which(&|_| false),
            only_at_start: branches.iter().all(|b| b.at_start),
            tree,
            code: compiler.code,
            classes: compiler.classes,
            branches,
        })
    }

    /// Whether the pattern can match anything inside a text made of the ASCII characters `alphabet` only.
    /// May say yes where it cannot.
    pub(in super::super) fn may_match_within(&self, alphabet: u128) -> bool {
        may_match_within(&self.tree, alphabet)
    }
}

fn may_match_within(node: &Node, alphabet: u128) -> bool {
    match node {
        Node::Empty | Node::Start | Node::End | Node::TextEnd => true,
        Node::Class(class) => class.ascii & alphabet != 0,
        Node::Concat(items) => items.iter().all(|item| may_match_within(item, alphabet)),
        Node::Alternation(items) => items.iter().any(|item| may_match_within(item, alphabet)),
        Node::Repeat { node, min, .. } => *min == 0 || may_match_within(node, alphabet),
        Node::Look { node, positive, .. } => !positive || may_match_within(node, alphabet),
    }
}

/// The characters that `node` can start with, and whether it can match nothing.
fn first_of(node: &Node) -> (Class, bool) {
    match node {
        Node::Class(class) => (class.clone(), false),
        Node::Concat(items) => {
            let mut first = Class::default();
            for item in items {
                let (class, empty) = first_of(item);
                first.union(&class);
                if !empty {
                    return (first, false);
                }
            }
            (first, true)
        }
        Node::Alternation(items) => {
            items.iter().map(first_of).fold((Class::default(), false), |mut all, (class, empty)| {
                all.0.union(&class);
                (all.0, all.1 | empty)
            })
        }
        Node::Repeat { node, min, .. } => {
            let (class, empty) = first_of(node);
            (class, empty || *min == 0)
        }
        Node::Empty | Node::Start | Node::End | Node::TextEnd | Node::Look { .. } => (Class::default(), true),
    }
}

fn starts_at_start(node: &Node) -> bool {
    match node {
        Node::Start => true,
        Node::Concat(items) => items.first().is_some_and(starts_at_start),
        Node::Alternation(items) => items.iter().all(starts_at_start),
        _ => false,
    }
}

fn ends_at_end(node: &Node) -> bool {
    match node {
        Node::End | Node::TextEnd => true,
        Node::Concat(items) => items.last().is_some_and(ends_at_end),
        Node::Alternation(items) => items.iter().all(ends_at_end),
        _ => false,
    }
}

/// The most bytes that `node` can take; one more for the newline that `$` may leave.
fn max_bytes(node: &Node) -> Option<usize> {
    match node {
        Node::Class(class) => Some(class.max_bytes()),
        Node::Concat(items) => items.iter().map(max_bytes).sum(),
        Node::Alternation(items) => items.iter().map(max_bytes).try_fold(0, |most, bytes| Some(most.max(bytes?))),
        Node::Repeat { node, max, .. } => Some(max_bytes(node)? * (*max)? as usize),
        Node::End => Some(1),
        Node::Empty | Node::Start | Node::TextEnd | Node::Look { .. } => Some(0),
    }
}

/// The number of characters that `node` always takes.
fn fixed_width(node: &Node) -> Option<u32> {
    match node {
        Node::Class(_) => Some(1),
        Node::Concat(items) => items.iter().map(fixed_width).sum(),
        Node::Alternation(items) => {
            let width = fixed_width(items.first()?)?;
            items.iter().all(|item| fixed_width(item) == Some(width)).then_some(width)
        }
        Node::Repeat { node, min, max, .. } if *max == Some(*min) => fixed_width(node)?.checked_mul(*min),
        Node::Repeat { .. } => None,
        Node::Empty | Node::Start | Node::End | Node::TextEnd | Node::Look { .. } => Some(0),
    }
}

#[derive(Default)]
struct Compiler {
    code: Vec<Inst>,
    classes: Vec<Class>,
}

impl Compiler {
    fn here(&self) -> u32 {
        self.code.len() as u32
    }

    fn push(&mut self, inst: Inst) -> Result<usize, PatternError> {
        if self.code.len() >= MAX_CODE {
            return Err(PatternError { what: "pattern too large", at: 0 });
        }
        self.code.push(inst);
        Ok(self.code.len() - 1)
    }

    fn class(&mut self, class: &Class) -> Result<(), PatternError> {
        if class.ranges.is_empty() && class.ascii.count_ones() == 1 {
            self.push(Inst::Byte(class.ascii.trailing_zeros() as u8))?;
            return Ok(());
        }
        let index = self.classes.iter().position(|known| known == class).unwrap_or_else(|| {
            self.classes.push(class.clone());
            self.classes.len() - 1
        });
        self.push(Inst::Class(index as u32))?;
        Ok(())
    }

    fn node(&mut self, node: &Node) -> Result<(), PatternError> {
        match node {
            Node::Empty => {}
            Node::Class(class) => self.class(class)?,
            Node::Concat(items) => items.iter().try_for_each(|item| self.node(item))?,
            Node::Alternation(items) => {
                let mut jumps = Vec::new();
                for (i, item) in items.iter().enumerate() {
                    if i + 1 == items.len() {
                        self.node(item)?;
                        break;
                    }
                    let split = self.push(Inst::Split(0, 0))?;
                    self.node(item)?;
                    jumps.push(self.push(Inst::Jump(0))?);
                    self.code[split] = Inst::Split(split as u32 + 1, self.here());
                }
                for jump in jumps {
                    self.code[jump] = Inst::Jump(self.here());
                }
            }
            Node::Repeat { node, min, max, greedy } => self.repeat(node, *min, *max, *greedy)?,
            Node::Look { node, ahead, positive } => {
                let back = match ahead {
                    true => 0,
                    false => {
                        fixed_width(node).ok_or(PatternError { what: "look-behind without a fixed width", at: 0 })?
                    }
                };
                let look = self.push(Inst::Match)?;
                self.node(node)?;
                self.push(Inst::Match)?;
                let (body, next) = (look as u32 + 1, self.here());
                self.code[look] = Inst::Look { body, back, ahead: *ahead, positive: *positive, next };
            }
            Node::Start => drop(self.push(Inst::Start)?),
            Node::End => drop(self.push(Inst::End)?),
            Node::TextEnd => drop(self.push(Inst::TextEnd)?),
        }
        Ok(())
    }

    fn repeat(&mut self, node: &Node, min: u32, max: Option<u32>, greedy: bool) -> Result<(), PatternError> {
        let split = |body, after| if greedy { Inst::Split(body, after) } else { Inst::Split(after, body) };
        for _ in 0..min {
            self.node(node)?;
        }
        match max {
            None => {
                let start = self.push(Inst::Split(0, 0))?;
                self.node(node)?;
                self.push(Inst::Jump(start as u32))?;
                self.code[start] = split(start as u32 + 1, self.here());
            }
            Some(max) => {
                let mut exits = Vec::new();
                for _ in min..max {
                    exits.push(self.push(Inst::Split(0, 0))?);
                    self.node(node)?;
                }
                for exit in exits {
                    self.code[exit] = split(exit as u32 + 1, self.here());
                }
            }
        }
        Ok(())
    }
}
