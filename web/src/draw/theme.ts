/** Whether the page is dark now: as chosen, or as the system is. */
import { createSignal, onCleanup, type Accessor } from 'solid-js';
import { theme } from '../settings';

export function useDark(): Accessor<boolean> {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const [systemDark, setSystemDark] = createSignal(system.matches);
  const onChange = (): void => void setSystemDark(system.matches);
  system.addEventListener('change', onChange);
  onCleanup(() => system.removeEventListener('change', onChange));
  return () => (theme() === 'auto' ? systemDark() : theme() === 'dark');
}
