//! Lines of bounded length, read ahead on a thread of their own.

use std::io::{self, BufRead, BufReader, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

/// A block is handed on when it holds this much, or when waiting for more would block.
const BLOCK_BYTES: usize = 256 * 1024;

/// What a line-oriented input is made of. Blank lines are counted and left out.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Item {
    /// A line without its line feed.
    Line {
        /// Counted from 1.
        number: u64,
        /// Its bytes.
        bytes: Vec<u8>,
    },
    /// A part of a line that is too long to be held in memory; more parts follow, or [`Item::TooLong`].
    Piece(Vec<u8>),
    /// The end of a line that was too long.
    TooLong {
        /// Counted from 1.
        number: u64,
        /// Its length.
        bytes: u64,
    },
}

impl Item {
    /// Bytes of the input that the item stands for.
    pub(super) fn len(&self) -> usize {
        match self {
            Item::Line { bytes, .. } => bytes.len() + 1,
            Item::Piece(bytes) => bytes.len(),
            Item::TooLong { .. } => 1,
        }
    }
}

/// Items read ahead: a few blocks at most wait for whoever takes them.
pub(super) struct ReadAhead {
    blocks: Receiver<io::Result<Vec<Item>>>,
    reader: JoinHandle<()>,
}

impl ReadAhead {
    /// Starts to read `input`, at most `max_blocks` blocks ahead. A line longer than `max_line_bytes` comes
    /// in pieces.
    pub(super) fn start(
        input: Box<dyn Read + Send>,
        max_line_bytes: usize,
        max_blocks: usize,
    ) -> io::Result<ReadAhead> {
        let (sender, blocks) = sync_channel(max_blocks);
        let lines = Lines::new(BufReader::with_capacity(BLOCK_BYTES, input), max_line_bytes);
        let reader = thread::Builder::new().name("read".to_owned()).spawn(move || send_blocks(lines, &sender))?;
        Ok(ReadAhead { blocks, reader })
    }

    /// The next items: waits for some, then takes what else has been read, up to about `max_bytes`. Empty at
    /// the end of the input.
    ///
    /// The error comes with the items that were read before it.
    pub(super) fn take(&self, max_bytes: usize) -> (Vec<Item>, io::Result<()>) {
        let mut items = Vec::new();
        let mut bytes = 0;
        while bytes < max_bytes {
            let block = if items.is_empty() { self.blocks.recv().ok() } else { self.blocks.try_recv().ok() };
            match block {
                Some(Ok(mut block)) => {
                    bytes += block.iter().map(Item::len).sum::<usize>();
                    items.append(&mut block);
                }
                Some(Err(error)) => return (items, Err(error)),
                None => break,
            }
        }
        (items, Ok(()))
    }

    /// Waits for the reading thread, whose input has ended; passes a panic of it on.
    pub(super) fn join(self) {
        if let Err(panic) = self.reader.join() {
            std::panic::resume_unwind(panic);
        }
    }
}

fn send_blocks(mut lines: Lines<BufReader<Box<dyn Read + Send>>>, sender: &SyncSender<io::Result<Vec<Item>>>) {
    let mut block = Vec::new();
    let mut bytes = 0;
    loop {
        let item = match lines.next() {
            Ok(item) => item,
            Err(error) => {
                // Whoever takes the blocks may be gone, and then nobody wants the error.
                let _ = sender.send(Ok(block)).and_then(|()| sender.send(Err(error)));
                return;
            }
        };
        let ended = item.is_none();
        if let Some(item) = item {
            bytes += item.len();
            block.push(item);
        }
        if (ended || bytes >= BLOCK_BYTES || lines.input.buffer().is_empty()) && !block.is_empty() {
            bytes = 0;
            if sender.send(Ok(std::mem::take(&mut block))).is_err() {
                return;
            }
        }
        if ended {
            return;
        }
    }
}

/// Splits an input into items.
struct Lines<R> {
    input: R,
    max_bytes: usize,
    number: u64,
    /// The length so far of a line that is too long.
    overlong: Option<u64>,
}

impl<R: BufRead> Lines<R> {
    fn new(input: R, max_bytes: usize) -> Lines<R> {
        Lines { input, max_bytes, number: 0, overlong: None }
    }

    /// The next item; `None` at the end of the input.
    fn next(&mut self) -> io::Result<Option<Item>> {
        if let Some(bytes) = self.overlong {
            return self.next_of_overlong(bytes).map(Some);
        }
        loop {
            let mut bytes = Vec::new();
            let limit = (self.max_bytes as u64).saturating_add(1);
            if self.input.by_ref().take(limit).read_until(b'\n', &mut bytes)? == 0 {
                return Ok(None);
            }
            self.number += 1;
            if bytes.last() == Some(&b'\n') {
                bytes.pop();
            } else if bytes.len() > self.max_bytes {
                self.overlong = Some(bytes.len() as u64);
                return Ok(Some(Item::Piece(bytes)));
            }
            if !bytes.trim_ascii().is_empty() {
                return Ok(Some(Item::Line { number: self.number, bytes }));
            }
        }
    }

    fn next_of_overlong(&mut self, bytes: u64) -> io::Result<Item> {
        let available = loop {
            match self.input.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                available => break available?,
            }
        };
        let piece = memchr::memchr(b'\n', available).unwrap_or(available.len());
        if piece == 0 {
            let line_feed = usize::from(!available.is_empty());
            self.input.consume(line_feed);
            self.overlong = None;
            return Ok(Item::TooLong { number: self.number, bytes });
        }
        let item = Item::Piece(available[..piece].to_vec());
        self.input.consume(piece);
        self.overlong = Some(bytes + piece as u64);
        Ok(item)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(input: &[u8], max_bytes: usize) -> Vec<Item> {
        // A small buffer, so that lines cross its edge.
        let mut lines = Lines::new(BufReader::with_capacity(4, input), max_bytes);
        std::iter::from_fn(|| lines.next().unwrap()).collect()
    }

    fn line(number: u64, bytes: &[u8]) -> Item {
        Item::Line { number, bytes: bytes.to_vec() }
    }

    #[test]
    fn lines_are_numbered_and_blank_ones_left_out() {
        assert_eq!(items(b"\n{}\n \t\r\nlast", 10), [line(2, b"{}"), line(4, b"last")]);
        assert_eq!(items(b"", 10), []);
    }

    #[test]
    fn a_line_of_the_greatest_length_is_a_line() {
        assert_eq!(items(b"12345\n12345", 5), [line(1, b"12345"), line(2, b"12345")]);
    }

    #[test]
    fn a_longer_line_comes_in_pieces_and_the_next_line_is_whole() {
        for input in [&b"0123456789abc\nnext\n"[..], b"0123456789abc\r\nnext"] {
            let items = items(input, 5);
            let length = input.iter().position(|&b| b == b'\n').unwrap();
            let pieces: Vec<u8> = items
                .iter()
                .flat_map(|item| match item {
                    Item::Piece(bytes) => bytes.as_slice(),
                    _ => &[],
                })
                .copied()
                .collect();
            assert_eq!(pieces, &input[..length]);
            assert_eq!(items[items.len() - 2], Item::TooLong { number: 1, bytes: length as u64 });
            assert_eq!(items[items.len() - 1], line(2, b"next"));
        }
        assert_eq!(items(b"123456", 5).last(), Some(&Item::TooLong { number: 1, bytes: 6 }));
    }

    #[test]
    fn reading_ahead_keeps_order_and_ends() {
        let input: Vec<u8> = (0..100_000).flat_map(|n| format!("{n}\n").into_bytes()).collect();
        let ahead = ReadAhead::start(Box::new(io::Cursor::new(input)), 100, 2).unwrap();
        let mut expected = 0..100_000;
        loop {
            let (items, end) = ahead.take(1000);
            end.unwrap();
            if items.is_empty() {
                break;
            }
            for item in items {
                let number = expected.next().unwrap();
                assert_eq!(item, line(number + 1, number.to_string().as_bytes()));
            }
        }
        assert_eq!(expected.next(), None);
        ahead.join();
    }

    #[test]
    fn an_error_comes_after_what_was_read_before_it() {
        struct Failing(bool);
        impl Read for Failing {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                if std::mem::replace(&mut self.0, true) {
                    return Err(io::Error::other("the disk is gone"));
                }
                buffer[..4].copy_from_slice(b"one\n");
                Ok(4)
            }
        }
        let ahead = ReadAhead::start(Box::new(Failing(false)), 100, 2).unwrap();
        let mut seen = Vec::new();
        let error = loop {
            let (items, end) = ahead.take(1000);
            seen.extend(items);
            if let Err(error) = end {
                break error;
            }
        };
        assert_eq!(seen, [line(1, b"one")]);
        assert_eq!(error.to_string(), "the disk is gone");
    }
}
