/**
 * Names and parents of communities, for choosing one and for knowing what lies above it.
 *
 * In: `/api/v1/areas.json`. Out: checked areas by code, a search over names, the nearest to a position.
 * Holds: a position given to `nearest` stays in this page; nothing here sends anything but the one request for the list.
 */
import type { AreaView } from '../wire';

/** One community of the list, checked. */
export type Area = Omit<AreaView, 'uid' | 'parent'> & { parent: string | null };
export type Areas = ReadonlyMap<string, Area>;

/** The raw list as areas by code; entries without a code or a name are left out. */
export function readAreas(raw: unknown): Areas {
  const areas = new Map<string, Area>();
  if (!Array.isArray(raw)) return areas;
  for (const item of raw as Record<string, unknown>[]) {
    if (typeof item?.code !== 'string' || typeof item.name_uk !== 'string') continue;
    areas.set(item.code, {
      code: item.code,
      level: String(item.level),
      parent: typeof item.parent === 'string' ? item.parent : null,
      name_uk: item.name_uk,
      name_en: typeof item.name_en === 'string' ? item.name_en : item.name_uk,
      lat: Number(item.lat),
      lon: Number(item.lon),
      radius_km: Number(item.radius_km) || 0,
    });
  }
  return areas;
}

const LEVELS = ['oblast', 'raion', 'hromada'];

/** Letters as people type them: lower case, one kind of apostrophe, no accents. */
export const fold = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[’ʼ`´]/g, "'")
    .replace(/[.,()«»"]/g, ' ')
    .trim();

/** Endings that a town's own name and its community's adjective do not share: "Бахмач", "Бахмацька". */
const stem = (word: string): string =>
  word.length > 4 ? word.replace(/(ськ|цьк|зьк)(а|ий|е|ої|у)?$/, '').replace(/(а|я|и|і|е|є|о|у|ю|ь|ч|к)$/, '') : word;

/**
 * Areas whose name has every typed word at the start of one of its words; those named exactly so first, then the wider
 * level, then the alphabet. At most `limit`.
 */
export function search(areas: Areas, typed: string, limit = 12): Area[] {
  const words = fold(typed).split(/[\s-]+/).filter(Boolean);
  if (words.length === 0) return [];
  const found: { area: Area; rank: number }[] = [];
  for (const area of areas.values()) {
    const level = LEVELS.indexOf(area.level);
    if (level < 0) continue;
    const names = fold(`${area.name_uk} ${area.name_en}`).split(/[\s-]+/);
    const near = words.every((word) => names.some((name) => name.startsWith(word)));
    const byStem = !near && words.every((word) => names.some((name) => name.startsWith(stem(word)) && stem(word).length > 3));
    if (!near && !byStem) continue;
    const exact = words.every((word) => names.includes(word));
    found.push({ area, rank: (exact ? 0 : near ? 10 : 20) + level });
  }
  found.sort((a, b) => a.rank - b.rank || a.area.name_uk.localeCompare(b.area.name_uk, 'uk'));
  return found.slice(0, limit).map((f) => f.area);
}

/** The hromada (or region without hromadas) whose centre is nearest, kilometres on a sphere. */
export function nearest(areas: Areas, lat: number, lon: number): Area | null {
  let best: Area | null = null;
  let bestKm = Infinity;
  const rad = Math.PI / 180;
  const parents = new Set([...areas.values()].map((a) => a.parent));
  for (const area of areas.values()) {
    if (area.level !== 'hromada' && parents.has(area.code)) continue;
    const dLat = (area.lat - lat) * rad;
    const dLon = (area.lon - lon) * rad;
    const h = Math.sin(dLat / 2) ** 2 + Math.cos(lat * rad) * Math.cos(area.lat * rad) * Math.sin(dLon / 2) ** 2;
    const km = 12_742 * Math.asin(Math.sqrt(h));
    if (km < bestKm) [best, bestKm] = [area, km];
  }
  // Farther than this from any community is another country: no guess.
  return bestKm <= 100 ? best : null;
}

/** The code, its parent, and so on upwards. `parentOf` may know only some of them. */
export function chain(code: string, parentOf: (code: string) => string | null | undefined): string[] {
  const codes: string[] = [];
  for (let at: string | null | undefined = code; at && codes.length < 8 && !codes.includes(at); at = parentOf(at)) {
    codes.push(at);
  }
  return codes;
}
