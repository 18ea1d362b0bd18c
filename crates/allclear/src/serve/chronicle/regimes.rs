//! `GET /api/v1/chronicle/regimes` and `…/regimes/{id}`: ceasefires as `allclear report ceasefire` tells of them, from the record.

use super::super::ServeState;
use super::super::error::ApiError;
use super::view::{RegimeRow, RegimeView, RegimesView};
use super::{own_alerts, stamp, stored, worked};
use axum::extract::{Path, State};
use axum::response::Response;
use chronicle::book::{Problem, Shelf};
use chronicle::ceasefire::{AlertSpan, InForce, Report, report};

/// A problem as a sentence with its place.
pub fn sentence(problem: &Problem) -> String {
    format!("entry {}: failed to {}", problem.index, problem.what)
}

/// Whether something of it is in force: the regime that is most in force decides.
fn overall(report: &Report) -> &'static str {
    let force = |wanted| report.regimes.iter().any(|it| it.force.overall == wanted);
    if force(InForce::Yes) {
        "yes"
    } else if force(InForce::Disputed) {
        "disputed"
    } else {
        "no"
    }
}

/// Every ceasefire of the record.
#[utoipa::path(get, path = "/api/v1/chronicle/regimes", tag = "chronicle", responses((status = 200, body = RegimesView)))]
pub async fn regimes(State(state): State<ServeState>) -> Result<Response, ApiError> {
    worked(&state, |book, state| {
        let now = state.core.now();
        let mut regimes = Vec::new();
        for id in book.ceasefires() {
            if let Some((dossier, _)) = book.shelves().get(id).and_then(Shelf::dossier) {
                let overall = overall(&report(&dossier, now));
                regimes.push(RegimeRow { id: id.to_owned(), name: dossier.name, overall });
            }
        }
        let (seq, as_of) = stamp(state);
        Ok(RegimesView { seq, as_of, regimes, problems: book.problems().iter().map(sentence).collect() })
    })
    .await
}

/// One ceasefire: in force or not for each party, breaches, coverage, the parties' own counts, with our own alerts beside.
#[utoipa::path(get, path = "/api/v1/chronicle/regimes/{id}", tag = "chronicle",
    params(("id" = String, Path, description = "the dossier, as the list gives it")),
    responses((status = 200, body = RegimeView), (status = 404, body = crate::serve::view::ErrorView)))]
pub async fn regime(State(state): State<ServeState>, Path(id): Path<String>) -> Result<Response, ApiError> {
    worked(&state, move |book, state| {
        let found = book.shelves().get(&id).and_then(Shelf::dossier);
        let (mut dossier, problems) = found.ok_or_else(|| {
            let shown: String = id.chars().take(80).collect();
            ApiError::not_found(format!("no ceasefire {shown:?}; /api/v1/chronicle/regimes lists them"))
        })?;
        let now = state.core.now();
        if let Some(since) = dossier.versions.iter().map(|it| it.start.unwrap_or(it.at)).min() {
            let own = own_alerts(&state.reader, state.areas, since, now).map_err(|error| stored(&error))?;
            dossier.alerts.extend(own.into_iter().map(|(area, window)| AlertSpan { area, window }));
        }
        let (seq, as_of) = stamp(state);
        let problems = problems.iter().map(sentence).collect();
        Ok(RegimeView { seq, as_of, id: id.clone(), report: report(&dossier, now), problems })
    })
    .await
}
