//! What a page of unrolled threads puts around the posts: told apart line by line, from a closed list.
//!
//! Invariant: a line is furniture only when a rule names it, and every line left out is reported with that rule. Short words
//! ("Share") count only when they are the whole line; a rule by beginning is a sentence nobody posts.

/// What a line of the page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    /// Somebody's words.
    Words,
    /// Nothing.
    Blank,
    /// Furniture; the rule that says so.
    Furniture(&'static str),
    /// Furniture that ends a thread.
    End(&'static str),
    /// The page says that posts of the thread above are missing.
    Missing,
    /// Furniture that begins a thread, and says in words when it was written.
    Head,
}

/// What stands between posts when it is the whole line.
const WHOLE: [&str; 46] = [
    "force a refresh",
    "you can try to force a refresh",
    "share",
    "tweet",
    "tweet share",
    "bookmark",
    "bookmark save as pdf",
    "save as pdf",
    "save this thread",
    "scrolly",
    "my authors",
    "read on x",
    "read on twitter",
    "read all threads",
    "read the full thread",
    "read more",
    "show more",
    "show this thread",
    "show replies",
    "subscribe",
    "follow us!",
    "share this page!",
    "send email!",
    "thank you for your support!",
    "thanks for your support!",
    "this thread may be removed anytime!",
    "try unrolling a thread yourself!",
    "unroll available on thread reader",
    "translate post",
    "translate tweet",
    "view on x",
    "view on twitter",
    "enter url or id to unroll",
    "more from this author",
    "log in",
    "sign up",
    "copy link",
    "quote",
    "repost",
    "reply",
    "поділитися",
    "зберегти",
    "читати далі",
    "показати більше",
    "показать ещё",
    "поделиться",
];

/// How whole sentences of such pages begin.
const BEGINNING: [&str; 19] = [
    "stay in touch and get notified when new unrolls",
    "twitter may remove this content at anytime",
    "x may remove this content at anytime",
    "follow @threadreaderapp",
    "from a twitter thread mention us with a keyword",
    "@threadreaderapp unroll",
    "practice here first or read more on our help page",
    "did thread reader help you today",
    "support us! we are indie developers",
    "this site is made by just two indie developers",
    "become a premium member",
    "become premium",
    "too expensive? make a small donation",
    "don't want to be a premium member",
    "donate via paypal",
    "email the whole thread instead of just a link",
    "how to get url link on x",
    "on the twitter thread, click on",
    "copy it and paste it above",
];

const MISSING: [&str; 2] = ["missing some tweet", "missing some post"];

/// Lower case, one blank between words, one kind of apostrophe.
pub(super) fn folded(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    for word in line.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.extend(word.chars().flat_map(char::to_lowercase).map(|c| if "’ʼ‘".contains(c) { '\'' } else { c }));
    }
    out
}

/// Longest line that is looked at, in bytes: no rule is longer, and a post of that length is one.
const RULE_BYTES_MAX: usize = 400;

/// What `line` is.
pub(super) fn classify(line: &str) -> Line {
    let line = line.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '\u{200b}');
    if line.is_empty() {
        return Line::Blank;
    }
    if line.len() > RULE_BYTES_MAX {
        return Line::Words;
    }
    if line.chars().all(|c| c.is_whitespace() || "•·∙●⋅…*—–-_=~|".contains(c)) {
        return Line::End("rule of dots");
    }
    let folded = folded(line);
    if MISSING.iter().any(|beginning| folded.starts_with(beginning)) && folded.contains("in this thread") {
        return Line::Missing;
    }
    if folded.starts_with("keep current with ") {
        return Line::End("keep current");
    }
    if (folded.starts_with("more from @") || folded.starts_with("more threads by")) && folded.split(' ').count() <= 6 {
        return Line::End("more from");
    }
    if is_head(&folded) {
        return Line::Head;
    }
    if let Some(rule) = WHOLE.iter().find(|whole| folded == **whole) {
        return Line::Furniture(rule);
    }
    BEGINNING.iter().find(|beginning| folded.starts_with(**beginning)).map_or(Line::Words, |rule| Line::Furniture(rule))
}

/// "Mar 31, 2025 • 4 tweets • 2 min read": what such pages write above a thread.
fn is_head(folded: &str) -> bool {
    let parts: Vec<&str> = folded.split('•').map(str::trim).collect();
    parts.len() >= 2
        && parts[1..].iter().any(|part| {
            let mut words = part.split(' ');
            let number = words.next().is_some_and(|word| word.bytes().all(|b| b.is_ascii_digit()) && !word.is_empty());
            number && words.next().is_some_and(|unit| ["tweets", "tweet", "posts", "post", "min"].contains(&unit))
        })
}

/// What the page says of the date in its head: the part before the first dot.
pub(super) fn dated(head: &str) -> Option<String> {
    let words = head.split('•').next().unwrap_or_default().trim();
    (words.bytes().any(|b| b.is_ascii_digit()) && words.len() <= 60).then(|| words.to_owned())
}

/// Cuts furniture that a page wrote on the same line as a post: a line of the page becomes several.
pub(super) fn cut(line: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = line;
    while let Some((at, length)) = inline(rest) {
        pieces.push(&rest[..at]);
        pieces.push(&rest[at..at + length]);
        rest = &rest[at + length..];
    }
    pieces.push(rest);
    pieces
}

/// The next piece of furniture inside a line: three dots apart, or the sentence of missing posts.
fn inline(line: &str) -> Option<(usize, usize)> {
    const DOTS: &str = "• • •";
    const SENTENCE: &str = "Missing some Tweet in this thread?";
    const REST: [&str; 3] = ["You can try to", "force a refresh", "."];
    let dots = line.find(DOTS).map(|at| (at, DOTS.len()));
    let sentence = line.find(SENTENCE).map(|at| {
        let mut end = at + SENTENCE.len();
        for words in REST {
            let gap = line[end..].len() - line[end..].trim_start().len();
            if line[end + gap..].starts_with(words) {
                end += gap + words.len();
            }
        }
        (at, end - at)
    });
    let first = match (dots, sentence) {
        (Some(a), Some(b)) => Some(if a.0 <= b.0 { a } else { b }),
        (a, b) => a.or(b),
    };
    // The whole line is furniture: nothing to cut.
    first.filter(|(at, length)| !(line[..*at].trim().is_empty() && line[at + length..].trim().is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expected: Line) {
        assert_eq!(classify(line), expected, "{line:?}");
    }

    #[test]
    fn furniture_is_named_and_words_are_not() {
        check("• • •", Line::End("rule of dots"));
        check("Missing some Tweet in this thread? You can try to", Line::Missing);
        check("force a refresh", Line::Furniture("force a refresh"));
        check("Keep Current with Somebody", Line::End("keep current"));
        check("Mar 31, 2025 • 4 tweets • 2 min read • Read on X", Line::Head);
        check(
            "Twitter may remove this content at anytime! Save it as PDF for later use!",
            Line::Furniture(BEGINNING[1]),
        );
        check("Share", Line::Furniture("share"));
        check("Share of losses rose to a third.", Line::Words);
        check("We are missing some tweets of theirs.", Line::Words);
        check("More from @somebody in the evening: the shelter in the school is open again.", Line::Words);
        check("Bridges • roads • schools: all of them were hit.", Line::Words);
        check("  ", Line::Blank);
    }

    #[test]
    fn furniture_on_the_line_of_a_post_is_cut_off() {
        let line = "We thank all. • • • Missing some Tweet in this thread? You can try to force a refresh Today";
        let pieces: Vec<&str> = cut(line).into_iter().map(str::trim).filter(|piece| !piece.is_empty()).collect();
        let sentence = "Missing some Tweet in this thread? You can try to force a refresh";
        assert_eq!(pieces, ["We thank all.", "• • •", sentence, "Today"]);
        assert_eq!(cut("• • •"), ["• • •"]);
        assert_eq!(cut("Nothing here."), ["Nothing here."]);
    }

    #[test]
    fn the_head_dates_a_thread_in_words() {
        assert_eq!(dated("Mar 31, 2025 • 4 tweets • 2 min read").as_deref(), Some("Mar 31, 2025"));
        assert_eq!(dated("Read on X • 4 tweets"), None);
    }
}
