//! Builds the browser side (`ui/`) and writes the tables of assets and icons that `assets.rs` and the icon component
//! include.
//!
//! Nothing is written into the source tree: `ui/` is copied to `OUT_DIR` and built there. `OBCMS_UI_DIST` names a
//! folder built beforehand by `npm ci --ignore-scripts && node build.mjs FOLDER`, for builds without network or Node.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, exit};
use std::{env, fs, io};

/// Files of `ui/` that the build reads; others (editor settings, `node_modules` of a developer) are ignored.
const FILES: [&str; 3] = ["package.json", "package-lock.json", "build.mjs"];

fn main() {
    if let Err(error) = run() {
        eprintln!("\nThe browser side of obcms (ui/) was not built: {error}\n");
        exit(1);
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let source = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../../ui");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=OBCMS_UI_DIST");
    let dist = if let Some(folder) = env::var_os("OBCMS_UI_DIST") {
        let folder = PathBuf::from(folder);
        println!("cargo::rerun-if-changed={}", folder.display());
        folder
    } else {
        println!("cargo::rerun-if-changed={}", source.join("src").display());
        for file in FILES {
            println!("cargo::rerun-if-changed={}", source.join(file).display());
        }
        build(&source, &out.join("ui"))?
    };
    fs::write(out.join("assets.table.rs"), table(&dist)?)?;
    Ok(())
}

/// Copies the sources to `workshop`, installs the packages if they are not those of the lock, and bundles.
fn build(source: &Path, workshop: &Path) -> Result<PathBuf, Box<dyn Error>> {
    fs::create_dir_all(workshop)?;
    let copy = workshop.join("src");
    if copy.exists() {
        fs::remove_dir_all(&copy)?;
    }
    copy_folder(&source.join("src"), &copy)?;
    for file in FILES {
        fs::copy(source.join(file), workshop.join(file))
            .map_err(|error| format!("ui/{file} cannot be read: {error}"))?;
    }
    let lock = fs::read(workshop.join("package-lock.json"))?;
    let installed = workshop.join("installed-lock.json");
    if fs::read(&installed).ok().as_ref() != Some(&lock) || !workshop.join("node_modules").is_dir() {
        // Removed first, so that an interrupted installation is repeated.
        match fs::remove_file(&installed) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
        let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
        let arguments =
            ["ci", "--ignore-scripts", "--omit=dev", "--prefer-offline", "--no-audit", "--no-fund"];
        call(Command::new(npm).args(arguments).current_dir(workshop), "npm ci")?;
        fs::write(&installed, &lock)?;
    }
    let dist = workshop.join("dist");
    call(Command::new("node").arg("build.mjs").arg(&dist).current_dir(workshop), "node build.mjs")?;
    Ok(dist)
}

/// Runs a program; the error contains its output.
fn call(command: &mut Command, what: &str) -> Result<(), Box<dyn Error>> {
    let output = command.output().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => {
            "Node.js 20 or newer with npm is needed and was not found. Install it, or name a folder with the \
             prebuilt files in OBCMS_UI_DIST."
                .to_owned()
        }
        _ => format!("`{what}` could not be started: {error}"),
    })?;
    if output.status.success() {
        return Ok(());
    }
    let said =
        String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
    Err(format!("`{what}` failed. It needs Node.js 20 or newer and, the first time, the network.\n{said}")
        .into())
}

fn copy_folder(from: &Path, to: &Path) -> Result<(), io::Error> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// Returns the Rust source of the tables `ASSETS` and `ICONS`, from the lists of `build.mjs`, and of the fonts.
fn table(dist: &Path) -> Result<String, Box<dyn Error>> {
    let dist = dist.canonicalize().map_err(|error| format!("{} cannot be read: {error}", dist.display()))?;
    let read = |name: &str| {
        let path = dist.join(name);
        fs::read_to_string(&path).map_err(|error| format!("{} cannot be read: {error}", path.display()))
    };
    let mut text = String::from("static ASSETS: &[Asset] = &[\n");
    for line in read("assets.tsv")?.lines() {
        let [name, file, content_type] = line.split('\t').collect::<Vec<_>>()[..] else {
            return Err(format!("assets.tsv has a line that is not name, file, type: {line}").into());
        };
        let path = dist.join(file);
        let packed = dist.join(format!("{file}.br"));
        let brotli =
            if packed.exists() { format!("Some(include_bytes!({packed:?}))") } else { "None".to_owned() };
        writeln!(
            text,
            "    Asset {{ name: {name:?}, file: {file:?}, content_type: {content_type:?}, \
             bytes: include_bytes!({path:?}), brotli: {brotli} }},"
        )?;
    }
    text.push_str("];\nstatic ICONS: &[(&str, &str)] = &[\n");
    let icons = read("icons.tsv")?;
    let mut icons: Vec<(&str, &str)> = icons.lines().filter_map(|line| line.split_once('\t')).collect();
    icons.sort_unstable();
    for (name, content) in icons {
        writeln!(text, "    ({name:?}, {content:?}),")?;
    }
    text.push_str("];\n");
    for (constant, file) in
        [("FONT_REGULAR", "regular.ttf"), ("FONT_BOLD", "bold.ttf"), ("FONT_ARABIC", "arabic.ttf")]
    {
        let path = dist.join(file);
        if !path.is_file() {
            return Err(format!("{} is missing", path.display()).into());
        }
        writeln!(text, "static {constant}: &[u8] = include_bytes!({path:?});")?;
    }
    Ok(text)
}
