//! What the house needs from the machine: found, installed, or named with the command that installs it.
//!
//! Installing happens only through `apt-get`, and only as root on a Debian; anyone else gets the command to type.

use crate::command::{command, npm, on_path, read, run};
use crate::house::House;
use anyhow::{Context, Result, bail};
use std::path::PathBuf;

/// Oldest Node that the page's tools accept.
const NODE_MAJOR_MIN: u32 = 20;
/// The push service of the tests, from npm.
const PUSH_SERVICE: &str = "web-push-testing@1.2.2";
/// Where Debian puts the Go team's `sumdb`.
const GO_SUMDB: &str = "/usr/share/gocode/src/golang.org/x/mod/sumdb";
/// Names under which Debian and others install Chromium.
const CHROMIUM_NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];

/// Node and npm, new enough.
pub(crate) fn node(house: &House) -> Result<()> {
    if !on_path("node") || !on_path("npm") {
        bail!("find node and npm: install Node {NODE_MAJOR_MIN} or newer from https://nodejs.org");
    }
    let version = read(command(house, "node").arg("--version"))?;
    let major = version.trim().trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    match major {
        Some(major) if major >= NODE_MAJOR_MIN => Ok(()),
        _ => bail!("use node {}: version {NODE_MAJOR_MIN} or newer is needed (https://nodejs.org)", version.trim()),
    }
}

/// rustfmt and clippy; rustup can add them without asking.
pub(crate) fn rust_components(house: &House) -> Result<()> {
    for (tool, component) in [("cargo-fmt", "rustfmt"), ("cargo-clippy", "clippy")] {
        if on_path(tool) {
            continue;
        }
        if !on_path("rustup") {
            bail!("find {tool}: install the `{component}` component of your Rust");
        }
        run(command(house, "rustup").args(["component", "add", component]))?;
    }
    Ok(())
}

/// The browser of the page's tests.
pub(crate) fn chromium(house: &House) -> Result<PathBuf> {
    if let Some(found) = find_chromium() {
        return Ok(found);
    }
    // Without a font of Latin and Cyrillic letters words have no width, and the tests look for words.
    apt_install(house, &["chromium", "fonts-liberation"])?;
    find_chromium().context("find chromium after installing it: look at what apt-get printed above")
}

fn find_chromium() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    CHROMIUM_NAMES
        .iter()
        .flat_map(|name| std::env::split_paths(&path).map(move |dir| dir.join(name)))
        .find(|candidate| candidate.is_file())
}

/// A Python of our own with the alert services' real clients and GEOS in it: `<build directory>/venv`.
/// Gives the interpreter. Made anew when the requirements change.
pub(crate) fn python_with_clients(house: &House) -> Result<PathBuf> {
    let requirements = house.at("crates/allclear/tests/clients/requirements.txt");
    let wanted = std::fs::read_to_string(&requirements).with_context(|| format!("read {}", requirements.display()))?;
    let venv = house.built("venv");
    let (python, stamp) = (venv.join("bin/python"), venv.join("requirements.stamp"));
    if python.is_file() && std::fs::read_to_string(&stamp).is_ok_and(|had| had == wanted) {
        return Ok(python);
    }
    if !on_path("python3") {
        apt_install(house, &["python3", "python3-venv"])?;
    }
    let make = |house: &House| run(command(house, "python3").args(["-m", "venv", "--clear"]).arg(&venv));
    if make(house).is_err() {
        // Debian splits venv's other half into a package of its own.
        apt_install(house, &["python3-venv"])?;
        make(house)?;
    }
    run(command(house, &python)
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"])
        .arg(&requirements))?;
    std::fs::write(&stamp, wanted).with_context(|| format!("write {}", stamp.display()))?;
    Ok(python)
}

/// A push service that verifies and decrypts what it gets, by another hand: its `node_modules` folder. Kept out of the page's packages,
/// with which it has nothing to do.
pub(crate) fn push_service(house: &House) -> Result<PathBuf> {
    node(house)?;
    let folder = house.built("push-service");
    let (modules, stamp) = (folder.join("node_modules"), folder.join("installed.stamp"));
    if std::fs::read_to_string(&stamp).is_ok_and(|had| had == PUSH_SERVICE) {
        return Ok(modules);
    }
    std::fs::create_dir_all(&folder).with_context(|| format!("make {}", folder.display()))?;
    let mut install = npm(house, &["install", "--no-save", "--no-package-lock", "--no-fund", "--no-audit", "--prefix"]);
    run(install.arg(&folder).arg(PUSH_SERVICE))?;
    std::fs::write(&stamp, PUSH_SERVICE).with_context(|| format!("write {}", stamp.display()))?;
    Ok(modules)
}

/// xmlsec1, which our signatures are held against.
pub(crate) fn xmlsec(house: &House) -> Result<()> {
    if on_path("xmlsec1") { Ok(()) } else { apt_install(house, &["xmlsec1"]) }
}

/// Go and its team's verifier of transparency logs, which the exported record is held against.
pub(crate) fn go_verifier(house: &House) -> Result<()> {
    if on_path("go") && std::path::Path::new(GO_SUMDB).is_dir() {
        return Ok(());
    }
    apt_install(house, &["golang-go", "golang-golang-x-mod-dev"])
}

/// A real MQTT broker and its clients, and what makes a certificate for it.
pub(crate) fn mosquitto(house: &House) -> Result<()> {
    // Debian puts the broker where only root's PATH looks.
    let broker = on_path("mosquitto") || std::path::Path::new("/usr/sbin/mosquitto").is_file();
    if broker && on_path("mosquitto_sub") && on_path("openssl") {
        return Ok(());
    }
    apt_install(house, &["mosquitto", "mosquitto-clients", "openssl"])
}

fn apt_install(house: &House, packages: &[&str]) -> Result<()> {
    let named = packages.join(" ");
    if !on_path("apt-get") {
        bail!("find {named}: install it with this system's package manager");
    }
    let user = read(command(house, "id").arg("-u"))?;
    if user.trim() != "0" {
        bail!("find {named}: install it with `sudo apt-get install {named}`");
    }
    println!("{named} is missing; installing it");
    let apt = |arguments: &[&str]| {
        run(command(house, "apt-get").env("DEBIAN_FRONTEND", "noninteractive").args(["-qq", "-y"]).args(arguments))
    };
    apt(&["update"])?;
    let mut install = vec!["install", "--no-install-recommends"];
    install.extend(packages);
    apt(&install)
}
