import { expect, it } from 'vitest';
import { createCooldown } from './cooldown.ts';

it('obeys the time that the provider names', () => {
  const cooldown = createCooldown();
  cooldown.begin(1_500, 1_000);
  expect(cooldown.untilMs(2_499)).toBe(2_500);
  expect(cooldown.untilMs(2_500)).toBeNull();
});

it('doubles its guess from 5 s to 60 s while the provider names none', () => {
  const cooldown = createCooldown();
  let now = 0;
  const waits = Array.from({ length: 6 }, () => {
    cooldown.begin(null, now);
    const until = cooldown.untilMs(now) ?? Number.NaN;
    const wait = until - now;
    now = until;
    return wait;
  });
  expect(waits).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000]);
});

it('does not believe a provider that throttles and says to come back at once', () => {
  const cooldown = createCooldown();
  let now = 0;
  const waits = Array.from({ length: 4 }, () => {
    cooldown.begin(0, now);
    const until = cooldown.untilMs(now) ?? Number.NaN;
    const wait = until - now;
    now = until;
    return wait;
  });
  expect(waits).toEqual([1_000, 2_000, 4_000, 8_000]);
});

it('takes the refusals of calls that were under way together for one', () => {
  const cooldown = createCooldown();
  for (let call = 0; call < 16; call += 1) cooldown.begin(null, call);
  expect(cooldown.untilMs(20)).toBe(5_000);
});

it('starts from 5 s again after a good answer', () => {
  const cooldown = createCooldown();
  cooldown.begin(null, 0);
  cooldown.begin(null, 5_000);
  cooldown.forgive();
  cooldown.begin(null, 20_000);
  expect(cooldown.untilMs(20_000)).toBe(25_000);
});

it('never shortens a wait, and takes no wait of days', () => {
  const cooldown = createCooldown();
  cooldown.begin(60_000, 0);
  cooldown.begin(1_000, 0);
  expect(cooldown.untilMs(0)).toBe(60_000);
  cooldown.begin(86_400_000, 0);
  expect(cooldown.untilMs(0)).toBe(3_600_000);
});
