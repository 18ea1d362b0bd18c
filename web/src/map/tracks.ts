/** What flies: where it is (the 90 % ellipse), where it may go (the cone), and a sign that points along its course. */
import type { Feature, Position } from 'geojson';
import { Marker } from 'maplibre-gl';
import type { TrackView } from '../wire';
import { nothing, setData } from './cells';
import { cone, ellipse, towards } from './geometry';
import type { Layer } from './layer';

/** How far ahead the cone looks, minutes. The legend says the same number. */
const AHEAD_MIN = 15;
/** Half-width of the cone in standard deviations of the course: 9 of 10 courses lie inside. */
const HALF_SD = 1.645;

const none: readonly TrackView[] = [];

export function tracks(): Layer {
  let drawn: unknown[] = [];
  const signs = new Map<number, { marker: Marker; arrow: HTMLElement; label: HTMLElement }>();

  const sign = (track: TrackView) => {
    const element = document.createElement('div');
    element.className = 'track-sign';
    element.setAttribute('aria-hidden', 'true');
    const arrow = document.createElement('i');
    const label = document.createElement('span');
    element.append(arrow, label);
    return { marker: new Marker({ element, anchor: 'center' }).setLngLat([track.lon, track.lat]), arrow, label };
  };

  return {
    add(map, colours) {
      drawn = [];
      map.addSource('cones', { type: 'geojson', data: nothing });
      map.addSource('cone-edges', { type: 'geojson', data: nothing });
      map.addSource('courses', { type: 'geojson', data: nothing });
      map.addSource('ellipses', { type: 'geojson', data: nothing });
      map.addLayer({ id: 'cones', type: 'fill', source: 'cones', paint: { 'fill-color': colours.trackFill, 'fill-opacity': 0.4 } });
      map.addLayer({ id: 'cone-edges', type: 'line', source: 'cone-edges', paint: { 'line-color': colours.track, 'line-width': 1.2, 'line-dasharray': [3, 2] } });
      map.addLayer({ id: 'courses', type: 'line', source: 'courses', paint: { 'line-color': colours.track, 'line-width': 1.6, 'line-dasharray': [1, 1.5] } });
      map.addLayer({ id: 'ellipses', type: 'fill', source: 'ellipses', paint: { 'fill-color': colours.trackFill, 'fill-opacity': 0.35 } });
      map.addLayer({ id: 'ellipse-edges', type: 'line', source: 'ellipses', paint: { 'line-color': colours.track, 'line-width': 1.8 } });
    },

    draw(map, view) {
      const all = view.state.picture?.tracks ?? none;
      const now = [all, view.blind, view.w];
      if (now.every((it, i) => it === drawn[i])) return;
      drawn = now;
      const cones: Feature[] = [];
      const edges: Feature[] = [];
      const courses: Feature[] = [];
      const ellipses: Feature[] = [];
      for (const track of all) {
        const { lat, lon } = track;
        ellipses.push(polygon(ellipse(lat, lon, track.ellipse_major_km, track.ellipse_minor_km, track.ellipse_bearing_deg)));
        const course = track.course_deg;
        if (typeof course !== 'number' || track.speed_mps < 1 || view.blind) continue;
        const length_km = (track.speed_mps * AHEAD_MIN * 60) / 1000;
        const ring = cone(lat, lon, course, HALF_SD * track.course_sd_deg, across(track, course), length_km);
        cones.push(polygon(ring));
        // The root lies inside the ellipse: only the sides and the far end are edges.
        edges.push({ type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates: ring.slice(0, -1) } });
        courses.push({ type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates: [[lon, lat], towards(lat, lon, course, length_km)] } });
      }
      setData(map, 'cones', cones);
      setData(map, 'cone-edges', edges);
      setData(map, 'courses', courses);
      setData(map, 'ellipses', ellipses);

      const seen = new Set(all.map((t) => t.id));
      for (const [id, { marker }] of signs) {
        if (!seen.has(id)) {
          marker.remove();
          signs.delete(id);
        }
      }
      for (const track of all) {
        let at = signs.get(track.id);
        if (at === undefined) {
          at = sign(track);
          at.marker.addTo(map);
          signs.set(track.id, at);
        }
        at.marker.setLngLat([track.lon, track.lat]);
        const element = at.marker.getElement();
        element.dataset.stage = track.stage;
        element.dataset.old = String(view.blind);
        const course = track.course_deg;
        at.arrow.dataset.course = typeof course === 'number' ? 'known' : 'unknown';
        at.arrow.style.rotate = typeof course === 'number' ? `${course}deg` : '';
        const high = track.count_high ?? null;
        const many = track.count_low === 1 && high === 1 ? '' : ` × ${view.w.tracks.count(track.count_low, high)}`;
        at.label.textContent = `${view.w.kind[track.kind] ?? track.kind}${many}`;
      }
    },
  };
}

const polygon = (ring: Position[]): Feature => ({
  type: 'Feature',
  properties: {},
  geometry: { type: 'Polygon', coordinates: [ring] },
});

/** Half the ellipse's extent across the course, kilometres. */
function across(track: TrackView, course_deg: number): number {
  const t = ((track.ellipse_bearing_deg - course_deg) * Math.PI) / 180;
  return Math.hypot(track.ellipse_major_km * Math.sin(t), track.ellipse_minor_km * Math.cos(t));
}
