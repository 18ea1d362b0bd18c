//! Alert orders: official posts that raise or end an alert for communities.
//!
//! What always holds: an end is read only from a sentence that says so, names for whom, and holds no word of doubt: no
//! negation, question, condition, future, past, exception or level. Whatever else speaks of an alert is refused as
//! `not_an_order`. "Тривога ще триває у …" raises, and takes back an end of the same community in the same post.

use super::clause::tone;
use super::fill::{abroad, ambiguous};
use super::item::trace;
use super::kind::kinds;
use super::mark::{Mark, Meaning, Mention, is_city_region};
use super::place::{Around, Found, full_name, resolve};
use super::{Sentence, Span, refusal};
use crate::text::gazetteer::Class;
use crate::text::lexicon::{Alarm, Role, Say, Sense};
use crate::text::token::TokenKind;
use model::{AlertLevel, AlertType, Area, AreaSet, Code, Item, Level, Order, OrderAct, Refusal, ThreatKind, Trace};

/// What the alarm words of a sentence say.
#[derive(Default)]
struct Words {
    alert: Option<(AlertType, Span)>,
    danger: Option<(AlertType, Span)>,
    end: Option<Span>,
    goes_on: bool,
    /// What makes it no plain statement.
    doubts: Doubts,
    country: Option<Span>,
    level: Option<(AlertLevel, Span)>,
    kinds: Vec<(ThreatKind, Span)>,
    threat: bool,
    /// "до відбою": speaks of an end without saying one.
    about_end: bool,
    mentions: AlertWords,
    /// A word that nothing here knows.
    unread: Option<String>,
}

/// How a sentence speaks of alerts.
#[derive(Default)]
struct AlertWords {
    /// How many times.
    alerts: u8,
    /// Some alert stands by itself, not in "відбій тривоги".
    stands: bool,
    /// The end is told by a noun: "відбій", "all clear".
    noun: bool,
    /// "помилка": something is taken back.
    retracts: bool,
}

/// What makes a sentence no plain statement.
#[derive(Default)]
struct Doubts {
    /// Condition, expectation, past, drill, exception.
    unsure: bool,
    not: bool,
    question: bool,
}

/// What is being ordered, for the lines that only list places.
struct Head {
    act: OrderAct,
    alert_type: AlertType,
    rule: &'static str,
    span: Span,
    level: Option<(AlertLevel, Span)>,
    kinds: Vec<(ThreatKind, Span)>,
    /// The sentence named places already.
    placed: bool,
    /// "та" stands in its sentence.
    and: bool,
    /// The places are to follow: it ended with a colon or a preposition.
    open: bool,
}

struct Orders {
    set: &'static AreaSet,
    hints: Vec<Code>,
    read: Vec<(Order, Span)>,
    kept: Vec<(Code, AlertType)>,
    /// The post takes back its ends: an alert goes on without a place told, or something was a mistake.
    contradicted: bool,
    refused: Vec<Refusal>,
}

/// Reads the orders of a post: the orders, what was refused, and the sentences that were theirs.
pub(super) fn read(set: &'static AreaSet, sentences: &[Sentence]) -> (Vec<Item>, Vec<Refusal>, Vec<usize>) {
    let mut taken = Vec::new();
    let words: Vec<Words> = sentences.iter().map(|s| words(s.marks)).collect();
    if !words.iter().any(|w| is_order(w) || w.level.is_some()) {
        return (Vec::new(), Vec::new(), taken);
    }
    let tags: Vec<Mention> = sentences.iter().flat_map(|s| mentions(s.marks, true)).collect();
    let loose: Vec<Mention> =
        sentences.iter().filter(|s| calls(s.marks)).flat_map(|s| mentions(s.marks, false)).collect();
    let mut orders = Orders {
        set,
        hints: hints(set, sentences),
        read: Vec::new(),
        kept: Vec::new(),
        contradicted: words.iter().any(|w| w.mentions.retracts),
        refused: Vec::new(),
    };
    let mut head: Option<Head> = None;
    let mut level_told: Option<(AlertLevel, Span)> = None;
    let mut reasons: Vec<(ThreatKind, Span)> = Vec::new();
    for (n, sentence) in sentences.iter().enumerate() {
        let Some(said) = words.get(n) else { continue };
        let named = mentions(sentence.marks, false);
        let levelled = said.level.is_some() && !named.is_empty() && !sentence.marks.iter().any(moves);
        if is_order(said) || levelled {
            taken.push(n);
            orders.close(head.take(), &tags, &loose);
            match Orders::head(sentence, said) {
                Ok(mut next) => {
                    let mut places = named;
                    if places.is_empty() && said.country.is_none() && n > 0 && !next.open {
                        // "Сумська область. Повітряна тривога!": the heading before it.
                        if let Some(before) = sentences.get(n - 1).filter(|s| only_places(s.marks)) {
                            places = mentions(before.marks, false);
                            taken.push(n - 1);
                        }
                    }
                    if said.country.is_some() && places.is_empty() {
                        next.placed |= orders.country(&next, said.country.unwrap_or(next.span));
                    }
                    orders.places(&mut next, &places);
                    orders.beyond(sentence.marks);
                    head = Some(next);
                }
                Err(refused) => {
                    orders.refused.push(refused);
                    head = None;
                }
            }
            continue;
        }
        // Lists of places under an order.
        if only_places(sentence.marks) && !named.is_empty() {
            let bulleted =
                sentence.marks.iter().any(|m| matches!(m.meaning, Meaning::Sign(TokenKind::Bullet | TokenKind::Dash)));
            match &mut head {
                Some(head) if head.open || !head.placed || bulleted => {
                    taken.push(n);
                    head.open = true;
                    orders.places(head, &named);
                    continue;
                }
                _ => {}
            }
        }
        if let Some(level) = said.level.filter(|_| named.is_empty()) {
            level_told = level_told.or(Some(level));
            taken.push(n);
        }
        if !said.kinds.is_empty() && named.is_empty() && tone(sentence.marks).cancel.is_none() && !said.doubts.not {
            reasons.extend(said.kinds.iter().copied());
            // "Причина: БпЛА": nothing but the reason.
            let apart = |m: &Mark| moves(m) || matches!(m.sense(), Some(Sense::Prep(_)));
            if orders.read.iter().any(|(order, _)| order.act == OrderAct::Raise) && !sentence.marks.iter().any(apart) {
                taken.push(n);
            }
        }
    }
    orders.close(head, &tags, &loose);
    orders.reasons(level_told, &reasons);
    let (items, refused) = orders.finish();
    (items, refused, taken)
}

fn words(marks: &[Mark]) -> Words {
    let mut words = Words::default();
    for mark in marks {
        let span = mark.span;
        match mark.sense() {
            Some(Sense::Alarm(alarm)) => match alarm {
                Alarm::Alert(kind) => {
                    words.alert = words.alert.or(Some((kind, span)));
                    words.mentions.alerts = words.mentions.alerts.saturating_add(1);
                    let own = ["тривога", "тривогу", "тревога", "тревогу"];
                    words.mentions.stands |= own.iter().any(|form| mark.words.ends_with(form)) || mark.words.is_ascii();
                }
                Alarm::Danger(kind) => words.danger = words.danger.or(Some((kind, span))),
                Alarm::GoesOn => words.goes_on = true,
                Alarm::Retract => (words.doubts.unsure, words.mentions.retracts) = (true, true),
                Alarm::Drill | Alarm::Doubt | Alarm::Except => words.doubts.unsure = true,
                Alarm::OfEnd => (words.doubts.unsure, words.about_end) = (true, true),
                Alarm::Declared => {}
                Alarm::Ended => {
                    words.end = words.end.or(Some(span));
                    words.mentions.noun |= mark.words.starts_with("all");
                }
                Alarm::Level(level) => words.level = Some((level, span)),
                Alarm::Country => words.country = Some(span),
            },
            // "Чисто по Харкову" is a monitor's word for an empty sky: the end of a threat, never of an alert.
            Some(Sense::Say(Say::Cancel)) if mark.words.starts_with("чисто") => words.threat = true,
            Some(Sense::Say(Say::Cancel)) => {
                words.end = words.end.or(Some(span));
                words.mentions.noun |= matches!(mark.words.as_str(), "відбій" | "отбой");
            }
            Some(Sense::Say(Say::Not)) => words.doubts.not = true,
            Some(Sense::Say(Say::Maybe | Say::Past | Say::PastAttack)) => words.doubts.unsure = true,
            Some(Sense::Say(Say::Threat)) => words.threat = true,
            _ => words.doubts.question |= mark.is_sign(TokenKind::Question),
        }
        if matches!(mark.meaning, Meaning::Word) && words.unread.is_none() {
            words.unread = Some(mark.words.clone());
        }
        if mark.words == "ні" {
            words.doubts.not = true;
        }
    }
    words.kinds = kinds(marks)
        .into_iter()
        .filter(|k| k.kind != ThreatKind::Unknown && k.kind != ThreatKind::Artillery)
        .map(|k| (k.kind, k.span))
        .collect();
    words
}

fn is_order(words: &Words) -> bool {
    let ends = words.end.is_some() && !words.threat && (words.kinds.is_empty() || words.alert.is_some());
    words.alert.is_some()
        || words.danger.is_some()
        || ends
        || words.level.is_some() && (words.country.is_some())
        || words.level.is_some() && words.end.is_some()
        || words.about_end && !words.threat
}

fn mentions(marks: &[Mark], tagged: bool) -> Vec<Mention> {
    marks
        .iter()
        .filter_map(|m| m.place.clone().filter(|_| matches!(m.meaning, Meaning::Place)))
        .filter(|m| {
            m.tagged == tagged && (m.capital || m.tagged || m.candidates.iter().any(|c| c.class != Class::Settlement))
        })
        .collect()
}

/// A line that holds nothing but places and the signs of a list.
fn only_places(marks: &[Mark]) -> bool {
    let mut places = 0;
    for mark in marks {
        match &mark.meaning {
            Meaning::Place => places += usize::from(mark.place.as_ref().is_some_and(|p| !p.tagged)),
            Meaning::Lex(Sense::And | Sense::Filler) | Meaning::Figure | Meaning::Sign(_) => {}
            _ => return false,
        }
    }
    places > 0
}

/// Words that only something moving has.
fn moves(mark: &Mark) -> bool {
    matches!(mark.sense(), Some(Sense::Course | Sense::Compass(..) | Sense::Variable))
        || matches!(mark.sense(), Some(Sense::Prep(Role::Toward | Role::Via | Role::Near | Role::From)))
}

/// Places that people are called to shelter in.
fn calls(marks: &[Mark]) -> bool {
    marks.iter().all(|m| {
        matches!(m.meaning, Meaning::Place | Meaning::Figure | Meaning::Sign(_))
            || matches!(m.sense(), Some(Sense::And | Sense::Filler | Sense::Shelter | Sense::Prep(_)))
    })
}

fn hints(set: &'static AreaSet, sentences: &[Sentence]) -> Vec<Code> {
    let mut codes = Vec::new();
    for mark in sentences.iter().flat_map(|s| s.marks) {
        let Some(mention) = &mark.place else { continue };
        if mention.candidates.iter().all(|c| matches!(c.class, Class::Settlement)) {
            continue;
        }
        if let Found::One(area, _) = resolve(set, mention, &Around { role: None, within: &[], beside: None })
            && let Some(region) = set.region_of(area.code)
            && !codes.contains(&region.code)
        {
            codes.push(region.code);
        }
    }
    // Several regions tell nothing of a homonym.
    if codes.len() > 1 { Vec::new() } else { codes }
}

impl Orders {
    fn head(sentence: &Sentence, said: &Words) -> Result<Head, Refusal> {
        let span = (sentence.marks.first().map_or(0, |m| m.span.0), sentence.marks.last().map_or(0, |m| m.span.1));
        let refused = |why: &str| {
            refusal(
                "not_an_order",
                format!("read an order: {why}; expected a plain statement that an alert begins or ends"),
                span,
            )
        };
        if said.doubts.question {
            return Err(refused("it is a question"));
        }
        if said.doubts.unsure {
            return Err(refused("it speaks of what may be, was, will be, is a drill, or makes an exception"));
        }
        if said.doubts.not {
            return Err(refused("it holds a negation"));
        }
        let (alert_type, alert_span) = said.danger.or(said.alert).unwrap_or((AlertType::AirRaid, span));
        let act = match said.end {
            Some(_) if said.goes_on => return Err(refused("it says both that an alert ends and that one goes on")),
            Some(_) if said.level.is_some() => return Err(refused("a level ends, not an alert")),
            Some(_) if said.mentions.alerts > 1 || (said.mentions.noun && said.mentions.stands) => {
                return Err(refused("it speaks of an alert beside the end of one"));
            }
            Some(_) if !said.kinds.is_empty() => return Err(refused("it names a threat beside the end of an alert")),
            Some(_) if said.unread.is_some() => {
                let word = said.unread.as_deref().unwrap_or_default();
                return Err(refused(&format!("{word:?} beside the end of an alert may change what is meant")));
            }
            Some(end) => (OrderAct::End, "order.end", end),
            None if said.goes_on => (OrderAct::Raise, "order.goes_on", alert_span),
            None => (OrderAct::Raise, "order.raise", alert_span),
        };
        let last = sentence.marks.last();
        let open = last.is_some_and(|m| m.is_sign(TokenKind::Colon) || matches!(m.sense(), Some(Sense::Prep(_))));
        Ok(Head {
            act: act.0,
            alert_type,
            rule: act.1,
            span: act.2,
            level: said.level,
            kinds: said.kinds.clone(),
            placed: false,
            and: sentence.marks.iter().any(|m| m.sense() == Some(Sense::And)),
            open,
        })
    }

    /// An order that named no place takes the post's hashtags, else is refused.
    fn close(&mut self, head: Option<Head>, tags: &[Mention], loose: &[Mention]) {
        let Some(mut head) = head else { return };
        if !head.placed {
            self.places(&mut head, tags);
        }
        if !head.placed && head.act == OrderAct::Raise {
            // "Повітряна тривога! … Київ, в укриття!": a raise is not lost for standing apart from its place.
            self.places(&mut head, loose);
        }
        if !head.placed {
            self.contradicted |= head.rule == "order.goes_on";
            self.refused.push(refusal(
                "order_without_place",
                "tell for whom an alert begins or ends: expected a region, raion, hromada or city".to_owned(),
                head.span,
            ));
        }
    }

    fn country(&mut self, head: &Head, span: Span) -> bool {
        let Some(country) = self.set.at_level(Level::Country).next() else { return false };
        self.push(head, country, span, "community.country");
        true
    }

    fn places(&mut self, head: &mut Head, mentions: &[Mention]) {
        let mut found = Vec::new();
        for mention in mentions {
            head.placed = true;
            match resolve(self.set, mention, &Around { role: None, within: &self.hints, beside: None }) {
                Found::Several(several) => self.refused.push(ambiguous(self.set, mention, &several)),
                Found::One(area, rule) => found.push((mention, area, rule)),
            }
        }
        // "у Кременчуцькому районі Полтавської області": what holds another place named only says where that one lies.
        // For a raise "та" between them names both.
        let all: Vec<&Area> = found.iter().map(|(_, area, _)| *area).collect();
        let both = head.act == OrderAct::Raise && head.and;
        let set = self.set;
        found.retain(|(_, area, _)| {
            both || !all.iter().any(|inner| inner.code != area.code && set.covers(area.code, inner.code))
        });
        for (mention, area, rule) in found {
            match self.community(area) {
                    Some(community) => self.push(head, community, mention.span, rule),
                    None => self.refused.push(refusal(
                        "not_a_community",
                        format!("take {} for a community: expected a region, raion, hromada or the town a hromada is governed from", full_name(area)),
                        mention.span,
                    )),
                }
        }
    }

    /// Places abroad are refused by name.
    fn beyond(&mut self, marks: &[Mark]) {
        for mark in marks {
            if let Some(Sense::Beyond(name)) = mark.sense()
                && name != "Росія"
                && name != "море"
            {
                self.refused.push(abroad(name, mark.span));
            }
        }
    }

    /// The community a place stands for: a town that its hromada is governed from stands for the hromada.
    fn community(&self, area: &'static Area) -> Option<&'static Area> {
        if area.level != Level::Settlement || is_city_region(area) {
            return Some(area);
        }
        let hromada = self.set.get(area.parent?)?;
        if hromada.level == Level::Oblast {
            return Some(hromada);
        }
        (self.set.seat(hromada.code)?.code == area.code).then_some(hromada)
    }

    fn push(&mut self, head: &Head, community: &Area, span: Span, rule: &str) {
        if head.rule == "order.goes_on" {
            self.kept.push((community.code, head.alert_type));
        }
        let same = |order: &Order| {
            order.community == community.code && order.alert_type == head.alert_type && order.act == head.act
        };
        if self.read.iter().any(|(order, _)| same(order)) {
            return;
        }
        let mut traces: Vec<Trace> = vec![trace("act", head.rule, head.span), trace("community", rule, span)];
        let mut kinds: Vec<ThreatKind> = Vec::new();
        for (kind, span) in &head.kinds {
            if !kinds.contains(kind) {
                kinds.push(*kind);
                traces.push(trace("kinds", "kind.lexicon", *span));
            }
        }
        if let Some((_, span)) = head.level {
            traces.push(trace("level", "level.told", span));
        }
        let order = Order {
            act: head.act,
            community: community.code,
            alert_type: head.alert_type,
            level: head.level.map(|(level, _)| level),
            kinds,
            trace: traces,
        };
        self.read.push((order, span));
    }

    /// A level and reasons told in a sentence of their own belong to what was raised.
    fn reasons(&mut self, level: Option<(AlertLevel, Span)>, kinds: &[(ThreatKind, Span)]) {
        for (order, _) in self.read.iter_mut().filter(|(order, _)| order.act == OrderAct::Raise) {
            if let Some((level, span)) = level
                && order.level.is_none()
            {
                order.level = Some(level);
                order.trace.push(trace("level", "level.told", span));
            }
            for (kind, span) in kinds {
                if !order.kinds.contains(kind) {
                    order.kinds.push(*kind);
                    order.trace.push(trace("kinds", "kind.lexicon", *span));
                }
            }
        }
    }

    /// Takes back ends of what the same post says goes on.
    fn finish(mut self) -> (Vec<Item>, Vec<Refusal>) {
        let kept = self.kept;
        let mut refused = self.refused;
        let contradicted = self.contradicted;
        self.read.retain(|(order, span)| {
            let goes_on = order.act == OrderAct::End
                && (contradicted
                    || kept.iter().any(|(code, kind)| *code == order.community && *kind == order.alert_type));
            if goes_on {
                refused.push(refusal(
                    "not_an_order",
                    format!("end an alert for {} that the same post says goes on or takes back", order.community),
                    *span,
                ));
            }
            !goes_on
        });
        // An end for a community is read before what goes on below it.
        let items = self.read.into_iter().map(|(order, _)| Item::Order(order)).collect();
        (items, refused)
    }
}
