//! Dates of publication, in the shapes that feeds and crawlers write them.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::fmt::{rfc2822, temporal};
use jiff::tz::TimeZone;

const RFC_2822: rfc2822::DateTimeParser = rfc2822::DateTimeParser::new().relaxed_weekday(true);
const RFC_3339: temporal::DateTimeParser = temporal::DateTimeParser::new();

/// Longer than any date; what is longer is not read.
const MAX_BYTES: usize = 64;

/// The moment that `written` names; `None` where it cannot be read.
///
/// RFC 3339 and ISO 8601, with a `T` or a space, with an offset of any form or none (then UTC), or the date
/// alone (then midnight UTC); RFC 2822; `YYYYMMDD` and `YYYYMMDDhhmmss` as GDELT writes them; and seconds,
/// milliseconds, microseconds or nanoseconds since 1970, told apart by their size.
pub(super) fn parse(written: &str) -> Option<Timestamp> {
    let written = written.trim();
    if written.is_empty() || written.len() > MAX_BYTES {
        return None;
    }
    if written.bytes().all(|byte| byte.is_ascii_digit()) {
        return compact(written).or_else(|| epoch(written));
    }
    RFC_3339
        .parse_timestamp(written)
        .ok()
        .or_else(|| in_utc(RFC_3339.parse_datetime(written).ok()?))
        .or_else(|| RFC_2822.parse_timestamp(written).ok())
        .or_else(|| epoch(written))
}

fn in_utc(civil: DateTime) -> Option<Timestamp> {
    TimeZone::UTC.to_timestamp(civil).ok()
}

/// `YYYYMMDD` and `YYYYMMDDhhmmss`. As seconds since 1970 the former would lie before 1971, as milliseconds
/// the latter after 2500: neither is a date of news.
fn compact(digits: &str) -> Option<Timestamp> {
    let field = |range: std::ops::Range<usize>| digits.get(range)?.parse::<i16>().ok();
    let year = field(0..4).filter(|year| (1800..2200).contains(year))?;
    let date = Date::new(year, field(4..6)? as i8, field(6..8)? as i8).ok()?;
    match digits.len() {
        8 => in_utc(date.at(0, 0, 0, 0)),
        14 => {
            let time = jiff::civil::Time::new(field(8..10)? as i8, field(10..12)? as i8, field(12..14)? as i8, 0);
            in_utc(date.to_datetime(time.ok()?))
        }
        _ => None,
    }
}

/// A count of units since 1970, which may have a sign and a fraction.
fn epoch(number: &str) -> Option<Timestamp> {
    // Each bound is some thousand years from 1970 in its unit.
    const UNITS: [(f64, i128); 4] = [(1e11, 1_000_000_000), (1e14, 1_000_000), (1e17, 1_000), (1e20, 1)];
    let is_number = number.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'+' | b'.' | b'e' | b'E'));
    let value = number.parse::<f64>().ok().filter(|value| is_number && value.is_finite())?;
    let nanoseconds_a_unit = UNITS.iter().find(|(bound, _)| value.abs() < *bound)?.1;
    let nanoseconds = match number.parse::<i128>() {
        Ok(whole) => whole.checked_mul(nanoseconds_a_unit)?,
        // A fraction is read to the microsecond, which is what a double holds.
        Err(_) => (value * (nanoseconds_a_unit as f64 / 1e3)).round() as i128 * 1_000,
    };
    Timestamp::from_nanosecond(nanoseconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_is_none() {
        let long = "1".repeat(1_000);
        for written in
            ["", " ", "yesterday", "2025-02-30", "1e400", "nan", "inf", "-", "99999999999999999999999", &long]
        {
            assert_eq!(parse(written), None, "{written}");
        }
    }

    #[test]
    fn whole_numbers_keep_every_digit() {
        assert_eq!(parse("1739871000123456789").map(Timestamp::as_nanosecond), Some(1_739_871_000_123_456_789));
    }
}
