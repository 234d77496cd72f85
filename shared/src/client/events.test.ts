import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createEvents } from './events.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const refuse = () => new Response(null, { status: 503, headers: { 'Retry-After': '30' } });
const tell = () =>
  new Response('id: 1-0\nevent: batch.updated\ndata: {}\n\n', {
    headers: { 'Content-Type': 'text/event-stream; charset=utf-8' },
  });

it('connects again no sooner than the API asks for', async () => {
  let asked = 0;
  const fetch = async () => (asked++ === 0 ? refuse() : tell());
  const events = createEvents({ baseUrl: '', fetch: fetch as typeof globalThis.fetch })();
  const first = events.next();
  await vi.advanceTimersByTimeAsync(29_900);
  expect(asked).toBe(1);
  await vi.advanceTimersByTimeAsync(600);
  expect(asked).toBe(2);
  expect((await first).value).toMatchObject({ type: 'batch.updated', id: '1-0' });
  await events.return(undefined as never);
});
