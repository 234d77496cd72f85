import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildJob } from '../../testing/builders.ts';
import { profileQueries } from '../../testing/profile-queries.ts';
import { createRandom } from '../../testing/random.ts';
import { createTestBed, type TestBed } from '../../testing/test-bed.ts';
import { toNative } from '../define-model.ts';
import { correctJob } from '../jobs/correct-job.ts';
import { eraseJobs } from '../jobs/erase-jobs.ts';
import type { JobDocument } from '../jobs/model.ts';
import { retryJobs } from '../jobs/retry-jobs.ts';
import { PROGRESS_ID } from './model.ts';
import { readAnswers } from './read-answers.ts';
import { readLabelStats } from './read-label-stats.ts';
import { rollUpAnswers } from './roll-up-answers.ts';
import { toSpans } from '../roll-up/to-spans.ts';

let bed: TestBed;
beforeAll(async () => {
  bed = await createTestBed();
});
afterAll(() => bed.close());
beforeEach(async () => {
  await bed.store.jobs.deleteMany({});
  await bed.store.answerBuckets.deleteMany({ _id: { $ne: PROGRESS_ID } });
  await bed.store.answerChanges.deleteMany({});
  await bed.store.answerBuckets.updateOne({ _id: PROGRESS_ID }, { at: new Date(NOW - 30 * DAY_MS) });
});

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOW = Date.now();
const LABELS = ['billing', 'bug', '__proto__', 'a.b', '$inc'];
const toProvider = (id: string) => ({ id, name: id, type: 'openai', model: 'm' }) as const;

/** A job that was answered `agoMs` ago. */
function buildAnswered(
  agoMs: number,
  names: readonly string[] = ['bug'],
  overrides: Partial<JobDocument> = {},
) {
  const at = new Date(NOW - agoMs);
  const labels = names.map((name, index) => ({ name, confidence: 0.9 - index / 10 }));
  return buildJob({
    state: 'succeeded',
    createdAt: at,
    finishedAt: at,
    multiLabel: true,
    result: { label: names[0] ?? null, labels, rationale: 'Because.' },
    provider: toProvider('prv_1'),
    ...overrides,
  });
}
async function insert(...jobs: JobDocument[]): Promise<string> {
  await bed.store.jobs.insertMany(jobs);
  return jobs[0]?._id ?? '';
}
const rollUp = (now = NOW) => rollUpAnswers(bed.store, now);
const correct = (id: string, labels: string[] | null) =>
  correctJob(bed.store, id, labels && { labels, by: 'me' });
const readLabels = (window: '1h' | '24h' | '30d' = '1h', providerId?: string) =>
  readLabelStats(bed.store, { window, now: NOW, providerId });
const readRow = async (label: string) => (await readLabels()).data.find((row) => row.label === label);
const readTotals = async (windowMs = HOUR_MS) => {
  const spans = toSpans(windowMs, NOW, 'hour');
  return readAnswers(bed.store, { spans, now: NOW, withLabels: false });
};

it('gives the same while an answer is only in the ledger, and once it is in the buckets', async () => {
  await insert(buildAnswered(8_000), buildAnswered(30_000, ['bug', 'billing']), buildAnswered(40_000, []));
  const expected = {
    window: '1h',
    answered: 3,
    others: 0,
    data: [
      { label: 'bug', count: 2, share: 2 / 3, avgConfidence: 0.9, corrected: 0, agreed: 0 },
      { label: 'billing', count: 1, share: 1 / 3, avgConfidence: 0.8, corrected: 0, agreed: 0 },
    ],
  };
  expect(await readLabels()).toEqual(expected);
  await rollUp();
  expect(await readLabels()).toEqual(expected);
  await rollUp(NOW + 60_000);
  await bed.store.jobs.deleteMany({});
  for (const window of ['1h', '24h', '30d'] as const) {
    expect(await readLabels(window)).toEqual({ ...expected, window });
  }
});

it('counts within the window, which begins with a whole hour', async () => {
  const ages = [0.5, 5, 23, 26, 6 * 24, 29 * 24, 32 * 24].map((hours) => hours * HOUR_MS);
  await insert(...ages.map((age) => buildAnswered(age)));
  await rollUp(NOW + 60_000);
  const count = async (windowMs: number) => (await readTotals(windowMs)).get('prv_1')?.answers;
  expect([await count(DAY_MS), await count(7 * DAY_MS), await count(30 * DAY_MS)]).toEqual([3, 5, 6]);
  expect(await readLabels('30d')).toMatchObject({ answered: 6, data: [{ count: 6 }] });
});

it('parts what each provider answered', async () => {
  const provider = toProvider('prv_2');
  await insert(buildAnswered(8_000), buildAnswered(60_000, ['billing'], { provider, degraded: true }));
  await rollUp();
  expect(await readLabels('1h', 'prv_2')).toMatchObject({
    answered: 1,
    data: [{ label: 'billing', count: 1 }],
  });
  expect((await readLabels('1h', 'prv_3')).data).toEqual([]);
  expect((await readTotals()).get('prv_2')).toMatchObject({ answers: 1, degraded: 1, confidence: 0.9 });
});

it('tells the 200 most frequent labels apart and how often the others were answered', async () => {
  const many = Array.from({ length: 700 }, (_, index) => buildAnswered(60_000, [`label ${index}`]));
  await insert(...many, buildAnswered(60_000, ['label 0']));
  await rollUp();
  const bucket = await bed.store.answerBuckets.findOne({ width: 'hour' }).lean();
  expect(bucket?.labels).toHaveLength(500);
  const { data, others, answered } = await readLabels();
  expect([data.length, data[0]?.label, data[0]?.count, others, answered]).toEqual([
    200,
    'label 0',
    2,
    500,
    701,
  ]);
});

describe.each([
  ['before', () => Promise.resolve()],
  ['after', () => rollUp(NOW + 60_000)],
] as const)('an answer %s it is in the buckets', (_, counted) => {
  it('counts what people say of it, until they take it back', async () => {
    const id = await insert(buildAnswered(5_000));
    await counted();
    await correct(id, ['bug']);
    expect(await readRow('bug')).toMatchObject({ count: 1, corrected: 1, agreed: 1 });
    await correct(id, ['billing']);
    expect(await readRow('bug')).toMatchObject({ count: 1, corrected: 1, agreed: 0 });
    expect((await readTotals()).get('prv_1')).toMatchObject({ corrected: 1, agreed: 0 });
    await rollUp(NOW + 60_000);
    expect(await readRow('bug')).toMatchObject({ count: 1, corrected: 1, agreed: 0 });
    await correct(id, null);
    expect(await readRow('bug')).toMatchObject({ count: 1, corrected: 0, agreed: 0 });
  });

  it('keeps its figures when it is erased, and can be corrected no more', async () => {
    const id = await insert(buildAnswered(5_000));
    await counted();
    await correct(id, ['bug']);
    await eraseJobs(bed.store, [id]);
    expect((await bed.store.jobs.findById(id))?.result).toBeNull();
    expect(await correct(id, null)).toBe(false);
    await rollUp(NOW + 60_000);
    expect(await readRow('bug')).toMatchObject({ count: 1, corrected: 1, agreed: 1 });
  });
});

it('counts what was said of a job before it had its answer, once it has it', async () => {
  const id = await insert(buildJob({ state: 'failed', createdAt: new Date(NOW - 60_000) }));
  await correct(id, ['bug']);
  await retryJobs(bed.store, [id], { evenUntold: true });
  await rollUp();
  expect((await readLabels()).answered).toBe(0);
  const { state, finishedAt, result, provider } = buildAnswered(2_000);
  await bed.store.jobs.updateOne({ _id: id }, { state, finishedAt, result, provider });
  await rollUp(NOW + 60_000);
  expect(await readRow('bug')).toMatchObject({ count: 1, corrected: 1, agreed: 1 });
});

/** What of a job is counted for good, however it is erased. */
type Facts = Pick<JobDocument, 'finishedAt' | 'result' | 'provider'> & {
  correction: { labels: string[] } | null;
};

/** The same figures, one answer after the other. */
function recount(answers: Facts[], providerId?: string) {
  const meant = answers.filter(({ provider }) => providerId === undefined || provider?.id === providerId);
  const sum = (of: Facts[], toNumber: (facts: Facts) => unknown) =>
    of.reduce((total, facts) => total + Number(toNumber(facts)), 0);
  const namesOf = ({ result }: Facts) => result?.labels.map(({ name }) => name) ?? [];
  const agrees = (facts: Facts) =>
    facts.correction !== null &&
    JSON.stringify(facts.correction.labels.toSorted()) === JSON.stringify(namesOf(facts).toSorted());
  const rows = LABELS.flatMap((label) => {
    const of = meant.filter((facts) => namesOf(facts).includes(label));
    const corrected = sum(of, ({ correction }) => correction !== null);
    const agreed = sum(of, ({ correction }) => correction?.labels.includes(label) ?? false);
    return of.length === 0 ? [] : [[label, of.length, corrected, agreed]];
  });
  const totals = [meant.length, sum(meant, ({ correction }) => correction !== null), sum(meant, agrees)];
  return { rows: rows.toSorted(), totals };
}

async function readFigures(now: number, providerId: string) {
  const spans = toSpans(HOUR_MS, now, 'hour');
  const all = await readAnswers(bed.store, { spans, now, withLabels: false });
  const { answers = 0, corrected = 0, agreed = 0 } = all.get(providerId) ?? {};
  const { data } = await readLabelStats(bed.store, { window: '1h', now, providerId });
  const rows = data.map((row) => [row.label, row.count, row.corrected, row.agreed]);
  return { rows: rows.toSorted(), totals: [answers, corrected, agreed] };
}

it.each([1, 2, 3])(
  'equals a recount after any history (%i), whatever happened at the same moment',
  async (seed) => {
    const random = createRandom(seed);
    const below = (end: number) => Math.floor(random() * end);
    const some = () => LABELS.filter(() => random() < 0.4);
    const erased: Facts[] = [];
    let now = NOW - 20 * 60_000;

    for (let round = 0; round < 6; round += 1) {
      now += 20_000;
      // What ended within the last 20 s: of some of it the roll-up of this round knows.
      const fresh = Array.from({ length: 12 }, () =>
        buildAnswered(NOW - now + below(20_000), some(), { provider: toProvider(`prv_${1 + below(2)}`) }),
      );
      await insert(
        ...fresh,
        buildJob({ state: 'failed', createdAt: new Date(now), finishedAt: new Date(now) }),
      );
      const jobs = await bed.store.jobs.find({ erasedAt: null }).lean<JobDocument[]>();
      const work: (() => Promise<unknown>)[] = [() => rollUp(now), () => rollUp(now)];
      for (const job of jobs) {
        if (random() < 0.4) continue;
        const labels =
          random() < 0.3 ? null : random() < 0.3 ? job.result?.labels.map(({ name }) => name) : some();
        const isCorrected = correct.bind(null, job._id, labels ?? null);
        if (job.state === 'failed' && random() < 0.5) {
          const { finishedAt, result, provider } = buildAnswered(NOW - now, some());
          await retryJobs(bed.store, [job._id], { evenUntold: true });
          await bed.store.jobs.updateOne(
            { _id: job._id },
            { state: 'succeeded', finishedAt, result, provider },
          );
        } else if (job.state === 'succeeded' && random() < 0.15) {
          work.push(async () => {
            const [isFirst] = await Promise.all([isCorrected(), eraseJobs(bed.store, [job._id])]);
            erased.push(isFirst ? { ...job, correction: labels ? { labels } : null } : job);
          });
        } else {
          work.push(isCorrected);
          if (random() < 0.2) work.push(() => correct(job._id, some()));
        }
      }
      await Promise.all(work.toSorted(() => random() - 0.5).map((run) => run()));
      const left = await bed.store.jobs.find({ state: 'succeeded', erasedAt: null }).lean<JobDocument[]>();
      for (const providerId of ['prv_1', 'prv_2']) {
        expect(await readFigures(now + 1, providerId)).toEqual(recount([...left, ...erased], providerId));
      }
    }
    // From the buckets alone it is the same.
    await rollUp(now + 60_000);
    const left = await bed.store.jobs.find({ state: 'succeeded', erasedAt: null }).lean<JobDocument[]>();
    await bed.store.jobs.deleteMany({});
    for (const providerId of ['prv_1', 'prv_2']) {
      expect(await readFigures(now + 1, providerId)).toEqual(recount([...left, ...erased], providerId));
    }
  },
  60_000,
);

it('reads buckets, and of the jobs only those that are not in them', async () => {
  const many = Array.from({ length: 2_000 }, (_, index) => buildAnswered(60_000 + index * 1_000_000));
  await toNative(bed.store.jobs).insertMany(many);
  for (let run = 0; run < 3; run += 1) await rollUp();
  const [id = ''] = many.map(({ _id }) => _id);
  const fresh = await insert(buildAnswered(3_000));
  const profiled = await profileQueries(bed.store, async () => {
    await readLabels('30d');
    await readLabels('30d', 'prv_1');
    await readTotals(30 * DAY_MS);
    await correct(id, ['bug']);
    await correct(fresh, ['bug']);
    await eraseJobs(bed.store, [fresh]);
    await rollUp(NOW + 5_000);
  });
  expect(profiled.filter(({ plan }) => plan.includes('COLLSCAN'))).toEqual([]);
  const ofJobs = profiled.filter(({ collection }) => collection === 'jobs');
  const ofBuckets = profiled.filter(({ collection }) => collection === 'answer_buckets');
  expect(Math.max(...ofJobs.map(({ docsExamined }) => docsExamined))).toBe(1);
  // 30 days and the hours of one more.
  expect(Math.max(...ofBuckets.map(({ docsExamined }) => docsExamined))).toBeLessThanOrEqual(31 + 24);
});
