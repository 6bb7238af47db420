//! Build script: hashes the sources that prepare a database, so that all test programs of a build, and later builds
//! with the same sources, share the prepared one.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::{fs, io};

fn main() -> io::Result<()> {
    let mut hash = DefaultHasher::new();
    for sources in ["../crates/domain", "../crates/store", "../crates/app", "src", "../Cargo.lock"] {
        println!("cargo:rerun-if-changed={sources}");
        read(Path::new(sources), &mut hash)?;
    }
    println!("cargo:rustc-env=OBCMS_SOURCES={:016x}", hash.finish());
    Ok(())
}

fn read(path: &Path, hash: &mut DefaultHasher) -> io::Result<()> {
    if path.is_dir() {
        let mut inside: Vec<PathBuf> =
            fs::read_dir(path)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
        inside.sort();
        return inside.iter().try_for_each(|path| read(path, hash));
    }
    path.hash(hash);
    fs::read(path)?.hash(hash);
    Ok(())
}
