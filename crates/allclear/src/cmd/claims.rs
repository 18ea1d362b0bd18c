//! `allclear claims [FILE|-]`: what texts say was launched, stopped, hit and harmed, JSON Lines on standard output.
//!
//! A refusal goes to standard error with line and reason, and the exit code is then not 0.

use super::exit;
use super::lines::{self, Bounded};
use anyhow::Context as _;
use chronicle::claims::{self, Claim, Tongue, Unparsed};
use serde::{Deserialize, Serialize};
use std::io::{BufRead, Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// Longest line of JSON, in bytes: a text at its limit, every byte of it escaped.
const LINE_BYTES_MAX: u64 = 6 * claims::TEXT_BYTES_MAX as u64 + 4_096;

/// Arguments of `claims`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// One text, or `{"id","text"}` objects, one a line, each text up to 5 MiB; `-` is standard input.
    #[arg(default_value = "-")]
    file: PathBuf,
}

#[derive(Deserialize)]
struct Line {
    id: serde_json::Value,
    text: String,
}

#[derive(Serialize)]
struct Answer<'a> {
    id: &'a serde_json::Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    lang: Option<Tongue>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    lost_letters: bool,
    claims: &'a [Claim],
    unparsed: &'a [Unparsed],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    contradictions: &'a [[usize; 2]],
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<&'static str>,
}

/// Reads claims.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let name = args.file.display().to_string();
    let input: Box<dyn Read> = if name == "-" {
        Box::new(std::io::stdin().lock())
    } else {
        Box::new(std::fs::File::open(&args.file).with_context(|| format!("failed to open {name}"))?)
    };
    let mut output = std::io::BufWriter::new(std::io::stdout().lock());
    let refused = all(std::io::BufReader::new(input), &name, &mut output)?;
    output.flush()?;
    Ok(exit::code(if refused == 0 { exit::DONE } else { exit::REFUSED }))
}

/// Reads every text; how many lines and texts were refused.
fn all(mut input: impl BufRead, name: &str, output: &mut impl Write) -> anyhow::Result<u64> {
    if input.fill_buf()?.starts_with(b"\xEF\xBB\xBF") {
        // The mark that some editors put before UTF-8 is no letter.
        input.consume(3);
    }
    let mut begins = input.fill_buf()?.iter().filter(|it| !it.is_ascii_whitespace());
    let lines = match (begins.next(), begins.next()) {
        (Some(b'['), Some(b'{')) => {
            eprintln!("{name}: failed to read a JSON array: expected one {{\"id\",\"text\"}} object a line");
            return Ok(1);
        }
        (first, _) => first == Some(&b'{'),
    };
    if !lines {
        let mut bytes = Vec::new();
        input.take(claims::TEXT_BYTES_MAX as u64 + 1).read_to_end(&mut bytes)?;
        // A text cut within a letter is too long before it is damaged.
        let text = match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) if error.as_bytes().len() > claims::TEXT_BYTES_MAX => " ".repeat(claims::TEXT_BYTES_MAX + 1),
            Err(error) => {
                let at = error.utf8_error().valid_up_to();
                eprintln!("{name}, byte {at}: failed to read as UTF-8: expected a text file in UTF-8");
                return Ok(1);
            }
        };
        return Ok(u64::from(!one(&name.into(), &text, name, output)?));
    }
    let mut refused = 0;
    for number in 1_u64.. {
        let bytes = match lines::next(&mut input, LINE_BYTES_MAX)? {
            None => break,
            Some(Bounded::Whole(bytes)) => bytes,
            Some(Bounded::TooLong) => {
                eprintln!("line {number}: failed to read a line of more than {LINE_BYTES_MAX} bytes: split the text");
                refused += 1;
                continue;
            }
        };
        if bytes.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        match serde_json::from_slice::<Line>(&bytes) {
            Ok(line) => refused += u64::from(!one(&line.id, &line.text, &format!("line {number}"), output)?),
            Err(error) => {
                let column = error.column();
                eprintln!(
                    "line {number}, column {column}: failed to read as JSON: {error}; expected {{\"id\",\"text\"}}"
                );
                refused += 1;
            }
        }
    }
    Ok(refused)
}

/// Reads one text and writes its line; whether it was read.
fn one(id: &serde_json::Value, text: &str, place: &str, output: &mut impl Write) -> anyhow::Result<bool> {
    let reading = claims::read(text);
    let answer = match &reading {
        Ok(reading) => Answer {
            id,
            lang: Some(reading.lang),
            lost_letters: reading.lost_letters,
            claims: &reading.claims,
            unparsed: &reading.unparsed,
            contradictions: &reading.contradictions,
            refused: None,
        },
        Err(error) => {
            eprintln!("{place}: {}: failed to {error}", error.reason());
            Answer {
                id,
                lang: None,
                lost_letters: false,
                claims: &[],
                unparsed: &[],
                contradictions: &[],
                refused: Some(error.reason()),
            }
        }
    };
    serde_json::to_writer(&mut *output, &answer)?;
    output.write_all(b"\n")?;
    Ok(reading.is_ok())
}

#[cfg(test)]
mod tests {
    use super::all;

    fn check(input: &str, refused: u64, expected: &[&str]) {
        let mut output = Vec::new();
        assert_eq!(all(input.as_bytes(), "-", &mut output).unwrap(), refused, "{input}");
        let shown: Vec<String> = String::from_utf8(output)
            .unwrap()
            .lines()
            .map(|line| {
                let line: serde_json::Value = serde_json::from_str(line).unwrap();
                let claims = line["claims"].as_array().unwrap();
                let claims: Vec<String> = claims
                    .iter()
                    .map(|it| format!("{} {} {}", it["kind"], it["low"], it["object"]).replace('"', ""))
                    .collect();
                format!("{} {} {}", line["id"], claims.join(", "), line["refused"])
            })
            .collect();
        assert_eq!(shown, expected, "{input}");
    }

    #[test]
    fn one_text_or_lines_of_json_and_every_text_has_its_line() {
        check("Russia launched 171\ndrones overnight.", 0, &["\"-\" launched 171 drone_any null"]);
        check(
            "{\"id\":1,\"text\":\"Збито 30 дронів.\"}\n\n{\"id\":\"b\",\"text\":\"Nichts 30 Drohnen.\"}\n{\"text\":5}\n",
            2,
            &["1 intercepted 30 drone_any null", "\"b\"  \"language\""],
        );
    }

    #[test]
    fn a_text_beyond_the_limit_is_named() {
        check(&"я".repeat(3 * 1024 * 1024), 1, &["\"-\"  \"size\""]);
    }

    #[test]
    fn a_mark_of_byte_order_is_no_letter_and_an_array_is_no_text() {
        let line = r#"{"id":"a","text":"Last night, our air defense forces shot down 50 strike drones."}"#;
        check(&format!("\u{FEFF}{line}"), 0, &["\"a\" intercepted 50 strike_drone null"]);
        check(&format!("[\n {line}]"), 1, &[]);
    }
}
