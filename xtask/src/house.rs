//! Where things are: the checkout, the build directory, the program.

use anyhow::{Context, Result};
use std::path::{Path, PathBuf};

/// The checkout and its build directory, both absolute.
pub(crate) struct House {
    root: PathBuf,
    target: PathBuf,
}

impl House {
    /// The checkout this task belongs to: cargo says where the manifest is, else the current directory does.
    pub(crate) fn find() -> Result<Self> {
        let from = match std::env::var_os("CARGO_MANIFEST_DIR") {
            Some(manifest_dir) => PathBuf::from(manifest_dir),
            None => std::env::current_dir().context("read the current directory")?,
        };
        let root = from
            .ancestors()
            .find(|dir| dir.join("Makefile").is_file() && dir.join("xtask").is_dir())
            .with_context(|| format!("find the checkout above {}: run this inside it", from.display()))?
            .to_path_buf();
        let target = match std::env::var_os("CARGO_TARGET_DIR") {
            Some(dir) => root.join(dir),
            None => root.join("target"),
        };
        Ok(Self { root, target })
    }

    /// The checkout.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// A path inside the checkout.
    pub(crate) fn at(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// A path inside the build directory.
    pub(crate) fn built(&self, path: &str) -> PathBuf {
        self.target.join(path)
    }

    /// The program as the dev profile builds it.
    pub(crate) fn program(&self) -> PathBuf {
        self.built("debug/allclear")
    }
}
