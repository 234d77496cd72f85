import { readFileSync } from 'node:fs';
import { faultKind } from '@understudy/shared/contracts/fault';
import { passedOverReason } from '@understudy/shared/contracts/classification';
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

it('is explained to operators, with every reason to pass a provider over', () => {
  const guide = readFileSync(new URL('../../../docs/failover.md', import.meta.url), 'utf8');
  const explained = guide.split('\n').flatMap((line) => {
    const [, firstCell = ''] = line.split('|');
    return line.startsWith('|') ? [...firstCell.matchAll(/`(\w+)`/g)].map(([, word]) => word) : [];
  });
  expect(explained).toEqual(expect.arrayContaining([...faultKind.options, ...passedOverReason.options]));
});
