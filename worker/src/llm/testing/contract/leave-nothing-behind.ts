/** Run as a process of its own: it ends by itself only if no call has left a timer or a socket behind. */
import { startFakeAnthropic } from '@understudy/shared/testing/fake-vendors/anthropic/server';
import { startFakeOpenAi } from '@understudy/shared/testing/fake-vendors/openai/server';
import { createAnthropicAdapter } from '../../anthropic/client.ts';
import { createOpenAiAdapter } from '../../openai/client.ts';
import { connectionOf } from '../connection.ts';
import { watchHeaders } from './watch-headers.ts';
import { requestOf } from '../sample-request.ts';

for (const [type, create, start] of [
  ['openai', createOpenAiAdapter, startFakeOpenAi],
  ['anthropic', createAnthropicAdapter, startFakeAnthropic],
] as const) {
  const vendor = await start();
  const { deps, headersArrived } = watchHeaders();
  const adapter = create(connectionOf(type, vendor.url), deps);
  const kinds: string[] = [];
  for (const kind of ['answer', 'html', 'reset', 'truncate', 'stall', 'hang'] as const) {
    vendor.respondWith({ kind });
    const limit = new AbortController();
    const arriving = kind === 'stall' ? headersArrived() : vendor.nextRequest();
    const call = adapter.classify(requestOf(), limit.signal);
    await arriving;
    if (kind === 'stall' || kind === 'hang') limit.abort();
    const outcome = await call;
    kinds.push(outcome.ok ? 'ok' : outcome.fault.kind);
  }
  await adapter.close();
  await vendor.stop();
  process.stdout.write(`${type}: ${kinds.join(', ')}\n`);
}
