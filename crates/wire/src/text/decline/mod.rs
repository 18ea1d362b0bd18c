//! Names in all grammatical cases, by rule.
//!
//! What comes in: a name as the gazetteer writes it. What goes out: its forms, each with the cases it can be.
//! What always holds: the name itself is among its forms. Where the class of a name cannot be told from its ending the
//! forms of every class it may belong to are given: a form too many is looked up rarely, a missing one loses a place.

pub(super) mod en;
pub(super) mod ru;
pub(super) mod uk;

/// Cases as bits.
pub(super) type Cases = u8;
/// Nominative.
pub(super) const N: Cases = 1;
/// Genitive.
pub(super) const G: Cases = 2;
/// Dative.
pub(super) const D: Cases = 4;
/// Accusative.
pub(super) const A: Cases = 8;
/// Instrumental.
pub(super) const I: Cases = 16;
/// Locative.
pub(super) const L: Cases = 32;
/// Every case: for languages and names without them.
pub(super) const ANY: Cases = 63;

/// Forms of one word or name with their cases.
pub(super) type Forms = Vec<(String, Cases)>;

/// A stem with an ending. Called half a million times when a reader is made: no formatting machinery.
fn form(stem: &str, ending: &str) -> String {
    let mut form = String::with_capacity(stem.len() + ending.len());
    form.push_str(stem);
    form.push_str(ending);
    form
}

/// The forms of a name of several words, from those of its words: each case of one with the same case of the others.
fn joined(words: &[Forms]) -> Forms {
    let mut out: Forms = vec![(String::new(), ANY)];
    for word in words {
        let mut next = Forms::with_capacity(out.len() * 3);
        for (head, head_cases) in &out {
            for (tail, tail_cases) in word {
                let cases = head_cases & tail_cases;
                if cases != 0 && next.len() < 256 {
                    let mut both = String::with_capacity(head.len() + 1 + tail.len());
                    both.push_str(head);
                    if !head.is_empty() {
                        both.push(' ');
                    }
                    both.push_str(tail);
                    next.push((both, cases));
                }
            }
        }
        out = next;
    }
    out
}

/// Letters of a case list such as `"GDL"`.
pub(super) fn cases_of(letters: &str) -> Cases {
    letters.chars().fold(0, |cases, letter| {
        cases
            | match letter {
                'N' => N,
                'G' => G,
                'D' => D,
                'A' => A,
                'I' => I,
                'L' => L,
                _ => 0,
            }
    })
}
