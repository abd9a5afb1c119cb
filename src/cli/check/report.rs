//! Ticks and crosses, one line a finding, the remedy below it.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

const GREEN: &str = "\x1b[32m";
const YELLOW: &str = "\x1b[33m";
const RED: &str = "\x1b[31m";
const PLAIN: &str = "\x1b[0m";

/// As wide as the longest subject.
const SUBJECT_WIDTH: usize = 18;

/// Whether standard output is a terminal whose user has not asked for plain text (<https://no-color.org>).
pub(super) fn wants_colour() -> bool {
    io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Writes findings as they are made, and counts them.
#[derive(Debug)]
pub(super) struct Report<W> {
    out: W,
    colour: bool,
    holds: usize,
    warnings: usize,
    fails: usize,
}

impl<W: Write> Report<W> {
    pub(super) fn new(out: W, colour: bool) -> Report<W> {
        Report { out, colour, holds: 0, warnings: 0, fails: 0 }
    }

    /// All is well.
    pub(super) fn hold(&mut self, subject: &str, detail: impl Display) -> io::Result<()> {
        self.holds += 1;
        self.line(GREEN, "✓", subject, &detail, "")
    }

    /// A worker would run, though perhaps not as one wants.
    pub(super) fn warn(&mut self, subject: &str, detail: impl Display, remedy: &str) -> io::Result<()> {
        self.warnings += 1;
        self.line(YELLOW, "!", subject, &detail, remedy)
    }

    /// A worker would not run.
    pub(super) fn fail(&mut self, subject: &str, detail: impl Display, remedy: &str) -> io::Result<()> {
        self.fails += 1;
        self.line(RED, "✗", subject, &detail, remedy)
    }

    fn line(&mut self, colour: &str, sign: &str, subject: &str, detail: &dyn Display, remedy: &str) -> io::Result<()> {
        let (on, off) = if self.colour { (colour, PLAIN) } else { ("", "") };
        writeln!(self.out, "{on}{sign}{off} {subject:SUBJECT_WIDTH$} {detail}")?;
        for line in remedy.lines() {
            writeln!(self.out, "  {:SUBJECT_WIDTH$} → {line}", "")?;
        }
        // A check can wait for a broker: what is known is shown meanwhile.
        self.out.flush()
    }

    /// How many findings keep a worker from running.
    pub(super) fn fails(&self) -> usize {
        self.fails
    }

    /// Writes the sum.
    pub(super) fn finish(&mut self) -> io::Result<()> {
        let Report { holds, warnings, fails, .. } = *self;
        writeln!(self.out, "\n{holds} hold, {warnings} to look at, {fails} wrong")?;
        self.out.flush()
    }

    #[cfg(test)]
    pub(super) fn into_inner(self) -> W {
        self.out
    }
}
