import { expect, it } from 'vitest';
import { FAULT_POLICIES } from './faults.ts';

it('is the table of the design', () => {
  const rows = Object.entries(FAULT_POLICIES).map(
    ([kind, { again, next, breaker, coolsDown, flag }]) =>
      `${kind}: ${again}, ${next}, ${breaker}${coolsDown ? ', cools down' : ''}${flag ? `, flags ${flag}` : ''}`,
  );
  expect(rows).toEqual([
    'overloaded: retry, any, bad',
    'server_error: retry, any, bad',
    'rate_limited: never, any, neutral, cools down',
    'silent: never, any, bad',
    'timeout: never, any, bad',
    'network: retry, any, bad',
    'unauthenticated: never, any, opens, flags unauthenticated',
    'forbidden: never, any, opens, flags forbidden',
    'quota: never, any, opens, flags quota',
    'invalid_output: repair, any, invalid',
    'context_length: never, larger_window, neutral',
    'content_filter: never, if_configured, neutral',
    'bad_request: never, one_other, neutral',
  ]);
});
