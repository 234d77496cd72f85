import { createId } from '@understudy/shared/ids';
import { buildAttempt, buildAttemptEnd } from '@understudy/shared/testing/builders';
import { createTestBed, type TestBed } from '@understudy/shared/testing/test-bed';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Context } from '../../context.ts';
import { ANONYMOUS } from '../../http/viewer.ts';
import { exportClassifications } from './export.ts';

/** Without an API: what runs by the clock in one would take this clock's leaps for time that went by. */
let bed: TestBed;
beforeAll(async () => {
  bed = await createTestBed();
});
afterAll(() => bed.close());

it('lets its reader leave after every look, also after one that finds nothing', async () => {
  const attempts = Array.from({ length: 1_001 }, () => ({
    ...buildAttempt({ jobId: createId('job'), counted: true }),
    ...buildAttemptEnd({ outcome: 'failed', fault: 'network' }),
  }));
  await bed.store.attempts.collection.insertMany(attempts as never);
  // The time of a look is over once it looked at one stretch, which is 500 attempts.
  let nowMs = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => (nowMs += 2_000));
  try {
    const viewer = { ...ANONYMOUS, client: 'nobody' };
    const { lines } = exportClassifications(bed as unknown as Context, {
      viewer,
      query: { fault: 'network' },
    });
    const texts = [];
    for await (const text of lines) texts.push(text);
    expect(texts).toEqual([expect.stringMatching(/^id,client,/), '', '']);
  } finally {
    clock.mockRestore();
  }
});
