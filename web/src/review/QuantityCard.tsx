/** One quantity that the grammar did not understand, in its passage, and a person's reading of it. */
import { createSignal, For, Show, type JSX } from 'solid-js';
import { useWords } from '../chronicle/parts';
import { sayWhole } from '../chronicle/quantity';
import { instantAt, stamp } from '../chronicle/when';
import { cut } from '../chronicle/words';
import { word } from '../text/chronicle';
import { given, type Given, type Passage, type QuantityItem } from './ask';
import { useDeciding, type Desk } from './Deciding';

/** As `chronicle::reconcile::Kind` has them. */
const KINDS = ['launched', 'intercepted', 'lost', 'hit', 'left', 'airborne', 'damaged', 'killed', 'wounded'];
/** What the grammar itself counts most. */
const OBJECTS = [
  'drone_any', 'strike_drone', 'shahed', 'decoy', 'recon_drone', 'fpv_drone', 'missile_any', 'cruise_missile', 'ballistic_missile', 'aeroballistic_missile', 'antiaircraft_missile', 'bomb_any', 'guided_bomb',
  'rocket', 'person', 'residential_building', 'private_house', 'school', 'kindergarten', 'church', 'hospital', 'energy_infrastructure', 'business', 'vehicle',
];

export function QuantityCard(props: { of: QuantityItem; desk: Desk; first: boolean }): JSX.Element {
  const w = useWords();
  const { may, send, Outcome } = useDeciding(() => props.desk);
  const [hedge, setHedge] = createSignal('plain');
  const [n, setN] = createSignal('');
  const [high, setHigh] = createSignal('');
  let kind!: HTMLSelectElement, object!: HTMLSelectElement, attacker!: HTMLSelectElement, child!: HTMLInputElement, reason!: HTMLInputElement, area!: HTMLInputElement, from!: HTMLInputElement, to!: HTMLInputElement;
  const quantity = (): Given | null => (n() === '' ? null : given(hedge(), Number(n()), hedge() === 'range' ? Number(high()) : Number(n())));
  const passage = (): Passage => ({ statement: props.of.statement, start: props.of.start, end: props.of.end });
  const pieces = () => cut(props.of.text, [props.of]);
  const about = (): string => `${props.of.source}: «${pieces().find((it) => it.span !== null)?.text ?? ''}»`;
  /** Both or none; what the clock in Kyiv never showed is said to be wrong. */
  const window = (): { from?: string; to?: string } | null => {
    from.setCustomValidity('');
    to.setCustomValidity('');
    if (from.value === '' && to.value === '') return {};
    const [a, b] = [instantAt(from.value), instantAt(to.value)];
    if (a !== null && b !== null && a <= b) return { from: new Date(a).toISOString(), to: new Date(b).toISOString() };
    const wrong = a === null ? from : to;
    wrong.setCustomValidity(w().review.badTime);
    wrong.reportValidity();
    return null;
  };
  const read = (): void => {
    const number = quantity();
    const time = window();
    if (number === null || time === null) return;
    const who = attacker.value;
    const reading = { kind: kind.value, object: object.value, quantity: number.body, child: child.checked, area: area.value.trim(), ...(who === '' ? {} : { attacker: who }), ...time };
    void send({ action: 'read', ...passage(), reading, reason: reason.value }, `${about()}: ${sayWhole(w(), number.quantity)}, ${word(w().object, object.value)}, ${word(w().kind, kind.value)}`);
  };
  const aside = (): void => {
    if (reason.reportValidity()) void send({ action: 'set_aside', ...passage(), reason: reason.value }, about());
  };
  return (
    <li data-quantity={`${props.of.statement}:${props.of.start}`}>
      <p>
        <strong>{props.of.source}</strong> · {props.of.published_at ? stamp(props.of.published_at) : w().timeline.noDate} · {word(w().review.reasons, props.of.reason)}
      </p>
      <blockquote aria-label={w().review.passage}>
        <For each={pieces()}>{(piece) => <Show when={piece.span !== null} fallback={piece.text}><mark class="asked">{piece.text}</mark></Show>}</For>
      </blockquote>
      <details open={props.first}>
        <summary>{w().review.decide}</summary>
      <form
        class="decide"
        onSubmit={(e) => {
          e.preventDefault();
          read();
        }}
      >
        <label>
          {w().review.kind}
          <select ref={kind} required>
            <option value="">{w().review.choose}</option>
            <For each={KINDS}>{(it) => <option value={it}>{word(w().kind, it)}</option>}</For>
          </select>
        </label>
        <label>
          {w().review.object}
          <select ref={object} required>
            <option value="">{w().review.choose}</option>
            <For each={OBJECTS}>{(it) => <option value={it}>{word(w().object, it)}</option>}</For>
          </select>
        </label>
        <label>
          {w().review.hedge}
          <select onChange={(e) => setHedge(e.currentTarget.value)}>
            <For each={Object.entries(w().review.hedges)}>{([value, name]) => <option value={value}>{name}</option>}</For>
          </select>
        </label>
        <label>
          {hedge() === 'range' ? w().review.low : w().review.number}
          <input type="number" min="0" step="1" required value={n()} onInput={(e) => setN(e.currentTarget.value)} />
        </label>
        <Show when={hedge() === 'range'}>
          <label>
            {w().review.high}
            <input type="number" min={n() === '' ? '0' : n()} step="1" required value={high()} onInput={(e) => setHigh(e.currentTarget.value)} />
          </label>
        </Show>
        <label>
          {w().review.attacker}
          <select ref={attacker}>
            <option value="">{w().unknown}</option>
            <For each={['RU', 'UA']}>{(it) => <option value={it}>{word(w().party, it)}</option>}</For>
          </select>
        </label>
        <label>
          {w().review.place}
          <input ref={area} type="text" required maxlength="128" autocomplete="off" list="areas" value="UA" />
        </label>
        <label>
          {w().review.since}
          <input ref={from} type="datetime-local" onInput={() => (from.setCustomValidity(''), to.setCustomValidity(''))} />
        </label>
        <label>
          {w().review.until}
          <input ref={to} type="datetime-local" onInput={() => (from.setCustomValidity(''), to.setCustomValidity(''))} />
        </label>
        <label class="tick wide">
          <input ref={child} type="checkbox" /> {w().review.child}
        </label>
        <p class="note wide">{w().review.timeWhy}</p>
        <label class="wide">
          {w().review.reason}
          <input ref={reason} type="text" required maxlength="500" autocomplete="off" />
        </label>
        <div class="row wide">
          <button type="submit" disabled={!may('read') || quantity() === null}>
            {w().review.read}
            {quantity() === null ? '' : `: ${sayWhole(w(), quantity()!.quantity)}`}
          </button>
          <button type="button" disabled={!may('read')} onClick={aside}>
            {w().review.aside}
          </button>
        </div>
      </form>
      <Show when={!props.desk.may.includes('read')}>
        <p class="note">{w().review.forbidden}</p>
      </Show>
      </details>
      <Outcome />
    </li>
  );
}
