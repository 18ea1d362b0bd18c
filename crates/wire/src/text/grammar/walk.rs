//! A walk over one segment: every place, wind and word into its slot of the draft.
//!
//! What comes in: the marks of a segment and the kinds in it. What goes out: a [`Draft`]. The state of the walk is what a
//! reader keeps in mind: the preposition just read, whether a course was spoken of, what a list goes on with.

use super::clause::{Draft, Field, Filler, Slot, is_connector};
use super::direction::{Before, Says, is_region, says, wind_at};
use super::kind::KindSaid;
use super::mark::{Mark, Meaning};
use crate::text::decline::{A, ANY, G, L, N};
use crate::text::gazetteer::Class;
use crate::text::lexicon::{Role, Say, Sense};
use crate::text::token::TokenKind;
use model::{CompassPoint, Refusal, ThreatKind};

/// The state of a walk over a segment.
struct Walk {
    role: Option<(Role, (usize, usize))>,
    course: bool,
    /// Role and course that a list goes on with.
    carried: Option<(Option<Role>, bool)>,
    last: Option<Field>,
    part: Option<(CompassPoint, (usize, usize), bool)>,
    side: Option<(CompassPoint, (usize, usize))>,
    strangers: u8,
    depth: u8,
    /// The last word toward a place was "на".
    onto: bool,
}

pub(super) fn draft(marks: &[Mark], offset: usize, kinds: &[KindSaid], all: &[KindSaid]) -> Draft {
    let span = (marks.first().map_or(0, |m| m.span.0), marks.last().map_or(0, |m| m.span.1));
    let mut out = Draft { kinds: kinds.to_vec(), span, ..Draft::default() };
    let mut walk = Walk {
        role: None,
        course: false,
        carried: None,
        last: None,
        part: None,
        side: None,
        strangers: 0,
        depth: 0,
        onto: false,
    };
    let aircraft =
        !kinds.is_empty() && kinds.iter().all(|k| matches!(k.kind, ThreatKind::Aviation | ThreatKind::Mig31k));
    let bombs = kinds
        .iter()
        .any(|k| !matches!(k.kind, ThreatKind::Uav | ThreatKind::JetUav | ThreatKind::ReconUav | ThreatKind::Aviation));
    let mut at = 0;
    while let Some(mark) = marks.get(at) {
        let here = at + offset;
        if let Some(group) = all.iter().find(|g| (g.from..g.to).contains(&here)) {
            if here + 1 == group.to {
                walk = Walk { last: None, role: None, course: false, carried: None, ..walk };
            }
            at += 1;
            continue;
        }
        if let Some((point, wind, length)) = wind_at(marks, at) {
            let before = Before { role: walk.role.map(|(role, _)| role), course: walk.course, aircraft };
            let (said, more) = says(marks, at, length, point, wind, before);
            let end = marks.get(at + length + more - 1).map_or(mark.span.1, |m| m.span.1);
            if said != Says::Place {
                compass(&mut out, &mut walk, said, point, (mark.span.0, end));
                at += length + more;
                continue;
            }
        }
        at += step(&mut out, &mut walk, marks, at, bombs);
    }
    if let Some((point, span, toward)) = walk.part {
        if toward {
            out.directions.extend(point.bearing_deg().map(|deg| (deg, span)));
        } else {
            out.part_alone = Some((point, span));
        }
    }
    out
}

fn compass(out: &mut Draft, walk: &mut Walk, said: Says, point: CompassPoint, span: (usize, usize)) {
    let carried = (walk.role.map(|(role, _)| role), walk.course);
    match said {
        Says::Direction => {
            if let Some(deg) = point.bearing_deg() {
                out.directions.push((deg, span));
            }
            walk.carried = Some(carried);
            walk.role = None;
        }
        Says::Origin => {
            out.winds_from.push((point, span));
            walk.carried = Some(carried);
            // "з півночі Сумщини": the region itself is where it comes from; its place follows with the same role.
        }
        Says::Part => {
            walk.part = Some((point, span, false));
            walk.role = None;
            walk.course = false;
        }
        Says::TowardPart => {
            walk.part = Some((point, span, true));
            walk.role = Some((Role::Toward, span));
        }
        Says::Side => {
            walk.side = Some((point, span));
            walk.role = Some((Role::Of, span));
        }
        Says::Place | Says::Nothing => {}
    }
}

/// Takes one mark (or a few) in; gives how many.
fn step(out: &mut Draft, walk: &mut Walk, marks: &[Mark], at: usize, bombs: bool) -> usize {
    let Some(mark) = marks.get(at) else { return 1 };
    let span = mark.span;
    let before_kind = out.kinds.first().is_some_and(|k| span.0 < k.span.0);
    match &mark.meaning {
        Meaning::Place | Meaning::Lex(Sense::Compass(..)) => {
            if let Some(mention) = &mark.place {
                place(out, walk, marks, at, Filler::Named(mention.clone()), span, bombs);
            }
        }
        Meaning::Lex(sense) => match sense {
            Sense::Prep(role) => {
                out.many |= !before_kind && plural_verb(&mark.words);
                walk.onto = mark.words == "на" || mark.words.ends_with(" на");
                let role = match role {
                    Role::On | Role::In if walk.course => Role::Toward,
                    Role::Of if walk.side.is_none() && !matches!(mark.words.as_str(), "від" | "од" | "от" | "off") =>
                    {
                        // English "of" carries what stood before it.
                        return 1;
                    }
                    // "за 15 км від Конотопа", "10 km from Sumy": a distance, not where it comes from.
                    Role::Of | Role::From if walk.side.is_none() && measured(marks, at) => Role::Near,
                    Role::Of if walk.side.is_none() => Role::From,
                    role => *role,
                };
                // "до 5 БпЛА", "над 300 м": before a number it bounds or measures.
                if !marks.get(at + 1).is_some_and(|m| matches!(m.meaning, Meaning::Count(..) | Meaning::Figure)) {
                    walk.role = Some((role, span));
                    walk.strangers = 0;
                    walk.carried = None;
                }
            }
            Sense::Course => {
                walk.course = true;
                walk.role = None;
            }
            Sense::Bearing => walk.role = Some((Role::Toward, span)),
            Sense::Beyond(name) => beyond(out, walk, name, span),
            Sense::TheRegion => {
                let wanted = walk.part.is_some() || walk.role.is_some() || walk.side.is_some();
                let after_town = matches!(marks.get(at.wrapping_sub(1)).and_then(Mark::sense), Some(Sense::And));
                if wanted || after_town {
                    place(out, walk, marks, at, Filler::TheRegion, span, bombs);
                }
            }
            Sense::TheTown => {
                if walk.role.is_some() || walk.side.is_some() || walk.course {
                    place(out, walk, marks, at, Filler::TheTown, span, bombs);
                }
            }
            Sense::TheSeat => {
                if walk.role.is_some() || walk.course {
                    place(out, walk, marks, at, Filler::TheSeat, span, bombs);
                }
            }
            Sense::And => reopen(walk),
            // "змінив курс на Ромни": one new course, not a changing one.
            Sense::Variable
                if matches!(marks.get(at + 1).and_then(Mark::sense), Some(Sense::Prep(Role::On | Role::Toward)))
                    && ["змінив", "змінил", "поменял", "изменил", "changed"]
                        .iter()
                        .any(|verb| mark.words.starts_with(verb)) =>
            {
                walk.course = true;
                walk.role = None;
            }
            Sense::Variable => {
                out.variable = Some(span);
                walk.course = false;
                walk.role = None;
            }
            Sense::Shelter => {
                out.shelter = Some(span);
                walk.role = None;
            }
            Sense::ManyMark => out.many |= !before_kind,
            Sense::Homeland => walk.role = None,
            Sense::Say(say) => {
                match say {
                    Say::Threat if out.kinds.is_empty() || before_kind => out.threat_before = Some(span),
                    Say::Threat => {
                        let close = at
                            .checked_sub(1)
                            .and_then(|b| marks.get(b))
                            .is_some_and(|m| matches!(m.sense(), Some(Sense::Kind(..))));
                        if close { out.threat_before = Some(span) } else { out.threat_after = Some(span) }
                    }
                    Say::Launch => {
                        out.launch = Some(span);
                        out.many |= matches!(
                            mark.words.as_str(),
                            "пуски" | "пусків" | "запуски" | "запусків" | "пусков" | "launches" | "зльоти"
                        );
                    }
                    Say::Activity => out.activity = Some(span),
                    Say::Maybe => out.maybe = true,
                    // "атакував Київщину": what was attacked is where it was.
                    Say::PastAttack => walk.role = Some((Role::In, span)),
                    Say::Past | Say::Cancel | Say::Not => {}
                }
                if !matches!(say, Say::PastAttack) {
                    walk.role = None;
                }
            }
            Sense::Filler => {}
            _ => {
                walk.role = walk.role.filter(|(role, _)| !matches!(role, Role::On | Role::In));
            }
        },
        Meaning::Sign(TokenKind::Arrow) => {
            walk.onto = true;
            walk.role = Some((Role::Toward, span));
            walk.course = true;
        }
        Meaning::Sign(TokenKind::Comma | TokenKind::Slash) => reopen(walk),
        Meaning::Sign(TokenKind::Open) => walk.depth = walk.depth.saturating_add(1),
        Meaning::Sign(TokenKind::Close) => walk.depth = walk.depth.saturating_sub(1),
        Meaning::Sign(_) | Meaning::Times | Meaning::Count(..) | Meaning::Figure => {}
        Meaning::Word => word(out, walk, mark),
    }
    1
}

/// Whether a distance stands right before.
fn measured(marks: &[Mark], at: usize) -> bool {
    at.checked_sub(1).and_then(|before| marks.get(before)).is_some_and(|mark| {
        matches!(mark.meaning, Meaning::Figure)
            && ["км", "km", "кілом", "килом"].iter().any(|unit| mark.words.contains(unit))
    })
}

/// "рухаються на", "летят в": a plural verb glued to its preposition.
fn plural_verb(words: &str) -> bool {
    let verb = words.split(' ').next().unwrap_or_default();
    words.contains(' ')
        && ["ють", "ять", "уть", "ться", "ют", "ят", "ут", "тся", "шли"].iter().any(|ending| verb.ends_with(ending))
        && !verb.ends_with("ється")
        && !verb.ends_with("ется")
}

/// A list goes on: what follows a comma or "та" stands as what stood before it.
fn reopen(walk: &mut Walk) {
    if walk.role.is_none()
        && let Some((role, course)) = walk.carried
    {
        walk.role = role.map(|role| (role, (0, 0)));
        walk.course |= course;
    }
}

fn word(out: &mut Draft, walk: &mut Walk, mark: &Mark) {
    let calls = walk.role.is_some_and(|(role, _)| !matches!(role, Role::Along | Role::By));
    if mark.capital && !mark.shouted && calls && walk.depth == 0 {
        out.refused.push(unknown_place(mark));
        walk.role = None;
        return;
    }
    walk.strangers = walk.strangers.saturating_add(1);
    if walk.strangers > 2 || walk.role.is_some_and(|(role, _)| matches!(role, Role::On | Role::In | Role::By)) {
        walk.role = None;
    }
}

/// A name in a place's slot that the gazetteer does not know.
pub(super) fn unknown_place(mark: &Mark) -> Refusal {
    super::refusal(
        "unknown_place",
        format!(
            "find {:?} among the places of the area set: expected a settlement, hromada, raion or region of Ukraine",
            mark.words
        ),
        mark.span,
    )
}

fn beyond(out: &mut Draft, walk: &mut Walk, name: &'static str, span: (usize, usize)) {
    let role = walk.role.map(|(role, _)| role);
    let slot = |field, rule| Slot { field, filler: Filler::Beyond(name), role, part: None, side: None, span, rule };
    match role {
        Some(Role::From | Role::Of) => {
            out.slots.push(slot(Field::Origin, "origin.beyond"));
            walk.carried = Some((Some(Role::From), false));
            walk.last = Some(Field::Origin);
        }
        Some(Role::By | Role::For | Role::Along) | None => {
            // "Курської області РФ": the country after its region; a bare name with launches is where they were.
            let known = out.slots.iter().any(|s| s.field == Field::Origin);
            if walk.last.is_none() && !known && out.launch.is_some() && name != "Росія" && name != "море" {
                out.slots.push(slot(Field::Origin, "origin.launch"));
            }
        }
        Some(_) => {
            if name != "море" && name != "Росія" || role == Some(Role::Toward) {
                // Over the sea it may yet come here; over another country it is theirs.
                let goes = matches!(role, Some(Role::Toward | Role::Onto | Role::On)) || !name.ends_with("море");
                out.slots.push(slot(Field::Place, if goes { "abroad.target" } else { "abroad.place" }));
            }
        }
    }
    walk.role = None;
}

fn place(
    out: &mut Draft,
    walk: &mut Walk,
    marks: &[Mark],
    at: usize,
    filler: Filler,
    span: (usize, usize),
    bombs: bool,
) {
    let cases = if let Filler::Named(mention) = &filler {
        mention.candidates.iter().fold(0, |all, c| all | c.cases)
    } else {
        A | L
    };
    let capital = if let Filler::Named(mention) = &filler { mention.capital || mention.tagged } else { true };
    let region = marks.get(at).is_some_and(is_region);
    let role = walk.role.map(|(role, _)| role);
    if !capital && !region && !matches!(role, Some(Role::Toward | Role::Near | Role::Via)) && !walk.course {
        // A small letter without a slot is a common word.
        return;
    }
    let after_region = walk.last.is_some() && out.slots.last().is_some_and(slot_is_region);
    let (field, rule) = match role {
        _ if walk.depth > 0 && region && !after_region && walk.last.is_some() => {
            (Field::Context, "context.parenthesis")
        }
        _ if walk.depth > 0 && walk.last.is_some() && role.is_none() => {
            (walk.last.unwrap_or(Field::Bare), "place.refined")
        }
        Some(Role::Of) if walk.side.is_some() => (Field::Place, "place.side"),
        None if walk.part.is_some_and(|(.., toward)| !toward) => (Field::Place, "place.part"),
        Some(Role::From | Role::Of) => (Field::Origin, "origin.from"),
        Some(Role::Toward | Role::Onto) => (Field::Target, "target.toward"),
        Some(Role::For) => (Field::Target, "target.for"),
        Some(Role::On) if bombs && matches!(&filler, Filler::Named(m) if m.words.is_ascii()) => {
            (Field::Target, "target.on")
        }
        Some(Role::On) => {
            let at_it = by_case(&filler, cases, region);
            if at_it { (Field::Place, "place.on_locative") } else { (Field::Target, "target.on_accusative") }
        }
        Some(Role::In) => {
            if cases & L == 0 && cases & A != 0 && !undeclined(&filler) {
                (Field::Target, "target.in_accusative")
            } else {
                (Field::Place, "place.in")
            }
        }
        Some(Role::Near) => (Field::Place, "place.near"),
        Some(Role::Between) => (Field::Place, "place.between"),
        Some(Role::Via) => (Field::Via, "place.via"),
        Some(Role::By) if bombs => (Field::Target, "target.by"),
        Some(Role::By) => (Field::Place, "place.by"),
        Some(Role::Along) => {
            walk.role = None;
            walk.carried = Some((Some(Role::Along), false));
            out.refused.push(super::refusal(
                "not_a_point",
                "take what something goes along for a place: expected a town, raion or region".to_owned(),
                span,
            ));
            return;
        }
        None if region
            && cases & G != 0
            && at > 0
            && marks
                .get(at - 1)
                .is_some_and(|m| matches!(m.meaning, Meaning::Place | Meaning::Lex(Sense::TheSeat))) =>
        {
            (Field::Context, "context.genitive")
        }
        None if walk.course => (Field::Target, "target.course"),
        None if listed(marks, at) => (walk.last.unwrap_or(Field::Bare), "place.listed"),
        None => (Field::Bare, "place.bare"),
    };
    // "на Миколаївку, Сумщина": a region in the nominative after a town tells which town.
    let clarifies = rule != "context.parenthesis"
        && region
        && !after_region
        && walk.last.is_some_and(|f| f != Field::Bare)
        && role.is_none_or(|_| walk.role.is_some_and(|(_, span)| span == (0, 0)))
        && nominative_only(&filler)
        && marks.get(at.wrapping_sub(1)).is_some_and(|m| m.is_sign(TokenKind::Comma));
    let field = if clarifies { Field::Context } else { field };
    let part = walk.part.take().map(|(point, ..)| point);
    let side = walk.side.take().map(|(point, _)| point);
    // "з півночі Сумщини": the wind belongs to the region it comes from.
    if field == Field::Origin
        && region
        && out
            .winds_from
            .last()
            .is_some_and(|(_, wind)| marks.get(at.wrapping_sub(1)).is_some_and(|m| m.span.1 == wind.1))
    {
        out.winds_from.pop();
    }
    let slot_role =
        if field == Field::Target && walk.onto && role == Some(Role::Toward) { Some(Role::Onto) } else { role };
    out.slots.push(Slot { field, filler, role: slot_role, part, side, span, rule });
    if field != Field::Context {
        walk.last = Some(field);
    }
    walk.carried = Some((role.or(if walk.course { Some(Role::Toward) } else { None }), walk.course));
    walk.role = None;
    walk.strangers = 0;
}

fn slot_is_region(slot: &Slot) -> bool {
    match &slot.filler {
        Filler::Named(mention) => mention.candidates.iter().any(|c| c.class != Class::Settlement),
        Filler::TheRegion => true,
        _ => false,
    }
}

/// After "на": whether the form is where it is (locative) and not where it goes (accusative).
fn by_case(filler: &Filler, cases: u8, region: bool) -> bool {
    match filler {
        Filler::Named(mention) => {
            if mention.words == "запоріжжі" {
                return true;
            }
            let latin = mention.words.is_ascii();
            latin || if region { cases & L != 0 && cases & A == 0 } else { cases & L != 0 && cases & (A | N) == 0 }
        }
        Filler::TheRegion | Filler::TheSeat | Filler::TheTown | Filler::Beyond(_) => false,
    }
}

fn undeclined(filler: &Filler) -> bool {
    matches!(filler, Filler::Named(mention) if mention.candidates.iter().any(|c| c.cases & N != 0))
}

fn nominative_only(filler: &Filler) -> bool {
    matches!(filler, Filler::Named(mention) if mention.candidates.iter().all(|c| c.cases & !(N | A) == 0 || c.cases == ANY))
}

/// Whether only a list sign stands between this place and the one before.
fn listed(marks: &[Mark], at: usize) -> bool {
    let mut back = at;
    let mut signs = 0;
    while back > 0 {
        back -= 1;
        match marks.get(back) {
            Some(mark) if matches!(mark.meaning, Meaning::Place) => return signs > 0,
            Some(mark) if is_connector(mark) => signs += 1,
            _ => return false,
        }
    }
    false
}
