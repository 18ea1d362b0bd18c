/** Begins the reviewer's page. */
import { render } from 'solid-js/web';
import { Review } from './Review';

const root = document.getElementById('review');
if (root !== null) {
  root.replaceChildren();
  render(() => <Review />, root);
}
