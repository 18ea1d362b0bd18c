//! RSS 2.0 and Atom (RFC 4287): items to statements.
//!
//! What always holds: no entity but the five of XML and numbers is resolved; depth and size are bounded; an item that cannot be
//! read is named and the others are kept; a feed that breaks off gives what came before and says where.

use super::{Capture, Import, POSTS_MAX, Refused, Said, ThreadError, html, line_of};
use model::{StatementForm, Timestamp};
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

const DEPTH_MAX: usize = 64;
const FORM: &str = "feed";

/// An item on its way.
#[derive(Default)]
struct Item {
    title: String,
    body: String,
    /// Instead of the body, which is then only a summary.
    whole: String,
    own_id: String,
    link: String,
    published: String,
    updated: String,
}

fn local(name: &str) -> String {
    name.rsplit(':').next().unwrap_or_default().to_owned()
}

fn link_of(start: &BytesStart<'_>) -> Option<String> {
    let value = |wanted: &str| {
        let found = start.attributes().flatten().find(|it| it.key.as_ref() == wanted)?;
        Some(found.normalized_value(XmlVersion::Implicit1_0).ok()?.into_owned())
    };
    let rel = value("rel").unwrap_or_else(|| "alternate".to_owned());
    if rel == "alternate" { value("href") } else { None }
}

fn resolved(reference: &BytesRef<'_>) -> String {
    if let Ok(Some(c)) = reference.resolve_char_ref() {
        return c.to_string();
    }
    let name: &str = reference.as_ref();
    match name {
        "amp" => "&".to_owned(),
        "lt" => "<".to_owned(),
        "gt" => ">".to_owned(),
        "quot" => "\"".to_owned(),
        "apos" => "'".to_owned(),
        _ => format!("&{name};"),
    }
}

/// Reads a feed.
pub(super) fn read(text: &str, capture: &Capture, import: &mut Import) -> Result<(), ThreadError> {
    let mut reader = Reader::from_str(text);
    let mut path: Vec<String> = Vec::new();
    let mut item: Option<Item> = None;
    let mut count = 0;
    let broken = |at: u64, why: String| ThreadError::Malformed {
        form: FORM,
        line: line_of(text, usize::try_from(at).unwrap_or(usize::MAX)),
        why,
    };
    loop {
        let event = match reader.read_event() {
            Ok(event) => event,
            Err(error) => {
                let line = line_of(text, usize::try_from(reader.error_position()).unwrap_or(usize::MAX));
                import.refused.push(Refused { at: format!("line {line}"), why: format!("it breaks off: {error}") });
                return Ok(());
            }
        };
        match event {
            Event::Start(start) => {
                let name = local(start.name().as_ref());
                if path.len() >= DEPTH_MAX {
                    return Err(broken(reader.buffer_position(), format!("nested deeper than {DEPTH_MAX}")));
                }
                if path.is_empty() && !["rss", "feed", "RDF"].contains(&name.as_str()) {
                    return Err(broken(
                        reader.buffer_position(),
                        format!("the root is <{name}>, expected <rss> or <feed>"),
                    ));
                }
                if item.is_none() && (name == "item" || name == "entry") {
                    item = Some(Item::default());
                } else if let Some(item) = &mut item
                    && name == "link"
                    && let Some(href) = link_of(&start)
                {
                    item.link = href;
                }
                path.push(name);
            }
            Event::Empty(start) => {
                if let Some(item) = &mut item
                    && local(start.name().as_ref()) == "link"
                    && let Some(href) = link_of(&start)
                {
                    item.link = href;
                }
            }
            Event::End(_) => {
                let name = path.pop().unwrap_or_default();
                if (name == "item" || name == "entry")
                    && !path.iter().any(|open| open == "item" || open == "entry")
                    && let Some(done) = item.take()
                {
                    count += 1;
                    if count > POSTS_MAX {
                        return Err(ThreadError::TooManyPosts { form: FORM, limit: POSTS_MAX });
                    }
                    say(&done, count, capture, import);
                }
            }
            Event::Text(piece) => put(&mut item, &path, &piece),
            Event::CData(piece) => put(&mut item, &path, &piece),
            Event::GeneralRef(reference) => put(&mut item, &path, &resolved(&reference)),
            Event::Eof => {
                if !path.is_empty() {
                    let at = format!("line {}", line_of(text, text.len()));
                    let why = format!("it breaks off inside <{}>", path.join("/"));
                    import.refused.push(Refused { at, why });
                }
                return Ok(());
            }
            Event::Decl(_) | Event::PI(_) | Event::DocType(_) | Event::Comment(_) => {}
        }
    }
}

fn put(item: &mut Option<Item>, path: &[String], piece: &str) {
    let Some(item) = item else { return };
    let above = path.iter().rposition(|name| name == "item" || name == "entry").unwrap_or_default();
    let field = match path.get(above + 1).map_or("", String::as_str) {
        "title" => &mut item.title,
        "encoded" | "content" => &mut item.whole,
        "description" | "summary" => &mut item.body,
        "guid" | "id" => &mut item.own_id,
        "link" => &mut item.link,
        "pubDate" | "published" | "date" => &mut item.published,
        "updated" => &mut item.updated,
        _ => return,
    };
    field.push_str(piece);
}

fn say(item: &Item, number: usize, capture: &Capture, import: &mut Import) {
    let words = |raw: &str| if raw.contains('<') { html::words(raw) } else { Some(raw.trim().to_owned()) };
    let Some(body) = words(if item.whole.is_empty() { &item.body } else { &item.whole }) else {
        let why = "its text is HTML nested too deep or with too many elements".to_owned();
        return import.refused.push(Refused { at: format!("item {number}"), why });
    };
    let title = words(&item.title).unwrap_or_default();
    let same = |a: &str, b: &str| b.starts_with(a.trim_end_matches(['…', '.']));
    let text = match (title.is_empty(), body.is_empty()) {
        (true, true) => {
            return import.refused.push(Refused { at: format!("item {number}"), why: "it has no text".to_owned() });
        }
        (false, true) => title,
        (false, false) if !same(&title, &body) => format!("{title}\n{body}"),
        _ => body,
    };
    let dated = [&item.published, &item.updated].into_iter().map(|it| it.trim()).find(|it| !it.is_empty());
    let published_at = dated.and_then(instant);
    if let (Some(dated), None) = (dated, published_at) {
        let why =
            format!("its date {:?} is neither RFC 3339 nor RFC 2822: kept without a date", super::clip(dated, 64));
        import.notes.push(format!("item {number}: {why}"));
    }
    let full = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    import.say(
        StatementForm::Feed,
        capture,
        Said {
            text,
            published_at,
            dated: dated.filter(|_| published_at.is_none()).map(str::to_owned),
            own_id: full(&item.own_id).or_else(|| full(&item.link)),
            address: full(&item.link),
            ..Said::default()
        },
    );
}

/// RFC 3339, or RFC 2822 as RSS writes it.
fn instant(words: &str) -> Option<Timestamp> {
    if let Ok(at) = Timestamp::parse(words) {
        return Some(at);
    }
    let at = jiff::fmt::rfc2822::parse(words).ok()?;
    Timestamp::checked(at.timestamp().as_millisecond()).ok()
}
