//! Documents of every form, well formed and hostile, and what is read of them.

use super::*;
use proptest::prelude::*;

fn capture() -> Capture {
    Capture {
        source: SourceId::new("press"),
        status: Status::Exercise,
        captured_at: Some(Timestamp::parse("2025-04-02T09:00:00Z").unwrap()),
    }
}

fn import(text: &str, form: Form) -> Import {
    read(text.as_bytes(), form, &capture()).unwrap()
}

fn texts(import: &Import) -> Vec<&str> {
    import.statements.iter().map(|it| it.text.as_str()).collect()
}

const PAGE: &str = "Last night we shot down 40 drones.\nWe need more air defence.\n• • •\nMissing some Tweet in this thread? \
                    You can try to\nforce a refresh\nToday I spoke in the town.\nA school was damaged.\n";

#[test]
fn a_page_becomes_posts_without_its_furniture() {
    let page = import(PAGE, Form::Text);
    assert_eq!(
        texts(&page),
        [
            "Last night we shot down 40 drones.",
            "We need more air defence.",
            "Today I spoke in the town.",
            "A school was damaged."
        ]
    );
    assert_eq!(page.dropped.len(), 3);
    assert_eq!(page.threads.len(), 2);
    assert!(page.threads[0].gaps && !page.threads[0].may_be_several);
    assert!(!page.threads[1].gaps && page.threads[1].may_be_several, "the page does not say how many threads follow");
    assert_eq!(page.statements[3].post, Some(Post { thread: 2, number: 2 }));
    assert!(page.statements.iter().all(|it| it.published_at.is_none()), "the date of capture is no date of a post");
    assert_eq!(page.document_sha256, sha256(PAGE.as_bytes()));
    assert!(page.notes.contains(&"the dates of 4 posts are not known".to_owned()));
}

#[test]
fn the_same_page_as_html_has_the_same_words() {
    let posts = ["Last night we shot down 40 drones.", "We need more air defence."];
    let html = format!(
        "<!doctype html><html><head><title>Thread</title><script>evil('<p>no</p>')</script></head><body><nav>Menu</nav>\
         <div class='t-main'><div id=tweet_1901234567890123456 class='content-tweet allow-preview'>{}</div><div id=tweet_2 class='content-tweet'>{}</div>\
         <div>• • •</div><p>Missing some Tweet in this thread? You can try to <a href='#'>force a refresh</a></p></div>\
         <div class='t-main'><div class='content-tweet'>Another &amp; last</div></div><footer>made by</footer></body></html>",
        posts[0], posts[1]
    );
    let page = import(&html, Form::of(html.as_bytes()));
    assert_eq!(texts(&page), [posts[0], posts[1], "Another & last"]);
    assert_eq!(page.threads.len(), 2);
    assert!(page.threads[0].gaps);
    assert_eq!(page.statements[0].own_id.as_deref(), Some("tweet_1901234567890123456"));
    assert_eq!(page.statements[1].own_id, None, "a number on the page is no name of a post");
    let plain = import(&format!("{}\n{}\nAnother & last\n", posts[0], posts[1]), Form::Text);
    let settled = settle(&page.statements, plain.statements);
    assert_eq!((settled.new.len(), settled.known), (0, 3), "the same words in another form are known");
}

#[test]
fn articles_with_a_time_are_dated_and_lines_of_one_article_are_one_post() {
    let html = "<body><article><time datetime='2025-03-20T08:00:00Z'>x</time><p>One</p><p>Two</p></article>\
                <article><p>Three</p></article></body>";
    let page = import(html, Form::Html);
    assert_eq!(texts(&page), ["x\nOne\nTwo", "Three"]);
    assert!(page.statements[0].published_at.is_some() && page.statements[1].published_at.is_none());
}

#[test]
fn posts_that_count_themselves_show_which_is_missing() {
    let page = import("1/4 One\n2/4 Two\n4/4 Four\n", Form::Text);
    assert_eq!(page.threads[0].missing, [3]);
    assert!(page.threads[0].gaps && page.statements[0].gaps);
    assert!(import("On 24/02 it began\nOn 25/02 it went on\n", Form::Text).threads[0].missing.is_empty());
}

#[test]
fn blank_lines_part_posts_of_several_lines() {
    let page = import("One\nstill one\n\nTwo\n\nThree\nstill three\n", Form::Text);
    assert_eq!(texts(&page), ["One\nstill one", "Two", "Three\nstill three"]);
}

#[test]
fn a_page_without_posts_is_refused_by_name() {
    let error = |text: &str, form| read(text.as_bytes(), form, &capture()).unwrap_err().to_string();
    assert_eq!(error("• • •\nShare\n", Form::Text), "read text: there are no posts in it, 2 lines of the page itself");
    assert_eq!(
        error("<script>only</script>", Form::Html),
        "read html: there are no posts in it, 0 lines of the page itself"
    );
    assert_eq!(error(&"a".repeat(PAGE_BYTES_MAX + 1), Form::Text), "read text: 4194305 bytes, at most 4194304");
    assert_eq!(
        read(b"ab\xffc", Form::Text, &capture()).unwrap_err().to_string(),
        "read text: byte 2 is not UTF-8; save the page as UTF-8"
    );
    assert_eq!(error(&"x\n".repeat(POSTS_MAX + 1), Form::Text), format!("read text: more than {POSTS_MAX} posts"));
    assert!(error("{\"messages\":3}", Form::Telegram).starts_with("read telegram: line 1"));
    assert!(error("{\"chats\":{}}", Form::Telegram).contains("export one channel"));
    assert!(error("<html/>", Form::Feed).contains("there are no posts"));
    assert!(error("<opml></opml>", Form::Feed).contains("the root is <opml>"));
}

const RSS: &str = "<?xml version='1.0'?><rss version='2.0'><channel><title>Wire</title>\
    <item><title>Raid</title><description>&lt;p&gt;Shot down &lt;b&gt;75&lt;/b&gt; &amp;amp; lost 63&lt;/p&gt;</description>\
    <guid>a1</guid><link>https://example.org/1</link><pubDate>Thu, 20 Mar 2025 08:00:00 +0200</pubDate></item>\
    <item><guid>a2</guid><title>Untimed</title><pubDate>yesterday</pubDate></item><item><guid>a3</guid></item></channel></rss>";

#[test]
fn a_feed_gives_dated_statements_and_names_what_it_could_not_read() {
    let feed = import(RSS, Form::of(RSS.as_bytes()));
    assert_eq!(texts(&feed), ["Raid\nShot down 75 & lost 63", "Untimed"]);
    assert_eq!(feed.statements[0].published_at.unwrap().to_string(), "2025-03-20T06:00:00.000Z");
    assert_eq!(feed.statements[1].dated.as_deref(), Some("yesterday"));
    assert_eq!(feed.refused, [Refused { at: "item 3".to_owned(), why: "it has no text".to_owned() }]);
    let atom = "<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>x</id><title>T</title><link href='https://example.org'/>\
                <updated>2025-03-20T06:00:00Z</updated><content type='html'>&lt;p&gt;B&lt;/p&gt;</content></entry>";
    let atom = import(atom, Form::Feed);
    assert_eq!(texts(&atom), ["T\nB"]);
    assert_eq!(atom.statements[0].address.as_deref(), Some("https://example.org"));
    assert_eq!(atom.refused.len(), 1, "it breaks off and says so");
}

#[test]
fn a_telegram_export_gives_messages_and_whose_words_are_passed_on() {
    let json = r#"{"name":"c","messages":[{"id":1,"type":"service","text":""},
        {"id":2,"type":"message","date":"2025-03-20T08:00:00","date_unixtime":"1742450400","text":["Збито ",{"type":"bold","text":"75"}]},
        {"id":3,"type":"message","date":"2025-03-20T09:00:00","forwarded_from":"Other","text":"Passed on"},
        {"id":"x","type":"message"}]}"#;
    let export = import(json, Form::of(json.as_bytes()));
    assert_eq!(texts(&export), ["Збито 75", "Passed on"]);
    assert_eq!(export.statements[0].published_at.unwrap().to_string(), "2025-03-20T06:00:00.000Z");
    assert_eq!(export.statements[1].published_at, None, "the exporter's own clock has no zone");
    assert_eq!(export.statements[1].forwarded_from.as_deref(), Some("Other"));
    assert_eq!(export.refused.len(), 1);
}

#[test]
fn reading_again_adds_nothing_and_a_changed_post_supersedes() {
    let first = settle(&[], import(PAGE, Form::Text).statements);
    assert_eq!((first.new.len(), first.known), (4, 0));
    let again = settle(&first.new, import(PAGE, Form::Text).statements);
    assert_eq!((again.new.len(), again.known, again.absent.len()), (0, 4, 0));

    let changed =
        PAGE.replace("shot down 40 drones", "shot down 45 drones").replace("A school was damaged.\n", "One more.\n");
    let later = settle(&first.new, import(&changed, Form::Text).statements);
    assert_eq!(later.new.len(), 2);
    assert_eq!(later.new[0].supersedes.as_ref(), Some(&first.new[0].id));
    assert_eq!(later.new[1].supersedes, None, "other words are another post");
    assert_eq!(later.absent, [first.new[3].id.clone()], "what is no longer on the page stays in the record");

    let mut record = first.new;
    record.extend(later.new);
    assert_eq!(settle(&record, import(&changed, Form::Text).statements).new.len(), 0);
    // The earlier wording comes back: a version of its own again.
    let back = settle(&record, import(PAGE, Form::Text).statements);
    assert_eq!(back.new.len(), 1);
    assert!(back.new[0].supersedes.is_some());
}

#[test]
fn words_longer_than_an_entry_are_clipped_and_say_so() {
    let long = "слово ".repeat(6_000);
    let page = import(&long, Form::Text);
    assert!(page.statements[0].clipped && page.statements[0].text.len() <= STATEMENT_BYTES_MAX);
    assert_eq!(page.statements[0].text_sha256, sha256(long.trim().as_bytes()));
}

proptest! {
    #[test]
    fn nothing_makes_the_reader_panic_and_the_same_bytes_give_the_same(text in ".{0,400}", form in 0..4_usize) {
        let form = Form::ALL[form];
        let (a, b) = (read(text.as_bytes(), form, &capture()), read(text.as_bytes(), form, &capture()));
        prop_assert_eq!(a, b);
    }

    #[test]
    fn tags_in_any_order_are_read(parts in prop::collection::vec(prop::sample::select(vec![
        "<p>", "</p>", "<div class=content-tweet>", "</div>", "<script>", "</script>", "<article>", "</article>", "word ", "&amp;",
        "<!--", "-->", "<br>", "<", "'", "\"", "<time datetime='x'>", "• • •", "<li>", "<svg>", "</svg>", "<a href=\"", "<![CDATA[",
    ]), 0..60)) {
        let text = parts.concat();
        let _ = read(text.as_bytes(), Form::Html, &capture());
        let _ = read(text.as_bytes(), Form::Feed, &capture());
    }
}
