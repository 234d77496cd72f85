import { afterAll, beforeAll, describe, it } from 'vitest';
import type { PassedOverReason } from '../../shared/src/contracts/classification.ts';
import type { FakeBehaviour } from '../../shared/src/testing/fake-vendors/behaviour.ts';
import { eventually } from '../../shared/src/testing/eventually.ts';
import { BACKUP_ANSWER, countCalls, PRIMARY_ANSWER, type Pair } from '../support/pair.ts';
import { inTurns } from '../support/scenario.ts';
import { openStage, type Stage } from '../support/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

const status = (code: number, headers: Record<string, string> = {}): FakeBehaviour => ({
  kind: 'status',
  status: code,
  headers,
});

interface Sickness {
  name: string;
  behaviour: FakeBehaviour;
  /** Calls after which the provider is left alone. */
  calls: number;
  /** Why the others pass it over. */
  reason: RegExp;
}

/** `breaker.failureThreshold` and `invalidOutputThreshold`, as they are by default. */
const THRESHOLD = 5;
const OPEN = /^circuit_open$/;
const SICKNESSES: Sickness[] = [
  { name: 'errors', behaviour: status(500), calls: THRESHOLD, reason: OPEN },
  { name: 'is silent', behaviour: { kind: 'hang' }, calls: THRESHOLD, reason: OPEN },
  { name: 'resets', behaviour: { kind: 'reset' }, calls: THRESHOLD, reason: OPEN },
  { name: 'sends pages', behaviour: { kind: 'html' }, calls: THRESHOLD, reason: OPEN },
  { name: 'throttles', behaviour: status(429, { 'retry-after': '120' }), calls: 1, reason: /^cooldown$/ },
  // Its circuit opens at once; the flag is known to the worker a moment later.
  { name: 'refuses the key', behaviour: status(401), calls: 1, reason: /^(circuit_open|flagged)$/ },
];
/** Jobs for each of those calls. */
const JOBS_A_CALL = 2;
/** So short that a silent primary is cut before any hedge would start. */
const primary = { timeoutMs: 500 };

/** Each look is a job. */
const SELDOM = { everyMs: 200 };

const runMany = async (pair: Pair, count: number) => {
  const jobs = [];
  for (let run = 0; run < count; run += 1) jobs.push(await pair.run());
  return jobs;
};
const answerOf = (pair: Pair) => async () => (await pair.run()).result?.label === PRIMARY_ANSWER;

describe('a sick provider', () => {
  for (const { type, name, behaviour, calls, reason } of inTurns(SICKNESSES)) {
    it.concurrent(`is asked ${calls} times at most in ${calls * JOBS_A_CALL} jobs where it ${name}`, async ({
      expect,
      onTestFinished,
    }) => {
      const pair = await stage.createPair(type, { primary });
      onTestFinished(pair.dismiss);
      pair.primary.vendor.breakDown(behaviour);
      const jobs = await runMany(pair, calls * JOBS_A_CALL);
      expect(jobs.map(({ result }) => result?.label)).toEqual(jobs.map(() => BACKUP_ANSWER));
      expect(countCalls(pair.primary)).toBeGreaterThan(0);
      expect(countCalls(pair.primary)).toBeLessThanOrEqual(calls);
      expect(jobs.at(-1)).toMatchObject({
        attempts: [{ provider: { name: pair.backup.name } }],
        passedOver: [{ provider: { name: pair.primary.name }, reason: expect.stringMatching(reason) }],
      });
    });
  }

  it.concurrent('is asked on where only one answer in three is unusable', async ({
    expect,
    onTestFinished,
  }) => {
    const pair = await stage.createPair('openai');
    onTestFinished(pair.dismiss);
    const rounds = 7;
    for (let round = 0; round < rounds; round += 1) {
      pair.primary.vendor.respondWith({ kind: 'html' }, { kind: 'answer' }, { kind: 'answer' });
    }
    const jobs = await runMany(pair, rounds * 3);
    const expected = Array.from({ length: rounds }, () => [BACKUP_ANSWER, PRIMARY_ANSWER, PRIMARY_ANSWER]);
    expect(jobs.map(({ result }) => result?.label)).toEqual(expected.flat());
    expect((await stage.client.providers.read(pair.primary.name)).provider.status.circuit).toBe('closed');
  });

  it.concurrent('mends by itself what passes at the second try', async ({ expect, onTestFinished }) => {
    const pair = await stage.createPair('anthropic');
    onTestFinished(pair.dismiss);
    for (const hiccup of [status(503), { kind: 'reset' }, { kind: 'cut' }] satisfies FakeBehaviour[]) {
      pair.primary.vendor.respondWith(hiccup);
      const job = await pair.run();
      expect(job).toMatchObject({ state: 'succeeded', result: { label: PRIMARY_ANSWER } });
      expect(job.attempts.map(({ outcome }) => outcome)).toEqual(['failed', 'succeeded']);
      expect((await stage.client.failovers.list({ jobId: job.id })).data).toEqual([]);
    }
  });
});

describe('a throttled provider is left alone for as long as it asks', () => {
  const minute = 60_000;
  for (const { type, form, toHeaders } of inTurns([
    { form: 'in seconds', toHeaders: () => ({ 'retry-after': '60' }) },
    { form: 'by a date', toHeaders: () => ({ 'retry-after': new Date(Date.now() + minute).toUTCString() }) },
    { form: 'in milliseconds', toHeaders: () => ({ 'retry-after-ms': '60000' }) },
  ])) {
    it.concurrent(`${form}`, async ({ expect, onTestFinished }) => {
      const pair = await stage.createPair(type);
      onTestFinished(pair.dismiss);
      pair.primary.vendor.respondWith(status(429, toHeaders()));
      await pair.run();
      const now = Date.now();
      const [entry] = (await pair.run()).passedOver;
      expect(entry).toMatchObject({ reason: 'cooldown' });
      // A date has no parts of a second.
      expect(Math.abs(Date.parse(entry?.until ?? '') - now - minute)).toBeLessThan(minute / 2);
    });
  }
});

describe('a throttled provider that is the only one', () => {
  it.concurrent('has its jobs wait for as long as it asks', async ({ expect, onTestFinished }) => {
    const pair = await stage.createPair('anthropic');
    onTestFinished(pair.dismiss);
    pair.primary.vendor.respondWith(status(429, { 'retry-after': '2' }));
    const job = await pair.run({ providers: [pair.primary.name] });
    expect(job).toMatchObject({
      state: 'succeeded',
      result: { label: PRIMARY_ANSWER },
      degraded: false,
      attempts: [{ outcome: 'failed', fault: 'rate_limited' }, { outcome: 'succeeded' }],
    });
    const [refusedAt = 0, answeredAt = 0] = job.attempts.map(({ startedAt }) => Date.parse(startedAt));
    expect(answeredAt - refusedAt).toBeGreaterThanOrEqual(2_000);
  });
});

describe('a provider that is well again', () => {
  beforeAll(() => stage.client.config.update({ breaker: { openMs: 1_500, rampMs: 0 } }));

  const passedOver = (pair: Pair, reason: PassedOverReason) => async () =>
    (await pair.run()).passedOver.some((entry) => entry.reason === reason);

  for (const { type, name, behaviour } of inTurns(SICKNESSES.filter(({ reason }) => reason === OPEN))) {
    it.concurrent(`answers again by itself where it ${name}`, async ({ expect, onTestFinished }) => {
      const pair = await stage.createPair(type, { primary });
      onTestFinished(pair.dismiss);
      pair.primary.vendor.breakDown(behaviour);
      await eventually(passedOver(pair, 'circuit_open'));
      pair.primary.vendor.recover();
      await eventually(answerOf(pair), SELDOM);
      await eventually(async () => {
        const { provider } = await stage.client.providers.read(pair.primary.name);
        expect(provider.status).toMatchObject({ circuit: 'closed', flagged: null });
      });
    });
  }

  it.concurrent('answers again when the time is over that it asked for', async ({
    expect,
    onTestFinished,
  }) => {
    const pair = await stage.createPair('openai');
    onTestFinished(pair.dismiss);
    // On a busy machine the time may be over before the next job comes.
    await eventually(async () => {
      pair.primary.vendor.breakDown(status(429, { 'retry-after': '2' }));
      await pair.run();
      pair.primary.vendor.recover();
      expect((await pair.run()).passedOver).toMatchObject([
        { reason: 'cooldown', until: expect.any(String) },
      ]);
    });
    await eventually(answerOf(pair), SELDOM);
  });

  for (const { type, code, flagged, deep } of inTurns([
    { code: 401, flagged: 'unauthenticated', deep: false },
    { code: 402, flagged: 'quota', deep: true },
  ])) {
    it.concurrent(`answers again after a good check (${code})`, async ({ expect, onTestFinished }) => {
      const pair = await stage.createPair(type);
      onTestFinished(pair.dismiss);
      pair.primary.vendor.breakDown(status(code));
      await eventually(passedOver(pair, 'flagged'));
      const { provider } = await stage.client.providers.read(pair.primary.name);
      expect(provider.status.flagged).toBe(flagged);
      pair.primary.vendor.recover();
      await stage.client.providers.checkHealth({ providerIds: [provider.id], deep }, { waitSeconds: 10 });
      await eventually(answerOf(pair), SELDOM);
    });
  }
});
