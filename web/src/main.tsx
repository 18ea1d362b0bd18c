/** Begins. */
import { render } from 'solid-js/web';
import { App } from './draw/App';
import { openStore } from './state/store';

const root = document.getElementById('app');
if (root !== null) {
  const store = openStore('/api/v1/stream');
  // The plain list the server wrote stays until there is something newer to say.
  await store.ready(1500);
  root.replaceChildren();
  render(() => <App store={store} />, root);
}
