//! Names of files as they are stored: safe to show, to send and to save.

use super::FileType;

/// Maximum length of a stored name in bytes, which every file system takes.
pub const LONGEST_NAME: usize = 200;
/// Name of a file without one.
const NAMELESS: &str = "file";

/// Returns the stored name: without folders, control characters and marks that reverse the direction of the text, of
/// bounded length, and with an extension of its type.
#[must_use]
pub fn stored_name(given: &str, kind: FileType) -> String {
    let cleaned = cleaned(given);
    let (stem, extension) = match cleaned.rsplit_once('.') {
        Some((stem, extension)) if kind.extensions().contains(&extension.to_lowercase().as_str()) => {
            (stem, extension)
        }
        // The extension of another type would promise other content.
        Some((stem, extension)) if is_of_any_type(extension) => (stem, kind.extensions()[0]),
        _ => (cleaned.as_str(), kind.extensions()[0]),
    };
    let stem = shortened(trimmed(stem), LONGEST_NAME - extension.len() - 1);
    let stem = if stem.is_empty() { NAMELESS } else { stem };
    format!("{stem}.{extension}")
}

fn is_of_any_type(extension: &str) -> bool {
    let extension = extension.to_lowercase();
    FileType::ALL.iter().any(|kind| kind.extensions().contains(&extension.as_str()))
}

fn cleaned(given: &str) -> String {
    let name = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let mut out = String::with_capacity(name.len());
    for letter in name.chars().filter(|letter| !is_hidden(*letter)) {
        match letter {
            _ if letter.is_whitespace() => {
                if !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            // Not allowed in names by Windows.
            '<' | '>' | ':' | '"' | '|' | '?' | '*' => out.push('_'),
            _ => out.push(letter),
        }
    }
    trimmed(&out).to_owned()
}

fn trimmed(name: &str) -> &str {
    name.trim_matches(|letter: char| letter.is_whitespace() || letter == '.')
}

/// Returns true for characters that are not seen, or that change how the others are seen.
fn is_hidden(letter: char) -> bool {
    (letter.is_control() && !letter.is_whitespace())
        || matches!(
            letter,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
        )
}

/// Returns the beginning of a text of at most so many bytes, in whole characters.
fn shortened(text: &str, bytes: usize) -> &str {
    let mut end = text.len().min(bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    trimmed(&text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_become_plain_ones() {
        for (given, stored) in [
            ("report.pdf", "report.pdf"),
            ("Report.PDF", "Report.PDF"),
            ("../../etc/passwd", "passwd.pdf"),
            ("C:\\Users\\Ana\\plan.pdf", "plan.pdf"),
            ("..", "file.pdf"),
            ("", "file.pdf"),
            (".pdf", "pdf.pdf"),
            ("photo.png", "photo.pdf"),
            ("budget.v2", "budget.v2.pdf"),
            ("in\u{202e}fdp.exe", "infdp.exe.pdf"),
            ("a\u{0}b\nc\td.pdf", "ab c d.pdf"),
            ("say \"hi\"?.pdf", "say _hi__.pdf"),
            ("Peñaflor – مسجد.pdf", "Peñaflor – مسجد.pdf"),
            ("a\u{200b}\u{feff}.pdf", "a.pdf"),
        ] {
            assert_eq!(stored_name(given, FileType::Pdf), stored, "{given:?}");
        }
    }

    #[test]
    fn long_names_are_cut_between_characters() {
        for letter in ["x", "ñ", "مـ", "🙂"] {
            let name = stored_name(&format!("{}.pdf", letter.repeat(300)), FileType::Pdf);
            assert!(name.len() <= LONGEST_NAME && name.ends_with(".pdf") && name.len() > 180, "{name}");
        }
        let name = stored_name(&format!("a.{}", "x".repeat(300)), FileType::Zip);
        assert!(name.len() <= LONGEST_NAME && name.ends_with("x.zip"));
    }
}
