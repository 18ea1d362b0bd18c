export interface MockArea {
  code: string;
  level: string;
  parent: string | null;
  name_uk: string;
  name_en: string;
}
export interface MockCountry {
  areas: MockArea[];
  outlines: object;
}
export function invented(): MockCountry;
export function community(area: MockArea, fields?: object): object;
export function source(name: string, fields?: object): object;
export function snapshotOf(country: MockCountry, states?: Record<string, object>, fields?: object): object;
