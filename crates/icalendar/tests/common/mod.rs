//! Sample files in the style of other programs, written for these tests.

/// Name and content, with the line end `\n`.
pub const SAMPLES: [(&str, &str); 5] = [
    ("google", include_str!("../samples/google.ics")),
    ("outlook", include_str!("../samples/outlook.ics")),
    ("apple", include_str!("../samples/apple.ics")),
    ("thunderbird", include_str!("../samples/thunderbird.ics")),
    ("odd", include_str!("../samples/odd.ics")),
];

/// Line ends in files.
pub const ENDINGS: [&str; 4] = ["\r\n", "\n", "\r", "\r\r\n"];
