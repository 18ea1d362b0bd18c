//! The grammar: from marks to items, one sentence at a time.
//!
//! What comes in: the marks of a post. What goes out: items in the order of the text, and what was refused.
//! What always holds: a sentence that orders an alert is read by `orders` alone; a night's account raises nothing; what
//! comes from somewhere is never a target.

mod clause;
mod count;
mod direction;
mod fill;
mod heading;
mod item;
mod kind;
pub(super) mod mark;
pub(super) mod orders;
pub(super) mod place;
mod walk;

use super::gazetteer::{Class, Gazetteer};
use super::lexicon::{self, Lexicon, Plurality, Sense};
use super::token::{TokenKind, tokens};
use clause::{Draft, Field, Tone, drafts, tone};
use heading::{Heading, heading_of};
use kind::KindSaid;
use mark::{Mark, Marker, Meaning, Mention};
use model::report::ITEMS_MAX;
use model::{Act, Area, AreaSet, Code, Item, Level, Refusal, ThreatItem, ThreatKind};
use place::{Around, Found, resolve};

/// First byte and one past the last.
pub(super) type Span = (usize, usize);

/// A refusal in the house's words.
pub(super) fn refusal(reason: &str, detail: String, span: (usize, usize)) -> Refusal {
    let byte = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Refusal { reason: reason.to_owned(), detail, start: byte(span.0), end: byte(span.1) }
}

/// One sentence: its marks and where it stands.
pub(super) struct Sentence<'m> {
    marks: &'m [Mark],
    /// Number of its line.
    line: usize,
    /// Nothing else stands on its line.
    alone: bool,
}

/// What the whole post says.
#[derive(Clone, Copy)]
struct Post {
    /// A sentence tells an attack of the past.
    attack_told: bool,
    /// Some sentence is an account of the past.
    account: bool,
    /// The post holds orders.
    ordered: bool,
}

/// What is carried from sentence to sentence.
struct Flow {
    set: &'static AreaSet,
    /// Heading that stands until the next.
    standing: Heading,
    /// Heading of the line.
    of_line: Option<Heading>,
    last_town: Option<&'static Area>,
    last_kind: Option<KindSaid>,
    /// What the clause before denied a course of: the next may give it another.
    denied: Option<KindSaid>,
    /// Items of the sentence before, which a sentence without a kind goes on about.
    last_items: std::ops::Range<usize>,
    hints: Vec<Code>,
    items: Vec<Item>,
    refused: Vec<Refusal>,
}

/// Reads a post.
pub(super) fn read(
    set: &'static AreaSet,
    lexicon: &Lexicon,
    gazetteer: &Gazetteer,
    text: &str,
) -> (Vec<Item>, Vec<Refusal>) {
    let tokens = tokens(text);
    let marks = Marker { set, lexicon, gazetteer, text, tokens: &tokens }.marks();
    let sentences = sentences(&marks);
    let (orders, refused, taken) = orders::read(set, &sentences);
    let tones: Vec<Tone> = sentences.iter().map(|s| tone(s.marks)).collect();
    let has_kind = |s: &Sentence| s.marks.iter().any(|m| matches!(m.sense(), Some(Sense::Kind(..))));
    let attack_told = sentences.iter().zip(&tones).any(|(s, t)| t.attack.is_some() && has_kind(s));
    let post = Post {
        attack_told,
        ordered: !orders.is_empty(),
        account: tones.iter().any(|t| t.attack.is_some() || t.past.is_some()),
    };
    let mut flow = Flow {
        set,
        standing: Heading::default(),
        of_line: None,
        last_town: None,
        last_kind: None,
        denied: None,
        last_items: 0..0,
        hints: hashtags(set, &marks),
        items: Vec::new(),
        refused,
    };
    let mut line = usize::MAX;
    for (n, sentence) in sentences.iter().enumerate() {
        if sentence.line != line {
            line = sentence.line;
            flow.of_line = None;
        }
        if taken.contains(&n) {
            continue;
        }
        let tone = tones.get(n).copied().unwrap_or_default();
        flow.sentence(sentence, tone, post);
    }
    untitled(&mut flow.items);
    let mut items = orders;
    items.append(&mut flow.items);
    items.sort_by_key(first_byte);
    let mut refused = flow.refused;
    if items.len() > ITEMS_MAX {
        items.truncate(ITEMS_MAX);
        refused.push(refusal(
            "too_many_items",
            format!("keep more than {ITEMS_MAX} items of one report: expected fewer"),
            (0, text.len()),
        ));
    }
    if items.is_empty() && refused.is_empty() {
        refused.push(refusal(
            "nothing_read",
            "find a threat or an order in the text: expected a kind of threat or words of an alert".to_owned(),
            (0, text.len()),
        ));
    }
    refused.sort_by_key(|r| (r.start, r.end));
    refused.dedup();
    refused.truncate(ITEMS_MAX);
    (items, refused)
}

/// Drops what only says of what the post is: "Рух БпЛА" over lines that say where. Alone it stays.
fn untitled(items: &mut Vec<Item>) {
    let placed = |item: &ThreatItem| {
        item.place.is_some()
            || item.region.is_some()
            || !item.targets.is_empty()
            || !item.origin.is_empty()
            || !item.directions_deg.is_empty()
    };
    let told: Vec<ThreatKind> = items
        .iter()
        .filter_map(|item| match item {
            Item::Threat(threat) if threat.act == Act::Track && placed(threat) => Some(threat.kind),
            _ => None,
        })
        .collect();
    items.retain(|item| match item {
        Item::Threat(threat) => {
            let counted = threat.trace.iter().any(|trace| trace.field == "count" && trace.rule == "count.told");
            placed(threat) || threat.act != Act::Track || counted || !told.contains(&threat.kind)
        }
        _ => true,
    });
}

fn first_byte(item: &Item) -> u32 {
    let trace = match item {
        Item::Threat(threat) => &threat.trace,
        Item::Order(order) => &order.trace,
        // Nothing measured comes of a text.
        _ => return 0,
    };
    trace.iter().filter(|t| t.field == "kind" || t.field == "act").map(|t| t.start).min().unwrap_or(0)
}

fn sentences(marks: &[Mark]) -> Vec<Sentence<'_>> {
    let mut out: Vec<Sentence> = Vec::new();
    let (mut from, mut line) = (0, 0);
    let mut lines: Vec<usize> = Vec::new();
    for (at, mark) in marks.iter().enumerate() {
        if turns(marks, from, at) {
            push(&mut out, &mut lines, marks.get(from..at).unwrap_or_default(), line);
            from = at;
        }
        let Meaning::Sign(sign) = mark.meaning else { continue };
        let ends = matches!(sign, TokenKind::Stop | TokenKind::Question | TokenKind::Semicolon | TokenKind::Newline);
        if ends {
            // The question mark belongs to its sentence.
            let to = at + usize::from(sign == TokenKind::Question);
            push(&mut out, &mut lines, marks.get(from..to).unwrap_or_default(), line);
            from = at + 1;
        }
        line += usize::from(sign == TokenKind::Newline);
    }
    push(&mut out, &mut lines, marks.get(from..).unwrap_or_default(), line);
    for sentence in &mut out {
        sentence.alone = lines.iter().filter(|l| **l == sentence.line).count() == 1;
    }
    out
}

/// Words after which a sentence says the contrary.
const CONTRARY: [&str; 11] =
    ["але", "проте", "однак", "натомість", "зате", "но", "однако", "зато", "but", "however", "while"];
/// Words that go on about what stands before them.
const RELATIVE: [&str; 12] =
    ["який", "яка", "яке", "які", "що", "котрий", "котрі", "который", "которая", "которые", "что", "which"];

/// Whether the mark at `at` begins a clause of its own: what ended, was shot down or is denied before it says nothing
/// of what flies after it. "Загроза балістики знята, але КАБи на Суми"; "ППО збила шахед, ще один летить на Суми".
///
/// Only a threat is so parted from a threat: words of an alert stay in one sentence, so that no doubt beside an end is
/// cut off from it.
fn turns(marks: &[Mark], from: usize, at: usize) -> bool {
    let (Some(mark), Some(before)) = (marks.get(at), marks.get(from..at)) else { return false };
    let contrary = CONTRARY.contains(&mark.words.as_str());
    if !contrary && !before.last().is_some_and(|mark| mark.is_sign(TokenKind::Comma)) {
        return false;
    }
    let said = tone(before);
    let denies = said.cancel.is_some() || said.past.is_some() || said.not.is_some();
    let kind = |mark: &Mark| matches!(mark.sense(), Some(Sense::Kind(..)));
    if !denies || !before.iter().any(kind) || RELATIVE.contains(&mark.words.as_str()) {
        return false;
    }
    let ends = |mark: &&Mark| {
        matches!(
            mark.meaning,
            Meaning::Sign(TokenKind::Stop | TokenKind::Question | TokenKind::Semicolon | TokenKind::Newline)
        )
    };
    let after: Vec<&Mark> = marks.get(at..).unwrap_or_default().iter().take_while(|mark| !ends(mark)).collect();
    let flies = |mark: &&Mark| matches!(mark.sense(), Some(Sense::Course | Sense::Prep(lexicon::Role::Toward)));
    let over = |mark: &&Mark| {
        matches!(
            mark.sense(),
            Some(Sense::Say(lexicon::Say::Past | lexicon::Say::Cancel | lexicon::Say::Not) | Sense::Alarm(_))
        )
    };
    let alarm =
        |mark: &Mark| matches!(mark.sense(), Some(Sense::Alarm(lexicon::Alarm::Alert(_) | lexicon::Alarm::Country)));
    let news = after.iter().any(|mark| flies(mark) || contrary && kind(mark));
    news && !before.iter().any(alarm) && !after.iter().any(over)
}

fn push<'m>(out: &mut Vec<Sentence<'m>>, lines: &mut Vec<usize>, marks: &'m [Mark], line: usize) {
    if marks.iter().any(|m| !matches!(m.meaning, Meaning::Sign(sign) if sign != TokenKind::Hash)) {
        lines.push(line);
        out.push(Sentence { marks, line, alone: false });
    }
}

/// Regions that the post's hashtags name.
fn hashtags(set: &'static AreaSet, marks: &[Mark]) -> Vec<Code> {
    let mut codes = Vec::new();
    for mention in marks.iter().filter_map(|m| m.place.as_ref()).filter(|m| m.tagged) {
        if let Found::One(area, _) = resolve(set, mention, &Around { role: None, within: &[], beside: None })
            && area.level != Level::Settlement
            && let Some(region) = set.region_of(area.code)
            && !codes.contains(&region.code)
        {
            codes.push(region.code);
        }
    }
    codes
}

impl Flow {
    fn heading(&self) -> &Heading {
        self.of_line.as_ref().unwrap_or(&self.standing)
    }

    /// Resolves the places of a heading; an ambiguous one is refused.
    fn resolved(&mut self, mentions: Vec<Mention>) -> Vec<(Mention, &'static Area)> {
        let mut out: Vec<(Mention, &'static Area)> = Vec::new();
        let regions: Vec<Code> = mentions
            .iter()
            .filter(|m| m.candidates.iter().all(|c| c.class != Class::Settlement))
            .filter_map(|m| match resolve(self.set, m, &Around { role: None, within: &[], beside: None }) {
                Found::One(area, _) => Some(area.code),
                Found::Several(_) => None,
            })
            .collect();
        for mention in mentions {
            let within = [regions.as_slice(), self.hints.as_slice()].concat();
            match resolve(self.set, &mention, &Around { role: None, within: &within, beside: None }) {
                Found::One(area, _) => out.push((mention, area)),
                Found::Several(several) => self.refused.push(fill::ambiguous(self.set, &mention, &several)),
            }
        }
        // "Сумська область (Конотопський район)": the narrower is meant.
        let codes: Vec<Code> = out.iter().map(|(_, a)| a.code).collect();
        let set = self.set;
        if out.len() > 1 {
            out.retain(|(_, a)| !codes.iter().any(|code| *code != a.code && set.covers(a.code, *code)));
        }
        out
    }

    fn sentence(&mut self, sentence: &Sentence, tone: Tone, post: Post) {
        let mut marks = sentence.marks;
        if marks.iter().all(|m| m.place.as_ref().is_none_or(|p| p.tagged))
            && marks.iter().any(|m| m.is_sign(TokenKind::Hash))
            && marks.iter().all(|m| {
                m.place.is_some()
                    || matches!(m.meaning, Meaning::Sign(_) | Meaning::Word | Meaning::Lex(_)) && !has_kind(m)
            })
        {
            return;
        }
        if let Some((mentions, taken)) = heading_of(marks) {
            let whole = taken >= marks.len();
            let places = self.resolved(mentions);
            let heading = Heading { places, kind: self.standing.kind.clone() };
            if whole && sentence.alone {
                self.standing = Heading { kind: None, ..heading };
                self.of_line = None;
            } else {
                self.of_line = Some(heading);
            }
            if let Some((_, area)) = self.heading().places.iter().rev().find(|(_, a)| a.level == Level::Settlement) {
                self.last_town = Some(area);
            }
            marks = marks.get(taken..).unwrap_or_default();
            if whole {
                return;
            }
        }
        let heir = self.standing.kind.clone().or_else(|| self.last_kind.clone());
        let drafts = drafts(marks, heir.as_ref());
        let ends_open = marks.last().is_some_and(|m| m.is_sign(TokenKind::Colon));
        for draft in drafts {
            self.draft(draft, tone, post, ends_open);
        }
    }

    fn draft(&mut self, mut draft: Draft, tone: Tone, post: Post, ends_open: bool) {
        let denied = self.denied.take();
        if draft.kinds.is_empty() {
            let stands = self.standing.kind.clone().filter(|_| !draft.slots.is_empty() || !draft.directions.is_empty());
            if let Some(kind) = stands {
                draft.kinds.push(KindSaid { told: count::Told::default(), told_span: None, ..kind });
            } else if let Some(kind) = denied.filter(|_| draft.slots.iter().any(|s| s.field == Field::Target)) {
                draft.kinds.push(kind);
            } else if tone.cancel.is_some() && draft.threat_before.or(draft.threat_after).is_some() {
                draft.kinds.push(unknown(tone.cancel.unwrap_or(draft.span)));
            } else if tone.past.is_some() || tone.attack.is_some() || tone.not.is_some() || tone.question {
                return;
            } else if !self.last_items.is_empty() && draft.threat_before.is_none() {
                return self.amend(&draft);
            } else if let Some(span) = draft
                .threat_before
                .filter(|_| !post.ordered && (!draft.slots.is_empty() || !self.heading().places.is_empty()))
            {
                draft.kinds.push(unknown(span));
            } else {
                let moves = draft
                    .slots
                    .iter()
                    .any(|s| s.field == Field::Target && matches!(s.role, Some(super::lexicon::Role::Toward)));
                if moves && !post.ordered {
                    self.refused.push(refusal(
                        "no_threat",
                        "tell what moves to a place: expected a kind of threat before it".to_owned(),
                        draft.span,
                    ));
                }
                self.refused.append(&mut draft.refused);
                return;
            }
        }
        let zero = draft.kinds.iter().any(|k| k.told.is_zero());
        if tone.question {
            return self.refused.push(refusal("question", "read a question as a statement".to_owned(), draft.span));
        }
        if tone.cancel.is_none() && (zero || tone.not.is_some()) {
            self.denied = draft.kinds.last().filter(|_| !zero).cloned();
            return self.refused.push(refusal(
                "negated",
                "read a denial as a threat or as its end: expected a statement or an explicit end".to_owned(),
                tone.not.unwrap_or(draft.span),
            ));
        }
        let past = tone.past.is_some() || tone.attack.is_some();
        if past && post.attack_told && tone.attack.is_none() && tone.cancel.is_none() {
            // The losses of an attack that the same account tells: one account, one item.
            return;
        }
        let act = act(&draft, tone, past);
        if ends_open && draft.slots.is_empty() && act == Act::Track {
            if let Some(heading) = self.of_line.take() {
                self.standing = heading;
            }
            self.standing.kind = draft.kinds.last().cloned();
            return;
        }
        if post.ordered && act == Act::Threat && draft.slots.iter().all(|s| s.field == Field::Origin) {
            // The reason of the order beside it.
            return;
        }
        self.last_kind = draft.kinds.last().cloned();
        let set = self.set;
        let empty = Heading::default();
        let heading = self.of_line.as_ref().unwrap_or(&self.standing);
        let before = item::Before {
            set,
            heading: if past { &empty } else { heading },
            last_town: self.last_town,
            hints: &self.hints,
        };
        let mut refused = Vec::new();
        let (found, town) = item::items(&draft, act, &before, &mut refused);
        // Said of a place abroad alone: nothing of ours.
        let abroad = draft.slots.iter().any(|s| s.rule == "abroad.target");
        self.refused.append(&mut refused);
        self.last_town = town.or(self.last_town);
        let from = self.items.len();
        for item in found {
            let placed = item.place.is_some()
                || !item.targets.is_empty()
                || !item.origin.is_empty()
                || !item.directions_deg.is_empty();
            if !placed && (post.account && !past || abroad) {
                continue;
            }
            if act == Act::Threat && self.joins(&item) {
                continue;
            }
            self.items.push(Item::Threat(item));
        }
        if self.items.len() > from {
            self.last_items = from..self.items.len();
        }
    }

    /// "Активність тактичної авіації. Загроза застосування авіаційних засобів ураження для …": one threat.
    fn joins(&mut self, item: &ThreatItem) -> bool {
        let Some(Item::Threat(last)) = self.items.last_mut() else { return false };
        if last.act != Act::Threat || last.kind != item.kind {
            return false;
        }
        let news = !item.targets.is_empty() && !last.targets.is_empty() || item.place.is_some();
        if news {
            return false;
        }
        last.targets.extend(item.targets.iter().cloned());
        last.origin.extend(item.origin.iter().cloned());
        last.trace.extend(item.trace.iter().cloned());
        true
    }

    /// A sentence without a kind goes on about the items before: "Курс - південний".
    fn amend(&mut self, draft: &Draft) {
        self.refused.extend(draft.refused.iter().cloned());
        let wanted: Vec<_> = draft
            .slots
            .iter()
            .filter(|s| matches!(s.field, Field::Target | Field::Origin | Field::Context))
            .cloned()
            .collect();
        let going = Draft { slots: wanted, kinds: vec![unknown(draft.span)], refused: Vec::new(), ..draft.clone() };
        let empty = Heading::default();
        let before = item::Before {
            set: self.set,
            heading: self.of_line.as_ref().unwrap_or(&empty),
            last_town: self.last_town,
            hints: &self.hints,
        };
        let mut refused = Vec::new();
        let (found, town) = item::items(&going, Act::Track, &before, &mut refused);
        self.refused.append(&mut refused);
        self.last_town = town.or(self.last_town);
        let Some(more) = found.into_iter().next() else { return };
        for item in self.items.get_mut(self.last_items.clone()).unwrap_or_default() {
            let Item::Threat(item) = item else { continue };
            for target in &more.targets {
                if !item::known(&item.targets, target.code) {
                    item.targets.push(target.clone());
                }
            }
            for origin in &more.origin {
                if !item.origin.contains(origin) {
                    item.origin.push(origin.clone());
                }
            }
            for deg in &more.directions_deg {
                if !item.directions_deg.contains(deg) {
                    item.directions_deg.push(*deg);
                }
            }
            item.course_variable |= more.course_variable;
            item.trace.extend(
                more.trace
                    .iter()
                    .filter(|t| !matches!(t.field.as_str(), "kind" | "count" | "region" | "place"))
                    .cloned(),
            );
        }
    }
}

fn has_kind(mark: &Mark) -> bool {
    matches!(mark.sense(), Some(Sense::Kind(..) | Sense::Alarm(_)))
}

/// A threat whose kind was not told.
fn unknown(span: (usize, usize)) -> KindSaid {
    KindSaid {
        kind: ThreatKind::Unknown,
        plurality: Plurality::Mass,
        told: count::Told::default(),
        told_span: None,
        span,
        from: 0,
        to: 0,
        carrier: false,
    }
}

fn act(draft: &Draft, tone: Tone, past: bool) -> Act {
    let aircraft = draft.kinds.iter().all(|k| matches!(k.kind, ThreatKind::Aviation | ThreatKind::Mig31k));
    let near = |s: &clause::Slot| s.rule == "place.near" && !aircraft;
    let moves = draft.slots.iter().any(|s| matches!(s.field, Field::Target | Field::Via) || near(s))
        || !draft.directions.is_empty();
    if tone.cancel.is_some() {
        Act::Cancel
    } else if past {
        Act::Summary
    } else if draft.threat_before.is_some() || (draft.launch.is_some() && draft.maybe) {
        Act::Threat
    } else if draft.launch.is_some() {
        Act::Launch
    } else if aircraft && (draft.activity.is_some() || !moves) || (draft.threat_after.is_some() && !moves) {
        Act::Threat
    } else {
        Act::Track
    }
}
