import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createId } from '../../ids.ts';
import { buildAttempt, buildAttemptEnd, buildJob } from '../../testing/builders.ts';
import { profileQueries } from '../../testing/profile-queries.ts';
import { createTestBed, type TestBed } from '../../testing/test-bed.ts';
import { findInStretches } from './find-in-stretches.ts';
import { findJobs } from './find-jobs.ts';
import type { FoundPage, JobFilter } from './job-filter.ts';
import type { JobDocument } from './model.ts';

const COUNT = 6_000;
/** What few have, the oldest among many that have it not. */
const RARE = 20;
/** Beyond what it gives: the end of a range, and what another plan tried in vain. */
const SLACK = 250;

let bed: TestBed;
let ids: string[];
beforeAll(async () => {
  bed = await createTestBed();
  const jobs = Array.from({ length: COUNT }, (_, index) => build(index));
  await bed.store.jobs.collection.insertMany(jobs as never);
  await bed.store.attempts.collection.insertMany(
    jobs.map(({ _id }, index) => ({
      ...buildAttempt({ jobId: _id, counted: true }),
      ...buildAttemptEnd({ outcome: 'failed', fault: index < RARE ? 'network' : 'timeout' }),
    })) as never,
  );
  ids = jobs.map(({ _id }) => _id);
});
afterAll(() => bed.close());

const provider = (name: string) => ({ id: `prv_${name}`, name, type: 'openai' as const, model: 'm' });
function build(index: number): JobDocument {
  const isRare = index < RARE;
  const name = isRare ? 'rare' : `label ${index % 5}`;
  return buildJob({
    client: index % 2 ? 'odd' : 'even',
    state: isRare && index % 4 === 0 ? 'failed' : 'succeeded',
    classifier: { id: 'clf_1', name: isRare ? 'seldom' : 'support', version: 1 },
    error: isRare ? { code: 'content_filtered', message: 'no' } : null,
    degraded: isRare,
    provider: provider(isRare ? 'spare' : 'main'),
    result: { label: name, labels: [{ name, confidence: 1 }], rationale: null },
    metadata: index % 3 ? {} : { ticket: `${index}`, kind: isRare ? 'rare' : 'usual' },
  });
}

const page = { limit: 51, beforeId: null, withText: false };
const toIds = ({ jobs }: FoundPage) => jobs.map(({ _id }) => _id);

describe.each<[string, JobFilter]>([
  ['a label', { labels: ['rare'] }],
  ['labels, some of nobody', { labels: ['rare', 'nothing'] }],
  ['a label, of one client', { client: 'odd', labels: ['rare'] }],
  ['an error', { errorCode: 'content_filtered' }],
  ['what is degraded', { degraded: true }],
  ['metadata', { metadata: { kind: 'rare' } }],
  ['metadata that nobody has', { metadata: { ticket: 'none' } }],
  ['several metadata', { metadata: { kind: 'rare', ticket: '3' } }],
  ['a fault', { fault: 'network' }],
])('by %s that few have', (_, filter) => {
  it('meets few others', async () => {
    let found: FoundPage | undefined;
    const profiled = await profileQueries(bed.store, async () => {
      found = await findJobs(bed.store, filter, page);
    });
    expect(found?.goOnBehind).toBeNull();
    const costly = profiled.filter(
      ({ docsExamined, keysExamined }) => Math.max(docsExamined, keysExamined) > SLACK,
    );
    expect(costly).toEqual([]);
    expect(profiled.length).toBeGreaterThan(0);
    const all = await findInStretches(bed.store, filter, page, Infinity);
    expect(toIds(all)).toEqual(found && toIds(found));
  });
});

describe('where the time is over', () => {
  const filter: JobFilter = { provider: { ids: ['prv_spare'], name: 'spare' }, classifier: 'seldom' };

  it.each<[string, JobFilter, number]>([
    ['of everybody', filter, RARE],
    ['of a client', { ...filter, client: 'odd' }, RARE / 2],
    ['of a state', { ...filter, states: ['failed'] }, RARE / 4],
    ['with a fault', { ...filter, fault: 'network' }, RARE],
  ])('goes on behind what it looked at, and finds each job %s once', async (_, narrowed, count) => {
    const seen: string[] = [];
    const looks: number[] = [];
    let beforeId: string | null = null;
    do {
      const sizes = { jobs: 1_000, attempts: 6 };
      const found: FoundPage = await findInStretches(bed.store, narrowed, { ...page, beforeId }, 0, sizes);
      seen.push(...toIds(found));
      looks.push(found.jobs.length);
      beforeId = found.goOnBehind;
    } while (beforeId !== null);
    expect(seen).toEqual(seen.toSorted().toReversed());
    expect(new Set(seen).size).toBe(count);
    expect(seen).toHaveLength(count);
    expect(seen.every((id) => ids.indexOf(id) < RARE)).toBe(true);
  });

  it('looks past what failed of checks, tests and drills, behind which no list can go on', async () => {
    const jobIds = Array.from({ length: 12 }, () => createId('chk'));
    const failed = buildAttemptEnd({ outcome: 'failed', fault: 'network' });
    await bed.store.attempts.insertMany(jobIds.map((jobId) => ({ ...buildAttempt({ jobId }), ...failed })));
    const sizes = { jobs: 1_000, attempts: 6 };
    const places: string[] = [];
    let beforeId: string | null = null;
    do {
      const narrowed = { ...filter, fault: 'network' } as const;
      const found: FoundPage = await findInStretches(bed.store, narrowed, { ...page, beforeId }, 0, sizes);
      beforeId = found.goOnBehind;
      if (beforeId !== null) places.push(beforeId);
    } while (beforeId !== null);
    expect(places.filter((id) => !id.startsWith('job_'))).toEqual([]);
    expect(places).not.toEqual([]);
    await bed.store.attempts.deleteMany({ jobId: { $in: jobIds } });
  });

  it('fills a page across stretches, and says no more than that', async () => {
    const sizes = { jobs: 7, attempts: 1 };
    const found = await findInStretches(bed.store, {}, { ...page, limit: 20 }, Infinity, sizes);
    expect(toIds(found)).toEqual(ids.slice(-20).toReversed());
    expect(found.goOnBehind).toBeNull();
  });

  it('gives up what the ledger says takes too long at once', async () => {
    const tooLong = Object.assign(new Error('operation exceeded time limit'), { code: 50 });
    const toArray = () => Promise.reject(tooLong);
    vi.spyOn(bed.store.jobs.collection, 'aggregate').mockReturnValueOnce({ toArray } as never);
    expect(toIds(await findJobs(bed.store, filter, page))).toEqual(ids.slice(0, RARE).toReversed());
  });

  it('throws whatever else goes wrong', async () => {
    const toArray = () => Promise.reject(new Error('broken'));
    vi.spyOn(bed.store.jobs.collection, 'aggregate').mockReturnValueOnce({ toArray } as never);
    await expect(findJobs(bed.store, filter, page)).rejects.toThrow('broken');
  });
});
