/** A ceasefire: in force for whom, by whose words, what broke it by which clause, who was watching, and what the parties count. */
import { createMemo, For, Show, type JSX } from 'solid-js';
import { word } from '../text/chronicle';
import { lists, useAsked, within } from './ask';
import { Breaches } from './Breaches';
import { Coverage } from './Coverage';
import { Counts } from './Counts';
import { ForceStrip } from './ForceStrip';
import { Answer, Problems, Quote, Table, useWords } from './parts';
import { COUNTED, type CeasefireReport, type Judged, type Regime } from './report';
import { link, route } from './route';
import { stamp, stretch } from './when';
import type { RegimesView, RegimeView } from './views';

const SIGN: Record<string, string> = { yes: '✓', no: '✗', disputed: '≠' };

export function Ceasefire(): JSX.Element {
  const w = useWords();
  const id = (): string | null => route().params.get('id');
  const [all, askAll] = useAsked<RegimesView>(() => '/api/v1/chronicle/regimes', lists('regimes'));
  const open = (): string | null => id() ?? all().value?.regimes[0]?.id ?? null;
  return (
    <>
      <h2>{w().cease.title}</h2>
      <Answer asked={all()} again={askAll} quiet>
        {(list) => (
          <>
            <Problems of={list().problems} />
            <Show when={list().regimes.length > 0} fallback={<p class="empty">{w().cease.none}</p>}>
              <nav aria-label={w().cease.choose}>
                <ul class="tabs">
                  <For each={list().regimes}>
                    {(it) => (
                      <li>
                        <a href={link('ceasefire', { id: it.id })} aria-current={open() === it.id ? 'page' : undefined}>
                          {it.name} <Overall of={it.overall} />
                        </a>
                      </li>
                    )}
                  </For>
                </ul>
              </nav>
            </Show>
          </>
        )}
      </Answer>
      <Show when={open()} keyed>
        {(name) => <One id={name} />}
      </Show>
    </>
  );
}

/** "✓ yes", "✗ no", "≠ disputed": a sign and a word. */
function Overall(props: { of: string }): JSX.Element {
  const w = useWords();
  return (
    <span class="chip" data-overall={props.of}>
      <span aria-hidden="true">{SIGN[props.of] ?? '?'}</span> {word(w().cease.overall, props.of)}
    </span>
  );
}

function One(props: { id: string }): JSX.Element {
  const w = useWords();
  const [asked, again] = useAsked<RegimeView>(() => `/api/v1/chronicle/regimes/${encodeURIComponent(props.id)}`, within('report', lists('regimes', 'parties', 'counts', 'compared')));
  return (
    <Answer asked={asked()} again={again}>
      {(view) => (
        <>
          <Problems of={view().problems} />
          <For each={view().report.regimes}>{(it) => <RegimePart regime={it} report={view().report} dossier={view().id} />}</For>
          <Counts report={view().report} />
          <Show when={view().report.measures.length > 0}>
            <section class="panel">
              <h3>{w().cease.measures}</h3>
              <ul class="rows">
                <For each={view().report.measures}>
                  {(it) => (
                    <li>
                      {stamp(it.at)} · {word(w().party, it.by)} · {word(w().cease.measureKinds, it.kind)}
                      <Quote source={it.statement.source} words={it.statement.words} address={it.statement.address} />
                    </li>
                  )}
                </For>
              </ul>
            </section>
          </Show>
          <Show when={view().report.withheld > 0}>
            <p>{w().cease.withheld(view().report.withheld)}</p>
          </Show>
        </>
      )}
    </Answer>
  );
}

function RegimePart(props: { regime: Regime; report: CeasefireReport; dossier: string }): JSX.Element {
  const w = useWords();
  const force = (): Regime['force'] => props.regime.force;
  const rows = createMemo((): JSX.Element[][] =>
    Object.entries(force().parties).map(([party, it]) => [
      word(w().party, party),
      <span data-party={party} data-force={it.in_force ? 'yes' : 'no'}>
        <Overall of={it.in_force ? 'yes' : 'no'} />
      </span>,
      <>
        {word(w().cease.whys, it.why)}
        <Show when={it.version}>{(n) => <> · {w().version(n())}</>}</Show>
        <Show when={(it.conditions?.length ?? 0) > 0}>
          <small>
            {w().cease.conditions}: {it.conditions?.join('; ')}
          </small>
        </Show>
        <Show when={it.since}>{(since) => <small>{w().cease.sinceAt(stamp(since()))}</small>}</Show>
      </>,
    ]),
  );
  return (
    <>
      <section class="panel" data-regime={props.regime.regime} data-force={force().overall}>
        <h3>
          {w().cease.force}: {props.regime.regime}
        </h3>
        <p class="verdict">
          <Overall of={force().overall} /> {word(w().cease.overallLong, force().overall)}
        </p>
        <Table caption={w().cease.force} head={[w().cease.party, w().cease.inForce, w().cease.why]} rows={rows()} shown />
        <ForceStrip regime={props.regime} at={props.report.at} />
      </section>
      <section class="panel">
        <h3>{w().cease.stances}</h3>
        <Show when={props.regime.stances.length > 0} fallback={<p>{w().cease.stancesNone}</p>}>
          <ol class="rows">
            <For each={props.regime.stances}>
              {(it) => (
                <li data-position={it.position}>
                  {stamp(it.at)} · <strong>{word(w().party, it.party)}</strong> {word(w().cease.positions, it.position)} · {w().version(it.version)}
                  <Show when={(it.conditions?.length ?? 0) > 0}>
                    <small>
                      {w().cease.conditions}: {it.conditions?.join('; ')}
                    </small>
                  </Show>
                  <Quote source={it.statement.source} words={it.statement.words} address={it.statement.address} />
                </li>
              )}
            </For>
          </ol>
        </Show>
        <h4>{w().cease.texts}</h4>
        <For each={props.regime.versions}>{(it) => <Text of={it} />}</For>
      </section>
      <For each={props.regime.judged}>{(it, at) => <JudgedBy of={it} dossier={props.dossier} first={at() === 0} />}</For>
    </>
  );
}

/** What came of it by one measure. The first is open; the others say in a line how much there is in them. */
function JudgedBy(props: { of: Judged; dossier: string; first: boolean }): JSX.Element {
  const w = useWords();
  const tally = (): string => COUNTED.filter((it) => props.of.by_status[it]).map((it) => `${word(w().cease.statuses, it)}: ${props.of.by_status[it]}`).join(', ');
  return (
    <details class="panel judged" open={props.first} data-judged={props.of.by}>
      <summary>
        <h3>{w().cease.judgedBy(props.of.by === 'common' ? null : word(w().party, props.of.by))}</h3> <small>{tally() || w().cease.noneCounted}</small>
      </summary>
      <Breaches judged={props.of} dossier={props.dossier} />
      <Coverage judged={props.of} />
    </details>
  );
}

function Text(props: { of: Regime['versions'][number] }): JSX.Element {
  const w = useWords();
  const facts = (): [string, string | null | undefined][] => {
    const it = props.of;
    return [
      [w().cease.period, it.start ? stretch(it.start, it.end, w().open) : it.hours ? w().cease.hours(it.hours) : w().open],
      [w().cease.clauses, it.clauses.map((c) => [word(w().cease.domain, c.domain), ...(c.objects ?? []).map((o) => word(w().object, o))].join(': ')).join('; ')],
      [w().cease.monitor, it.monitor],
      [w().cease.extension, it.extension],
      [w().cease.release, it.release],
      [w().cease.exceptions, it.exceptions.map((e) => e.words).join('; ')],
    ];
  };
  return (
    <details>
      <summary>
        {w().version(props.of.version)}, {w().cease.proposer} {word(w().party, props.of.proposer)}
        <Show when={props.of.reading_of}>{(who) => <>, {w().cease.readingOf(word(w().party, who()))}</>}</Show>
      </summary>
      <blockquote>{props.of.text}</blockquote>
      <dl class="facts">
        <For each={facts().filter(([, said]) => said)}>
          {([name, said]) => (
            <div>
              <dt>{name}</dt>
              <dd>{said}</dd>
            </div>
          )}
        </For>
      </dl>
      <p class="note">
        {w().cease.grace(Math.round(props.of.grace_s / 60))}
        <Show when={props.of.all_accept}> · {w().cease.waitsAll}</Show> · SHA-256 <code>{props.of.text_sha256}</code>
      </p>
    </details>
  );
}
