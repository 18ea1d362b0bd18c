/**
 * The map: loaded after the text, drawn from the same state.
 *
 * In: an element, the outlines, and a `View` at every change. Out: pictures, and the code of a cell that was clicked.
 * Holds: no address but our own server's is ever asked; without WebGL 2 `openMap` throws and the page says so.
 */
import { LngLatBounds, Map as MapLibre, NavigationControl, setWorkerUrl } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import 'maplibre-gl/dist/maplibre-gl.css';
import type { Words } from '../text';
import { cells } from './cells';
import { towards } from './geometry';
import { labels } from './labels';
import { COLOURS, type Layer, type Outlines, type View } from './layer';
import { tracks } from './tracks';

export interface OpenMap {
  draw(view: View): void;
  setTheme(theme: 'light' | 'dark'): void;
  /** Shows the whole country, or what lies `km` about a place. */
  look(at: Spot | null): void;
  close(): void;
}

export interface Spot {
  lat: number;
  lon: number;
  km: number;
}

export interface MapOptions {
  element: HTMLElement;
  outlines: Outlines;
  theme: 'light' | 'dark';
  /** Where to look first; the whole country when null. */
  first: Spot | null;
  w: Words;
  /** A finger that scrolls the page must not be caught by the map. */
  shyOfScroll: boolean;
  onPick(code: string): void;
}

/** Frames may come faster than a phone should draw them: shapes are cut into tiles anew each time. */
const DRAW_MS_MIN = 400;

setWorkerUrl(workerUrl);

export function openMap(options: MapOptions): OpenMap {
  const layers: Layer[] = [cells(), tracks(), labels()];
  const bounds = new LngLatBounds();
  for (const feature of options.outlines.features) {
    const { geometry } = feature;
    const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
    for (const polygon of polygons) for (const [lon = 0, lat = 0] of polygon[0] ?? []) bounds.extend([lon, lat]);
  }
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const style = (theme: 'light' | 'dark') => ({
    version: 8 as const,
    sources: {},
    layers: [{ id: 'ground', type: 'background' as const, paint: { 'background-color': COLOURS[theme].ground } }],
  });
  const about = (at: Spot | null): LngLatBounds => {
    if (at === null) return bounds;
    const corners = [0, 90, 180, 270].map((bearing) => towards(at.lat, at.lon, bearing, at.km) as [number, number]);
    return corners.reduce((box, corner) => box.extend(corner), new LngLatBounds());
  };
  let { theme } = options;
  const map = new MapLibre({
    container: options.element,
    style: style(theme),
    bounds: about(options.first),
    fitBoundsOptions: { padding: 12 },
    maxZoom: 11,
    minZoom: 3,
    maxBounds: [bounds.getWest() - 12, bounds.getSouth() - 7, bounds.getEast() + 12, bounds.getNorth() + 7],
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    rollEnabled: false,
    fadeDuration: 0,
    cooperativeGestures: options.shyOfScroll,
    locale: {
      'Map.Title': options.w.map.label,
      'NavigationControl.ZoomIn': options.w.map.zoomIn,
      'NavigationControl.ZoomOut': options.w.map.zoomOut,
      'CooperativeGesturesHandler.WindowsHelpText': '',
      'CooperativeGesturesHandler.MacHelpText': '',
      'CooperativeGesturesHandler.MobileHelpText': '',
    },
    ...(calm ? { reduceMotion: true } : {}),
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), 'top-right');

  let ready = false;
  let latest: View | null = null;
  let asked = false;
  let drawn_ms = -Infinity;
  const draw = (): void => {
    asked = false;
    drawn_ms = performance.now();
    if (!ready || latest === null) return;
    for (const layer of layers) layer.draw(map, { ...latest, colours: COLOURS[theme] });
    options.element.dataset.drawn = String(latest.state.picture?.seq ?? 0);
  };
  const far = (): void => {
    options.element.dataset.zoom = map.getZoom() < 4.9 ? 'far' : map.getZoom() < 5.6 ? 'mid' : 'near';
  };
  map.on('style.load', () => {
    for (const layer of layers) layer.add(map, COLOURS[theme], options.outlines);
    ready = true;
    draw();
  });
  map.on('idle', () => {
    if (ready) options.element.dataset.settled = 'true';
  });
  map.on('zoom', far);
  far();
  map.on('click', 'cells', (event) => {
    const code: unknown = event.features?.[0]?.properties.code;
    if (typeof code === 'string') options.onPick(code);
  });
  map.on('mouseenter', 'cells', () => (map.getCanvas().style.cursor = 'pointer'));
  map.on('mouseleave', 'cells', () => (map.getCanvas().style.cursor = ''));

  return {
    draw(view) {
      latest = view;
      if (asked) return;
      asked = true;
      setTimeout(draw, Math.max(0, DRAW_MS_MIN - (performance.now() - drawn_ms)));
    },
    setTheme(next) {
      if (next === theme) return;
      theme = next;
      ready = false;
      map.setStyle(style(theme), { diff: false });
    },
    look: (at) => void map.fitBounds(about(at), { padding: 12, animate: !calm }),
    close: () => map.remove(),
  };
}
