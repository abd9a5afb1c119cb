//! From a pattern's text to its tree.

use super::PatternError;
use super::class::Class;

/// A pattern's tree.
#[derive(Debug, Clone)]
pub(super) enum Node {
    Empty,
    Class(Class),
    Concat(Vec<Node>),
    Alternation(Vec<Node>),
    Repeat {
        node: Box<Node>,
        min: u32,
        max: Option<u32>,
        greedy: bool,
    },
    Look {
        node: Box<Node>,
        ahead: bool,
        positive: bool,
    },
    Start,
    End,
    /// The very end, which no newline may follow (`\Z`).
    TextEnd,
}

const MAX_REPEAT: u32 = 1_000;
const MAX_DEPTH: usize = 100;

/// Parses `pattern`.
pub(super) fn parse(pattern: &str) -> Result<Node, PatternError> {
    let mut parser = Parser { chars: pattern.chars().collect(), at: 0, depth: 0 };
    let node = parser.alternation()?;
    if parser.at < parser.chars.len() {
        return Err(parser.error("unbalanced parenthesis"));
    }
    Ok(node)
}

struct Parser {
    chars: Vec<char>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn error(&self, what: &'static str) -> PatternError {
        PatternError { what, at: self.at }
    }

    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn next(&mut self, what: &'static str) -> Result<char, PatternError> {
        let c = self.peek().ok_or_else(|| self.error(what))?;
        self.at += 1;
        Ok(c)
    }

    fn eat(&mut self, expected: &str) -> bool {
        let found = expected.chars().enumerate().all(|(i, c)| self.chars.get(self.at + i) == Some(&c));
        if found {
            self.at += expected.chars().count();
        }
        found
    }

    fn alternation(&mut self) -> Result<Node, PatternError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.error("groups nested too deeply"));
        }
        let mut branches = vec![self.concat()?];
        while self.eat("|") {
            branches.push(self.concat()?);
        }
        self.depth -= 1;
        Ok(if branches.len() == 1 { branches.remove(0) } else { Node::Alternation(branches) })
    }

    fn concat(&mut self) -> Result<Node, PatternError> {
        let mut items = Vec::new();
        while let Some(c) = self.peek() {
            if c == '|' || c == ')' {
                break;
            }
            let atom = self.atom()?;
            let item = self.quantified(atom)?;
            if !matches!(item, Node::Empty) {
                items.push(item);
            }
        }
        Ok(match items.len() {
            0 => Node::Empty,
            1 => items.remove(0),
            _ => Node::Concat(items),
        })
    }

    fn quantified(&mut self, atom: Node) -> Result<Node, PatternError> {
        let (min, max) = match self.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => match self.counts() {
                Some((counts, after)) => {
                    self.at = after - 1;
                    counts
                }
                None => return Ok(atom),
            },
            _ => return Ok(atom),
        };
        self.at += 1;
        if min > MAX_REPEAT || max.is_some_and(|max| max > MAX_REPEAT || max < min) {
            return Err(self.error("repeat count out of range"));
        }
        if matches!(atom, Node::Start | Node::End | Node::Look { .. }) {
            return Err(self.error("nothing to repeat"));
        }
        let greedy = !self.eat("?");
        if matches!(self.peek(), Some('+' | '*' | '?')) {
            return Err(self.error("possessive or doubled repeats are not supported"));
        }
        Ok(Node::Repeat { node: Box::new(atom), min, max, greedy })
    }

    /// `{m}`, `{m,}`, `{,n}` or `{m,n}` here, and the position after it; anything else is literal text.
    fn counts(&self) -> Option<((u32, Option<u32>), usize)> {
        let close = self.at + self.chars[self.at..].iter().take(12).position(|&c| c == '}')?;
        let inner: String = self.chars[self.at + 1..close].iter().collect();
        let number = |text: &str| text.parse::<u32>().ok();
        let counts = match inner.split_once(',') {
            None => (number(&inner)?, Some(number(&inner)?)),
            Some(("", "")) => return None,
            Some((min, "")) => (number(min)?, None),
            Some(("", max)) => (0, Some(number(max)?)),
            Some((min, max)) => (number(min)?, Some(number(max)?)),
        };
        Some((counts, close + 1))
    }

    fn atom(&mut self) -> Result<Node, PatternError> {
        match self.next("unexpected end")? {
            '(' => self.group(),
            '[' => Ok(Node::Class(self.class()?)),
            '.' => Ok(Node::Class(Class::single('\n').complement())),
            '^' => Ok(Node::Start),
            '$' => Ok(Node::End),
            '\\' => self.escape(),
            '*' | '+' | '?' => {
                self.at -= 1;
                Err(self.error("nothing to repeat"))
            }
            c => Ok(Node::Class(Class::single(c))),
        }
    }

    fn group(&mut self) -> Result<Node, PatternError> {
        let look = |ahead, positive| Some((ahead, positive));
        let mut kind = None;
        if self.eat("?") {
            if self.eat(":") {
            } else if self.eat("=") {
                kind = look(true, true);
            } else if self.eat("!") {
                kind = look(true, false);
            } else if self.eat("<=") {
                kind = look(false, true);
            } else if self.eat("<!") {
                kind = look(false, false);
            } else if self.eat("P<") {
                while self.next("unterminated group name")? != '>' {}
            } else if self.eat("u)") {
                return Ok(Node::Empty);
            } else {
                return Err(self.error("unsupported group or flag"));
            }
        }
        let inner = self.alternation()?;
        if !self.eat(")") {
            return Err(self.error("missing closing parenthesis"));
        }
        Ok(match kind {
            Some((ahead, positive)) => Node::Look { node: Box::new(inner), ahead, positive },
            None => inner,
        })
    }

    fn escape(&mut self) -> Result<Node, PatternError> {
        let c = self.next("trailing backslash")?;
        match c {
            'A' => return Ok(Node::Start),
            'Z' => return Ok(Node::TextEnd),
            'b' | 'B' => return Err(self.error("word boundaries are not supported")),
            '1'..='9' => return Err(self.error("back references are not supported")),
            _ => {}
        }
        if let Some(class) = Class::shorthand(c) {
            return Ok(Node::Class(class));
        }
        Ok(Node::Class(Class::single(self.escaped_char(c)?)))
    }

    fn escaped_char(&mut self, c: char) -> Result<char, PatternError> {
        let digits = match c {
            'n' => return Ok('\n'),
            't' => return Ok('\t'),
            'r' => return Ok('\r'),
            'f' => return Ok('\x0c'),
            'v' => return Ok('\x0b'),
            'a' => return Ok('\x07'),
            '0' => return Ok('\0'),
            'x' => 2,
            'u' => 4,
            'U' => 8,
            c if c.is_ascii_alphanumeric() => return Err(self.error("unknown escape")),
            c => return Ok(c),
        };
        let hex: String = self.chars.iter().skip(self.at).take(digits).collect();
        self.at += digits;
        u32::from_str_radix(&hex, 16)
            .ok()
            .filter(|_| hex.len() == digits)
            .and_then(char::from_u32)
            .ok_or_else(|| self.error("invalid character escape"))
    }

    fn class(&mut self) -> Result<Class, PatternError> {
        let negated = self.eat("^");
        let mut ranges = Vec::new();
        let mut first = true;
        loop {
            let c = self.next("unterminated character set")?;
            if c == ']' && !first {
                break;
            }
            first = false;
            let low = match self.class_item(c)? {
                Ok(c) => c,
                Err(class) => {
                    ranges.extend(class.to_ranges());
                    continue;
                }
            };
            let is_range = self.peek() == Some('-') && self.chars.get(self.at + 1).is_some_and(|&c| c != ']');
            if !is_range {
                ranges.push((low as u32, low as u32));
                continue;
            }
            self.at += 1;
            let c = self.next("unterminated character set")?;
            match self.class_item(c)? {
                Ok(high) if low <= high => ranges.push((low as u32, high as u32)),
                _ => return Err(self.error("bad character range")),
            }
        }
        let class = Class::of(ranges);
        Ok(if negated { class.complement() } else { class })
    }

    fn class_item(&mut self, c: char) -> Result<Result<char, Class>, PatternError> {
        if c != '\\' {
            return Ok(Ok(c));
        }
        let c = self.next("trailing backslash")?;
        if c == 'b' {
            return Ok(Ok('\x08'));
        }
        match Class::shorthand(c) {
            Some(class) => Ok(Err(class)),
            None => self.escaped_char(c).map(Ok),
        }
    }
}
