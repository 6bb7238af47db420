//! Secrets that the program issues, and their stored hashes.

use base64ct::{Base64UrlUnpadded, Encoding};
use obcms_domain::core::hex::hex;
use sha2::{Digest, Sha256};

use crate::core::App;

/// Returns a new secret of 256 random bits, fit for addresses and headers.
pub fn new(app: &App) -> String {
    Base64UrlUnpadded::encode_string(&app.random::<32>())
}

/// Returns the hash of a secret for the database. The secrets are random, so one round without salt is enough.
pub fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

/// Returns the hash as text, for a field of a record.
pub fn hashed_text(secret: &str) -> String {
    hex(&hash(secret))
}
