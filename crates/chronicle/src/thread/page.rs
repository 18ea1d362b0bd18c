//! A page of unrolled threads, plain or HTML: lines to posts, posts to threads.
//!
//! Plain text is cut at blank lines when there are any between words, and otherwise every line is a post. Of HTML the elements
//! that say they are posts are taken; without such, articles; without those, every block that is not furniture. A thread ends
//! where the page says so and nowhere else.

use super::furniture::{Line, classify, cut, dated};
use super::html::{Mark, read};
use super::{Capture, Form, Import, POSTS_MAX, Said, Thread, ThreadError};
use model::{Post, StatementForm, Timestamp};

/// A post on its way: its lines, and what the page says beside them.
struct Found {
    text: String,
    published: Option<String>,
    own_id: Option<String>,
}

/// A thread on its way.
#[derive(Default)]
struct Group {
    posts: Vec<Found>,
    gaps: bool,
    dated: Option<String>,
    ended: bool,
    // The page marks where it begins or ends.
    bounded: bool,
}

struct Builder {
    groups: Vec<Group>,
    lines: Vec<String>,
    count: usize,
    form: Form,
}

impl Builder {
    fn new(form: Form) -> Self {
        Self { groups: vec![Group::default()], lines: Vec::new(), count: 0, form }
    }

    fn group(&mut self) -> &mut Group {
        if self.groups.last().is_none_or(|group| group.ended) {
            self.groups.push(Group::default());
        }
        let last = self.groups.len() - 1;
        &mut self.groups[last]
    }

    /// Ends the post whose lines were gathered.
    fn post(&mut self, published: Option<&String>, own_id: Option<&String>) -> Result<(), ThreadError> {
        if self.lines.is_empty() {
            return Ok(());
        }
        self.count += 1;
        if self.count > POSTS_MAX {
            return Err(ThreadError::TooManyPosts { form: self.form.name(), limit: POSTS_MAX });
        }
        let text = std::mem::take(&mut self.lines).join("\n");
        self.group().posts.push(Found { text, published: published.cloned(), own_id: own_id.cloned() });
        Ok(())
    }

    fn end(&mut self) {
        if let Some(group) = self.groups.last_mut()
            && !group.posts.is_empty()
        {
            group.ended = true;
            group.bounded = true;
        }
    }

    /// The sentence of missing posts speaks of the thread above it; above none, of the one below.
    fn missing(&mut self) {
        if let Some(group) = self.groups.iter_mut().rev().find(|group| !group.posts.is_empty()) {
            group.gaps = true;
            group.ended = true;
            group.bounded = true;
        } else {
            self.group().gaps = true;
        }
    }

    fn head(&mut self, line: &str) {
        self.end();
        let group = self.group();
        group.bounded = true;
        group.dated = dated(line);
    }

    /// Takes a line in; `true` when it belongs to a post.
    fn line(&mut self, number: usize, line: &str, import: &mut Import) -> Result<bool, ThreadError> {
        let kind = classify(line);
        if !matches!(kind, Line::Words | Line::Blank | Line::Furniture(_)) {
            self.post(None, None)?;
        }
        match kind {
            Line::Words => {
                self.lines.push(line.trim().to_owned());
                return Ok(true);
            }
            Line::Blank => {}
            Line::Furniture(rule) => import.drop_line(number, rule, line),
            Line::End(rule) => {
                import.drop_line(number, rule, line);
                self.end();
            }
            Line::Missing => {
                import.drop_line(number, "missing posts", line);
                self.missing();
            }
            Line::Head => {
                import.drop_line(number, "head of a thread", line);
                self.head(line);
            }
        }
        Ok(false)
    }

    fn finish(self, form: StatementForm, capture: &Capture, import: &mut Import) {
        let groups = self.groups.into_iter().filter(|group| !group.posts.is_empty());
        for (number, group) in (1..).zip(groups) {
            let missing = numbering(&group.posts);
            let gaps = group.gaps || !missing.is_empty();
            let posts = u32::try_from(group.posts.len()).unwrap_or(u32::MAX);
            let may_be_several = !group.bounded && posts > 1;
            import.threads.push(Thread { number, posts, gaps, may_be_several, missing, dated: group.dated.clone() });
            for (at, found) in (1..).zip(group.posts) {
                // Only a time with its offset dates a post.
                let published_at = found.published.as_deref().and_then(|words| Timestamp::parse(words).ok());
                let words = found.published.filter(|_| published_at.is_none());
                import.say(
                    form,
                    capture,
                    Said {
                        text: found.text,
                        post: Some(Post { thread: number, number: at }),
                        gaps,
                        published_at,
                        dated: words.or_else(|| group.dated.clone()),
                        own_id: found.own_id,
                        ..Said::default()
                    },
                );
            }
        }
        let undated = import.statements.iter().filter(|statement| statement.published_at.is_none()).count();
        if undated > 0 {
            import.notes.push(format!("the dates of {undated} posts are not known"));
        }
    }
}

/// "3/12" at the beginning or end of posts: the numbers that are left out, when the posts count themselves.
fn numbering(posts: &[Found]) -> Vec<u32> {
    let numbers: Vec<(u32, Option<u32>)> = posts.iter().filter_map(|post| counted(&post.text)).collect();
    let rising = numbers.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 == pair[1].1);
    if numbers.len() < 2 || !rising || numbers.len() * 2 < posts.len() {
        return Vec::new();
    }
    let last = numbers.iter().map(|(n, of)| of.unwrap_or(*n)).max().unwrap_or_default();
    (1..=last).filter(|n| numbers.iter().all(|(found, _)| found != n)).collect()
}

/// "3/12", "(3/12)" or "3/" as the first or last word.
fn counted(text: &str) -> Option<(u32, Option<u32>)> {
    let read = |word: &str| {
        let (n, of) = word.trim_matches(['(', ')', '[', ']']).split_once('/')?;
        let number = |digits: &str| {
            let short = !digits.is_empty() && digits.len() <= 3 && digits.bytes().all(|b| b.is_ascii_digit());
            if short { digits.parse::<u32>().ok().filter(|n| *n > 0) } else { None }
        };
        let n = number(n)?;
        let of = if of.is_empty() { None } else { Some(number(of)?) };
        of.is_none_or(|of| n <= of).then_some((n, of))
    };
    let mut words = text.split_whitespace();
    read(words.next()?).or_else(|| read(words.next_back()?))
}

/// Reads plain text.
pub(super) fn plain(text: &str, capture: &Capture, import: &mut Import) -> Result<(), ThreadError> {
    let mut builder = Builder::new(Form::Text);
    // A blank line between words parts posts; a page without any has one post a line.
    let by_blank = blank_parts(text);
    for (number, line) in (1..).zip(text.lines()) {
        for piece in cut(line) {
            let words = builder.line(number, piece, import)?;
            if (words && !by_blank) || (!words && line.trim().is_empty()) {
                builder.post(None, None)?;
            }
        }
    }
    builder.post(None, None)?;
    import.notes.push(if by_blank { "posts are cut at blank lines" } else { "every line is a post" }.to_owned());
    builder.finish(StatementForm::ThreadText, capture, import);
    Ok(())
}

/// Whether blank lines stand between lines of words at least as a rule: one in four, or more.
fn blank_parts(text: &str) -> bool {
    let (mut words, mut parted, mut blank) = (0_usize, 0_usize, false);
    for line in text.lines() {
        match classify(line) {
            Line::Words => {
                parted += usize::from(blank && words > 0);
                words += 1;
                blank = false;
            }
            Line::Blank => blank = true,
            _ => blank = false,
        }
    }
    parted > 0 && parted * 4 >= words.saturating_sub(1)
}

/// Reads HTML.
pub(super) fn html(text: &str, capture: &Capture, import: &mut Import) -> Result<(), ThreadError> {
    let page = read(text)?;
    import.notes.extend(page.notes);
    let best = page.blocks.iter().map(|block| block.mark).max().unwrap_or(Mark::None);
    let mut builder = Builder::new(Form::Html);
    let mut article: Option<(Option<String>, Option<String>)> = None;
    let mut number = 0;
    for block in &page.blocks {
        if block.begins_thread {
            builder.post(None, None)?;
            builder.end();
        }
        let taken = block.mark == best;
        // Blocks of one article are lines of one post, until the article changes.
        let key = (block.published.clone(), block.id.clone());
        if best == Mark::Article && article.as_ref().is_some_and(|before| *before != key || !taken) {
            let (published, id) = article.take().unwrap_or_default();
            builder.post(published.as_ref(), id.as_ref())?;
        }
        for line in block.text.lines() {
            for piece in cut(line) {
                number += 1;
                let kind = classify(piece);
                // Words outside of what the page marks as posts are the page's own.
                if !taken && kind == Line::Words {
                    import.drop_line(number, "outside of the posts", piece);
                } else {
                    builder.line(number, piece, import)?;
                }
            }
        }
        if taken && best == Mark::Article {
            article = Some(key);
        } else if taken {
            builder.post(block.published.as_ref(), block.id.as_ref())?;
        }
    }
    let (published, id) = article.unwrap_or_default();
    builder.post(published.as_ref(), id.as_ref())?;
    import.notes.push(
        match best {
            Mark::Post => "posts are the elements that the page marks as posts",
            Mark::Article => "posts are the articles of the page",
            Mark::None => "the page marks no posts: every block is one",
        }
        .to_owned(),
    );
    builder.finish(StatementForm::ThreadHtml, capture, import);
    Ok(())
}
