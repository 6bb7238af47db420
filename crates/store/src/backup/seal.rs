//! Checksum at the end of the file, which detects truncated, changed and foreign files.

use std::io::{self, Read, Write};

use obcms_domain::core::hex::hex;
use sha2::{Digest, Sha256};

/// Start of the seal line.
const START: &str = "\nobcms-backup sha256 ";
/// Length of the seal line in bytes.
pub const LENGTH: u64 = START.len() as u64 + 64 + 1;

/// Writer that appends the checksum of everything written through it.
pub struct Sealing<W> {
    inner: W,
    digest: Sha256,
}

impl<W: Write> Sealing<W> {
    pub fn new(inner: W) -> Self {
        Self { inner, digest: Sha256::new() }
    }

    /// Writes the checksum and returns the inner writer.
    pub fn seal(mut self) -> io::Result<W> {
        writeln!(self.inner, "{START}{}", hex(&self.digest.finalize()))?;
        self.inner.flush()?;
        Ok(self.inner)
    }
}

impl<W: Write> Write for Sealing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.digest.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Verifies a file of `length` bytes. Returns the length of the sealed content, or the reason why the file is
/// invalid.
pub fn check(mut file: impl Read, length: u64) -> io::Result<Result<u64, &'static str>> {
    const FOREIGN: &str = "it is cut off, or not a backup of obcms";
    let Some(sealed) = length.checked_sub(LENGTH) else {
        return Ok(Err(FOREIGN));
    };
    let mut digest = Sha256::new();
    let mut left = sealed;
    let mut buffer = vec![0; 256 * 1024];
    while left > 0 {
        let wanted = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
        match file.read(&mut buffer[..wanted])? {
            0 => return Ok(Err(FOREIGN)),
            read => {
                digest.update(&buffer[..read]);
                left -= read as u64;
            }
        }
    }
    let mut end = Vec::new();
    file.read_to_end(&mut end)?;
    if !end.starts_with(START.as_bytes()) || end.len() as u64 != LENGTH {
        return Ok(Err(FOREIGN));
    }
    let expected = format!("{START}{}\n", hex(&digest.finalize()));
    Ok(if end == expected.as_bytes() {
        Ok(sealed)
    } else {
        Err("it is damaged: its checksum does not match")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changed_or_missing_byte_is_detected() {
        let mut sealing = Sealing::new(Vec::new());
        sealing.write_all(b"some content").unwrap();
        let whole = sealing.seal().unwrap();
        let judged = |bytes: &[u8]| check(bytes, bytes.len() as u64).unwrap();
        assert_eq!(judged(&whole), Ok(12));
        for position in 0..whole.len() {
            let mut changed = whole.clone();
            changed[position] ^= 4;
            assert!(judged(&changed).is_err(), "byte {position} was changed");
            assert!(judged(&whole[..position]).is_err(), "only {position} bytes are left");
        }
        let mut longer = whole.clone();
        longer.push(b'\n');
        assert!(judged(&longer).is_err());
    }
}
