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

it('outlasts a page of a proxy where events came before, and calls it unexpected where none did', async () => {
  const page = () => new Response('<!doctype html>', { headers: { 'Content-Type': 'text/html' } });
  const replies = [tell, page, tell];
  const fetch = async () => (replies.shift() ?? page)();
  const events = createEvents({ baseUrl: '', fetch: fetch as typeof globalThis.fetch })();
  expect((await events.next()).value).toMatchObject({ id: '1-0' });
  const second = events.next();
  await vi.advanceTimersByTimeAsync(5_000);
  expect((await second).value).toMatchObject({ id: '1-0' });
  await events.return(undefined as never);

  const unheard = createEvents({ baseUrl: '', fetch: (async () => page()) as typeof globalThis.fetch })();
  await expect(unheard.next()).rejects.toMatchObject({ code: 'unexpected_reply' });
});
