//! The page: its packages installed and its files built, each only when its sources changed.

use crate::command::{npm, run};
use crate::house::House;
use crate::need;
use anyhow::{Context, Result};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

/// Folders of `web/` that are results or tests, not sources of the page.
const NOT_SOURCES: [&str; 6] = ["node_modules", "dist", "test", "test-results", "playwright-report", ".vite"];

/// Installs the packages of `package-lock.json` when it changed.
pub(crate) fn install(house: &House) -> Result<()> {
    need::node(house)?;
    let wanted = mark(&[house.at("web/package-lock.json"), house.at(".npmrc")])?;
    let stamp = house.at("web/node_modules/.installed");
    if is_current(&stamp, &wanted) {
        return Ok(());
    }
    // The browser of the tests is the system's: see need.rs.
    run(
        npm(house, &["ci", "--no-fund", "--no-audit", "--prefer-offline"]).env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
    )?;
    std::fs::write(&stamp, wanted).with_context(|| format!("write {}", stamp.display()))
}

/// Builds `web/dist` when a source changed or the result is not there.
pub(crate) fn build(house: &House) -> Result<()> {
    install(house)?;
    let wanted = mark(&sources(&house.at("web"))?)?;
    // Not in web/dist: what lies there becomes a part of the program.
    let stamp = house.at("web/node_modules/.built");
    if is_current(&stamp, &wanted) && house.at("web/dist/index.html").is_file() {
        return Ok(());
    }
    run(&mut npm(house, &["run", "build"]))?;
    std::fs::write(&stamp, wanted).with_context(|| format!("write {}", stamp.display()))
}

fn is_current(stamp: &Path, wanted: &str) -> bool {
    std::fs::read_to_string(stamp).is_ok_and(|had| had == wanted)
}

/// Every file of the page's sources, sorted.
fn sources(web: &Path) -> Result<Vec<PathBuf>> {
    let (mut files, mut folders) = (Vec::new(), vec![web.to_path_buf()]);
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder).with_context(|| format!("read {}", folder.display()))?;
        for entry in entries {
            let path = entry.with_context(|| format!("read {}", folder.display()))?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if !path.is_dir() {
                files.push(path);
            } else if !NOT_SOURCES.contains(&&*name) {
                folders.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

/// A mark of names and contents. A new compiler may give another mark: that costs one build.
fn mark(files: &[PathBuf]) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.file_name().hash(&mut hasher);
        std::fs::read(file).with_context(|| format!("read {}", file.display()))?.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_source_gives_another_mark_and_a_changed_result_does_not() {
        let web = std::env::temp_dir().join(format!("allclear-web-mark-{}", std::process::id()));
        std::fs::create_dir_all(web.join("src")).unwrap();
        std::fs::create_dir_all(web.join("dist")).unwrap();
        let of = || mark(&sources(&web).unwrap()).unwrap();
        std::fs::write(web.join("src/main.ts"), "one").unwrap();
        let first = of();
        std::fs::write(web.join("dist/main.js"), "result").unwrap();
        assert_eq!(of(), first);
        std::fs::write(web.join("src/main.ts"), "two").unwrap();
        assert_ne!(of(), first);
        std::fs::remove_dir_all(&web).unwrap();
    }
}
