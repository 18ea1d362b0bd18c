//! HTML to blocks of text, as a reader sees them: a pull over the bytes, no tree, no script, no entity expansion.
//!
//! What comes in: a page of anybody, well formed or not. What goes out: [`Block`]s in the order of the page, each marked when
//! the page says that it is a post. What always holds: time and memory are linear in the page; depth and number of elements
//! are bounded and named when they are too great; what stands in scripts, styles and forms is nobody's words.
//! Deliberately absent: the layout. What a style sheet hides is still read.

use super::ThreadError;

/// Deepest nesting that is followed; real pages stay under a hundred.
pub(super) const DEPTH_MAX: usize = 512;
/// Most elements of a page.
pub(super) const ELEMENTS_MAX: usize = 300_000;

/// How sure the page makes us that a block is a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mark {
    /// Any text.
    None,
    /// An `<article>`.
    Article,
    /// An element that such pages use for the words of a post and for nothing else.
    Post,
}

/// A run of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) text: String,
    pub(super) mark: Mark,
    /// The element of a thread begins before this block.
    pub(super) begins_thread: bool,
    /// `datetime` of the last `<time>` that stood before or in it, within the same article or thread.
    pub(super) published: Option<String>,
    /// `id` of the post's element.
    pub(super) id: Option<String>,
}

/// What was read of a page.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) blocks: Vec<Block>,
    /// What was odd, in words.
    pub(super) notes: Vec<String>,
}

const VOID: [&str; 14] =
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"];
/// Their contents are not markup; they end at their own end tag alone.
const RAW: [&str; 7] = ["script", "style", "title", "textarea", "xmp", "iframe", "noembed"];
/// Elements whose words are the page's own.
const DROPPED: [&str; 16] = [
    "head", "nav", "footer", "form", "button", "select", "svg", "math", "template", "noscript", "object", "audio",
    "video", "canvas", "dialog", "menu",
];
const INLINE: [&str; 27] = [
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins", "kbd", "mark", "q",
    "s", "samp", "small", "span", "strong", "sub", "sup", "time", "u", "var",
];
const POST: [&str; 9] = [
    "content-tweet",
    "tweet-text",
    "tweet-content",
    "js-tweet-text",
    "tgme_widget_message_text",
    "status__content",
    "e-content",
    "post-text",
    "thread-post",
];
const THREAD: [&str; 4] = ["t-main", "thread", "tweet-thread", "thread-container"];
/// Somebody else's words, shown inside a post.
const QUOTED: [&str; 6] =
    ["quoted-tweet", "quote-tweet", "quoted", "twitter-tweet", "tgme_widget_message_reply", "entity-embed"];

struct Open {
    name: String,
    mark: Mark,
    drops: bool,
}

struct Reader<'a> {
    open: Vec<Open>,
    page: Page,
    text: String,
    dropping: usize,
    marks: usize,
    begins_thread: bool,
    published: Option<String>,
    id: Option<String>,
    elements: usize,
    quotes: usize,
    rest: &'a str,
}

/// Reads a page.
///
/// # Errors
/// [`ThreadError::TooDeep`] and [`ThreadError::TooManyElements`].
pub(super) fn read(html: &str) -> Result<Page, ThreadError> {
    let mut reader = Reader {
        open: Vec::new(),
        page: Page::default(),
        text: String::new(),
        dropping: 0,
        marks: 0,
        begins_thread: false,
        published: None,
        id: None,
        elements: 0,
        quotes: 0,
        rest: html,
    };
    reader.walk()?;
    Ok(reader.page)
}

/// The words of a fragment of HTML, as feeds carry them; a fragment that is too deep or too long gives none.
pub(super) fn words(html: &str) -> Option<String> {
    let page = read(html).ok()?;
    let lines: Vec<&str> = page.blocks.iter().map(|block| block.text.as_str()).collect();
    Some(lines.join("\n"))
}

impl Reader<'_> {
    fn walk(&mut self) -> Result<(), ThreadError> {
        while let Some(at) = self.rest.find('<') {
            let (before, from) = self.rest.split_at(at);
            self.say(before);
            self.rest = from;
            if let Some(after) = from.strip_prefix("<!--") {
                self.rest = after.find("-->").map_or("", |end| &after[end + 3..]);
            } else if from.starts_with("<!") || from.starts_with("<?") {
                let end = from.find('>').unwrap_or(from.len());
                // An internal subset is skipped whole: its entities do not exist here.
                let close = if from[..end].contains('[') { from.find("]>").map(|at| at + 1) } else { Some(end) };
                self.rest = close.and_then(|end| from.get(end + 1..)).unwrap_or_default();
            } else if let Some(after) = from.strip_prefix("</") {
                let end = after.find('>').unwrap_or(after.len());
                let name = name_of(&after[..end]);
                self.rest = after.get(end + 1..).unwrap_or_default();
                self.close(&name);
            } else if from[1..].starts_with(|c: char| c.is_ascii_alphabetic()) {
                let end = tag_end(from);
                let tag = &from[1..end];
                self.rest = from.get(end + 1..).unwrap_or_default();
                self.start(tag)?;
            } else {
                self.say("<");
                self.rest = &from[1..];
            }
        }
        let rest = std::mem::take(&mut self.rest);
        self.say(rest);
        // What was left open is closed by the end of the page.
        while !self.open.is_empty() {
            self.pop();
        }
        self.flush(Mark::None);
        if self.quotes > 0 {
            self.page.notes.push(format!("{} quoted posts of others left out", self.quotes));
        }
        Ok(())
    }

    fn start(&mut self, tag: &str) -> Result<(), ThreadError> {
        self.elements += 1;
        if self.elements > ELEMENTS_MAX {
            return Err(ThreadError::TooManyElements { limit: ELEMENTS_MAX });
        }
        let name = name_of(tag);
        let attributes = &tag[name.len().min(tag.len())..];
        if RAW.contains(&name.as_str()) {
            self.skip_raw(&name);
            return Ok(());
        }
        if name == "br" {
            self.say_raw("\n");
            return Ok(());
        }
        if name == "time"
            && let Some(at) = attribute(attributes, "datetime")
        {
            self.published = Some(at);
        }
        if VOID.contains(&name.as_str()) || tag.ends_with('/') {
            if !INLINE.contains(&name.as_str()) && !["img", "wbr"].contains(&name.as_str()) {
                self.flush(Mark::None);
            }
            return Ok(());
        }
        let block = !INLINE.contains(&name.as_str());
        if block {
            // A paragraph or an item that was never closed ends where the next block begins (HTML, section 13.1.2.4).
            if self.open.last().is_some_and(|top| top.name == "p" || (top.name == "li" && name == "li")) {
                self.pop();
            }
            self.flush(Mark::None);
        }
        let classes = attribute(attributes, "class").unwrap_or_default();
        let has = |of: &[&str]| classes.split_ascii_whitespace().any(|class| of.contains(&class));
        let marked = has(&POST) || attribute(attributes, "data-testid").is_some_and(|id| id == "tweetText");
        let mark = if self.marks > 0 || self.dropping > 0 {
            Mark::None
        } else if marked {
            Mark::Post
        } else if name == "article" {
            Mark::Article
        } else {
            Mark::None
        };
        if has(&THREAD) && self.marks == 0 {
            self.begins_thread = true;
            self.published = None;
        }
        if name == "article" {
            self.published = None;
        }
        let quoted = has(&QUOTED);
        let drops = DROPPED.contains(&name.as_str()) || quoted || attribute_is_set(attributes, "hidden");
        if drops && self.dropping == 0 && quoted {
            self.quotes += 1;
        }
        if mark != Mark::None {
            self.flush(Mark::None);
            self.id = attribute(attributes, "id").filter(|id| names_a_post(id));
        }
        self.marks += usize::from(mark == Mark::Post);
        self.dropping += usize::from(drops);
        if self.open.len() >= DEPTH_MAX {
            return Err(ThreadError::TooDeep { limit: DEPTH_MAX });
        }
        self.open.push(Open { name, mark, drops });
        Ok(())
    }

    /// Ends the nearest open element of that name and everything left open inside it.
    fn close(&mut self, name: &str) {
        if name == "br" || name == "p" && !self.open.iter().any(|open| open.name == "p") {
            return self.say_raw("\n");
        }
        let Some(at) = self.open.iter().rposition(|open| open.name == name) else { return };
        while self.open.len() > at {
            self.pop();
        }
    }

    fn pop(&mut self) {
        let Some(closed) = self.open.pop() else { return };
        if !INLINE.contains(&closed.name.as_str()) || closed.mark == Mark::Post {
            self.flush(closed.mark);
        }
        self.dropping -= usize::from(closed.drops);
        self.marks -= usize::from(closed.mark == Mark::Post);
    }

    fn skip_raw(&mut self, name: &str) {
        let mut at = 0;
        while let Some(found) = self.rest[at..].find("</") {
            let from = at + found + 2;
            let here = self.rest.as_bytes().get(from..from + name.len());
            if here.is_some_and(|here| here.eq_ignore_ascii_case(name.as_bytes())) {
                let after = &self.rest[from..];
                self.rest = after.find('>').map_or("", |end| &after[end + 1..]);
                return;
            }
            at = from;
        }
        self.page.notes.push(format!("<{name}> is not closed: {} bytes after it are not read", self.rest.len()));
        self.rest = "";
    }

    fn say(&mut self, raw: &str) {
        if self.dropping > 0 || raw.is_empty() {
            return;
        }
        decode(raw, &mut self.text);
    }

    fn say_raw(&mut self, text: &str) {
        if self.dropping == 0 {
            self.text.push_str(text);
        }
    }

    /// Ends a run of text. Inside a post a block is only a new line of it.
    fn flush(&mut self, closing: Mark) {
        if self.dropping > 0 {
            return;
        }
        if self.marks > 0 && closing != Mark::Post {
            if !self.text.is_empty() && !self.text.ends_with('\n') {
                self.text.push('\n');
            }
            return;
        }
        let inside_article = closing == Mark::Article || self.open.iter().any(|open| open.mark == Mark::Article);
        let mark = if closing == Mark::None && inside_article { Mark::Article } else { closing };
        let text = tidy(&std::mem::take(&mut self.text));
        if text.is_empty() {
            return;
        }
        let begins_thread = std::mem::take(&mut self.begins_thread);
        let published = self.published.clone();
        let id = if mark == Mark::None { None } else { self.id.clone() };
        self.page.blocks.push(Block { text, mark, begins_thread, published, id });
    }
}

/// Blanks folded inside lines, empty lines dropped.
fn tidy(text: &str) -> String {
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

fn name_of(tag: &str) -> String {
    let end = tag.find(|c: char| c.is_whitespace() || c == '/' || c == '>').unwrap_or(tag.len());
    // A name longer than any element's is no name; it is kept short.
    tag[..end].chars().take(32).map(|c| c.to_ascii_lowercase()).collect()
}

/// Where the tag at the beginning of `from` ends: a `>` in quotes does not end it, unless the quote never does.
fn tag_end(from: &str) -> usize {
    const LOOK_MAX: usize = 4 * 1024;
    let mut quote = None;
    for (at, byte) in from.bytes().enumerate().take(LOOK_MAX) {
        match (quote, byte) {
            (None, b'>') => return at,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    from.find('>').unwrap_or(from.len())
}

/// The value of an attribute, decoded.
fn attribute(attributes: &str, wanted: &str) -> Option<String> {
    let mut rest = attributes;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        if rest.is_empty() {
            return None;
        }
        let end = rest.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(rest.len());
        let name = &rest[..end];
        let after = rest[end..].trim_start();
        let Some(value) = after.strip_prefix('=').map(str::trim_start) else {
            if name.is_empty() {
                return None;
            }
            rest = &rest[end..];
            continue;
        };
        let (value, next) = if let Some(quote @ ('"' | '\'')) = value.chars().next() {
            let inner = &value[1..];
            let end = inner.find(quote).unwrap_or(inner.len());
            (&inner[..end], inner.get(end + 1..).unwrap_or_default())
        } else {
            let end = value.find(char::is_whitespace).unwrap_or(value.len());
            (&value[..end], &value[end..])
        };
        if name.eq_ignore_ascii_case(wanted) {
            let mut out = String::new();
            decode(value, &mut out);
            return Some(out);
        }
        rest = next;
    }
}

/// Whether an element's `id` is the post's own: ten digits and more. "tweet_3" only counts the posts of the page.
fn names_a_post(id: &str) -> bool {
    id.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.len() >= 10)
}

fn attribute_is_set(attributes: &str, wanted: &str) -> bool {
    attributes.split_ascii_whitespace().any(|word| word.eq_ignore_ascii_case(wanted))
}

/// Character references that pages of text use; any other stays as it is written.
const NAMED: [(&str, &str); 22] = [
    ("amp", "&"),
    ("lt", "<"),
    ("gt", ">"),
    ("quot", "\""),
    ("apos", "'"),
    ("nbsp", "\u{a0}"),
    ("thinsp", "\u{2009}"),
    ("ensp", " "),
    ("emsp", " "),
    ("ndash", "–"),
    ("mdash", "—"),
    ("hellip", "…"),
    ("laquo", "«"),
    ("raquo", "»"),
    ("ldquo", "“"),
    ("rdquo", "”"),
    ("lsquo", "‘"),
    ("rsquo", "’"),
    ("bdquo", "„"),
    ("bull", "•"),
    ("middot", "·"),
    ("shy", ""),
];

/// Appends `raw` with its character references resolved, each once.
fn decode(raw: &str, to: &mut String) {
    let mut rest = raw;
    while let Some(at) = rest.find('&') {
        to.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.bytes().take(12).position(|byte| byte == b';');
        let found = end.and_then(|end| Some((reference(&rest[1..end])?, end)));
        if let Some((text, end)) = found {
            to.push_str(&text);
            rest = &rest[end + 1..];
        } else {
            to.push('&');
            rest = &rest[1..];
        }
    }
    to.push_str(rest);
}

fn reference(name: &str) -> Option<String> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        let c = char::from_u32(code)?;
        return Some(if c.is_control() && c != '\n' { " ".to_owned() } else { c.to_string() });
    }
    NAMED.iter().find(|(known, _)| *known == name).map(|(_, text)| (*text).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(html: &str) -> Vec<(String, Mark)> {
        read(html).unwrap().blocks.into_iter().map(|block| (block.text, block.mark)).collect()
    }

    fn check(html: &str, expected: &[&str]) {
        let found: Vec<String> = texts(html).into_iter().map(|(text, _)| text).collect();
        assert_eq!(found, expected, "{html}");
    }

    #[test]
    fn words_are_read_and_scripts_are_not() {
        check("<p>One &amp; two<p>Three<br>four", &["One & two", "Three\nfour"]);
        check("<script>var a = '<p>no</p>';</script><p>Yes</p><style>p{}</style>", &["Yes"]);
        check("<div>a<!-- <p>hidden</p> -->b</div>", &["ab"]);
        check("<p>1 < 2 and 3 > 2</p>", &["1 < 2 and 3 > 2"]);
        check("<nav>Menu</nav><div><b>Bold</b> words</div><footer>(c)</footer>", &["Bold words"]);
        check("<p title='a > b'>Quoted end</p>", &["Quoted end"]);
        check("&#171;Привіт&#187; &unknown; &", &["«Привіт» &unknown; &"]);
    }

    #[test]
    fn a_post_is_one_block_with_its_lines() {
        let html =
            "<div class='x content-tweet'><p>One</p><p>Two</p><div class=quoted-tweet>theirs</div></div><p>Rest</p>";
        assert_eq!(texts(html), [("One\nTwo".to_owned(), Mark::Post), ("Rest".to_owned(), Mark::None)]);
        assert_eq!(read(html).unwrap().notes, ["1 quoted posts of others left out"]);
    }

    #[test]
    fn what_is_left_open_is_closed_by_the_end() {
        check("<div><p>One<div>Two", &["One", "Two"]);
        assert_eq!(texts("<div class=content-tweet>One<b>bold"), [("Onebold".to_owned(), Mark::Post)]);
        let page = read("<p>One<script>var x = 1; <p>never").unwrap();
        assert_eq!(page.notes.len(), 1);
        assert_eq!(page.blocks.len(), 1);
    }

    #[test]
    fn bombs_are_named() {
        assert_eq!(read(&"<div>".repeat(1_000)).unwrap_err(), ThreadError::TooDeep { limit: DEPTH_MAX });
        let many = "<i></i>".repeat(ELEMENTS_MAX + 1);
        assert_eq!(read(&many).unwrap_err(), ThreadError::TooManyElements { limit: ELEMENTS_MAX });
        // No entity is expanded, so that a billion laughs are thirty bytes.
        check("<!DOCTYPE x [<!ENTITY a 'ha'>]><p>&a;&a;</p>", &["&a;&a;"]);
    }
}
