//! What a password must be.
//!
//! Length is what counts; there are no rules on kinds of characters, as those only lead to patterns.

mod common;

use common::COMMON;

/// Fewest characters.
pub const SHORTEST: usize = 12;
/// Most characters; more would only make the server work.
pub const LONGEST: usize = 200;

/// Why a password is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Fewer than [`SHORTEST`] characters.
    #[error("a password has at least {SHORTEST} characters")]
    TooShort,
    /// More than [`LONGEST`] characters.
    #[error("a password has at most {LONGEST} characters")]
    TooLong,
    /// The user name.
    #[error("a password must not be the user name")]
    IsUsername,
    /// One of the passwords that everybody tries first.
    #[error("this password is among the first that anybody would try")]
    TooCommon,
}

/// Checks a new password of the account `username`.
pub fn check(password: &str, username: &str) -> Result<(), PasswordError> {
    let length = password.chars().count();
    if length < SHORTEST {
        return Err(PasswordError::TooShort);
    }
    if length > LONGEST {
        return Err(PasswordError::TooLong);
    }
    let plain = password.trim().to_lowercase();
    if plain == username.trim().to_lowercase() {
        return Err(PasswordError::IsUsername);
    }
    if COMMON.contains(&plain.as_str()) {
        return Err(PasswordError::TooCommon);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_a_long_one() {
        assert_eq!(check("river stone lamp", "ana.tan"), Ok(()));
        assert_eq!(check(&"añ".repeat(100), "ana.tan"), Ok(()));
    }

    #[test]
    fn counts_characters_not_bytes() {
        assert_eq!(check("ñññññññ", "ana.tan"), Err(PasswordError::TooShort));
        assert_eq!(check(&"x".repeat(201), "ana.tan"), Err(PasswordError::TooLong));
    }

    #[test]
    fn refuses_the_user_name_in_any_case() {
        assert_eq!(check("Amina.Abdullah", "amina.abdullah"), Err(PasswordError::IsUsername));
    }

    #[test]
    fn refuses_common_ones_in_any_case() {
        assert_eq!(check("Password1234", "ana.tan"), Err(PasswordError::TooCommon));
        assert_eq!(check("QWERTYUIOP123", "ana.tan"), Err(PasswordError::TooCommon));
    }

    #[test]
    fn the_list_of_common_ones_is_of_use() {
        assert!(COMMON.len() >= 100);
        for (index, entry) in COMMON.iter().enumerate() {
            assert!(entry.len() >= SHORTEST, "{entry} is refused by its length already");
            assert_eq!(*entry, entry.to_lowercase(), "{entry} would never match");
            assert!(!COMMON[..index].contains(entry), "{entry} stands twice");
        }
    }
}
