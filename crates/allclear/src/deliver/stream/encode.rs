//! Frames and snapshots to the bytes of a transport. Each is made once for all who want the same.

use super::head::Transport;
use super::{House, ws};
use crate::deliver::filter::Filter;
use crate::deliver::hub::{Frame, FrameKind, sse};
use crate::deliver::snapshot;
use std::sync::Arc;

/// What goes to everyone of one transport and filter for these frames; empty when nothing concerns them.
pub fn frames<'a>(
    house: &House,
    filter: &Filter,
    transport: Transport,
    frames: impl IntoIterator<Item = &'a Frame>,
) -> Vec<u8> {
    let mut bytes = Vec::new();
    for frame in frames {
        match &frame.kind {
            FrameKind::Change(change) if !filter.is_open() => {
                if let Some(view) = filter.change(house.areas, change) {
                    one(&mut bytes, transport, frame.name, Some(frame.seq), &json(&view));
                }
            }
            FrameKind::Change(_) if transport == Transport::Ws => {
                one(&mut bytes, transport, frame.name, Some(frame.seq), &frame.json);
            }
            FrameKind::Tracks | FrameKind::Heartbeat if transport == Transport::Ws => {
                one(&mut bytes, transport, frame.name, None, &frame.json);
            }
            _ => bytes.extend_from_slice(frame.sse.as_bytes()),
        }
    }
    bytes
}

/// The whole picture for a filter, and the number of the last change in it.
pub fn snapshot(house: &House, filter: &Filter, transport: Transport) -> (u64, Arc<[u8]>) {
    let published = house.core.published();
    let view = snapshot::of(house.areas, &published, house.core.clock(), &house.troubles, filter);
    let mut bytes = Vec::new();
    if transport == Transport::Sse {
        bytes.extend_from_slice(b"retry: 1000\n");
    }
    one(&mut bytes, transport, "snapshot", Some(published.seq), &json(&view));
    (published.seq, bytes.into())
}

fn one(bytes: &mut Vec<u8>, transport: Transport, name: &str, id: Option<u64>, json: &str) {
    match transport {
        Transport::Sse => bytes.extend_from_slice(sse(name, id, json).as_bytes()),
        Transport::Ws => {
            let id = id.map(|id| format!("\"id\":{id},")).unwrap_or_default();
            ws::text(bytes, &[format!("{{\"event\":\"{name}\",{id}\"data\":").as_bytes(), json.as_bytes(), b"}"]);
        }
    }
}

fn json<T: serde::Serialize>(view: &T) -> String {
    // Views hold only strings, numbers and lists: they cannot fail to serialise.
    serde_json::to_string(view).unwrap_or_else(|_| "null".into())
}
