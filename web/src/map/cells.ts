/** Regions and raions in the colour and hatch of their state, and a ring about the chosen ones. */
import type { Feature, FeatureCollection } from 'geojson';
import type { GeoJSONSource, Map as MapLibre } from 'maplibre-gl';
import { ellipse } from './geometry';
import { hatch } from './hatch';
import { LOOKS, lookOf, type Layer, type Look } from './layer';

const CELLS = 'cells';
const LOCAL = 'local';
const RINGS = 'rings';

/** Gravest first. */
const GRAVITY: readonly Look[] = ['red', 'yellow', 'elevated', 'unknown', 'clear'];

export function cells(): Layer {
  let codes: string[] = [];
  let features = new Map<string, Feature>();
  let drawn = new Map<string, Look>();
  let shapes: unknown[] = [];

  return {
    add(map, colours, outlines) {
      // A region without raions of its own (a city) is a cell; any other is only a border about its raions.
      const parents = new Set(outlines.features.filter((f) => f.properties.level !== 'oblast').map((f) => f.properties.parent));
      const inner = outlines.features.filter((f) => f.properties.level !== 'oblast' || !parents.has(f.properties.code));
      codes = inner.map((f) => f.properties.code);
      features = new Map(outlines.features.map((f) => [f.properties.code, f]));
      drawn = new Map();
      shapes = [];
      map.getContainer().dataset.cells = String(codes.length);
      map.addSource(CELLS, { type: 'geojson', data: { type: 'FeatureCollection', features: inner }, promoteId: 'code', tolerance: 0.2 });
      map.addSource('regions', {
        type: 'geojson',
        data: { type: 'FeatureCollection', features: outlines.features.filter((f) => f.properties.level === 'oblast') },
        tolerance: 0.2,
      });
      map.addSource(LOCAL, { type: 'geojson', data: nothing });
      map.addSource(RINGS, { type: 'geojson', data: nothing });
      map.addLayer({
        id: CELLS,
        type: 'fill',
        source: CELLS,
        paint: {
          'fill-color': ['match', ['feature-state', 'look'], ...LOOKS.flatMap((look) => [look, colours.fill[look]]), colours.fill.unknown] as never,
          'fill-antialias': false,
        },
      });
      for (const look of LOOKS) {
        if (look === 'clear') continue;
        map.addImage(`hatch-${look}`, hatch(look, colours.hatch[look]), { pixelRatio: 2 });
        map.addLayer({
          id: `cells-${look}`,
          type: 'fill',
          source: CELLS,
          paint: {
            'fill-pattern': `hatch-${look}`,
            'fill-opacity': ['case', ['==', ['coalesce', ['feature-state', 'look'], 'unknown'], look], 1, 0],
          },
        });
      }
      map.addLayer({ id: 'cell-borders', type: 'line', source: CELLS, paint: { 'line-color': colours.border, 'line-width': 0.7 } });
      map.addLayer({
        id: 'region-borders',
        type: 'line',
        source: 'regions',
        layout: { 'line-join': 'round' },
        paint: { 'line-color': colours.borderStrong, 'line-width': ['interpolate', ['linear'], ['zoom'], 4, 0.9, 8, 2.4] },
      });
      for (const look of LOOKS) {
        map.addLayer({
          id: `local-${look}`,
          type: 'fill',
          source: LOCAL,
          filter: ['==', ['get', 'look'], look],
          paint: look === 'clear' ? { 'fill-color': colours.fill.clear, 'fill-opacity': 0.9 } : { 'fill-color': colours.fill[look], 'fill-opacity': 0.9 },
        });
      }
      map.addLayer({ id: 'local-borders', type: 'line', source: LOCAL, paint: { 'line-color': colours.borderStrong, 'line-width': 1, 'line-dasharray': [2, 1.5] } });
      map.addLayer({ id: 'rings', type: 'line', source: RINGS, layout: { 'line-join': 'round' }, paint: { 'line-color': colours.ring, 'line-width': 2.4 } });
    },

    draw(map, view) {
      for (const code of codes) {
        const look = lookOf(view.truth(code));
        if (drawn.get(code) === look) continue;
        drawn.set(code, look);
        map.setFeatureState({ source: CELLS, id: code }, { look });
      }
      const now = [view.state.picture?.communities, view.blind, view.areas, view.home, view.picked];
      if (now.every((it, i) => it === shapes[i]) && shapes.length > 0) return;
      shapes = now;
      const circle = (code: string): Feature | null => {
        const area = view.areas.get(code);
        if (area === undefined || !Number.isFinite(area.lat) || !Number.isFinite(area.lon)) return null;
        const km = Math.min(Math.max(area.radius_km, 5), 12);
        const ring = ellipse(area.lat, area.lon, km, km, 0, 32);
        return { type: 'Feature', properties: { look: lookOf(view.truth(code)) }, geometry: { type: 'Polygon', coordinates: [ring] } };
      };
      const local: Feature[] = [];
      for (const community of view.state.picture?.communities.values() ?? []) {
        // A hromada calmer than its raion is in the lists; on the map the graver look of the raion stands.
        if (community.level !== 'hromada' || !community.parent) continue;
        if (GRAVITY.indexOf(lookOf(view.truth(community.code))) >= GRAVITY.indexOf(lookOf(view.truth(community.parent)))) continue;
        const shape = circle(community.code);
        if (shape !== null) local.push(shape);
      }
      setData(map, LOCAL, local);
      const rings = [view.home, view.picked].flatMap((code) => {
        const shape = code === null ? null : (features.get(code) ?? circle(code));
        return shape === null ? [] : [shape];
      });
      setData(map, RINGS, rings);
    },
  };
}

export const nothing: FeatureCollection = { type: 'FeatureCollection', features: [] };

export function setData(map: MapLibre, source: string, features: Feature[]): void {
  map.getSource<GeoJSONSource>(source)?.setData({ type: 'FeatureCollection', features });
}
