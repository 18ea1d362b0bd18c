/** Names of regions, each with the sign of its state; drawn as text of the page, so no fonts are fetched. */
import { Marker } from 'maplibre-gl';
import { nameIn } from '../text';
import { centre } from './geometry';
import { lookOf, type Layer, type OutlineProperties } from './layer';

const SIGN = { red: '▲', yellow: '▲', elevated: '◇', unknown: '?', clear: '' } as const;

/** The name without the word for its level, which the map makes plain. */
const short = (name: string): string =>
  name.replace(/^(м\.|місто|City of)\s+/, '').replace(/\s+(область|Oblast|region|City)$/i, '').replace(/^Автономна Республіка /, '').replace(/^Autonomous Republic of /, '');

export function labels(): Layer {
  let all: { properties: OutlineProperties; marker: Marker; sign: HTMLElement; name: HTMLElement }[] = [];

  return {
    add(map, _colours, outlines) {
      for (const label of all) label.marker.remove();
      const inner = new Set(outlines.features.filter((f) => f.properties.level === 'raion').map((f) => f.properties.parent));
      const regions = outlines.features
        .filter((f) => f.properties.level === 'oblast')
        .map((f) => {
          const rings = f.geometry.type === 'Polygon' ? [f.geometry.coordinates[0]!] : f.geometry.coordinates.map((p) => p[0]!);
          const middles = rings.map(centre).sort((a, b) => b.area - a.area);
          return { properties: f.properties, at: middles[0]!, city: !inner.has(f.properties.code) };
        });
      const cities = regions.filter((r) => r.city);
      all = regions.map(({ properties, at, city }) => {
        const element = document.createElement('div');
        element.className = 'region-label';
        element.setAttribute('aria-hidden', 'true');
        const sign = document.createElement('b');
        const name = document.createElement('span');
        element.append(sign, name);
        // A region's label gives way below the city inside it.
        const shared = !city && cities.some((c) => Math.hypot(c.at.lon - at.lon, (c.at.lat - at.lat) * 1.5) < 0.9);
        const marker = new Marker({ element, anchor: city ? 'bottom' : shared ? 'top' : 'center', offset: [0, city ? -2 : shared ? 6 : 0] })
          .setLngLat([at.lon, at.lat])
          .addTo(map);
        return { properties, marker, sign, name };
      });
    },

    draw(_map, view) {
      const names = all.map(({ properties }) => short(nameIn(view.w.lang, properties)));
      for (const [i, { properties, marker, sign, name }] of all.entries()) {
        const truth = view.truth(properties.code);
        const look = lookOf(truth);
        const partial = truth.partial && truth.official !== 'active';
        marker.getElement().dataset.look = look;
        marker.getElement().dataset.partial = String(partial);
        sign.textContent = partial && look !== 'elevated' ? '△' : SIGN[look];
        // A city and the region about it may share a name; the region then keeps its whole one.
        const shared = names.filter((it) => it === names[i]).length > 1;
        name.textContent = shared ? nameIn(view.w.lang, properties) : (names[i] ?? '');
      }
    },
  };
}
