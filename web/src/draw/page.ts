/** What every part of the page draws from: the state, the server's time, the words, and the names of places. */
import { createContext, useContext, type Accessor } from 'solid-js';
import type { Areas } from '../state/areas';
import type { State } from '../state/state';
import type { Truth } from '../state/truth';
import type { Words } from '../text';

export interface Page {
  state: Accessor<State>;
  /** The server's time, milliseconds since 1970; 0 until it was heard. */
  now_ms: Accessor<number>;
  w: Accessor<Words>;
  areas: Accessor<Areas>;
  truth(code: string): Truth;
  parentOf(code: string): string | null;
  /** The name of a community in the reader's language; the code itself when nobody named it. */
  name(code: string): string;
  /** The community looked at on the map or in the lists, beside one's own. */
  picked: Accessor<string | null>;
  pick(code: string | null): void;
  makeHome(code: string): void;
}

const PageContext = createContext<Page>();
export const PageProvider = PageContext.Provider;

export function usePage(): Page {
  const page = useContext(PageContext);
  if (page === undefined) throw new Error('drew a part outside the page');
  return page;
}
