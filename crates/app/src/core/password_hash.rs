//! Password hashes: Argon2id, verified without timing differences.

use std::sync::LazyLock;

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Params, Version};
use obcms_domain::accounts::password;

use super::application::App;
use super::error::AppError;
use super::hashing::with_memory;

/// Cost of a hash: memory and passes of Argon2id with one lane. A hash contains its own cost, so that older ones are
/// verified at theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordCost {
    /// Memory in KiB.
    pub memory: u32,
    /// Passes over the memory.
    pub passes: u32,
}

impl Default for PasswordCost {
    /// Minimum that OWASP recommends for Argon2id: 19 MiB, two passes.
    fn default() -> Self {
        Self { memory: 19 * 1024, passes: 2 }
    }
}

/// Calculates the output of Argon2id, as long as `output` is, in the shared memory of the hashers.
fn derive(
    password: &str,
    salt: &[u8],
    parameters: Params,
    version: Version,
    output: &mut [u8],
) -> Result<(), argon2::Error> {
    let blocks = parameters.block_count();
    let argon2 = Argon2::new(Algorithm::Argon2id, version, parameters);
    with_memory(blocks, |memory| {
        argon2.hash_password_into_with_memory(password.as_bytes(), salt, output, memory)
    })
}

fn hash_with(password: &str, salt: &[u8], cost: PasswordCost) -> Result<String, AppError> {
    let wrong = |error: &dyn std::fmt::Display| AppError::Internal(error.to_string());
    let parameters = Params::new(cost.memory, cost.passes, 1, None).map_err(|error| wrong(&error))?;
    let mut output = [0; Params::DEFAULT_OUTPUT_LEN];
    derive(password, salt, parameters.clone(), Version::V0x13, &mut output).map_err(|error| wrong(&error))?;
    let hash = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&parameters).map_err(|error| wrong(&error))?,
        salt: Some(Salt::new(salt).map_err(|error| wrong(&error))?),
        hash: Some(Output::new(&output).map_err(|error| wrong(&error))?),
    };
    Ok(hash.to_string())
}

/// Returns the hash to store for a password that passed its checks.
pub fn hash(app: &App, password: &str) -> Result<String, AppError> {
    hash_with(&password::normalize(password), &app.random::<16>(), app.options().password_cost)
}

/// Dummy hash for accounts that do not exist, so that verification takes as long.
static DUMMY_HASH: LazyLock<String> = LazyLock::new(|| {
    hash_with("nobody has this password", &[0; 16], PasswordCost::default()).unwrap_or_default()
});

/// Returns true if the password matches the hash. With an empty hash it takes as long and returns false.
pub fn verify(password: &str, hash: &str) -> bool {
    let against = if hash.is_empty() { DUMMY_HASH.as_str() } else { hash };
    let is_right = |password: &str| is_right(password, against).unwrap_or(false);
    let normal = password::normalize(password);
    // Older hashes are of passwords as they were typed, not normalized.
    let right = is_right(&normal) || (normal != password && is_right(password));
    right && !hash.is_empty()
}

fn is_right(password: &str, hash: &str) -> Option<bool> {
    let parsed = PasswordHash::new(hash).ok()?;
    if parsed.algorithm != Algorithm::Argon2id.ident() {
        return None;
    }
    let version = parsed.version.map_or(Ok(Version::V0x13), Version::try_from).ok()?;
    let (salt, expected) = (parsed.salt?, parsed.hash?);
    let mut output = vec![0; expected.len()];
    derive(password, &salt, Params::try_from(&parsed).ok()?, version, &mut output).ok()?;
    // Compared in constant time.
    Some(Output::new(&output).ok()? == expected)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // A failed assumption fails the test.

    use super::*;

    #[test]
    fn hash_has_owasp_cost_and_verifies_at_its_own_cost() {
        let hash = hash_with("river stone lamp", &[7; 16], PasswordCost::default()).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(verify("river stone lamp", &hash) && !verify("river stone lamb", &hash));
        let cheap = hash_with("river stone lamp", &[7; 16], PasswordCost { memory: 8, passes: 1 }).unwrap();
        assert!(cheap.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{cheap}");
        assert!(verify("river stone lamp", &cheap) && !verify("river stone lamb", &cheap));
    }
}
