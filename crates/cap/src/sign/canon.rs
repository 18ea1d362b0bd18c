//! Canonical forms without comments: Exclusive XML Canonicalization 1.0 (W3C, 18 July 2002) and Canonical XML 1.0 and 1.1 of
//! whole subtrees.
//!
//! 1.0 and 1.1 differ in attributes of the prefix `xml` that a subtree inherits: such are refused before.

use super::tree::{Element, Node, Scope};
use std::collections::BTreeSet;

/// Which form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Form {
    /// Exclusive, with the prefixes treated as in the inclusive form.
    Exclusive(BTreeSet<String>),
    /// Inclusive.
    Inclusive,
}

/// The exclusive form of an element.
pub(super) fn exclusive(element: &Element) -> String {
    canonical(element, &Form::Exclusive(BTreeSet::new()))
}

/// The form of an element with everything in it.
pub(super) fn canonical(element: &Element, form: &Form) -> String {
    let mut out = String::with_capacity(4096);
    write(element, form, &Scope::new(), &mut out);
    out
}

/// `told`: the declarations that the elements around have written.
fn write(element: &Element, form: &Form, told: &Scope, out: &mut String) {
    let name =
        if element.prefix.is_empty() { element.local.clone() } else { format!("{}:{}", element.prefix, element.local) };
    let mut used: BTreeSet<&str> = BTreeSet::from([element.prefix.as_str()]);
    used.extend(element.attributes.iter().map(|it| it.prefix.as_str()).filter(|prefix| !prefix.is_empty()));
    match form {
        Form::Exclusive(prefixes) => {
            used.extend(
                prefixes.iter().map(String::as_str).filter(|it| it.is_empty() || element.scope.contains_key(*it)),
            );
        }
        Form::Inclusive => {
            used.extend(element.scope.keys().map(String::as_str));
            used.insert("");
        }
    }
    used.remove("xml");
    out.push('<');
    out.push_str(&name);
    let mut told = told.clone();
    for prefix in used {
        let uri = element.scope.get(prefix).map_or("", String::as_str);
        if told.get(prefix).map_or("", String::as_str) == uri {
            continue;
        }
        told.insert(prefix.to_owned(), uri.to_owned());
        out.push_str(" xmlns");
        if !prefix.is_empty() {
            out.push(':');
            out.push_str(prefix);
        }
        out.push_str("=\"");
        escape(uri, true, out);
        out.push('"');
    }
    let mut attributes: Vec<_> = element.attributes.iter().collect();
    attributes.sort_by(|a, b| (&a.namespace, &a.local).cmp(&(&b.namespace, &b.local)));
    for attribute in attributes {
        out.push(' ');
        if !attribute.prefix.is_empty() {
            out.push_str(&attribute.prefix);
            out.push(':');
        }
        out.push_str(&attribute.local);
        out.push_str("=\"");
        escape(&attribute.value, true, out);
        out.push('"');
    }
    out.push('>');
    for child in &element.children {
        match child {
            Node::Text(text) => escape(text, false, out),
            Node::Element(child) => write(child, form, &told, out),
        }
    }
    out.push_str("</");
    out.push_str(&name);
    out.push('>');
}

fn escape(text: &str, in_attribute: bool, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' if !in_attribute => out.push_str("&gt;"),
            '"' if in_attribute => out.push_str("&quot;"),
            '\t' if in_attribute => out.push_str("&#x9;"),
            '\n' if in_attribute => out.push_str("&#xA;"),
            '\r' => out.push_str("&#xD;"),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tree::parse;
    use super::*;

    #[track_caller]
    fn check(document: &str, exclusive_form: &str, inclusive_form: &str) {
        let root = parse(document.as_bytes()).unwrap();
        assert_eq!(exclusive(&root), exclusive_form);
        assert_eq!(canonical(&root, &Form::Inclusive), inclusive_form);
    }

    #[test]
    fn names_attributes_and_words_have_one_form() {
        let same = |document: &str, form: &str| check(document, form, form);
        same("<a/>", "<a></a>");
        same("<a   z='1'\n b = \"2\" />", "<a b=\"2\" z=\"1\"></a>");
        same(
            "<a b='&lt;&quot;&#x9;&#xD;&#xA;&gt;\t'>&lt;&gt;&amp;&quot;&#13;\r\n\t</a>",
            "<a b=\"&lt;&quot;&#x9;&#xD;&#xA;> \">&lt;&gt;&amp;\"&#xD;\n\t</a>",
        );
        same("<a><![CDATA[<x>&]]>y</a>", "<a>&lt;x&gt;&amp;y</a>");
        same("<?xml version='1.0'?>\n<a>ї</a>\n", "<a>ї</a>");
        same("<a xmlns='u'><b xmlns=''/></a>", "<a xmlns=\"u\"><b xmlns=\"\"></b></a>");
        same("<a xmlns='u'><b xmlns='u'/></a>", "<a xmlns=\"u\"><b></b></a>");
        same(
            "<x:a xmlns:x='u' xmlns:w='v' x:b='1' w:b='2' b='3'/>",
            "<x:a xmlns:w=\"v\" xmlns:x=\"u\" b=\"3\" x:b=\"1\" w:b=\"2\"></x:a>",
        );
    }

    #[test]
    fn the_exclusive_form_declares_where_it_is_used() {
        check(
            "<a xmlns:p='u' xmlns:q='v'><p:b/><p:b/></a>",
            "<a><p:b xmlns:p=\"u\"></p:b><p:b xmlns:p=\"u\"></p:b></a>",
            "<a xmlns:p=\"u\" xmlns:q=\"v\"><p:b></p:b><p:b></p:b></a>",
        );
        let root = parse(b"<a xmlns:p='u'><b/></a>").unwrap();
        let form = Form::Exclusive(BTreeSet::from(["p".to_owned()]));
        assert_eq!(canonical(&root, &form), "<a xmlns:p=\"u\"><b></b></a>");
    }
}
