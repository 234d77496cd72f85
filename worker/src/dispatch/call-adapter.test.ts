import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { labelSetOf, requestOf } from '../llm/testing/sample-request.ts';
import { createFakeProvider, fail, stayAway, type Behaviour } from '../testing/fake-adapter.ts';
import { callAdapter } from './call-adapter.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const request = requestOf({ labelSet: labelSetOf(['a']) });
function setup(behaviour?: Behaviour) {
  const fake = createFakeProvider();
  if (behaviour) fake.will(behaviour);
  const caller = new AbortController();
  const cut = new AbortController();
  const adapter = fake.createAdapter('m');
  const call = () =>
    callAdapter({ adapter, request, limitMs: 1_000, signal: caller.signal, cut: cut.signal });
  return { caller, cut, call };
}

it('gives the answer and leaves no timer behind', async () => {
  const { call } = setup();
  expect(await call()).toMatchObject({ kind: 'answered', result: { label: 'a' } });
  expect(vi.getTimerCount()).toBe(0);
});

it('gives the fault', async () => {
  const { call } = setup(fail('overloaded', { status: 529 }));
  expect(await call()).toMatchObject({ kind: 'faulted', fault: { kind: 'overloaded', status: 529 } });
});

it('cuts a call at its limit', async () => {
  const { call } = setup(stayAway);
  const outcome = call();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await outcome).toMatchObject({ kind: 'faulted', fault: { kind: 'silent' } });
});

it.each(['before', 'while'])('is cut before its limit as at it, %s the call', async (when) => {
  const { cut, call } = setup(stayAway);
  if (when === 'before') cut.abort();
  const outcome = call();
  cut.abort();
  expect(await outcome).toMatchObject({ kind: 'faulted', fault: { kind: 'silent' } });
  expect(vi.getTimerCount()).toBe(0);
});

it('leaves a call behind that does not end when it is cut', async () => {
  const { call } = setup(() => new Promise(() => {}));
  const outcome = call();
  await vi.advanceTimersByTimeAsync(1_200);
  expect(await outcome).toMatchObject({
    kind: 'faulted',
    fault: { message: expect.stringContaining('not end') },
  });
});

it.each([
  ['before', stayAway],
  ['while', stayAway],
  ['while it hangs', () => new Promise<never>(() => {})],
] as const)('is aborted, which is no fault, when the caller ends it %s the call', async (when, behaviour) => {
  const { caller, call } = setup(behaviour);
  if (when === 'before') caller.abort();
  const outcome = call();
  caller.abort();
  await vi.advanceTimersByTimeAsync(200);
  expect(await outcome).toEqual({ kind: 'aborted' });
});

it('keeps an answer that comes though the caller has ended the call: it is paid for', async () => {
  const { caller, call } = setup(async ({ labelSet }, signal) => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    const label = labelSet.labels[0]?.name ?? '';
    return {
      ok: true,
      result: { label, labels: [], rationale: null },
      usage: null,
      requestId: null,
      status: 200,
    };
  });
  const outcome = call();
  caller.abort();
  expect(await outcome).toMatchObject({ kind: 'answered' });
});

it('takes a kind of fault that nobody knows for a defect of ours', async () => {
  const { call } = setup(fail(Object as never));
  expect(await call()).toMatchObject({ kind: 'defect', error: expect.any(Error) });
});

it('takes what an adapter throws for a defect of ours', async () => {
  const error = new Error('oops');
  const { call } = setup(() => Promise.reject(error));
  expect(await call()).toEqual({ kind: 'defect', error });
});
