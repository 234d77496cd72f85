import { describe, expect, it } from 'vitest';
import { BodyTooLargeError, observeFetch } from './observed-fetch.ts';

const live = () => new AbortController().signal;
const replying = (response: () => Response) => observeFetch(() => Promise.resolve(response()), live());

describe('observeFetch', () => {
  it('has seen nothing before headers have come', async () => {
    const exchange = replying(() => new Response('{}', { headers: { 'x-request-id': 'r-1' } }));
    expect(exchange.response).toBeNull();
    await exchange.fetch('http://fake');
    expect(exchange.response?.status).toBe(200);
    expect(exchange.response?.headers.get('x-request-id')).toBe('r-1');
  });

  it('has seen nothing again when a later call fails', async () => {
    const responses = [() => Promise.resolve(new Response('{}')), () => Promise.reject(new Error('refused'))];
    const exchange = observeFetch(
      () => responses.shift()?.() ?? Promise.reject(new Error('no more')),
      live(),
    );
    await exchange.fetch('http://fake');
    await expect(exchange.fetch('http://fake')).rejects.toThrow('refused');
    expect(exchange.response).toBeNull();
  });

  it('binds the call to its own signal and follows no redirect', async () => {
    const signal = live();
    let init: RequestInit | undefined;
    const exchange = observeFetch((_, given) => {
      init = given;
      return Promise.resolve(new Response('{}'));
    }, signal);
    await exchange.fetch('http://fake', { signal: AbortSignal.abort(), method: 'POST' });
    expect(init).toEqual({ signal, method: 'POST', redirect: 'manual' });
  });

  it('keeps the body of an error, and leaves it to the SDK as well', async () => {
    const exchange = replying(() => new Response('{"detail":"no"}', { status: 422 }));
    const response = await exchange.fetch('http://fake');
    expect(exchange.response?.errorBody).toBe('{"detail":"no"}');
    expect(response.status).toBe(422);
    expect(await response.text()).toBe('{"detail":"no"}');
  });

  it('keeps a status whose body breaks off', async () => {
    const broken = () =>
      new ReadableStream({
        start: (controller) => controller.enqueue(new TextEncoder().encode('{"er')),
        pull: (controller) => controller.error(new TypeError('terminated')),
      });
    const exchange = replying(() => new Response(broken(), { status: 503 }));
    expect((await exchange.fetch('http://fake')).status).toBe(503);
    expect(exchange.response?.errorBody).toBe('{"er');
  });

  it('stops reading a body that has no end, and cancels it', async () => {
    let cancelled = false;
    const endless = () =>
      new ReadableStream<Uint8Array>({
        pull: (controller) => controller.enqueue(new Uint8Array(1_000_000)),
        cancel: () => void (cancelled = true),
      });
    const exchange = replying(() => new Response(endless()));
    const response = await exchange.fetch('http://fake');
    await expect(response.text()).rejects.toThrow(BodyTooLargeError);
    expect(cancelled).toBe(true);

    cancelled = false;
    const failing = replying(() => new Response(endless(), { status: 500 }));
    await failing.fetch('http://fake');
    expect(cancelled).toBe(true);
  });
});
