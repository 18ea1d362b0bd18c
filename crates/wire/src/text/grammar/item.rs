//! Drafts to items: places resolved, fields filled, each with the rule and the bytes that filled it.

use super::clause::{Draft, Field, Filler};
use super::fill::{Filled, fill};
use super::heading::Heading;
use super::kind::KindSaid;
use super::mark::is_city_region;
use super::place::reference;
use model::{Act, Area, AreaSet, Code, Count, Level, Origin, PlaceRef, Refusal, ThreatItem, ThreatKind, Trace};

/// Most items that one kind with a list of places becomes.
const PLACES_MAX: usize = 8;

/// What was said before the sentence.
pub(super) struct Before<'a> {
    pub(super) set: &'static AreaSet,
    pub(super) heading: &'a Heading,
    pub(super) last_town: Option<&'static Area>,
    /// Regions named in the post's hashtags and by the item before on the same line.
    pub(super) hints: &'a [Code],
}

/// Items of one draft and what was refused in it.
pub(super) fn items(
    draft: &Draft,
    act: Act,
    before: &Before,
    refused: &mut Vec<Refusal>,
) -> (Vec<ThreatItem>, Option<&'static Area>) {
    refused.extend(draft.refused.iter().cloned());
    let filled = fill(draft, before, refused);
    let last_town =
        filled.iter().rev().filter_map(|f| f.area).find(|a| a.level == Level::Settlement || is_city_region(a));
    let mut base = ThreatItem {
        count: Count { low: 1, high: None, word: Some("unsaid".to_owned()) },
        course_variable: draft.variable.is_some(),
        ..ThreatItem::of(ThreatKind::Unknown, act)
    };
    if let Some(span) = draft.variable {
        base.trace.push(trace("course_variable", "course.variable", span));
    }
    if let Some(span) = draft.shelter {
        base.trace.push(trace("shelter", "advice.shelter", span));
    }
    for (deg, span) in &draft.directions {
        if !base.directions_deg.contains(deg) {
            base.directions_deg.push(*deg);
            base.trace.push(trace("directions_deg", "direction.compass", *span));
        }
    }
    for (point, span) in &draft.winds_from {
        base.origin.push(Origin::Compass(*point));
        base.trace.push(trace("origin", "origin.compass", *span));
    }
    let places = sort(draft, act, before, &filled, &mut base);
    let mut out = Vec::new();
    let one_place = [None];
    let places: Vec<Option<&Filled>> =
        if places.is_empty() { one_place.to_vec() } else { places.into_iter().map(Some).collect() };
    for kind in kinds(draft, act) {
        for place in &places {
            let mut item = base.clone();
            item.kind = kind.kind;
            let mut said = kind.told.clone();
            said.many |= draft.many;
            item.count = said.count(kind.plurality, !matches!(act, Act::Threat | Act::Cancel));
            item.trace.insert(0, trace("kind", "kind.lexicon", kind.span));
            if let Some(span) = kind.told_span {
                item.trace.insert(1, trace("count", "count.told", span));
            }
            if let Some(place) = place {
                set_place(&mut item, place);
            }
            finish(&mut item, draft, before);
            turned(&mut item);
            share(&mut item, places.len());
            let by_heading = item.trace.iter().any(|t| t.rule == "place.heading") && place.is_none();
            item.trace.sort_by_key(|t| (t.start, t.end));
            out.push(item.clone());
            let others: Vec<&'static Area> = before
                .heading
                .places
                .iter()
                .map(|(_, a)| *a)
                .filter(|a| by_heading && item.place.as_ref().is_some_and(|p| p.code != a.code))
                .collect();
            for other in others.into_iter().take(PLACES_MAX) {
                let mut item = item.clone();
                item.place = Some(reference(other));
                out.push(item);
            }
        }
    }
    (out, last_town)
}

/// The kinds that become items: an aircraft that carries or drops what is named beside it does not.
fn kinds(draft: &Draft, act: Act) -> Vec<&KindSaid> {
    let aircraft = |kind: ThreatKind| matches!(kind, ThreatKind::Aviation | ThreatKind::Mig31k);
    let weapon = draft.kinds.iter().any(|k| !aircraft(k.kind) && k.kind != ThreatKind::Unknown);
    let drops = matches!(act, Act::Launch | Act::Threat | Act::Summary);
    draft
        .kinds
        .iter()
        .filter(|k| !(weapon && aircraft(k.kind) && (k.carrier || drops && k.kind == ThreatKind::Aviation)))
        .collect()
}

/// Sorts filled slots into the fields of the base item; gives the slots that are places, one item each.
fn sort<'f>(
    draft: &Draft,
    act: Act,
    before: &Before,
    filled: &'f [Filled<'f>],
    base: &mut ThreatItem,
) -> Vec<&'f Filled<'f>> {
    let set = before.set;
    let kind_start = draft.kinds.first().map_or(0, |k| k.span.0);
    let threatens = matches!(act, Act::Threat | Act::Cancel) && draft.activity.is_none();
    let mut places: Vec<&Filled> = Vec::new();
    let mut targets: Vec<&Filled> = Vec::new();
    for slot in filled {
        let bare_before = slot.slot.field == Field::Bare && slot.slot.span.0 < kind_start;
        match slot.slot.field {
            Field::Origin => origin(slot, base),
            Field::Target => targets.push(slot),
            Field::Context => {}
            Field::Bare if threatens => targets.push(slot),
            // "Одеса - швидкісні цілі з моря": what flies that fast is not there yet.
            Field::Bare if bare_before && act == Act::Track && draft.kinds.iter().all(|k| strikes(k.kind)) => {
                targets.push(slot);
            }
            Field::Bare
                if bare_before
                    && slot.area.is_some_and(|a| a.level != Level::Settlement)
                    && !is_city(slot)
                    && filled.len() > 1 =>
            {
                base.region = base.region.or(slot.area.map(|a| a.code));
                base.trace.push(trace("region", "region.before", slot.slot.span));
            }
            Field::Via | Field::Place | Field::Bare => places.push(slot),
        }
    }
    places.retain(|p| p.area.is_some());
    targets.retain(|t| t.area.is_some());
    if act == Act::Summary {
        // In an account what was attacked is where it was.
        places.append(&mut targets);
    }
    // "на Сумщині, в районі Конотопа": the region holds the place; it is not one more.
    let lower = places.iter().any(|p| is_point(p));
    if lower && let Some(region) = places.iter().find(|p| !is_point(p)).copied() {
        base.region = base.region.or(region.area.map(|a| a.code));
        base.trace.push(trace("region", region.slot.rule, region.slot.span));
        places.retain(|p| is_point(p));
    } else if places.len() > 1 {
        // A raion within a region of the same sentence.
        let inner: Vec<&Filled> = places.iter().copied().filter(|p| !places.iter().any(|q| holds(set, p, q))).collect();
        if inner.len() < places.len() {
            if let Some(outer) = places.iter().find(|p| !inner.iter().any(|i| std::ptr::eq(*i, **p))) {
                base.region = base.region.or(outer.area.map(|a| a.code));
                base.trace.push(trace("region", outer.slot.rule, outer.slot.span));
            }
            places = inner;
        }
    }
    if threatens {
        for place in places.drain(..) {
            targets.insert(0, place);
        }
    }
    // What is passed stands after where it is: on its way.
    if places.len() > 1
        && places.iter().any(|p| p.slot.field == Field::Via)
        && places.iter().any(|p| p.slot.field != Field::Via)
    {
        for via in places.iter().filter(|p| p.slot.field == Field::Via) {
            targets.insert(0, via);
        }
        places.retain(|p| p.slot.field != Field::Via);
    }
    let mut seen: Vec<Code> = Vec::new();
    places.retain(|p| {
        let code = p.area.map(|a| a.code);
        let fresh = code.is_none_or(|code| !seen.contains(&code));
        seen.extend(code);
        // "Хмельницький: БпЛА в напрямку міста": the bare name only says which town.
        fresh && !(p.slot.field == Field::Bare && targets.iter().any(|t| t.area.map(|a| a.code) == code))
    });
    places.truncate(PLACES_MAX);
    if places.iter().any(|p| p.slot.rule == "place.between") {
        for other in places.drain(1..) {
            base.trace.push(trace("place", "place.between_other", other.slot.span));
        }
    }
    // "через Шостку, Кролевець": one object on its way; what is passed later lies ahead.
    if places.len() > 1 && places.iter().all(|p| p.slot.field == Field::Via) {
        for (n, via) in places.drain(1..).enumerate() {
            targets.insert(n, via);
        }
    }
    put_targets(set, &targets, base);
    places
}

/// One number told of several places is no number of each.
fn share(item: &mut ThreatItem, places: usize) {
    let spare = u16::try_from(places.saturating_sub(1)).unwrap_or(u16::MAX);
    if spare > 0 && item.count.word.is_none() && item.count.low > 1 {
        let high = item.count.high.map(|high| high.saturating_sub(spare).max(1));
        item.count = Count { low: 1, high, word: Some("shared".to_owned()) };
    }
}

/// What is north of a town and goes to it goes south.
fn turned(item: &mut ThreatItem) {
    let (Some(place), Some(deg)) = (&item.place, item.place_side.and_then(model::CompassPoint::bearing_deg)) else {
        return;
    };
    let back = (deg + 180) % 360;
    if item.targets.iter().any(|t| t.code == place.code) && !item.directions_deg.contains(&back) {
        item.directions_deg.insert(0, back);
        let span = item.trace.iter().find(|t| t.field == "targets").map_or((0, 0), |t| (t.start, t.end));
        item.trace.push(Trace {
            field: "directions_deg".to_owned(),
            rule: "direction.to_the_place".to_owned(),
            start: span.0,
            end: span.1,
        });
    }
}

fn is_city(slot: &Filled) -> bool {
    slot.area.is_some_and(is_city_region)
}

fn is_point(slot: &Filled) -> bool {
    slot.area.is_some_and(|a| a.level == Level::Settlement || is_city_region(a))
}

fn holds(set: &AreaSet, outer: &Filled, inner: &Filled) -> bool {
    match (outer.area, inner.area) {
        (Some(outer), Some(inner)) => outer.code != inner.code && set.covers(outer.code, inner.code),
        _ => false,
    }
}

/// Targets without repetitions; a region that holds another target only says where that one lies.
fn put_targets(set: &AreaSet, targets: &[&Filled], base: &mut ThreatItem) {
    for target in targets {
        let Some(area) = target.area else { continue };
        let outer = targets.iter().any(|other| holds(set, target, other) && other.slot.span.0 > target.slot.span.0);
        if outer && area.level == Level::Oblast {
            base.region = base.region.or(Some(area.code));
            base.trace.push(trace("region", "region.of_target", target.slot.span));
            continue;
        }
        if base.targets.iter().all(|known| known.code != area.code) {
            base.targets.push(reference(area));
            base.trace.push(trace_rule("targets", target));
        }
    }
}

fn origin(slot: &Filled, base: &mut ThreatItem) {
    let origin = match (&slot.slot.filler, slot.area) {
        (Filler::Beyond(name), _) => Origin::Beyond((*name).to_owned()),
        (_, Some(area)) => Origin::Place(reference(area)),
        _ => return,
    };
    if !base.origin.contains(&origin) {
        base.origin.push(origin);
        base.trace.push(trace_rule("origin", slot));
    }
}

fn set_place(item: &mut ThreatItem, filled: &Filled) {
    let Some(area) = filled.area else { return };
    item.place = Some(reference(area));
    item.trace.push(trace_rule("place", filled));
    item.via = filled.slot.field == Field::Via;
    item.place_side = filled.slot.side;
    item.place_part = filled.slot.part;
    if item.region == Some(area.code) {
        item.region = None;
    }
}

/// What the heading fills: region, and the place or target that nothing else filled.
fn finish(item: &mut ThreatItem, draft: &Draft, before: &Before) {
    let heads: Vec<&'static Area> = before.heading.places.iter().map(|(_, area)| *area).collect();
    let span = before.heading.places.first().map_or((0, 0), |(mention, _)| mention.span);
    let region = heads.iter().find(|a| a.level != Level::Settlement).copied();
    if item.region.is_none()
        && let Some(region) = region
        && heads.len() == 1
        && item.place.as_ref().is_none_or(|p| p.code != region.code && !before.set.covers(p.code, region.code))
    {
        // A region named in the sentence itself stands above the heading.
        let elsewhere = item.place.as_ref().is_some_and(|p| matches!(p.level, Level::Oblast) && p.code != region.code);
        if !elsewhere {
            item.region = Some(region.code);
            item.trace.push(trace("region", "region.heading", span));
        }
    }
    let empty = item.place.is_none() && item.targets.is_empty();
    match item.act {
        Act::Threat | Act::Cancel | Act::Launch if empty => {
            for area in heads {
                item.targets.push(reference(area));
                item.trace.push(trace("targets", "target.heading", span));
            }
            item.region = item.region.filter(|code| item.targets.iter().all(|t| t.code != *code));
            if item.targets.is_empty()
                && let Some(code) = item.region.take()
                && let Some(area) = before.set.get(code)
            {
                item.targets.push(reference(area));
            }
        }
        Act::Track if empty && !heads.is_empty() && strikes(item.kind) => {
            for area in heads {
                item.targets.push(reference(area));
                item.trace.push(trace("targets", "target.heading", span));
            }
            item.region = None;
        }
        Act::Track | Act::Summary if item.place.is_none() => {
            let town = heads.iter().find(|a| a.level == Level::Settlement || is_city_region(a)).copied();
            let place = town.filter(|t| item.targets.iter().all(|target| target.code != t.code)).or(if empty {
                region
            } else {
                None
            });
            let inline = item.region.and_then(|code| before.set.get(code)).filter(|_| empty);
            if let Some(area) = place.or(inline) {
                item.place = Some(reference(area));
                item.trace.push(trace("place", "place.heading", span));
                item.region = item.region.filter(|code| *code != area.code);
            }
        }
        _ => {}
    }
    if let Some((point, span)) = draft.part_alone
        && item.place_part.is_none()
    {
        // "на півночі області", "на сході" under a heading: a part of the region, when that is the place.
        if item.place.is_none()
            && let Some(area) = item.region.and_then(|code| before.set.get(code))
        {
            item.place = Some(reference(area));
            item.trace.push(trace("place", "place.heading", span));
            item.region = None;
        }
        if item.place.as_ref().is_some_and(|p| p.level != Level::Settlement) {
            item.place_part = Some(point);
            item.trace.push(trace("place_part", "part.compass", span));
        }
    }
}

/// What is named with a place alone is not at it but comes to it.
fn strikes(kind: ThreatKind) -> bool {
    matches!(kind, ThreatKind::BallisticMissile | ThreatKind::GuidedBomb | ThreatKind::Missile | ThreatKind::Artillery)
}

pub(super) fn trace(field: &str, rule: &str, span: (usize, usize)) -> Trace {
    let byte = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Trace { field: field.to_owned(), rule: rule.to_owned(), start: byte(span.0), end: byte(span.1) }
}

fn trace_rule(field: &str, filled: &Filled) -> Trace {
    let rule = if filled.rule.is_empty() || filled.rule == "named" {
        filled.slot.rule.to_owned()
    } else {
        format!("{}+{}", filled.slot.rule, filled.rule)
    };
    trace(field, &rule, filled.slot.span)
}

/// A reference for places told later about an item already read.
pub(super) fn known(refs: &[PlaceRef], code: Code) -> bool {
    refs.iter().any(|known| known.code == code)
}
