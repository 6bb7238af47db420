//! Process of the measured program.

use std::io::Write;
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Address of the server during the measurement.
pub const ADDRESS: &str = "127.0.0.1:8971";
/// Password of the benchmark account.
pub const PASSWORD: &str = "river stone lamp at noon";

/// Maximum wait for the demo data.
const PATIENCE: Duration = Duration::from_secs(1800);

fn command(program: &str, data: &str, database: &str) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("OBCMS_DATA", data).env("OBCMS_DATABASE", database).env("OBCMS_LISTEN", ADDRESS);
    command
}

fn answers(path: &str) -> bool {
    ureq::get(format!("http://{ADDRESS}{path}")).call().is_ok_and(|answer| answer.status().is_success())
}

fn wait(child: &mut Child, limit: Duration) -> Result<(), String> {
    let begun = Instant::now();
    while begun.elapsed() < limit {
        if let Ok(Some(status)) = child.try_wait() {
            return Err(format!("the program ended with {status}"));
        }
        if TcpStream::connect(ADDRESS).is_ok() && answers("/readyz") {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    Err("the program did not get ready".to_owned())
}

/// Creates the demo data and the benchmark account. Returns the seconds until the demo answered.
pub fn fill(program: &str, size: &str, data: &str, database: &str) -> Result<f64, String> {
    let begun = Instant::now();
    let mut child = command(program, data, database)
        .args(["demo", "--size", size])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| error.to_string())?;
    let ready = wait(&mut child, PATIENCE);
    let seconds = begun.elapsed().as_secs_f64();
    stop(&mut child);
    ready?;
    let mut add = command(program, data, database)
        .args(["user", "add", "figures", "--role", "admin", "--password-stdin"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .map_err(|error| error.to_string())?;
    if let Some(mut input) = add.stdin.take() {
        writeln!(input, "{PASSWORD}").map_err(|error| error.to_string())?;
    }
    let status = add.wait().map_err(|error| error.to_string())?;
    if status.success() { Ok(seconds) } else { Err("no account could be made".to_owned()) }
}

/// Creates a token for the account with this name.
pub fn token(program: &str, data: &str, database: &str, user: &str) -> Result<String, String> {
    let output = command(program, data, database)
        .args(["token", "create", "--user", user])
        .output()
        .map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn stop(child: &mut Child) {
    // Operators send SIGTERM; the program finishes its open requests.
    let _ = Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
    let _ = child.wait();
}

/// Running server.
pub struct Running {
    child: Child,
    /// Token of the benchmark account.
    pub token: String,
    /// Time from the start of the process to the first successful response, in milliseconds.
    pub start_milliseconds: f64,
}

impl Running {
    /// Starts the program on existing data.
    pub fn start(program: &str, data: &str, database: &str) -> Result<Self, String> {
        let token = token(program, data, database, "figures")?;
        let begun = Instant::now();
        let mut child = command(program, data, database)
            .arg("serve")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| error.to_string())?;
        wait(&mut child, Duration::from_secs(60))?;
        let start_milliseconds = begun.elapsed().as_secs_f64() * 1000.0;
        std::thread::sleep(Duration::from_secs(2));
        Ok(Self { child, token, start_milliseconds })
    }

    /// Returns the CPU time of the process in user and kernel mode, in milliseconds.
    pub fn cpu_milliseconds(&self) -> Result<f64, String> {
        let unreadable = || "the CPU time of the process cannot be read".to_owned();
        let text = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))
            .map_err(|error| error.to_string())?;
        // The name in brackets may contain blanks; after it the 12th and 13th fields count, in hundredths of a
        // second.
        let (_, fields) = text.rsplit_once(')').ok_or_else(unreadable)?;
        let ticks: Vec<f64> =
            fields.split_whitespace().skip(11).take(2).filter_map(|field| field.parse().ok()).collect();
        if ticks.len() == 2 { Ok((ticks[0] + ticks[1]) * 10.0) } else { Err(unreadable()) }
    }

    /// Returns the resident memory of the process in megabytes.
    pub fn memory_megabytes(&self) -> Result<f64, String> {
        let text = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))
            .map_err(|error| error.to_string())?;
        let kilobytes: f64 = text
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .and_then(|rest| rest.split_whitespace().next())
            .and_then(|number| number.parse().ok())
            .ok_or("the memory of the process cannot be read")?;
        Ok(kilobytes / 1024.0)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        stop(&mut self.child);
    }
}
