//! Runner of the program in tests.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::thread::JoinHandle;

/// Directory of one test, deleted at the end.
pub struct Folder(PathBuf);

impl Folder {
    /// Creates the directory; the name must be unique among the tests.
    pub fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("obcms-program-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).expect("a folder for the test");
        Folder(path)
    }

    /// Creates the directory with a prepared data directory: migrations and places take long to write.
    pub fn prepared(name: &str) -> Folder {
        let folder = Folder::new(name);
        fs::create_dir_all(folder.path().join("data")).expect("a data directory");
        fs::copy(template(), folder.path().join("data/obcms.db")).expect("a copy of the database");
        folder
    }

    /// Returns the path of the directory.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Writes a file into the directory.
    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, text).expect("a file for the test");
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Returns a prepared database, created once for this build of the program.
fn template() -> PathBuf {
    let shared = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let built = fs::metadata(env!("CARGO_BIN_EXE_obcms")).and_then(|facts| facts.modified());
    let age = built.expect("the program is there").duration_since(std::time::UNIX_EPOCH);
    let made = shared.join(format!("prepared-{}", age.expect("after 1970").as_nanos()));
    // Each test may run in its own process; the first one prepares the database and the others wait.
    let lock = fs::File::create(shared.join("prepared.lock")).expect("a file to lock");
    lock.lock().expect("the lock");
    let database = made.join("data/obcms.db");
    if !made.is_dir() {
        let unfinished = Folder(shared.join("unfinished"));
        let _ = fs::remove_dir_all(unfinished.path());
        fs::create_dir_all(unfinished.path()).expect("a folder for the database");
        let ended = Ended::of(program(&unfinished, &["migrate"]));
        assert_eq!(ended.code, Some(0), "{}", ended.errors);
        assert!(!unfinished.path().join("data/obcms.db-wal").exists(), "the database was left open");
        fs::rename(unfinished.path(), &made).expect("the database is put in place");
    }
    database
}

/// Returns the command of the program in a folder, without settings from the environment.
pub fn program(folder: &Folder, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_obcms"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("OBCMS_") {
            command.env_remove(name);
        }
    }
    // Slow statements of a loaded machine would add lines to standard error, which tests count.
    command.env("OBCMS_SLOW_STATEMENT_MS", "0");
    command.current_dir(folder.path()).args(arguments).stdin(Stdio::null());
    command
}

/// Result of a finished run.
pub struct Ended {
    /// Exit code.
    pub code: Option<i32>,
    /// Standard output.
    pub output: String,
    /// Standard error.
    pub errors: String,
}

impl Ended {
    /// Runs the command to its end.
    pub fn of(mut command: Command) -> Ended {
        let Output { status, stdout, stderr } = command.output().expect("the program starts");
        Ended {
            code: status.code(),
            output: String::from_utf8(stdout).expect("output is UTF-8"),
            errors: String::from_utf8(stderr).expect("errors are UTF-8"),
        }
    }

    /// Runs the command to its end with the text on standard input.
    pub fn given(mut command: Command, text: &str) -> Ended {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        // A command that refuses before reading has already closed its input.
        let _ = child.stdin.take().expect("standard input is piped").write_all(text.as_bytes());
        let Output { status, stdout, stderr } = child.wait_with_output().expect("the program ends");
        Ended {
            code: status.code(),
            output: String::from_utf8(stdout).expect("output is UTF-8"),
            errors: String::from_utf8(stderr).expect("errors are UTF-8"),
        }
    }

    /// Asserts exit code `code` and exactly one line on standard error that contains every one of `words`.
    pub fn refused(&self, code: i32, words: &[&str]) {
        assert_eq!(self.code, Some(code), "{}", self.errors);
        assert_eq!(self.output, "");
        assert_eq!(self.errors.lines().count(), 1, "{}", self.errors);
        for word in words {
            assert!(self.errors.contains(word), "'{word}' is not in: {}", self.errors);
        }
    }
}

/// Running `obcms serve`; killed on drop.
pub struct Serving {
    child: Child,
    /// Output of the program, read at once so that the program never blocks on a full pipe.
    output: Reader,
    errors: Reader,
    /// Address and port of the server.
    pub address: String,
}

type Reader = Option<JoinHandle<String>>;

/// Starts a thread that reads to the end.
fn reader(mut source: impl Read + Send + 'static) -> Reader {
    Some(std::thread::spawn(move || {
        let mut text = String::new();
        source.read_to_string(&mut text).expect("what it writes is text");
        text
    }))
}

fn read(reader: &mut Reader) -> String {
    reader.take().map_or_else(String::new, |reader| reader.join().expect("the reader ends"))
}

impl Serving {
    /// Starts the server on a free port and waits until it is up.
    pub fn start(folder: &Folder, arguments: &[&str]) -> Serving {
        let mut given = vec!["serve", "--listen", "127.0.0.1:0"];
        given.extend(arguments);
        let mut command = program(folder, &given);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let output = reader(child.stdout.take().expect("standard output is piped"));
        let mut errors = BufReader::new(child.stderr.take().expect("standard error is piped"));
        let mut seen = String::new();
        let address = loop {
            let before = seen.len();
            let read = errors.read_line(&mut seen).expect("standard error is readable");
            assert!(read > 0, "the program ended before it answered requests: {seen}");
            if let Some((_, address)) = seen[before..].split_once("listening on http://") {
                let end =
                    address.find(|character: char| !(character.is_ascii_digit() || ".:".contains(character)));
                break address[..end.unwrap_or(address.len())].to_owned();
            }
        };
        Serving { child, output, errors: reader(std::io::Cursor::new(seen).chain(errors)), address }
    }

    /// Sends a signal by name.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("sh")
            .args(["-c", &format!("kill -{name} {}", self.child.id())])
            .status()
            .expect("a shell for kill");
        assert!(sent.success(), "the signal was sent");
    }

    /// Waits for the end. Returns exit status and log.
    pub fn wait(mut self) -> (ExitStatus, String) {
        let log = read(&mut self.errors);
        (self.child.wait().expect("the program ends"), log)
    }

    /// Stops the server. Returns its standard output and standard error.
    pub fn stop(mut self) -> (String, String) {
        self.signal("TERM");
        (read(&mut self.output), read(&mut self.errors))
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
