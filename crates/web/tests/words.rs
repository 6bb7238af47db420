//! Test of the words of pages: every text within `html!` goes through `t!` or `t_html!`, the one place for a catalog.
//!
//! The sources are read as tokens. A text is a literal with a word in it, as content of an element, as an attribute
//! that people read, or in an expression within the HTML. The words of messages (`message!`) of all crates are tested
//! as well.

#![allow(clippy::unwrap_used)] // A failed assumption fails the test.

use std::fs;
use std::path::Path;

/// Attributes that people read or hear.
const READ: [&str; 7] =
    ["aria-label", "aria-description", "title", "placeholder", "alt", "data-confirm", "data-label"];
/// Macros whose literals are keys of a catalog, or no text of a page.
const EXEMPT: [&str; 4] = ["t", "t_html", "format_args", "matches"];
/// Folders whose pages are not yet done.
const PENDING: [&str; 0] = [];

/// Token of a source.
#[derive(Clone, Debug, PartialEq)]
enum Token {
    /// String literal: its text and its line.
    Literal(String, usize),
    /// Identifier or number.
    Word(String),
    /// Any other character.
    Sign(char),
    /// Group within its brackets.
    Group(char, Vec<Token>),
}

/// Text that does not go through the one place.
#[derive(Debug, PartialEq)]
struct Found {
    line: usize,
    text: String,
}

/// Reads a source, comments left out, into nested groups.
struct Reader<'a> {
    rest: &'a str,
    line: usize,
}

impl Reader<'_> {
    fn advance(&mut self, bytes: usize) -> String {
        let (taken, rest) = self.rest.split_at(bytes);
        self.line += taken.matches('\n').count();
        self.rest = rest;
        taken.to_owned()
    }

    /// Tokens up to the bracket that closes the group, or to the end.
    fn group(&mut self) -> Vec<Token> {
        let mut tokens = Vec::new();
        while let Some(first) = self.rest.chars().next() {
            match first {
                _ if self.rest.starts_with("//") => {
                    self.advance(self.rest.find('\n').unwrap_or(self.rest.len()));
                }
                _ if self.rest.starts_with("/*") => {
                    self.advance(self.rest.find("*/").map_or(self.rest.len(), |end| end + 2));
                }
                '"' => tokens.push(self.literal()),
                'r' if raw_hashes(self.rest).is_some() => tokens.push(self.raw_literal()),
                '\'' => {
                    let length = character_length(self.rest);
                    self.advance(length);
                }
                '(' | '[' | '{' => {
                    self.advance(1);
                    let inner = self.group();
                    tokens.push(Token::Group(first, inner));
                }
                ')' | ']' | '}' => {
                    self.advance(1);
                    return tokens;
                }
                _ if first.is_alphanumeric() || first == '_' => {
                    let end = self.rest.find(|char: char| !char.is_alphanumeric() && char != '_');
                    tokens.push(Token::Word(self.advance(end.unwrap_or(self.rest.len()))));
                }
                _ => {
                    self.advance(first.len_utf8());
                    if !first.is_whitespace() {
                        tokens.push(Token::Sign(first));
                    }
                }
            }
        }
        tokens
    }

    fn literal(&mut self) -> Token {
        let line = self.line;
        let mut is_escaped = false;
        let end = self.rest[1..]
            .find(|char| {
                let ends = char == '"' && !is_escaped;
                is_escaped = char == '\\' && !is_escaped;
                ends
            })
            .unwrap();
        let text = self.advance(end + 2);
        Token::Literal(text[1..=end].to_owned(), line)
    }

    fn raw_literal(&mut self) -> Token {
        let line = self.line;
        let hashes = "#".repeat(raw_hashes(self.rest).unwrap());
        let start = hashes.len() + 2;
        let close = format!("\"{hashes}");
        let end = start + self.rest[start..].find(&close).unwrap();
        let text = self.advance(end + close.len());
        Token::Literal(text[start..end].to_owned(), line)
    }
}

/// Number of `#` of the raw string with which a text begins.
fn raw_hashes(text: &str) -> Option<usize> {
    let after = text.strip_prefix('r')?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    after[hashes..].starts_with('"').then_some(hashes)
}

/// Bytes of a character literal; of a lifetime, only of its apostrophe.
fn character_length(text: &str) -> usize {
    if text[1..].starts_with('\\') {
        return text[3..].find('\'').map_or(text.len(), |end| end + 4);
    }
    match text.chars().nth(2) {
        Some('\'') => text.chars().take(3).map(char::len_utf8).sum(),
        _ => 1,
    }
}

/// Returns the texts of a source that stand in HTML outside of the macros.
fn scan(source: &str) -> Vec<Found> {
    let mut found = Vec::new();
    code(&Reader { rest: source, line: 1 }.group(), false, &mut found);
    found
}

/// Looks for HTML in code. In an expression within HTML, literals that read as a sentence count too.
fn code(tokens: &[Token], is_shown: bool, found: &mut Vec<Found>) {
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Literal(text, line) if is_shown && is_sentence(text) => push(text, *line, found),
            Token::Group(_, inner) => match macro_name(tokens, at) {
                Some("html") => markup(inner, found),
                Some(name) if EXEMPT.contains(&name) => {
                    code(inner.get(1..).unwrap_or_default(), is_shown, found);
                }
                _ if is_of_tests(tokens, at) => {}
                _ => code(inner, is_shown, found),
            },
            _ => {}
        }
    }
}

/// Name of the macro whose arguments a group is.
fn macro_name(tokens: &[Token], at: usize) -> Option<&str> {
    match tokens.get(at.checked_sub(2)?..at)? {
        [Token::Word(name), Token::Sign('!')] => Some(name),
        _ => None,
    }
}

/// Returns true for the body of `mod tests`.
fn is_of_tests(tokens: &[Token], at: usize) -> bool {
    at >= 2 && tokens[at - 2..at] == [Token::Word("mod".to_owned()), Token::Word("tests".to_owned())]
}

/// Looks for words of a language that a message passes on as free text, which no catalog reaches: literals and labels
/// within `Word::text`.
fn untranslated(tokens: &[Token], found: &mut Vec<String>) {
    for (at, token) in tokens.iter().enumerate() {
        let Token::Group(_, inner) = token else { continue };
        if is_of_tests(tokens, at) {
            continue;
        }
        if is_free_text(&tokens[..at]) {
            free_text(inner, found);
        }
        untranslated(inner, found);
    }
}

/// Returns true if the tokens end with `Word::text` or `Word::texts`.
fn is_free_text(tokens: &[Token]) -> bool {
    let [.., Token::Word(of), Token::Sign(':'), Token::Sign(':'), Token::Word(name)] = tokens else {
        return false;
    };
    of == "Word" && (name == "text" || name == "texts")
}

fn free_text(tokens: &[Token], found: &mut Vec<String>) {
    for token in tokens {
        match token {
            Token::Literal(text, _) if has_word(text) => found.push(text.clone()),
            Token::Word(name) if ["label", "plural", "to_lowercase"].contains(&name.as_str()) => {
                found.push(name.clone());
            }
            Token::Group(_, inner) => free_text(inner, found),
            _ => {}
        }
    }
}

/// Looks at the body of `html!`.
fn markup(tokens: &[Token], found: &mut Vec<Found>) {
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        match token {
            Token::Sign('@') => {
                at = control(tokens, at + 1, found);
                continue;
            }
            Token::Sign('=') => {
                attribute(&attribute_name(&tokens[..at]), tokens.get(at + 1), found);
                at += 2;
                continue;
            }
            // A class or an id may be a literal.
            Token::Sign('.' | '#') => at += 1,
            Token::Literal(text, line) if has_word(text) => push(text, *line, found),
            Token::Group('{', inner) => markup(inner, found),
            Token::Group(_, inner) => code(inner, true, found),
            _ => {}
        }
        at += 1;
    }
}

/// Looks at `@if`, `@for`, `@while`, `@match` and `@let`; returns where the HTML goes on.
fn control(tokens: &[Token], at: usize, found: &mut Vec<Found>) -> usize {
    let is = |word: &str| tokens.get(at) == Some(&Token::Word(word.to_owned()));
    let is_end = |token: &Token| match token {
        Token::Sign(sign) => is("let") && *sign == ';',
        Token::Group(bracket, _) => !is("let") && *bracket == '{',
        _ => false,
    };
    let end = tokens[at..].iter().position(is_end).map_or(tokens.len(), |length| at + length);
    // Literals of conditions and patterns are values to compare with.
    code(&tokens[at..end], is("let"), found);
    if let Some(Token::Group(_, inner)) = tokens.get(end) {
        if is("match") { arms(inner, found) } else { markup(inner, found) }
    }
    end + 1
}

/// Looks at the arms of `@match`.
fn arms(tokens: &[Token], found: &mut Vec<Found>) {
    let mut rest = tokens;
    while let Some(arrow) = rest.windows(2).position(|two| two == [Token::Sign('='), Token::Sign('>')]) {
        rest = &rest[arrow + 2..];
        if let Some(Token::Group('{', inner)) = rest.first() {
            markup(inner, found);
            rest = &rest[1..];
        } else {
            let end = rest.iter().position(|token| *token == Token::Sign(',')).unwrap_or(rest.len());
            markup(&rest[..end], found);
            rest = &rest[end..];
        }
    }
}

/// Name of the attribute at the end of the tokens, such as `aria-label`.
fn attribute_name(tokens: &[Token]) -> String {
    let mut name = String::new();
    let mut was_word = false;
    for token in tokens.iter().rev() {
        match token {
            Token::Word(word) if !was_word => name.insert_str(0, word),
            Token::Sign(sign @ ('-' | ':')) if was_word => name.insert(0, *sign),
            _ => break,
        }
        was_word = !was_word;
    }
    name
}

/// Looks at the value of an attribute.
fn attribute(name: &str, value: Option<&Token>, found: &mut Vec<Found>) {
    let is_read = READ.contains(&name);
    match value {
        Some(Token::Literal(text, line)) if is_read && has_word(text) => push(text, *line, found),
        Some(Token::Group('{', inner)) if is_read => markup(inner, found),
        Some(Token::Group(_, inner)) => code(inner, is_read, found),
        _ => {}
    }
}

fn push(text: &str, line: usize, found: &mut Vec<Found>) {
    let is_path = text.starts_with('/') && !text.contains(' ');
    if !is_path {
        found.push(Found { line, text: text.to_owned() });
    }
}

/// Returns true if a text has a word: two letters in a row that belong to no escape or placeholder.
fn has_word(text: &str) -> bool {
    let plain = plain(text);
    plain.as_bytes().windows(2).any(|two| two.iter().all(u8::is_ascii_alphabetic))
}

/// Returns true for a text of two words or more, as no key or class has.
fn is_sentence(text: &str) -> bool {
    let plain = plain(text);
    let is_word = |word: &&str| word.chars().filter(|char| char.is_alphabetic()).count() > 1;
    let is_code = plain.contains(['%', '=', '/', '_']);
    !is_code && plain.split_whitespace().filter(is_word).count() > 1
}

/// The text without escapes and placeholders.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut depth = 0;
    let mut is_escaped = false;
    for char in text.chars() {
        match char {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '{' => depth += 1,
            '}' => depth -= 1,
            _ if depth == 0 => plain.push(char),
            _ => {}
        }
    }
    plain
}

/// Calls `see` with the path and the text of every source below a folder.
fn sources(root: &Path, folder: &Path, see: &mut impl FnMut(&str, &str)) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(root, &path, see);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            see(&name, &fs::read_to_string(&path).unwrap());
        }
    }
}

#[test]
fn texts_of_pages_go_through_one_place() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut missing = Vec::new();
    let mut bodies = 0;
    sources(&root, &root, &mut |name, source| {
        bodies += source.matches("html! {").count();
        if !PENDING.iter().any(|pending| name.starts_with(pending)) {
            missing.extend(
                scan(source).into_iter().map(|found| format!("{name}:{}: {:?}", found.line, found.text)),
            );
        }
    });
    assert!(bodies > 300, "the sources are not read");
    assert!(missing.is_empty(), "texts outside of t! and t_html!:\n{}", missing.join("\n"));
}

#[test]
fn words_of_messages_are_labels_or_data() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let (mut missing, mut messages) = (Vec::new(), 0);
    for name in ["domain", "app", "web"] {
        let root = crates.join(name).join("src");
        sources(&root, &root, &mut |file, source| {
            messages += source.matches("message!(").count();
            let mut found = Vec::new();
            untranslated(&Reader { rest: source, line: 1 }.group(), &mut found);
            missing.extend(found.into_iter().map(|text| format!("{name}/src/{file}: {text:?}")));
        });
    }
    assert!(messages > 200, "the sources are not read");
    assert!(missing.is_empty(), "use Word::label or message! instead of Word::text:\n{}", missing.join("\n"));
}

#[test]
fn pages_show_no_message_in_english() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut missing = Vec::new();
    sources(&root, &root, &mut |name, source| {
        if source.contains(".english()") {
            missing.push(name.to_owned());
        }
    });
    assert!(missing.is_empty(), "use words::message: {missing:?}");
}

#[test]
fn scanner_finds_words_that_pass_as_free_text() {
    let source = r#"
        fn refuse() {
            message!("{a} {b} {c} {d}", a = Word::text("some words"), b = Word::text(kind.label), d = Word::label("x y"));
            message!("{a}", a = Word::texts(Joining::Or, names.map(|kind| kind.plural.to_lowercase())));
            message!("{a} {b}", a = Word::text(day.strftime("%-d %b")), b = Word::text(title));
        }
        mod tests { fn it() { Word::text("some words"); } }
    "#;
    let mut found = Vec::new();
    untranslated(&Reader { rest: source, line: 1 }.group(), &mut found);
    assert_eq!(found, ["some words", "label", "plural", "to_lowercase"]);
}

/// The texts that a scan of a source finds.
fn found(source: &str) -> Vec<String> {
    scan(source).into_iter().map(|found| found.text).collect()
}

#[test]
fn scanner_finds_texts_of_elements_and_attributes() {
    let source = r##"
        fn page() -> Markup {
            // "A comment" is no text.
            html! {
                p.muted #place { "No tasks yet" }
                button."wide one" type="button" aria-label="Close" title={ "More of " (name) } { (icon("x y")) }
                @if status == "on hold" { "On hold" } @else if x { b { "Open" } }
                @match kind { "a b" => "First", _ => { span { "Second" } } }
                @for (word, _) in LIST { li { (badge("At risk", 'x')) } }
                @let sum = format!("{count} tasks of {name}");
                (words::sentence(r#"A "raw" text"#))
            }
        }
    "##;
    let expected = [
        "No tasks yet",
        "Close",
        "More of ",
        "On hold",
        "Open",
        "First",
        "Second",
        "At risk",
        "{count} tasks of {name}",
        r#"A "raw" text"#,
    ];
    assert_eq!(found(source), expected);
}

#[test]
fn scanner_leaves_keys_and_values_alone() {
    let source = r#"
        #[cfg(test)]
        mod tests { fn page() -> Markup { html! { p { "Text of a test" } } } }
        fn page() -> Markup {
            let said = "not within HTML";
            html! {
                p class="muted wide" data-live="task ppa" { (t!("No tasks yet")) " · " (day.strftime("%-d %b %Y")) }
                p { (t_html!("{count} of {all}", count = 1, all = html! { b { (t!("All")) } })) "," }
                input name="title" placeholder=(t!("Add a task"));
            }
        }
    "#;
    assert_eq!(found(source), Vec::<String>::new());
}
