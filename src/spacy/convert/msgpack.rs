//! A strict reader of MessagePack for model files that may be hostile.
//!
//! Every size is checked against the bytes that are left before anything is allocated for it, and nesting is
//! bounded, so memory stays within a small multiple of the file. Strings and binary data are borrowed.

use super::ConvertError;

/// A MessagePack value that borrows from the file.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) enum Value<'a> {
    Nil,
    Bool(bool),
    Unsigned(u64),
    Negative(i64),
    Float(f64),
    Text(&'a str),
    Binary(&'a [u8]),
    Array(Vec<Value<'a>>),
    Map(Vec<(Value<'a>, Value<'a>)>),
}

const MAX_DEPTH: usize = 32;

/// Reads one value that takes all of `bytes`.
pub(in super::super) fn read(bytes: &[u8]) -> Result<Value<'_>, ConvertError> {
    let mut reader = Reader { bytes, at: 0 };
    let value = reader.value(0)?;
    if reader.at != bytes.len() {
        return Err(reader.error("data after the end"));
    }
    Ok(value)
}

impl<'a> Value<'a> {
    /// The value under `key` of a map; keys may be text or bytes.
    pub(in super::super) fn get(&self, key: &str) -> Option<&Value<'a>> {
        let Value::Map(items) = self else { return None };
        items.iter().find(|(name, _)| name.text() == Some(key)).map(|(_, value)| value)
    }

    /// The value as text, of which some writers make bytes.
    pub(in super::super) fn text(&self) -> Option<&'a str> {
        match *self {
            Value::Text(text) => Some(text),
            Value::Binary(bytes) => std::str::from_utf8(bytes).ok(),
            _ => None,
        }
    }

    pub(in super::super) fn binary(&self) -> Option<&'a [u8]> {
        match *self {
            Value::Binary(bytes) => Some(bytes),
            Value::Text(text) => Some(text.as_bytes()),
            _ => None,
        }
    }

    pub(in super::super) fn unsigned(&self) -> Option<u64> {
        match *self {
            Value::Unsigned(number) => Some(number),
            _ => None,
        }
    }

    pub(in super::super) fn size(&self) -> Option<usize> {
        self.unsigned().and_then(|number| usize::try_from(number).ok())
    }

    pub(in super::super) fn array(&self) -> Option<&[Value<'a>]> {
        match self {
            Value::Array(items) => Some(items),
            _ => None,
        }
    }

    pub(in super::super) fn map(&self) -> Option<&[(Value<'a>, Value<'a>)]> {
        match self {
            Value::Map(items) => Some(items),
            _ => None,
        }
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn error(&self, what: &'static str) -> ConvertError {
        ConvertError::MessagePack { what, at: self.at }
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], ConvertError> {
        let end = self.at.checked_add(count).filter(|&end| end <= self.bytes.len());
        let end = end.ok_or_else(|| self.error("a size reaches past the end"))?;
        let taken = &self.bytes[self.at..end];
        self.at = end;
        Ok(taken)
    }

    /// A big-endian number of `count` bytes.
    fn number(&mut self, count: usize) -> Result<u64, ConvertError> {
        Ok(self.take(count)?.iter().fold(0, |number, &byte| number << 8 | u64::from(byte)))
    }

    fn size(&mut self, count: usize) -> Result<usize, ConvertError> {
        Ok(self.number(count)? as usize)
    }

    fn value(&mut self, depth: usize) -> Result<Value<'a>, ConvertError> {
        if depth > MAX_DEPTH {
            return Err(self.error("nested too deeply"));
        }
        let tag = self.take(1)?[0];
        Ok(match tag {
            0x00..=0x7f => Value::Unsigned(u64::from(tag)),
            0x80..=0x8f => self.map(usize::from(tag & 0x0f), depth)?,
            0x90..=0x9f => self.array(usize::from(tag & 0x0f), depth)?,
            0xa0..=0xbf => self.text(usize::from(tag & 0x1f))?,
            0xc0 => Value::Nil,
            0xc2 | 0xc3 => Value::Bool(tag == 0xc3),
            0xc4..=0xc6 => {
                let size = self.size(1 << (tag - 0xc4))?;
                Value::Binary(self.take(size)?)
            }
            0xca => Value::Float(f64::from(f32::from_bits(self.number(4)? as u32))),
            0xcb => Value::Float(f64::from_bits(self.number(8)?)),
            0xcc..=0xcf => Value::Unsigned(self.number(1 << (tag - 0xcc))?),
            0xd0..=0xd3 => {
                let bytes = 1usize << (tag - 0xd0);
                let shift = 64 - 8 * bytes as u32;
                match (self.number(bytes)? << shift).cast_signed() >> shift {
                    number @ 0.. => Value::Unsigned(number.unsigned_abs()),
                    number => Value::Negative(number),
                }
            }
            0xd9..=0xdb => {
                let size = self.size(1 << (tag - 0xd9))?;
                self.text(size)?
            }
            0xdc | 0xdd => {
                let size = self.size(2 << (tag - 0xdc))?;
                self.array(size, depth)?
            }
            0xde | 0xdf => {
                let size = self.size(2 << (tag - 0xde))?;
                self.map(size, depth)?
            }
            0xe0..=0xff => Value::Negative(i64::from(tag.cast_signed())),
            _ => return Err(self.error("a type that model files do not use")),
        })
    }

    fn text(&mut self, size: usize) -> Result<Value<'a>, ConvertError> {
        let bytes = self.take(size)?;
        Ok(std::str::from_utf8(bytes).map_or(Value::Binary(bytes), Value::Text))
    }

    fn array(&mut self, count: usize, depth: usize) -> Result<Value<'a>, ConvertError> {
        self.room_for(count)?;
        let mut items = Vec::with_capacity(count);
        for _ in 0..count {
            items.push(self.value(depth + 1)?);
        }
        Ok(Value::Array(items))
    }

    fn map(&mut self, count: usize, depth: usize) -> Result<Value<'a>, ConvertError> {
        self.room_for(count.saturating_mul(2))?;
        let mut items = Vec::with_capacity(count);
        for _ in 0..count {
            items.push((self.value(depth + 1)?, self.value(depth + 1)?));
        }
        Ok(Value::Map(items))
    }

    /// Each value takes a byte at least.
    fn room_for(&self, values: usize) -> Result<(), ConvertError> {
        if values > self.bytes.len() - self.at {
            return Err(self.error("more values than bytes"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_writers_write() {
        let bytes = b"\x83\xa1a\xcd\x01\x00\xc4\x01b\x92\xff\xc3\x05\xcb\x3f\xf8\0\0\0\0\0\0";
        let value = read(bytes).unwrap();
        assert_eq!(value.get("a"), Some(&Value::Unsigned(256)));
        assert_eq!(value.get("b"), Some(&Value::Array(vec![Value::Negative(-1), Value::Bool(true)])));
        assert_eq!(value.map().unwrap()[2], (Value::Unsigned(5), Value::Float(1.5)));
    }

    #[test]
    fn a_size_is_not_believed() {
        for hostile in
            [&b"\xdd\xff\xff\xff\xff"[..], b"\xdf\x7f\xff\xff\xff\xc0", b"\xc6\xff\xff\xff\xff\0", b"\xdb\0\0\0\x09ab"]
        {
            assert!(read(hostile).is_err());
        }
        assert!(read(&[0x91; 100_000]).is_err());
    }
}
