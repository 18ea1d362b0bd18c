//! Lock files: nothing in them points at one registry mirror or one machine.

use super::{File, Finding};

/// The name under which cargo writes the public index, whatever mirror served it.
const INDEX: &str = "registry+https://github.com/rust-lang/crates.io-index";

pub(super) fn look(file: &File, findings: &mut Vec<Finding>) {
    let place = |line: &str| -> Option<&'static str> {
        if file.path.ends_with("Cargo.lock") && line.starts_with("source = ") && !line.contains(INDEX) {
            return Some("a source other than the public index: depend on a published crate");
        }
        if file.path.ends_with("package-lock.json") && line.trim_start().starts_with("\"resolved\": \"http") {
            return Some("a download address: set omit-lockfile-registry-resolved=true and write the lock file anew");
        }
        None
    };
    for (at, line) in file.text.lines().enumerate() {
        if let Some(what) = place(line) {
            findings.push(file.finding(at + 1, "lock", what));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::file;
    use super::*;

    fn count(path: &str, text: &str) -> usize {
        let mut findings = Vec::new();
        look(&file(path, text), &mut findings);
        findings.len()
    }

    #[test]
    fn a_lock_file_that_names_a_mirror_is_found() {
        assert_eq!(count("Cargo.lock", "source = \"registry+https://mirror.example/index\""), 1);
        assert_eq!(count("Cargo.lock", &format!("source = \"{INDEX}\"")), 0);
        assert_eq!(count("web/package-lock.json", "      \"resolved\": \"https://mirror.example/a.tgz\","), 1);
        assert_eq!(count("web/package-lock.json", "      \"version\": \"1.0.0\","), 0);
    }
}
