//! One plain line that tells what was read, for the page. It never says more than the item holds.

use super::grammar::place::full_name;
use model::{
    Act, AlertLevel, AlertType, AreaSet, CompassPoint, Count, Item, KindShare, Order, OrderAct, Origin, ThreatItem,
    ThreatKind,
};

/// In Ukrainian.
pub fn describe_uk(item: &Item, areas: &AreaSet) -> String {
    match item {
        Item::Threat(threat) => threat_uk(threat, areas),
        Item::Order(order) => order_uk(order, areas),
        Item::Plot(plot) => measured("радарна відмітка", best(&plot.kinds).map(kind_uk)),
        Item::Bearing(bearing) => measured("пеленг", best(&bearing.kinds).map(kind_uk)),
        Item::Presence(presence) => measured("поблизу датчика", best(&presence.kinds).map(kind_uk)),
        Item::SystemTrack(track) => measured("супровід іншої системи", best(&track.kinds).map(kind_uk)),
        Item::Traffic(_) => "борт, що повідомляє про себе".to_owned(),
    }
}

/// In English.
pub fn describe_en(item: &Item, areas: &AreaSet) -> String {
    match item {
        Item::Threat(threat) => threat_en(threat, areas),
        Item::Order(order) => order_en(order, areas),
        Item::Plot(plot) => measured("radar plot", best(&plot.kinds).map(kind_en)),
        Item::Bearing(bearing) => measured("bearing", best(&bearing.kinds).map(kind_en)),
        Item::Presence(presence) => measured("near a sensor", best(&presence.kinds).map(kind_en)),
        Item::SystemTrack(track) => measured("track of another system", best(&track.kinds).map(kind_en)),
        Item::Traffic(_) => "aircraft that reports itself".to_owned(),
    }
}

/// What was measured and of what. Where the sensor stands is never said.
fn measured(what: &str, kind: Option<&str>) -> String {
    kind.map_or_else(|| what.to_owned(), |kind| format!("{what}: {kind}"))
}

/// The likeliest kind; the first of equals.
fn best(kinds: &[KindShare]) -> Option<ThreatKind> {
    let likelier = |a: &KindShare, b: &KindShare| if b.share > a.share { *b } else { *a };
    kinds.iter().copied().reduce(|a, b| likelier(&a, &b)).map(|one| one.kind)
}

/// A kind in Ukrainian.
pub const fn kind_uk(kind: ThreatKind) -> &'static str {
    match kind {
        ThreatKind::Uav => "БпЛА",
        ThreatKind::JetUav => "реактивний БпЛА",
        ThreatKind::ReconUav => "розвідувальний БпЛА",
        ThreatKind::Fpv => "FPV-дрон",
        ThreatKind::CruiseMissile => "крилата ракета",
        ThreatKind::BallisticMissile => "балістична ракета",
        ThreatKind::Missile => "ракета",
        ThreatKind::GuidedBomb => "керована авіабомба",
        ThreatKind::Aviation => "авіація",
        ThreatKind::Mig31k => "МіГ-31К",
        ThreatKind::Artillery => "артилерія",
        ThreatKind::Unknown => "загроза невідомого виду",
    }
}

/// A kind in English.
pub const fn kind_en(kind: ThreatKind) -> &'static str {
    match kind {
        ThreatKind::Uav => "UAV",
        ThreatKind::JetUav => "jet UAV",
        ThreatKind::ReconUav => "reconnaissance UAV",
        ThreatKind::Fpv => "FPV drone",
        ThreatKind::CruiseMissile => "cruise missile",
        ThreatKind::BallisticMissile => "ballistic missile",
        ThreatKind::Missile => "missile",
        ThreatKind::GuidedBomb => "guided bomb",
        ThreatKind::Aviation => "aircraft",
        ThreatKind::Mig31k => "MiG-31K",
        ThreatKind::Artillery => "artillery",
        ThreatKind::Unknown => "threat of an unknown kind",
    }
}

fn count(count: &Count) -> String {
    match (count.word.as_deref(), count.high) {
        (None, Some(high)) if high == count.low => count.low.to_string(),
        (Some("up to"), Some(high)) => format!("≤ {high}"),
        (Some("more than"), _) => format!("> {}", count.low),
        (Some("unsaid"), _) => String::new(),
        (_, Some(high)) if high > count.low => format!("{}–{high}", count.low),
        _ => format!("≥ {}", count.low),
    }
}

fn wind_uk(point: CompassPoint) -> &'static str {
    match point {
        CompassPoint::N => "північ",
        CompassPoint::Ne => "північний схід",
        CompassPoint::E => "схід",
        CompassPoint::Se => "південний схід",
        CompassPoint::S => "південь",
        CompassPoint::Sw => "південний захід",
        CompassPoint::W => "захід",
        CompassPoint::Nw => "північний захід",
        CompassPoint::C => "центр",
    }
}

fn wind_en(point: CompassPoint) -> &'static str {
    match point {
        CompassPoint::N => "north",
        CompassPoint::Ne => "north-east",
        CompassPoint::E => "east",
        CompassPoint::Se => "south-east",
        CompassPoint::S => "south",
        CompassPoint::Sw => "south-west",
        CompassPoint::W => "west",
        CompassPoint::Nw => "north-west",
        CompassPoint::C => "centre",
    }
}

const WINDS: [CompassPoint; 8] = [
    CompassPoint::N,
    CompassPoint::Ne,
    CompassPoint::E,
    CompassPoint::Se,
    CompassPoint::S,
    CompassPoint::Sw,
    CompassPoint::W,
    CompassPoint::Nw,
];

fn toward(deg: u16, word: fn(CompassPoint) -> &'static str) -> String {
    WINDS.iter().find(|w| w.bearing_deg() == Some(deg)).map_or_else(|| format!("{deg}°"), |w| word(*w).to_owned())
}

/// Words of one language around the same fields.
struct Words {
    kind: fn(ThreatKind) -> &'static str,
    wind: fn(CompassPoint) -> &'static str,
    from: &'static str,
    toward: &'static str,
    past: &'static str,
    side_of: &'static str,
    variable: &'static str,
    act: fn(Act) -> &'static str,
}

const UK: Words = Words {
    kind: kind_uk,
    wind: wind_uk,
    from: "звідки",
    toward: "у напрямку",
    past: "повз",
    side_of: "від",
    variable: "курс змінний",
    act: |act| match act {
        Act::Track => "",
        Act::Threat => "загроза",
        Act::Launch => "пуск",
        Act::Cancel => "відбій загрози",
        Act::Summary => "підсумок",
    },
};

const EN: Words = Words {
    kind: kind_en,
    wind: wind_en,
    from: "from",
    toward: "toward",
    past: "past",
    side_of: "of",
    variable: "course varies",
    act: |act| match act {
        Act::Track => "",
        Act::Threat => "threat",
        Act::Launch => "launch",
        Act::Cancel => "threat over",
        Act::Summary => "account",
    },
};

fn threat_uk(item: &ThreatItem, areas: &AreaSet) -> String {
    threat(item, areas, &UK, |name, _| name.to_owned())
}

fn threat_en(item: &ThreatItem, areas: &AreaSet) -> String {
    threat(item, areas, &EN, |name, english| english.unwrap_or(name).to_owned())
}

fn threat(item: &ThreatItem, areas: &AreaSet, words: &Words, choose: fn(&str, Option<&str>) -> String) -> String {
    let name = |code, name: &str| {
        choose(name, areas.get(code).map(|area| area.name_en.as_str()).filter(|english| !english.is_empty()))
    };
    let mut parts: Vec<String> = Vec::new();
    let act = (words.act)(item.act);
    if !act.is_empty() {
        parts.push(act.to_owned());
    }
    parts.push(
        [count(&item.count), (words.kind)(item.kind).to_owned()]
            .iter()
            .filter(|p| !p.is_empty())
            .cloned()
            .collect::<Vec<_>>()
            .join(" "),
    );
    if let Some(place) = &item.place {
        let mut at = name(place.code, &place.name);
        if item.via {
            at = format!("{} {at}", words.past);
        }
        if let Some(side) = item.place_side {
            at = format!("{} {} {at}", (words.wind)(side), words.side_of);
        }
        if let Some(part) = item.place_part {
            at = format!("{at} ({})", (words.wind)(part));
        }
        parts.push(at);
    }
    if let Some(region) = item.region.and_then(|code| areas.get(code)) {
        parts.push(name(region.code, &full_name(region)));
    }
    if !item.origin.is_empty() {
        let from: Vec<String> = item
            .origin
            .iter()
            .map(|origin| match origin {
                Origin::Place(place) => name(place.code, &place.name),
                Origin::Compass(point) => (words.wind)(*point).to_owned(),
                Origin::Beyond(name) => name.clone(),
            })
            .collect();
        parts.push(format!("{} {}", words.from, from.join(", ")));
    }
    let mut to: Vec<String> = item.targets.iter().map(|target| name(target.code, &target.name)).collect();
    to.extend(item.directions_deg.iter().map(|deg| toward(*deg, words.wind)));
    if !to.is_empty() {
        parts.push(format!("{} {}", words.toward, to.join(", ")));
    }
    if item.course_variable {
        parts.push(words.variable.to_owned());
    }
    parts.join(" · ")
}

fn order_uk(order: &Order, areas: &AreaSet) -> String {
    let kind = match order.alert_type {
        AlertType::AirRaid => "повітряна тривога",
        AlertType::ArtilleryShelling => "загроза артобстрілу",
        AlertType::UrbanFights => "загроза вуличних боїв",
        AlertType::Chemical => "хімічна загроза",
        AlertType::Nuclear => "радіаційна небезпека",
    };
    let level = match order.level {
        Some(AlertLevel::Yellow) => ", жовтий рівень",
        Some(AlertLevel::Red) => ", червоний рівень",
        None => "",
    };
    let name = areas.get(order.community).map_or_else(|| order.community.to_string(), full_name);
    match order.act {
        OrderAct::Raise => format!("{name}: {kind}{level}{}", reasons(&order.kinds, kind_uk)),
        OrderAct::End => format!("{name}: відбій, {kind}"),
    }
}

fn order_en(order: &Order, areas: &AreaSet) -> String {
    let kind = match order.alert_type {
        AlertType::AirRaid => "air raid alert",
        AlertType::ArtilleryShelling => "threat of artillery shelling",
        AlertType::UrbanFights => "threat of street fighting",
        AlertType::Chemical => "chemical threat",
        AlertType::Nuclear => "radiation danger",
    };
    let level = match order.level {
        Some(AlertLevel::Yellow) => ", yellow level",
        Some(AlertLevel::Red) => ", red level",
        None => "",
    };
    let name = areas.get(order.community).map_or_else(|| order.community.to_string(), |area| area.name_en.clone());
    match order.act {
        OrderAct::Raise => format!("{name}: {kind}{level}{}", reasons(&order.kinds, kind_en)),
        OrderAct::End => format!("{name}: end of {kind}"),
    }
}

fn reasons(kinds: &[ThreatKind], word: fn(ThreatKind) -> &'static str) -> String {
    if kinds.is_empty() {
        return String::new();
    }
    let words: Vec<&str> = kinds.iter().map(|kind| word(*kind)).collect();
    format!(" ({})", words.join(", "))
}
