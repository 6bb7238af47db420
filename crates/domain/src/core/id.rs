//! Identifier of records and places.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// Id of a record: a UUID (version 7 for new records), or a place of the PSGC.
///
/// A place has its ten-digit code inside a UUID of version 8, so that every table, link and log has one type of key,
/// while people and programs read and write the code itself.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(Uuid);

/// First six bytes of the id of a place.
const PLACE_MARK: [u8; 6] = *b"psgc\0\0";
/// Number of digits of a PSGC code.
const PLACE_DIGITS: usize = 10;

impl Default for Id {
    fn default() -> Self {
        Self::NIL
    }
}

impl Id {
    /// Nil id.
    pub const NIL: Self = Self(Uuid::nil());

    /// Builds a UUIDv7 (RFC 9562, 5.7) from milliseconds since 1970 and ten random bytes.
    #[must_use]
    pub fn from_parts(milliseconds: u64, random: &[u8; 10]) -> Self {
        Self(uuid::Builder::from_unix_timestamp_millis(milliseconds, random).into_uuid())
    }

    /// Returns the id of the place with this code of one to ten digits.
    #[must_use]
    pub fn place(code: &str) -> Option<Self> {
        if code.len() != PLACE_DIGITS || !code.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let number: u64 = code.parse().ok()?;
        let mut bytes = [0_u8; 16];
        bytes[..6].copy_from_slice(&PLACE_MARK);
        bytes[6] = 0x80;
        bytes[8] = 0x80;
        bytes[11..].copy_from_slice(&number.to_be_bytes()[3..]);
        Some(Self(Uuid::from_bytes(bytes)))
    }

    /// Returns the PSGC code of a place.
    #[must_use]
    pub fn place_code(self) -> Option<String> {
        let bytes = self.0.as_bytes();
        if bytes[..6] != PLACE_MARK || bytes[6] != 0x80 || bytes[8] != 0x80 {
            return None;
        }
        let mut number = [0_u8; 8];
        number[3..].copy_from_slice(&bytes[11..]);
        Some(format!("{:010}", u64::from_be_bytes(number)))
    }

    /// Returns the stored UUID.
    #[must_use]
    pub fn uuid(self) -> Uuid {
        self.0
    }
}

impl From<Uuid> for Id {
    fn from(uuid: Uuid) -> Self {
        Self(uuid)
    }
}

impl fmt::Display for Id {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place_code() {
            Some(code) => formatter.write_str(&code),
            None => self.0.fmt(formatter),
        }
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// Text that is neither a UUID nor a PSGC code.
#[derive(Debug, thiserror::Error)]
#[error("expected a UUID, or the ten digits of a place")]
pub struct InvalidId;

impl FromStr for Id {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(place) = Self::place(text) {
            return Ok(place);
        }
        // Only the hyphenated form is accepted: one record has one spelling.
        if text.len() != 36 {
            return Err(InvalidId);
        }
        text.parse().map(Self).map_err(|_| InvalidId)
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_written_as_its_code() {
        let id: Id = "1999907004".parse().unwrap();
        assert_eq!(id.to_string(), "1999907004");
        let padded: Id = "0102801001".parse().unwrap();
        assert_eq!(padded.to_string(), "0102801001");
        assert_eq!(Id::from(padded.uuid()), padded);
    }

    #[test]
    fn a_uuid_is_written_as_a_uuid() {
        let id = Id::from_parts(1_700_000_000_000, &[7; 10]);
        assert_eq!(id.place_code(), None);
        assert_eq!(id.to_string().parse::<Id>().unwrap(), id);
        assert_eq!(id.uuid().get_version_num(), 7);
    }

    #[test]
    fn invalid_ids_are_refused() {
        for text in ["", "12", "99999999999", "zzz", "0190f2d5a1b07c3e8f001122334455667788"] {
            assert!(text.parse::<Id>().is_err(), "{text}");
        }
    }
}
