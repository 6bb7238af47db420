//! Rules for user names.

use crate::core::message::{Message, Word};
use crate::message;

/// Minimum number of characters.
pub const SHORTEST: usize = 3;
/// Maximum number of characters.
pub const LONGEST: usize = 40;

/// Why a user name is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UsernameError {
    /// Too short or too long.
    Length,
    /// A character that is not allowed.
    Character(char),
}

impl UsernameError {
    /// Returns what is expected of a user name.
    #[must_use]
    pub fn message(self) -> Message {
        match self {
            Self::Length => {
                message!("The user name must have {SHORTEST} to {LONGEST} characters.", SHORTEST, LONGEST)
            }
            Self::Character(wrong) => message!(
                "The user name must have only lower-case letters, digits, dots, hyphens and underscores, not {wrong}.",
                wrong = Word::text(format_args!("{wrong:?}"))
            ),
        }
    }
}

/// Checks a new user name.
pub fn check(username: &str) -> Result<(), UsernameError> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_' | '-');
    if let Some(wrong) = username.chars().find(|c| !allowed(*c)) {
        return Err(UsernameError::Character(wrong));
    }
    if !(SHORTEST..=LONGEST).contains(&username.len()) {
        return Err(UsernameError::Length);
    }
    Ok(())
}

/// Normalizes a typed user name to its stored form: people type capitals and spaces around their name.
pub fn normalize(typed: &str) -> String {
    typed.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_user_names_are_accepted() {
        for name in ["ana", "amina.tan", "j_d-2", &"a".repeat(40)] {
            assert_eq!(check(name), Ok(()), "{name}");
        }
    }

    #[test]
    fn other_user_names_are_refused() {
        assert_eq!(check("ab"), Err(UsernameError::Length));
        assert_eq!(check(""), Err(UsernameError::Length));
        assert_eq!(check(&"a".repeat(41)), Err(UsernameError::Length));
        assert_eq!(check("Ana"), Err(UsernameError::Character('A')));
        assert_eq!(check("ana tan"), Err(UsernameError::Character(' ')));
        assert_eq!(check("niña"), Err(UsernameError::Character('ñ')));
        assert_eq!(check("a@b.ph"), Err(UsernameError::Character('@')));
    }

    #[test]
    fn typed_user_names_are_normalized() {
        assert_eq!(normalize(" Ana.Tan "), "ana.tan");
    }
}
