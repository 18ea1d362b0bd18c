/** Shapes on the sphere for drawing: ellipses, cones, circles. Kilometres and degrees clockwise from north in, rings out. */
import type { Position } from 'geojson';

const EARTH_KM = 6371;
const RAD = Math.PI / 180;

/** The point `km` from a point, along a bearing (great circle). */
export function towards(lat: number, lon: number, bearing_deg: number, km: number): Position {
  const d = km / EARTH_KM;
  const b = bearing_deg * RAD;
  const p = lat * RAD;
  const q = Math.asin(Math.sin(p) * Math.cos(d) + Math.cos(p) * Math.sin(d) * Math.cos(b));
  const l = lon * RAD + Math.atan2(Math.sin(b) * Math.sin(d) * Math.cos(p), Math.cos(d) - Math.sin(p) * Math.sin(q));
  return [l / RAD, q / RAD];
}

/** A closed ring about an ellipse with these semi-axes; `bearing_deg` is the major axis's. */
export function ellipse(lat: number, lon: number, major_km: number, minor_km: number, bearing_deg: number, steps = 48): Position[] {
  const ring: Position[] = [];
  for (let i = 0; i <= steps; i += 1) {
    const t = ((i % steps) / steps) * 2 * Math.PI;
    const along = major_km * Math.cos(t);
    const across = minor_km * Math.sin(t);
    ring.push(towards(lat, lon, bearing_deg + Math.atan2(across, along) / RAD, Math.hypot(along, across)));
  }
  return ring;
}

/**
 * A closed ring about where an object may be within its flight: as wide at its root as it is uncertain now
 * (`root_km`, to each side), opening by `half_deg` to each side of the course, `length_km` long.
 */
export function cone(lat: number, lon: number, course_deg: number, half_deg: number, root_km: number, length_km: number): Position[] {
  const half = Math.min(half_deg, 80);
  const ring: Position[] = [towards(lat, lon, course_deg - 90, root_km)];
  const steps = 16;
  const [leftLon, leftLat] = towards(lat, lon, course_deg - 90, root_km) as [number, number];
  const [rightLon, rightLat] = towards(lat, lon, course_deg + 90, root_km) as [number, number];
  ring.push(towards(leftLat, leftLon, course_deg - half, length_km));
  for (let i = 1; i < steps; i += 1) {
    const share = i / steps;
    const baseLat = leftLat + (rightLat - leftLat) * share;
    const baseLon = leftLon + (rightLon - leftLon) * share;
    ring.push(towards(baseLat, baseLon, course_deg - half + 2 * half * share, length_km));
  }
  ring.push(towards(rightLat, rightLon, course_deg + half, length_km));
  ring.push(towards(lat, lon, course_deg + 90, root_km));
  ring.push(ring[0]!);
  return ring;
}

/** The middle of a ring by area; good enough for a label. Degrees. */
export function centre(ring: readonly Position[]): { lon: number; lat: number; area: number } {
  let area = 0;
  let lon = 0;
  let lat = 0;
  for (let i = 0; i + 1 < ring.length; i += 1) {
    const [x0 = 0, y0 = 0] = ring[i]!;
    const [x1 = 0, y1 = 0] = ring[i + 1]!;
    const cross = x0 * y1 - x1 * y0;
    area += cross;
    lon += (x0 + x1) * cross;
    lat += (y0 + y1) * cross;
  }
  if (area === 0) return { lon: ring[0]?.[0] ?? 0, lat: ring[0]?.[1] ?? 0, area: 0 };
  return { lon: lon / (3 * area), lat: lat / (3 * area), area: Math.abs(area / 2) };
}
