import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { createId } from '@understudy/shared/ids';
import { createKeyRing } from '@understudy/shared/secrets/key-ring';
import { toApiKeyPlace, type ProviderDocument } from '@understudy/shared/store/providers/model';
import { eventually } from '@understudy/shared/testing/eventually';
import type { FakeRequest, FakeVendor } from '@understudy/shared/testing/fake-vendors/fake-vendor';
import { startFakeOpenAi } from '@understudy/shared/testing/fake-vendors/openai/server';
import { startWorkerFleet, type WorkerFleet } from '../testing/worker-fleet.ts';

const WORKERS = ['0', '1'];
const OLD = { key: 'sk-the-old-key', model: 'old-model' };
const NEW = { key: 'sk-the-new-key', model: 'new-model' };

let fleet: WorkerFleet;
let main: FakeVendor;
let spare: FakeVendor;
let provider: ProviderDocument;
let release: ((value?: unknown) => void) | undefined;

/** Says at the vendor which worker it was. */
const toFetch =
  (index: number): typeof fetch =>
  (input, init) => {
    const headers = new Headers(init?.headers);
    headers.set('x-worker', `${index}`);
    return fetch(input, { ...init, headers });
  };
const encrypt = (id: string, key: string) =>
  createKeyRing(fleet.bed.masterKeys).encrypt(key, toApiKeyPlace(id));

beforeAll(async () => {
  fleet = await startWorkerFleet(WORKERS.length, { toFetch });
  // Nobody takes over from a call that is held.
  await fleet.configure((config) => ({ ...config, failoverEnabled: false, dispatchBudgetMs: 600_000 }));
});
afterAll(() => fleet.close());
beforeEach(async () => {
  [main, spare] = await Promise.all([startFakeOpenAi(), startFakeOpenAi()]);
  await fleet.bed.store.providers.deleteMany({});
  const _id = createId('prv');
  provider = await fleet.addProvider({
    _id,
    name: 'main',
    priority: 1,
    baseUrl: main.url,
    apiKey: encrypt(_id, OLD.key),
    configuration: { model: OLD.model, timeoutMs: 300_000 },
  });
  await fleet.addProvider({ name: 'spare', priority: 2, baseUrl: spare.url });
});
afterEach(async () => {
  release?.();
  await Promise.all([main.stop(), spare.stop()]);
});

const workerOf = ({ headers }: FakeRequest) => headers['x-worker'];
const keyOf = ({ headers }: FakeRequest) => headers['authorization']?.replace('Bearer ', '');
const modelOf = ({ question }: FakeRequest) => question?.model;
const onMain = (request: FakeRequest) => main.requests.includes(request);
const submit = (count: number) =>
  Promise.all(Array.from({ length: count }, () => fleet.submit({ allowDegraded: false })));
const isEnded = async (id: string) => (await fleet.readJob(id)).state === 'succeeded';
const untilEnded = (ids: readonly string[]) =>
  eventually(async () => (await Promise.all(ids.map(isEnded))).every(Boolean));

/** Submits jobs until each worker has made a call that is as meant. @returns all those jobs. */
async function submitUntil(isMeant: (request: FakeRequest) => boolean): Promise<string[]> {
  const ids: string[] = [];
  const wereMade = new Set([...main.requests, ...spare.requests]);
  await eventually(
    async () => {
      const made = [...main.requests, ...spare.requests].filter((request) => !wereMade.has(request));
      if (
        WORKERS.every((worker) => made.some((request) => workerOf(request) === worker && isMeant(request)))
      ) {
        return true;
      }
      ids.push(...(await submit(2)));
      return false;
    },
    { everyMs: 100 },
  );
  return ids;
}

/** Has each worker in calls at `main` which end when they are released. @returns their jobs. */
async function hold(): Promise<string[]> {
  await untilEnded(await submitUntil(onMain));
  const held = Promise.withResolvers();
  release = held.resolve;
  main.respondAlways({ kind: 'held', until: held.promise });
  const before = main.requests.length;
  const ids = await submitUntil(onMain);
  await eventually(() => main.requests.length - before === ids.length);
  main.respondAlways({ kind: 'answer' });
  return ids;
}

/** Submits until each worker has made a call that is as meant, then holds that every further one is. */
async function expectInForce(isMeant: (request: FakeRequest) => boolean) {
  await untilEnded(await submitUntil(isMeant));
  const before = { main: main.requests.length, spare: spare.requests.length };
  await untilEnded(await submit(16));
  const further = [...main.requests.slice(before.main), ...spare.requests.slice(before.spare)];
  expect(further.length).toBeGreaterThanOrEqual(16);
  expect(further.filter((request) => !isMeant(request))).toEqual([]);
}

/** Lets the held calls go, each of which must end well where it began. */
async function expectFinishedOnOld(ids: readonly string[], begun: readonly FakeRequest[]) {
  release?.();
  await untilEnded(ids);
  for (const id of ids) {
    const attempts = await fleet.bed.store.attempts.find({ jobId: id }).lean();
    expect(attempts).toMatchObject([{ outcome: 'succeeded', provider: { name: 'main', model: OLD.model } }]);
  }
  for (const request of begun) expect([keyOf(request), modelOf(request)]).toEqual([OLD.key, OLD.model]);
}

const gone = { deletedAt: new Date(), nameKey: null, enabled: false, apiKey: null };

it.each<[string, () => Partial<ProviderDocument>, (request: FakeRequest) => boolean]>([
  ['key', () => ({ apiKey: encrypt(provider._id, NEW.key) }), (request) => keyOf(request) === NEW.key],
  [
    'model',
    () => ({ configuration: { ...provider.configuration, model: NEW.model } as never }),
    (request) => modelOf(request) === NEW.model,
  ],
  ['disabled', () => ({ enabled: false }), (request) => !onMain(request)],
  ['deleted', () => gone, (request) => !onMain(request)],
])(
  'has a change in force in every worker, while calls under way end on the old: %s',
  async (_, toChange, isMeant) => {
    const held = await hold();
    const begun = [...main.requests];
    await fleet.changeProvider(provider._id, toChange());
    await expectInForce(isMeant);
    expect(await Promise.all(held.map(isEnded))).toEqual(held.map(() => false));
    await expectFinishedOnOld(held, begun);
  },
  240_000,
);
