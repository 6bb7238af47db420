//! Files attached to records: types by content, names and limits.

mod content;
mod name;

pub use content::{FileType, Signature, TextScan, in_archive, in_compound, markers, of_text, signature};
pub use name::{LONGEST_NAME, stored_name};

/// Maximum size of a file in bytes.
pub const MOST_BYTES: u64 = 25 * 1024 * 1024;
/// Maximum number of files of a record, without removed ones.
pub const MOST_FILES: usize = 200;
/// Maximum number of parts of an archive that are looked at; one with more is an archive of any files.
pub const MOST_PARTS: usize = 20_000;

/// Returns the accepted types in words.
#[must_use]
pub fn allowed() -> String {
    "pictures (PNG, JPEG, GIF, WebP, HEIC), PDF, Word, Excel, PowerPoint and OpenDocument files, text, CSV and ZIP"
        .to_owned()
}

/// Returns a number of bytes in words, such as "1.4 MB".
#[must_use]
pub fn size_text(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KB", "MB", "GB", "TB"];
    if bytes < 1024 {
        return format!("{bytes} bytes");
    }
    // Tenths of the unit, rounded half up.
    let mut unit = 0;
    let mut size = 1024_u64;
    while bytes >= size.saturating_mul(1024) && unit + 1 < UNITS.len() {
        size *= 1024;
        unit += 1;
    }
    let tenths = (u128::from(bytes) * 10 + u128::from(size) / 2) / u128::from(size);
    match (tenths / 10, tenths % 10) {
        (whole, 0) => format!("{whole} {}", UNITS[unit]),
        (whole, _) if whole >= 100 => format!("{whole} {}", UNITS[unit]),
        (whole, part) => format!("{whole}.{part} {}", UNITS[unit]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_written_as_people_read_them() {
        for (bytes, text) in [
            (0, "0 bytes"),
            (1023, "1023 bytes"),
            (1024, "1 KB"),
            (1500, "1.5 KB"),
            (MOST_BYTES, "25 MB"),
            (10 * 1024 * 1024 * 1024, "10 GB"),
            (u64::MAX, "16777216 TB"),
        ] {
            assert_eq!(size_text(bytes), text);
        }
    }
}
