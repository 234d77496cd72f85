import { beforeAll } from 'vitest';

const CLOCKS = [
  'Date',
  'performance',
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'setImmediate',
  'clearImmediate',
] as const;

// Files that share a process share its clocks: once one has left them faked, the timers of the next never fire.
beforeAll(() => {
  const faked = CLOCKS.filter((name) => 'clock' in globalThis[name]);
  if (faked.length === 0) return;
  throw new Error(
    `An earlier file left ${faked.join(', ')} faked. Spies on them come off before useRealTimers().`,
  );
});
