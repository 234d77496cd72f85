import { expect, it } from 'vitest';
import { createLogger } from '../runtime/logger.ts';
import { createLateWrites } from './late-writes.ts';

function setup() {
  let now = 0;
  const state = { looks: [] as string[][], there: new Set<string>(), isAway: false };
  const writes = createLateWrites({
    name: 'late writes',
    async look(sought, forget) {
      state.looks.push(sought.map(({ _id }) => _id));
      for (const { _id } of sought) if (state.there.has(_id)) forget(_id);
      if (state.isAway) throw new Error('away');
    },
    clock: { monotonic: () => now },
    logger: createLogger({ role: 'test', level: 'silent' }),
  });
  return { writes, state, advance: (ms: number) => (now += ms) };
}

it('looks for a write that comes late, and no more once it was there', async () => {
  const { writes, state, advance } = setup();
  writes.remember({ _id: 'a' });
  writes.remember({ _id: 'b' });
  await writes.runOnce();
  advance(30_000);
  state.there.add('a');
  await writes.runOnce();
  await writes.runOnce();
  expect(state.looks).toEqual([['a', 'b'], ['a', 'b'], ['b']]);
});

it('looks until none can come any more, counted from when the ledger answers again', async () => {
  const { writes, state, advance } = setup();
  state.isAway = true;
  writes.remember({ _id: 'a' });
  await expect(writes.runOnce()).rejects.toThrow('away');
  advance(300_000);
  state.isAway = false;
  await writes.runOnce();
  advance(60_000);
  await writes.runOnce();
  advance(1);
  await writes.runOnce();
  expect(state.looks).toHaveLength(4);
  await writes.runOnce();
  expect(state.looks).toHaveLength(4);
});

it('forgets what was there also where the ledger fails for others', async () => {
  const { writes, state } = setup();
  writes.remember({ _id: 'a' });
  writes.remember({ _id: 'b' });
  state.there.add('a');
  state.isAway = true;
  await expect(writes.runOnce()).rejects.toThrow('away');
  state.isAway = false;
  await writes.runOnce();
  expect(state.looks.at(-1)).toEqual(['b']);
});

it('forgets the oldest of more than ten thousand', async () => {
  const { writes, state } = setup();
  for (let count = 0; count <= 10_000; count += 1) writes.remember({ _id: `${count}` });
  await writes.runOnce();
  expect(state.looks[0]).toHaveLength(10_000);
  expect(state.looks[0]?.[0]).toBe('1');
});
