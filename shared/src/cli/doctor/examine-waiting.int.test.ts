import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { JobDocument } from '../../store/jobs/model.ts';
import { toRoute } from '../../store/jobs/route.ts';
import { buildJob } from '../../testing/builders.ts';
import { createDoctorBed, type DoctorBed } from '../../testing/doctor-bed.ts';
import { addSealedProvider } from '../../testing/sealed-provider.ts';

let bed: DoctorBed;
beforeAll(async () => {
  bed = await createDoctorBed();
});
beforeEach(async () => {
  await bed.clear();
  await addSealedProvider(bed, { enabled: false });
  await addSealedProvider(bed, { _id: 'prv_spare', name: 'spare', nameKey: 'spare' });
});
afterAll(() => bed.close());

async function wait(providers: string[] | null, change: Partial<JobDocument> = {}) {
  const job = buildJob({ waiting: true, providers, ...change });
  await bed.store.jobs.create({ ...job, route: toRoute(job) });
}

it('tells how many jobs wait for nobody but providers that are switched off or were deleted', async () => {
  await wait(['main']);
  await wait(['main'], { client: 'shop' });
  await wait(['Main', 'gone'], { priority: 0 });
  expect(await bed.findBad('waiting jobs')).toEqual([
    'warn: 3 jobs wait for nobody but providers that are switched off, or not there under that name: main, gone.',
  ]);
});

it('is content with jobs that somebody can take, or that do not wait', async () => {
  await addSealedProvider(bed, { _id: 'prv_new', name: 'new', nameKey: 'new', formerNames: ['old'] });
  await wait(null);
  await wait(['Old']);
  await wait(['main', 'SPARE']);
  await wait(['main'], { state: 'cancelled', waiting: false });
  expect(await bed.findBad('waiting jobs')).toEqual([]);
});

it('counts no further than it must', async () => {
  const jobs = Array.from({ length: 1_001 }, () =>
    buildJob({ waiting: true, providers: ['main'], route: 'only:main' }),
  );
  await bed.store.jobs.insertMany(jobs);
  expect(await bed.findBad('waiting jobs')).toEqual([
    expect.stringMatching(/^warn: 1000 or more jobs wait for /),
  ]);
});
