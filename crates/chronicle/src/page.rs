//! What every page of the chronicle has: its style, its two languages, its tables. No script, no request.

use crate::ceasefire::Lang;
use std::fmt::Write as _;

const STYLE: &str = ":root{color-scheme:light dark;--ink:#1a1c1e;--paper:#fff;--dim:#565b60;--rule:#d5d9dd;--a:#0b62a8;--b:#a8480a;--c:#6a4c93}\
@media(prefers-color-scheme:dark){:root{--ink:#e8eaec;--paper:#15181b;--dim:#a9afb5;--rule:#3a4046;--a:#6cb4f0;--b:#f0a35e;--c:#c3a6e8}}\
body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);margin:0 auto;max-width:62rem;padding:1rem}\
h1{font-size:1.5rem}h2{font-size:1.2rem;margin-top:2.5rem}h3{font-size:1rem;margin-top:1.5rem}figcaption,.dim{color:var(--dim)}\
.wide{overflow-x:auto}.wide:focus{outline:2px solid var(--a)}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}\
th,td{text-align:left;vertical-align:top;padding:.3rem .5rem;border-bottom:1px solid var(--rule)}td.n,th.n{text-align:right}\
figure{margin:1rem 0}svg{width:100%;height:auto;max-width:44rem}svg text{fill:var(--ink);font:12px system-ui,sans-serif}\
.axis{stroke:var(--dim);fill:none}.a{fill:var(--a);stroke:var(--a)}.b{fill:var(--b);stroke:var(--b)}.c{fill:var(--c);stroke:var(--c)}.line{fill:none;stroke-width:2}.hollow{fill:none}\
.state{display:inline-block;border:2px solid currentColor;border-radius:.3rem;padding:0 .5rem;font-weight:600}\
pre{white-space:pre-wrap;overflow-wrap:anywhere}code{overflow-wrap:anywhere}\
#en:checked~main [lang=uk],#uk:checked~main [lang=en]{display:none}";

/// In both languages; the reader's choice hides one.
pub(crate) fn both(uk: &str, en: &str) -> String {
    format!("<span lang=uk>{}</span><span lang=en>{}</span>", plain(uk), plain(en))
}

/// What a function says, in both languages.
pub(crate) fn each(of: impl Fn(Lang) -> String) -> String {
    both(&of(Lang::Uk), &of(Lang::En))
}

/// Text that cannot become markup.
pub(crate) fn plain(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\'', "&#39;").replace('"', "&quot;")
}

/// A table's beginning; it scrolls sideways on a narrow screen, by keyboard too.
pub(crate) fn table(heads: &[(&str, &str)], to: &mut String) {
    to.push_str("<div class=wide tabindex=0><table><thead><tr>");
    for (uk, en) in heads {
        let _ = write!(to, "<th scope=col>{}", both(uk, en));
    }
    to.push_str("</thead><tbody>");
}

pub(crate) const END: &str = "</tbody></table></div>";

/// A page of a body; `lang` is the language it opens in.
pub(crate) fn document(name: &str, lang: Lang, main: &str) -> String {
    let name = plain(name);
    let (uk, en) = if lang == Lang::Uk { (" checked", "") } else { ("", " checked") };
    format!(
        "<!doctype html><html lang={}><head><meta charset=utf-8><meta name=viewport content='width=device-width'>\
         <title>{name}</title><style>{STYLE}</style></head><body>\
         <input type=radio name=lang id=uk{uk}><label for=uk lang=uk>Українською</label> \
         <input type=radio name=lang id=en{en}><label for=en lang=en>In English</label>\
         <main>{main}</main></body></html>\n",
        lang.code()
    )
}
