//! `{"id","text"}` lines on standard input to claims, as the scorers of annotated sets read them.

use std::io::BufRead as _;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for line in std::io::stdin().lock().lines() {
        let value: serde_json::Value = serde_json::from_str(&line?)?;
        let answer = match chronicle::claims::read(value["text"].as_str().unwrap_or_default()) {
            Ok(it) => serde_json::json!({"id": value["id"], "claims": it.claims, "unparsed": it.unparsed}),
            Err(error) => serde_json::json!({"id": value["id"], "claims": [], "error": error.reason()}),
        };
        println!("{answer}");
    }
    Ok(())
}
