import { afterAll, describe, expect, it } from 'vitest';
import type { LabelSet, ProviderConnection } from '../adapter.ts';
import { LOCAL_MODEL } from '@understudy/shared/contracts/provider';
import { labelSetOf } from '../testing/sample-request.ts';
import { createLocalAdapter } from './adapter.ts';

const connection: ProviderConnection = {
  id: 'prv_local',
  type: 'local',
  apiKey: null,
  baseUrl: null,
  configuration: null,
};
const never = new AbortController().signal;
const adapter = createLocalAdapter(connection, {
  fetch: () => Promise.reject(new Error('local needs no network')),
});
afterAll(() => adapter.close());

const labelSet = (overrides: Partial<LabelSet> = {}) => labelSetOf(['refund', 'lost_card'], overrides);
const classify = (text: string, set: LabelSet, explain = false) =>
  adapter.classify({ text, labelSet: set, explain, repair: null }, never);

describe('the local adapter', () => {
  it('answers without a key, a network or a token', async () => {
    expect(await classify('I lost my card', labelSet())).toEqual({
      ok: true,
      result: {
        label: 'lost_card',
        labels: [{ name: 'lost_card', confidence: expect.any(Number) as number }],
        rationale: null,
      },
      usage: { inputTokens: 0, outputTokens: 0, cachedInputTokens: 0 },
      requestId: null,
      status: null,
    });
  });

  it('tells inline labels apart by their content', async () => {
    const other = labelSet({
      labels: ['lost_phone', 'card_lost'].map((name) => ({ name, description: null, examples: [] })),
    });
    await classify('I lost my card', labelSet());
    expect(await classify('I lost my card', other)).toMatchObject({ result: { label: 'card_lost' } });
  });

  it('keeps to one index for a classifier version, apart from another version', async () => {
    const second = labelSet({
      cacheKey: 'clf_a@2',
      labels: ['card_gone', 'hello'].map((name) => ({ name, description: null, examples: [] })),
    });
    expect(await classify('card', labelSet({ cacheKey: 'clf_a@1' }))).toMatchObject({
      result: { label: 'lost_card' },
    });
    expect(await classify('card', second)).toMatchObject({ result: { label: 'card_gone' } });
  });

  it('answers several labels at or over half certainty unless a threshold is set', async () => {
    const several = labelSet({ multiLabel: true });
    const text = 'A refund, please. And my card is lost.';
    const usual = await classify(text, several, true);
    const strict = await classify(text, { ...several, threshold: 1 }, true);
    expect(usual).toMatchObject({ ok: true, result: { labels: [{}, {}] } });
    expect(strict).toMatchObject({ ok: true, result: { label: null, labels: [] } });
  });

  it('ends an aborted call as silent', async () => {
    const abort = new AbortController();
    const call = adapter.classify(
      { text: 'x', labelSet: labelSet(), explain: false, repair: null },
      abort.signal,
    );
    abort.abort();
    const silent = { ok: false, fault: { kind: 'silent', usage: null, retryAfterMs: null } };
    expect(await call).toMatchObject(silent);
    expect(await adapter.listModels(abort.signal)).toMatchObject(silent);
  });

  it('lists its one model', async () => {
    expect(adapter.model).toBe(LOCAL_MODEL);
    expect(await adapter.listModels(never)).toEqual({ ok: true, models: [LOCAL_MODEL] });
  });

  it('closes twice without harm, also before its first call', async () => {
    const unused = createLocalAdapter(connection, { fetch });
    await unused.close();
    await unused.close();
    expect(
      await unused.classify({ text: 'x', labelSet: labelSet(), explain: false, repair: null }, never),
    ).toMatchObject({ ok: false, fault: { kind: 'server_error' } });
  });
});
