/** Finds a community by name (a combobox with a listbox, WAI-ARIA 1.2) or as the nearest one, worked out in this page. */
import { createMemo, createSignal, createUniqueId, For, Show, type JSX } from 'solid-js';
import { nearest, search, type Area } from '../state/areas';
import { home, setHome } from '../settings';
import { nameIn } from '../text';
import { usePage } from './page';

export function Chooser(props: { onDone?: () => void }): JSX.Element {
  const page = usePage();
  const id = createUniqueId();
  const [typed, setTyped] = createSignal('');
  const [open, setOpen] = createSignal(false);
  const [at, setAt] = createSignal(0);
  const [note, setNote] = createSignal('');
  const found = createMemo(() => search(page.areas(), typed()));
  const listed = (): boolean => open() && found().length > 0;
  let input!: HTMLInputElement;

  const choose = (area: Area): void => {
    page.makeHome(area.code);
    setTyped('');
    setOpen(false);
    setNote('');
    props.onDone?.();
  };
  const onKey = (event: KeyboardEvent): void => {
    const n = found().length;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (!open()) setOpen(true);
      else if (n > 0) setAt((i) => (i + (event.key === 'ArrowDown' ? 1 : n - 1)) % n);
    } else if (event.key === 'Enter' && listed()) {
      event.preventDefault();
      const area = found()[at()];
      if (area !== undefined) choose(area);
    } else if (event.key === 'Escape') {
      if (open()) setOpen(false);
      else setTyped('');
    }
  };
  const locate = (): void => {
    navigator.geolocation?.getCurrentPosition(
      ({ coords }) => {
        const area = nearest(page.areas(), coords.latitude, coords.longitude);
        if (area === null) setNote(page.w().chooser.nearFail);
        else choose(area);
      },
      () => setNote(page.w().chooser.nearFail),
      { maximumAge: 600_000, timeout: 10_000 },
    );
  };
  const above = (area: Area): string => {
    const parent = area.parent === null ? undefined : page.areas().get(area.parent);
    const grand = parent?.parent ? page.areas().get(parent.parent) : undefined;
    return [parent, grand].filter((a) => a !== undefined && a.level !== 'country').map((a) => nameIn(page.w().lang, a!)).join(', ');
  };

  return (
    <div class="chooser">
      <label for={id}>{page.w().chooser.label}</label>
      <div class="combo">
        <input
          ref={input}
          id={id}
          type="text"
          role="combobox"
          autocomplete="off"
          spellcheck={false}
          aria-autocomplete="list"
          aria-expanded={listed()}
          aria-controls={`${id}-list`}
          aria-activedescendant={listed() ? `${id}-${at()}` : undefined}
          placeholder={page.w().chooser.hint}
          value={typed()}
          onInput={(e) => {
            setTyped(e.currentTarget.value);
            setAt(0);
            setOpen(true);
          }}
          onKeyDown={onKey}
          onBlur={() => setOpen(false)}
        />
        <ul id={`${id}-list`} role="listbox" aria-label={page.w().chooser.label} hidden={!listed()}>
          <For each={listed() ? found() : []}>
            {(area, i) => (
              <li
                id={`${id}-${i()}`}
                role="option"
                aria-selected={i() === at()}
                onMouseDown={(e) => {
                  e.preventDefault();
                  choose(area);
                }}
              >
                <span>{nameIn(page.w().lang, area)}</span>
                <small>{above(area)}</small>
              </li>
            )}
          </For>
        </ul>
      </div>
      <p class="note" role="status">
        <Show when={typed() !== ''} fallback={note()}>
          {page.areas().size === 0
            ? page.w().chooser.loading
            : found().length === 0
              ? page.w().chooser.none
              : page.w().chooser.found(found().length)}
        </Show>
      </p>
      <div class="row">
        <button type="button" onClick={locate}>
          {page.w().chooser.near}
        </button>
        <Show when={home() !== null}>
          <button
            type="button"
            onClick={() => {
              setHome(null);
              props.onDone?.();
            }}
          >
            {page.w().chooser.clear}
          </button>
        </Show>
      </div>
      <p class="note">{page.w().chooser.nearNote}</p>
    </div>
  );
}
