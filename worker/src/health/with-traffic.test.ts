import { expect, it } from 'vitest';
import type { HealthStatus } from '@understudy/shared/contracts/provider';
import type { Finding } from './findings.ts';
import { withTraffic } from './with-traffic.ts';

type Traffic = Parameters<typeof withTraffic>[1];
const finding = (status: Finding['status']): Finding => ({
  status,
  responseTimeMs: 12,
  errorMessage: status === 'healthy' ? null : 'said so',
});
const judge = (traffic: Partial<Traffic>, status: Finding['status'] = 'healthy') =>
  withTraffic(finding(status), { answers: 0, failed: {}, cut: {}, ...traffic });

it.each<[string, Partial<Traffic>, HealthStatus]>([
  ['no calls', {}, 'healthy'],
  ['too few calls', { failed: { server_error: 4 } }, 'healthy'],
  ['a few bad calls among good ones', { answers: 6, failed: { server_error: 5 } }, 'healthy'],
  ['as many bad calls as good ones', { answers: 5, failed: { server_error: 3, network: 2 } }, 'degraded'],
  ['no answer at all', { failed: { server_error: 3, unauthenticated: 2 } }, 'down'],
  ['no answer, but all overtaken', { cut: { silent: 20 } }, 'degraded'],
  ['nothing but limits and bad requests', { failed: { rate_limited: 50, bad_request: 50 } }, 'healthy'],
])('takes a provider that lists its models and has %s for what it is', (_, traffic, status) => {
  expect(judge(traffic).status).toBe(status);
});

it('says what the calls were, and keeps the time of the check', () => {
  expect(judge({ answers: 2, failed: { server_error: 8 } })).toEqual({
    status: 'degraded',
    responseTimeMs: 12,
    errorMessage: 'It answers checks, but 8 of 10 real calls in five minutes were not answered.',
  });
  expect(judge({ failed: { server_error: 8 } }).errorMessage).toMatch(/none of 8 real calls/);
});

it('never makes better what a check found', () => {
  expect(judge({ answers: 100 }, 'down').status).toBe('down');
  expect(judge({ answers: 5, failed: { network: 5 } }, 'degraded')).toEqual(finding('degraded'));
  expect(judge({ failed: { network: 5 } }, 'degraded').status).toBe('down');
});

it('does not take for down who refuses a list, but answers calls', () => {
  const refused: Finding = { ...finding('down'), list: 'refused' };
  const judgeRefused = (traffic: Partial<Traffic>) =>
    withTraffic(refused, { answers: 0, failed: {}, cut: {}, ...traffic });
  expect(judgeRefused({ answers: 5 })).toMatchObject({
    status: 'degraded',
    errorMessage: 'It answers, but this key may not list its models.',
  });
  expect(judgeRefused({ answers: 4 }).status).toBe('down');
  expect(judgeRefused({ answers: 5, failed: { unauthenticated: 5 } }).status).toBe('down');
});

it('is wary of who lists nothing and refuses every call, as at a wrong path', () => {
  const absent: Finding = { ...finding('healthy'), list: 'absent' };
  const judgeAbsent = (traffic: Partial<Traffic>) =>
    withTraffic(absent, { answers: 0, failed: {}, cut: {}, ...traffic });
  expect(judgeAbsent({ failed: { bad_request: 5 } })).toMatchObject({
    status: 'degraded',
    errorMessage: 'It lists no models, refused 5 real calls in five minutes and answered none.',
  });
  expect(judgeAbsent({ failed: { bad_request: 5, server_error: 1 } }).status).toBe('degraded');
  expect(judgeAbsent({ failed: { bad_request: 4 } }).status).toBe('healthy');
  expect(judgeAbsent({ answers: 1, failed: { bad_request: 50 } }).status).toBe('healthy');
  expect(judgeAbsent({ failed: { bad_request: 5, server_error: 5 } }).status).toBe('down');
});
