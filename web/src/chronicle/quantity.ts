/** A number as it was said: its hedge first, then the interval that both allow. Never a bare number where a hedge was. */
import type { ChronicleWords } from '../text/chronicle';
import type { components } from '../wire.gen';

/** As `chronicle::Quantity` is on the wire, in answers and in reports: `high` of null is open. */
export type Quantity = components['schemas']['QuantityView'];

/** A difference of quantities: either end may be open, and it may be below nought. */
export interface Balance {
  low: number | null;
  high: number | null;
}

const format = new Intl.NumberFormat('uk-UA', { useGrouping: 'always' } as Intl.NumberFormatOptions);
/** "4 900", with a space that does not break. */
export const numeral = (n: number): string => format.format(n).replace('-', '−');

/** "more than 800", "about 460", "171". */
export function sayQuantity(w: ChronicleWords, it: Quantity): string {
  const said = w.hedge[it.hedge ?? ''];
  const high = it.high ?? null;
  if (it.hedge === 'range' || (said === undefined && it.low !== it.high)) {
    return high === null ? w.hedge.at_least!(numeral(it.low)) : w.between(numeral(it.low), numeral(high));
  }
  const n = it.value ?? it.low;
  return said === undefined ? numeral(n) : said(numeral(n));
}

/** "so 801 or more"; nothing where one number is meant, or where the hedge says the same already. */
export function sayInterval(w: ChronicleWords, it: Quantity): string {
  if (it.low === it.high || it.hedge === 'range' || it.hedge === 'at_least') return '';
  const high = it.high ?? null;
  if (high === null) return w.interval.least(numeral(it.low));
  return it.low === 0 ? w.interval.most(numeral(high)) : w.interval.between(numeral(it.low), numeral(high));
}

/** "about 460 (so 414–506)". */
export function sayWhole(w: ChronicleWords, it: Quantity): string {
  const interval = sayInterval(w, it);
  return interval === '' ? sayQuantity(w, it) : `${sayQuantity(w, it)} (${interval})`;
}

/** "33", "from 27 to 39", "at most 6", "unknown". */
export function sayBalance(w: ChronicleWords, it: Balance): string {
  if (it.low === null && it.high === null) return w.unknown;
  if (it.low === null) return w.hedge.up_to!(numeral(it.high!));
  if (it.high === null) return w.hedge.at_least!(numeral(it.low));
  return it.low === it.high ? numeral(it.low) : w.between(numeral(it.low), numeral(it.high));
}
