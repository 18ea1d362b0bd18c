//! Claims of one attacker, area and window as one event, in the columns of ACLED and of the UCDP's Georeferenced Event Dataset.
//!
//! Both want one row for an event, so that what several sources say is put together here and nowhere else: never averaged; the least
//! that anybody said, the most, and a best number only when all say the same. Their own judgements (who is a civilian, which
//! dyad, how clear) are left empty.

use super::own::listed;
use super::{Cell, Holds, Kind, Table};
use crate::figures::{Figures, Ucdp, acled_point, ucdp as three};
use crate::reconcile::{Kind as Said, Nesting, Told, clusters, nest_objects};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use model::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// Countries of areas, by their code (ISO 3166-1): name, numeric code, Gleditsch-Ward number.
const COUNTRIES: [(&str, &str, u64, u64); 2] = [("RU", "Russia", 643, 365), ("UA", "Ukraine", 804, 369)];

/// One attacker, one area, one window.
struct Event<'a> {
    attacker: Option<&'a str>,
    area: &'a str,
    window: [Timestamp; 2],
    told: Vec<&'a Told>,
}

fn events(figures: &Figures) -> Vec<Event<'_>> {
    type Key<'a> = ([Timestamp; 2], &'a str, Option<&'a str>);
    let mut groups: BTreeMap<Key<'_>, Vec<&Told>> = BTreeMap::new();
    for told in figures.rows.iter().flat_map(|row| &row.sources).flat_map(|source| &source.claims) {
        let Some(window) = told.scope.window else { continue };
        groups.entry((window, &told.scope.area, told.scope.attacker.as_deref())).or_default().push(told);
    }
    groups.into_iter().map(|((window, area, attacker), told)| Event { attacker, area, window, told }).collect()
}

/// What is said of deaths, put together without a choice between sources.
struct Deaths {
    /// The least of what ACLED would code for each source.
    point: u64,
    three: Ucdp,
}

impl Event<'_> {
    /// The same claims, the same name; ours, not theirs.
    fn id(&self) -> String {
        let [from, to] = self.window.map(|it| it.millis().to_string());
        let parts = [self.attacker.unwrap_or_default(), self.area, &from, &to].join("\u{1f}");
        let digest = model::sha256(parts.as_bytes());
        format!("allclear-{}", &digest[..16])
    }

    fn days(&self, zone: &TimeZone) -> Option<[Date; 2]> {
        let day = |ms: i64| {
            let at = jiff::Timestamp::from_millisecond(ms).ok()?;
            Some(at.to_zoned(zone.clone()).date())
        };
        let [from, to] = self.window.map(Timestamp::millis);
        // A window that ends at midnight has nothing in the day that begins there.
        Some([day(from)?, day((to - 1).max(from))?])
    }

    fn path(&self) -> Vec<&str> {
        self.area.split('/').filter(|it| !it.is_empty()).collect()
    }

    fn country(&self) -> Option<(&'static str, u64, u64)> {
        let code = self.path().first().copied()?;
        let (_, name, iso, gw) = COUNTRIES.iter().find(|(known, ..)| *known == code)?;
        Some((name, *iso, *gw))
    }

    /// Deaths of people; when only children's are told, they are a least of all.
    fn deaths(&self) -> Option<Deaths> {
        let people = || self.told.iter().filter(|it| it.scope.kind == Said::Killed && it.scope.object == "person");
        let whole: Vec<&&Told> = people().filter(|it| !it.scope.child && it.part_of.is_none()).collect();
        if whole.is_empty() {
            let least = people().map(|it| it.quantity.low).max()?;
            return Some(Deaths { point: least, three: Ucdp { low: least, best: None, high: None } });
        }
        // Our own observations are leasts: they have neither a best number nor an upper end.
        let least = |told: &Told, it: Ucdp| if told.own { Ucdp { best: None, high: None, ..it } } else { it };
        let threes: Vec<Ucdp> = whole.iter().map(|it| least(it, three(&it.quantity))).collect();
        let bests: BTreeSet<Option<u64>> = threes.iter().map(|it| it.best).collect();
        let best = bests.first().copied().flatten().filter(|_| bests.len() == 1);
        // One source without an upper end leaves all of them without it.
        let highs: Option<Vec<u64>> = threes.iter().map(|it| it.high).collect();
        Some(Deaths {
            point: whole.iter().map(|it| acled_point(&it.quantity)).min()?,
            three: Ucdp {
                low: threes.iter().map(|it| it.low).min()?,
                best,
                high: highs.and_then(|it| it.into_iter().max()),
            },
        })
    }

    /// ACLED's event and sub-event: only where somebody tells of weapons and of what they did.
    fn what(&self) -> [Option<&'static str>; 2] {
        let of = |object: &str, class: &str| matches!(nest_objects(object, class), Nesting::Same | Nesting::Inside);
        let drone = |it: &str| of(it, "drone_any") || of(it, "bomb_any");
        let missile = |it: &str| of(it, "missile_any");
        let weapons: BTreeSet<&str> =
            self.told.iter().map(|it| it.scope.object.as_str()).filter(|it| drone(it) || missile(it)).collect();
        let harm = [Said::Hit, Said::Damaged, Said::Killed, Said::Wounded];
        let harmed = self.told.iter().any(|it| harm.contains(&it.scope.kind) && it.quantity.low > 0);
        if weapons.is_empty() || !harmed {
            return [None, None];
        }
        let sub = if weapons.iter().all(|it| drone(it)) {
            Some("Air/drone strike")
        } else if weapons.iter().all(|it| missile(it)) {
            Some("Shelling/artillery/missile attack")
        } else {
            None
        };
        [Some("Explosions/Remote violence"), sub]
    }

    fn sources(&self) -> Cell {
        let names: BTreeSet<&str> = self.told.iter().map(|it| it.source.as_str()).collect();
        Cell::Text(names.into_iter().collect::<Vec<_>>().join("; "))
    }

    fn words(&self) -> Cell {
        listed(self.told.iter().map(|it| it.words.as_str()))
    }

    fn statements(&self) -> Cell {
        listed(self.told.iter().filter_map(|it| it.statement.as_deref()))
    }

    fn claims(&self) -> Cell {
        listed(self.told.iter().map(|it| it.id.as_str()))
    }
}

/// How many days a span touches.
fn length(days: [Date; 2]) -> i32 {
    days[0].until(days[1]).map_or(i32::MAX, |it| it.get_days().saturating_add(1))
}

fn year(days: [Date; 2]) -> Cell {
    let one = days[0].year() == days[1].year();
    Some(days[0].year()).filter(|_| one).and_then(|it| u64::try_from(it).ok()).into()
}

pub(super) fn acled(figures: &Figures) -> Table {
    use Holds::{Day, Instant, Text, Whole};
    let mut table = Table::new(
        Kind::Acled,
        &[
            ("event_id_cnty", Text),
            ("event_date", Day),
            ("year", Whole),
            ("time_precision", Whole),
            ("disorder_type", Text),
            ("event_type", Text),
            ("sub_event_type", Text),
            ("actor1", Text),
            ("assoc_actor_1", Text),
            ("inter1", Text),
            ("actor2", Text),
            ("assoc_actor_2", Text),
            ("inter2", Text),
            ("interaction", Text),
            ("civilian_targeting", Text),
            ("iso", Whole),
            ("region", Text),
            ("country", Text),
            ("admin1", Text),
            ("admin2", Text),
            ("admin3", Text),
            ("location", Text),
            ("latitude", Text),
            ("longitude", Text),
            ("geo_precision", Whole),
            ("source", Text),
            ("source_scale", Text),
            ("notes", Text),
            ("fatalities", Whole),
            ("tags", Text),
            ("timestamp", Whole),
            ("x_from", Instant),
            ("x_to", Instant),
            ("x_clusters", Whole),
            ("x_claims", Text),
            ("x_statements", Text),
        ],
    );
    for event in events(figures) {
        let days = event.days(&figures.clock);
        let precision = days.map(length).and_then(|days| match days {
            1 => Some(1_u64),
            2..=7 => Some(2),
            8..=31 => Some(3),
            _ => None,
        });
        let path = event.path();
        let [what, sub] = event.what();
        table.row([
            ("event_id_cnty", event.id().into()),
            ("event_date", days.filter(|_| precision.is_some()).map(|it| it[0]).into()),
            ("year", days.map_or(Cell::None, year)),
            ("time_precision", precision.into()),
            ("disorder_type", what.map(|_| "Political violence").into()),
            ("event_type", what.into()),
            ("sub_event_type", sub.into()),
            ("actor1", event.attacker.into()),
            ("iso", event.country().map(|it| it.1).into()),
            ("region", event.country().map(|_| "Europe").into()),
            ("country", event.country().map(|it| it.0).into()),
            ("admin1", path.get(1).copied().into()),
            ("location", path.last().copied().filter(|_| path.len() > 1).into()),
            ("geo_precision", Some(3_u64).filter(|_| path.len() == 2).into()),
            ("source", event.sources()),
            ("notes", event.words()),
            ("fatalities", event.deaths().map(|it| it.point).into()),
            ("x_from", event.window[0].into()),
            ("x_to", event.window[1].into()),
            ("x_clusters", Cell::Whole(clusters(event.told.iter().copied()).len() as u64)),
            ("x_claims", event.claims()),
            ("x_statements", event.statements()),
        ]);
    }
    table
}

pub(super) fn ucdp(figures: &Figures) -> Table {
    use Holds::{Day, Instant, Text, Whole};
    let mut table = Table::new(
        Kind::Ucdp,
        &[
            ("id", Text),
            ("relid", Text),
            ("year", Whole),
            ("active_year", Text),
            ("code_status", Text),
            ("type_of_violence", Whole),
            ("conflict_new_id", Whole),
            ("conflict_name", Text),
            ("dyad_new_id", Whole),
            ("dyad_name", Text),
            ("side_a_new_id", Whole),
            ("side_a", Text),
            ("side_b_new_id", Whole),
            ("side_b", Text),
            ("number_of_sources", Whole),
            ("source_article", Text),
            ("source_office", Text),
            ("source_date", Text),
            ("source_headline", Text),
            ("source_original", Text),
            ("where_prec", Whole),
            ("where_coordinates", Text),
            ("where_description", Text),
            ("adm_1", Text),
            ("adm_2", Text),
            ("latitude", Text),
            ("longitude", Text),
            ("geom_wkt", Text),
            ("priogrid_gid", Whole),
            ("country", Text),
            ("country_id", Whole),
            ("region", Text),
            ("event_clarity", Whole),
            ("date_prec", Whole),
            ("date_start", Day),
            ("date_end", Day),
            ("deaths_a", Whole),
            ("deaths_b", Whole),
            ("deaths_civilians", Whole),
            ("deaths_unknown", Whole),
            ("best", Whole),
            ("high", Whole),
            ("low", Whole),
            ("gwnoa", Text),
            ("gwnob", Text),
            ("x_attacker", Text),
            ("x_from", Instant),
            ("x_to", Instant),
            ("x_clusters", Whole),
            ("x_claims", Text),
        ],
    );
    for event in events(figures) {
        // The dataset has events with at least one death: here, that somebody holds to be possible.
        let Some(deaths) = event.deaths().filter(|it| it.three.high != Some(0)) else { continue };
        let three = deaths.three;
        let days = event.days(&figures.clock);
        let precision = days.map(length).and_then(|days| match days {
            1 => Some(1_u64),
            2..=6 => Some(2),
            7 => Some(3),
            8..=31 => Some(4),
            32..=366 => Some(5),
            _ => None,
        });
        let path = event.path();
        let sources: BTreeSet<&str> = event.told.iter().map(|it| it.source.as_str()).collect();
        let known = event.country().is_some();
        table.row([
            ("id", event.id().into()),
            ("year", days.map_or(Cell::None, year)),
            ("number_of_sources", Cell::Whole(sources.len() as u64)),
            ("source_article", event.statements()),
            ("source_original", event.sources()),
            ("where_prec", Some(if path.len() == 1 { 6_u64 } else { 4 }).filter(|_| known && path.len() <= 2).into()),
            ("where_description", event.area.into()),
            ("adm_1", path.get(1).copied().into()),
            ("country", event.country().map(|it| it.0).into()),
            ("country_id", event.country().map(|it| it.2).into()),
            ("region", event.country().map(|_| "Europe").into()),
            ("date_prec", precision.into()),
            ("date_start", days.map(|it| it[0]).into()),
            ("date_end", days.map(|it| it[1]).into()),
            ("deaths_unknown", three.best.into()),
            ("best", three.best.into()),
            ("high", three.high.into()),
            ("low", three.low.into()),
            ("x_attacker", event.attacker.into()),
            ("x_from", event.window[0].into()),
            ("x_to", event.window[1].into()),
            ("x_clusters", Cell::Whole(clusters(event.told.iter().copied()).len() as u64)),
            ("x_claims", event.claims()),
        ]);
    }
    table
}
