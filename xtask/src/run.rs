//! `make run`: from a fresh clone to a page that answers.

use crate::command::{cargo, command, run as run_to_end};
use crate::house::House;
use crate::web;
use anyhow::{Context, Result, bail};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Child;
use std::time::{Duration, Instant};

/// Where the program listens when no configuration says otherwise.
const ADDRESS: &str = "127.0.0.1:8080";
/// How long a started program may take to answer before that is a fault, in seconds.
const ANSWER_S_MAX: u64 = 60;

/// Builds what changed, starts the program and says its address as soon as it answers.
/// `arguments` replace `--demo`; then the address is the configuration's affair and is not asked.
pub(crate) fn run(house: &House, arguments: &[String]) -> Result<()> {
    let began = Instant::now();
    web::build(house)?;
    run_to_end(&mut cargo(house, &["build", "--bin", "allclear"]))?;
    let mut allclear = command(house, house.program());
    allclear.arg("run");
    if arguments.is_empty() {
        if TcpStream::connect(ADDRESS).is_ok() {
            bail!(
                "start: something already listens on {ADDRESS}; stop it, or give a configuration with another address"
            );
        }
        let mut started = allclear.arg("--demo").spawn().context("start allclear")?;
        await_answer(&mut started, began)?;
        end_with(&mut started)
    } else {
        let mut started = allclear.args(arguments).spawn().context("start allclear")?;
        end_with(&mut started)
    }
}

/// Asks for the page until it answers, the program ends, or the time is up.
fn await_answer(started: &mut Child, began: Instant) -> Result<()> {
    let asked_from = Instant::now();
    while asked_from.elapsed() < Duration::from_secs(ANSWER_S_MAX) {
        if let Some(status) = started.try_wait().context("look after allclear")? {
            bail!("keep allclear running: it ended with {status}; its reason is above");
        }
        if answers(ADDRESS) {
            println!(
                "\n  AllClear answers at http://{ADDRESS}/  ({:.1} s from the start)",
                began.elapsed().as_secs_f64()
            );
            println!("  An exercise at 20 times speed: nothing on the page is real. Ctrl-C ends it.\n");
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    bail!("get an answer from http://{ADDRESS}/ within {ANSWER_S_MAX} s: see what allclear printed above")
}

fn answers(address: &str) -> bool {
    let ask = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_secs(2)))?;
        stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut first = [0; 12];
        stream.read_exact(&mut first)?;
        Ok(&first == b"HTTP/1.1 200")
    };
    ask().unwrap_or(false)
}

fn end_with(started: &mut Child) -> Result<()> {
    let status = started.wait().context("wait for allclear")?;
    if !status.success() {
        bail!("keep allclear running: it ended with {status} (docs/reference/exit-codes.md)");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    fn served(answer: &'static [u8]) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut asked = [0; 64];
            let _read = stream.read(&mut asked).unwrap();
            stream.write_all(answer).unwrap();
        });
        address
    }

    #[test]
    fn only_a_page_that_is_there_counts_as_an_answer() {
        assert!(answers(&served(b"HTTP/1.1 200 OK\r\n\r\n")));
        assert!(!answers(&served(b"HTTP/1.1 503 Service Unavailable\r\n\r\n")));
    }
}
