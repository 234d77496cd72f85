import { beforeAll } from 'vitest';

// Files that share a process share its timers: once one has left them faked, those of the next never fire.
beforeAll(() => {
  const faked = [setTimeout, clearTimeout, setInterval, setImmediate].filter((timer) => 'clock' in timer);
  if (faked.length === 0) return;
  const names = faked.map(({ name }) => name).join(', ');
  throw new Error(
    `An earlier file left timers faked (${names}). Spies on them come off before useRealTimers().`,
  );
});
