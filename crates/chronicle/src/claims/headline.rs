//! A headline that says otherwise than its body.
//!
//! What comes in: the text and its claims. What goes out: pairs of claims, the headline's and the body's, of the same thing
//! whose intervals do not meet. What always holds: both claims stay. Deliberately absent: which of them is right.

use super::claim::Claim;

/// A first line longer than this is no headline, bytes.
const HEADLINE_BYTES_MAX: usize = 400;

/// The pairs.
pub(super) fn contradictions(text: &str, claims: &[Claim]) -> Vec<[usize; 2]> {
    let Some(end) = headline(text) else { return Vec::new() };
    let begins = |it: &Claim| it.trace.first().map_or(0, |it| it.start);
    let above = claims.iter().take_while(|it| begins(it) < end).count();
    let mut out = Vec::new();
    for (at, said) in claims[..above].iter().enumerate().filter(|it| it.1.part_of.is_none()) {
        let same = |it: &&Claim| {
            it.part_of.is_none()
                && (it.kind, it.object, it.child, it.attacker, it.detail)
                    == (said.kind, said.object, said.child, said.attacker, said.detail)
                && (it.place == said.place || it.place.is_none() || said.place.is_none())
        };
        let body: Vec<&Claim> = claims[above..].iter().filter(same).collect();
        let sum: u64 = body.iter().map(|it| it.quantity.low).fold(0, u64::saturating_add);
        let met = body.iter().any(|it| meet(it, said)) || body.len() > 1 && within(said, sum);
        if let (false, Some(first)) = (met, body.first())
            && let Some(other) = claims.iter().position(|it| std::ptr::eq(it, *first))
        {
            out.push([at, other]);
        }
    }
    out
}

fn within(claim: &Claim, n: u64) -> bool {
    claim.quantity.low <= n && claim.quantity.high.is_none_or(|high| n <= high)
}

fn meet(a: &Claim, b: &Claim) -> bool {
    let below = |a: &Claim, b: &Claim| a.quantity.high.is_some_and(|high| high < b.quantity.low);
    !below(a, b) && !below(b, a)
}

/// The byte after the headline: the first line or heading, where something follows it.
fn headline(text: &str) -> Option<usize> {
    let first = text.len() - text.trim_start().len();
    let mut window = (first + HEADLINE_BYTES_MAX).min(text.len());
    while !text.is_char_boundary(window) {
        window -= 1;
    }
    let head = &text[first..window];
    let tags = ["</h1", "</h2", "</title", "</H1", "</H2", "</TITLE"];
    let end = tags.iter().filter_map(|it| head.find(it)).chain(head.find('\n')).min()?;
    (!head[..end].trim().is_empty() && !text[first + end..].trim().is_empty()).then_some(first + end)
}
