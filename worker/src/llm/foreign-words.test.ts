import { expect, it } from 'vitest';
import { FAULT_KINDS } from '@understudy/shared/contracts/fault';
import { createAdapter } from './registry.ts';
import { connectionOf } from './testing/connection.ts';
import { requestOf } from './testing/sample-request.ts';

const json = (status: number, body: unknown) => async () =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });
const types = ['openai', 'anthropic', 'openai-compatible'] as const;
/** Nothing is sent there: fetch is given. */
const ADDRESS = 'http://127.0.0.1:9';

it.each(types)('knows a fault whatever code and type the error of %s bears', async (type) => {
  const error = { message: 'no', type: 'constructor', code: 'constructor' };
  const fetch = json(400, { type: 'error', error });
  const outcome = await createAdapter(connectionOf(type, ADDRESS), { fetch }).classify(
    requestOf(),
    new AbortController().signal,
  );
  expect(outcome.ok ? null : FAULT_KINDS).toContain(outcome.ok ? null : outcome.fault.kind);
});

it('reads an answer whatever reason for its end it bears', async () => {
  const message = { content: '{"label":"billing","confidence":0.9}', refusal: null };
  const fetch = json(200, { choices: [{ message, finish_reason: 'constructor' }] });
  const outcome = createAdapter(connectionOf('openai', ADDRESS), { fetch }).classify(
    requestOf(),
    new AbortController().signal,
  );
  await expect(outcome).resolves.toMatchObject({ ok: true });
});
