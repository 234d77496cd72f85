import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { onStopSignals } from './stop-signals.ts';

function setup() {
  const source = new EventEmitter();
  const calls: string[] = [];
  const clock = { now: 5_000 };
  onStopSignals({
    source,
    now: () => clock.now,
    onStop: (signal) => calls.push(`stop ${signal}`),
    onKill: () => calls.push('kill'),
  });
  return { source, calls, clock };
}

test('takes repeats within a second for one signal', () => {
  const { source, calls, clock } = setup();
  source.emit('SIGINT');
  clock.now += 999;
  source.emit('SIGINT');
  source.emit('SIGTERM');
  expect(calls).toEqual(['stop SIGINT']);
});

test('ends everything at once when asked again later', () => {
  const { source, calls, clock } = setup();
  source.emit('SIGTERM');
  clock.now += 1_000;
  source.emit('SIGTERM');
  expect(calls).toEqual(['stop SIGTERM', 'kill']);
});
