/** Begins the officer's desk. */
import { render } from 'solid-js/web';
import { Desk } from './Desk';

const root = document.getElementById('desk');
if (root !== null) {
  // Which world it is, from the server itself: the desk never guesses it.
  const answer = await fetch('/healthz', { cache: 'no-store' });
  const world = answer.headers.get('x-allclear-status') ?? '';
  root.replaceChildren();
  render(() => <Desk world={world} />, root);
}
