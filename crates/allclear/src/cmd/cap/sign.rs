//! `allclear cap sign|verify`: XML signatures, against pinned keys alone.

use super::{bytes, exit, words};
use anyhow::{Context as _, bail};
use cap::sign::{Certificate, Key, PublicKey, verify as verify_bytes};
use cap::{Gravity, ReadError, Strictness};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Years that a certificate made on the way is valid: nothing here looks at them.
const YEARS: i16 = 20;

/// Arguments of `cap sign`.
#[derive(Debug, clap::Args)]
pub struct Sign {
    /// The message; `-` is standard input.
    file: PathBuf,
    /// The secret key, PKCS #8 in PEM, ECDSA on P-256; readable by its owner alone.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Its certificate, to go with the message; without it one that the key signs itself.
    #[arg(long, value_name = "FILE")]
    certificate: Option<PathBuf>,
}

/// Arguments of `cap verify`.
#[derive(Debug, clap::Args)]
pub struct Verify {
    /// The messages; `-` is standard input.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The pinned keys, PEM: public keys or certificates. Of a certificate only the key counts, whoever signed it.
    #[arg(long, value_name = "FILE", required = true)]
    key: Vec<PathBuf>,
    /// One answer a line as JSON.
    #[arg(long)]
    json: bool,
}

fn text(file: &Path) -> anyhow::Result<String> {
    let read = bytes(file)?;
    String::from_utf8(read).with_context(|| format!("failed to read {} as text", file.display()))
}

/// The secret key of a file that nobody else can read.
pub fn secret(file: &Path) -> anyhow::Result<Key> {
    let opened = std::fs::metadata(file).with_context(|| format!("failed to open {}", file.display()))?;
    let mode = opened.permissions().mode();
    if opened.is_file() && mode & 0o077 != 0 {
        bail!(
            "failed to use {}: others can read it (mode {:03o}); chmod 600 it, and think who has read it",
            file.display(),
            mode & 0o777
        );
    }
    Key::from_pem(&text(file)?).map_err(|error| anyhow::anyhow!("failed to {error} ({})", file.display()))
}

/// Runs `cap sign`: the signed message on standard output.
pub fn sign(args: &Sign) -> anyhow::Result<ExitCode> {
    let key = secret(&args.key)?;
    let file = args.file.display();
    let reading = match cap::read(&bytes(&args.file)?, Strictness::Strict) {
        Ok(reading) => reading,
        Err(error) => {
            if let ReadError::Invalid(findings) = &error {
                findings.iter().filter(|it| it.gravity == Gravity::Error).for_each(|it| eprintln!("{file}:{it}"));
            }
            eprintln!("{file}: not signed: failed to {error}");
            return Ok(exit::code(exit::REFUSED));
        }
    };
    if reading.alert.signed {
        eprintln!("{file}: not signed: it carries a signature already");
        return Ok(exit::code(exit::REFUSED));
    }
    let certificate = match &args.certificate {
        Some(file) => Certificate::from_pem(&text(file)?, &key)
            .map_err(|error| anyhow::anyhow!("failed to {error} ({}): or it is another key's", file.display()))?,
        None => key.certificate(&reading.alert.sender, reading.alert.sent.unix_s(), YEARS),
    };
    print!("{}", reading.alert.to_signed_xml(&key, &certificate));
    Ok(exit::code(exit::DONE))
}

/// Runs `cap verify`.
pub fn verify(args: &Verify) -> anyhow::Result<ExitCode> {
    let mut pinned = Vec::new();
    for file in &args.key {
        let keys = PublicKey::all_from_pem(&text(file)?);
        pinned.extend(keys.map_err(|error| anyhow::anyhow!("failed to {error} ({})", file.display()))?);
    }
    let mut failed = false;
    for file in &args.files {
        let place = file.display();
        match verify_bytes(&bytes(file)?, &pinned) {
            Ok(verified) => {
                let key = pinned.get(verified.key).map(PublicKey::fingerprint).unwrap_or_default();
                let reading = verified.reading;
                if args.json {
                    println!(
                        "{}",
                        serde_json::json!({"file": file, "verified": true, "key": key, "alert": reading.alert, "findings": reading.findings})
                    );
                } else {
                    println!("{place}: signed by the pinned key {key}");
                    print!("{}", words(&reading.alert));
                    reading.findings.iter().for_each(|finding| eprintln!("{place}:{finding}"));
                }
            }
            Err(error) => {
                failed = true;
                if args.json {
                    println!(
                        "{}",
                        serde_json::json!({"file": file, "verified": false, "id": error.id(), "message": format!("failed to {error}")})
                    );
                } else {
                    println!("{place}: NOT verified ({}): failed to {error}", error.id());
                }
            }
        }
    }
    Ok(exit::code(if failed { exit::UNVERIFIED } else { exit::DONE }))
}
