/**
 * What a layer of the map is: it adds itself, and draws what it is given. It does not fetch, remember or decide.
 */
import type { FeatureCollection, MultiPolygon, Polygon } from 'geojson';
import type { Map as MapLibre } from 'maplibre-gl';
import type { Areas } from '../state/areas';
import type { State } from '../state/state';
import type { Truth } from '../state/truth';
import type { Words } from '../text';

/** Outlines of regions and raions, as `/api/v1/areas.geojson` gives them; `parent` is filled in by the page. */
export interface OutlineProperties {
  code: string;
  level: string;
  parent?: string | null;
  name_uk: string;
  name_en: string;
}
export type Outlines = FeatureCollection<Polygon | MultiPolygon, OutlineProperties>;

/** Everything a layer may draw from. */
export interface View {
  state: State;
  /** Nothing here is the present: the link is lost. */
  blind: boolean;
  w: Words;
  areas: Areas;
  colours: Colours;
  truth(code: string): Truth;
  /** Codes to ring: the reader's community and the one looked at. */
  home: string | null;
  picked: string | null;
}

export interface Layer {
  /** Adds sources and layers to a map whose style is loaded. Called again after each change of theme. */
  add(map: MapLibre, colours: Colours, outlines: Outlines): void;
  draw(map: MapLibre, view: View): void;
}

/** One look of a cell: a state, and its level when active. */
export type Look = 'red' | 'yellow' | 'elevated' | 'unknown' | 'clear';
export const LOOKS: readonly Look[] = ['red', 'yellow', 'elevated', 'unknown', 'clear'];

export const lookOf = (truth: Truth): Look =>
  truth.shown === 'active' ? (truth.level === 'yellow' ? 'yellow' : 'red') : truth.shown;

/** Colours of the map in one theme. Okabe-Ito for what warns; never green. */
export interface Colours {
  ground: string;
  fill: Record<Look, string>;
  hatch: Record<Look, string>;
  border: string;
  borderStrong: string;
  ring: string;
  track: string;
  trackFill: string;
}

export const COLOURS: Record<'light' | 'dark', Colours> = {
  dark: {
    ground: '#0b1420',
    fill: { red: '#d55e00', yellow: '#f0e442', elevated: '#1d4d70', unknown: '#1a2430', clear: '#22364a' },
    hatch: { red: '#7a2f00', yellow: '#8a7f00', elevated: '#56b4e9', unknown: '#77879a', clear: '#22364a' },
    border: '#41586f',
    borderStrong: '#8ba1b8',
    ring: '#ffffff',
    track: '#ffffff',
    trackFill: '#cc79a7',
  },
  light: {
    ground: '#dfe5ea',
    fill: { red: '#d55e00', yellow: '#f0e442', elevated: '#b9e0f7', unknown: '#e9ecef', clear: '#ffffff' },
    hatch: { red: '#8f3a00', yellow: '#a89c00', elevated: '#0072b2', unknown: '#7c8896', clear: '#ffffff' },
    border: '#b3bfca',
    borderStrong: '#5f6f7f',
    ring: '#000000',
    track: '#0b1420',
    trackFill: '#9c3f77',
  },
};
