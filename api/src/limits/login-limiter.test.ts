import { expect, it } from 'vitest';
import { createLocalCounter } from './local-counter.ts';
import { createLoginLimiter } from './login-limiter.ts';

function setup() {
  const { add } = createLocalCounter({ windowMs: 60_000, clock: { monotonic: () => 0 } });
  const limiter = createLoginLimiter({ add: async (key, points) => add(key, points) });
  const admit = async (count: number, address = '192.0.2.1') => {
    const tries = Array.from({ length: count }, () => limiter.admit(address));
    const settled = await Promise.allSettled(tries);
    return settled.filter(({ status }) => status === 'fulfilled').length;
  };
  return { limiter, admit };
}

it('lets ten be tried at once, and no more until one was right', async () => {
  const { limiter, admit } = setup();
  expect(await admit(25)).toBe(10);
  expect(await admit(1)).toBe(0);
  await limiter.forgive('192.0.2.1');
  expect(await admit(2)).toBe(1);
});

it('holds what it refused against nobody', async () => {
  const { limiter, admit } = setup();
  await admit(100);
  for (let index = 0; index < 10; index += 1) await limiter.forgive('192.0.2.1');
  expect(await admit(25)).toBe(10);
});

it('counts an IPv6 subscriber as one, and others apart', async () => {
  const { admit } = setup();
  expect(await admit(10, '2001:db8::1')).toBe(10);
  expect(await admit(1, '2001:db8::2')).toBe(0);
  expect(await admit(1, '2001:db8:0:1::2')).toBe(1);
});

it('says how many a minute, and when to come again', async () => {
  const { limiter, admit } = setup();
  await admit(10);
  await expect(limiter.admit('192.0.2.1')).rejects.toMatchObject({
    code: 'rate_limited',
    message: 'Too many failed logins from this address: 10 a minute. Try again in 60 s.',
    retryAfterSeconds: 60,
  });
});
