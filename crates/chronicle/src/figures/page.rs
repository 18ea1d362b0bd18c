//! The figures as one HTML page: no script, no request, light and dark, in two languages.

use super::sum::Figures;
use super::words;
use crate::ceasefire::Lang;
use crate::page::{END, both, document, each, plain, table};
use crate::reconcile::Told;
use std::fmt::Write as _;

/// The whole page; `lang` is the language it opens in.
#[must_use]
pub fn page(figures: &Figures, lang: Lang) -> String {
    let mut main = String::new();
    let _ = write!(main, "<h1>{}</h1>", plain(&figures.name));
    if let Some([from, to]) = figures.span {
        let _ = write!(
            main,
            "<p class=dim>{} – {} ({})</p>",
            words::instant(figures, from),
            words::instant(figures, to),
            plain(&figures.zone)
        );
    }
    accounts(figures, &mut main);
    rows(figures, &mut main);
    conflicts(figures, &mut main);
    document(&figures.name, lang, &main)
}

/// A bar for each launch: its parts by kind, and the remainder as an empty frame.
fn accounts(figures: &Figures, to: &mut String) {
    if figures.identities.is_empty() {
        return;
    }
    let _ = write!(to, "<h2>{}</h2>", both("Що сталося з випущеним", "What became of what was launched"));
    for it in &figures.identities {
        let said = each(|lang| words::identity(lang, it));
        let title = plain(&format!("{} / {}", words::identity(Lang::Uk, it), words::identity(Lang::En, it)));
        let whole = it.launched.low.max(1);
        let _ = write!(to, "<figure><svg viewBox='0 0 640 56' role=img aria-label='{title}'>");
        let mut x = 0;
        for (at, (name, n)) in it.parts.iter().enumerate() {
            let width = (n.low.min(whole) * 640 / whole).min(640_u64.saturating_sub(x));
            let class = ["a", "b", "c"][at % 3];
            let _ = write!(
                to,
                "<rect class={class} x={x} y=4 width={width} height=24><title>{}</title></rect><text x={} y=46>{name} {n}</text>",
                plain(name),
                x + 2
            );
            x += width;
        }
        let rest = 640_u64.saturating_sub(x);
        let _ = write!(
            to,
            "<rect class='axis' x={x} y=4 width={rest} height=24 /><text x={} y=46>? {}</text></svg><figcaption>{said}</figcaption></figure>",
            x + 2,
            it.unaccounted
        );
    }
}

fn rows(figures: &Figures, to: &mut String) {
    let _ = write!(to, "<h2>{}</h2>", both("Що кажуть джерела", "What sources say"));
    table(&[("що", "what"), ("скільки", "how many"), ("джерело", "source"), ("слова", "words")], to);
    for row in &figures.rows {
        for source in &row.sources {
            let n = source.quantity.as_ref().map_or_else(
                || both("проміжки перетинаються: не додано", "spans overlap: not added"),
                |it| plain(&it.to_string()),
            );
            let _ = write!(
                to,
                "<tr><th scope=row>{}<td>{n}<td>{}<td>{}",
                each(|lang| words::row(lang, row)),
                plain(&source.source),
                source.claims.iter().map(quoted).collect::<Vec<_>>().join("<br>")
            );
        }
    }
    to.push_str(END);
    if !figures.alerts.is_empty() {
        table(&[("місцевість", "area"), ("тривог", "alerts"), ("хвилин", "minutes")], to);
        for (area, it) in &figures.alerts {
            let _ = write!(to, "<tr><th scope=row>{}<td>{}<td>{}", plain(area), it.alerts, it.minutes);
        }
        to.push_str(END);
    }
    if figures.conflicts_more > 0 {
        let more = figures.conflicts_more;
        let _ = write!(
            to,
            "<p>{}",
            both(
                &format!("Суперечностей, яких тут не перелічено: {more}"),
                &format!("Conflicts not listed here: {more}")
            )
        );
    }
}

fn quoted(told: &Told) -> String {
    let from = told.statement.as_ref().map_or_else(String::new, |it| format!(" <code>{}</code>", plain(it)));
    format!("<q>{}</q>{from}", plain(&told.words))
}

fn conflicts(figures: &Figures, to: &mut String) {
    let lists = [
        (("Суперечності", "Conflicts"), figures.conflicts.iter().flat_map(|it| it.claims.iter()).collect::<Vec<_>>()),
        (
            ("Замінено пізнішими словами того ж джерела", "Replaced by later words of the same source"),
            figures.superseded.iter().collect(),
        ),
        (
            ("Час не встановлено, у підрахунках немає", "Time not resolved, in no figure"),
            figures.undated.iter().collect(),
        ),
        (
            ("Перетинають межу проміжку, у підрахунках немає", "Cross an end of the span, in no figure"),
            figures.crossing.iter().collect(),
        ),
    ];
    for ((uk, en), told) in lists.into_iter().filter(|(_, told)| !told.is_empty()) {
        let _ = write!(to, "<h2>{}</h2>", both(uk, en));
        table(&[("джерело", "source"), ("що", "what"), ("скільки", "how many"), ("слова", "words")], to);
        for it in told {
            let _ = write!(
                to,
                "<tr><td>{}<td>{}<td>{}<td>{}",
                plain(&it.source),
                each(|lang| words::kind(lang, it.scope.kind).to_owned()),
                it.quantity,
                quoted(it)
            );
        }
        to.push_str(END);
    }
}
