import type { DispatchConfig } from '@understudy/shared/contracts/dispatch-config';
import { createProducer } from '@understudy/shared/jobs/producer';
import { createKeyRing } from '@understudy/shared/secrets/key-ring';
import type { AttemptDocument } from '@understudy/shared/store/attempts/model';
import type { Clock } from '@understudy/shared/runtime/clock';
import type { Store } from '@understudy/shared/store/connect';
import type { FailoverDocument } from '@understudy/shared/store/failovers/model';
import type { JobDocument } from '@understudy/shared/store/jobs/model';
import { buildJob } from '@understudy/shared/testing/builders';
import { createTestBed, type TestBed } from '@understudy/shared/testing/test-bed';
import type { SettledAttempt } from '@understudy/shared/store/usage/bucket';
import { createEngine, type Engine } from '../create-engine.ts';
import type { CreateAdapter } from '../llm/adapter.ts';
import type { Outcome } from '../handlers/handler.ts';
import { buildProvider, type ProviderOverrides } from './build-provider.ts';
import { createFakeProvider, type FakeProvider } from './fake-adapter.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';

/** The engine over real stores, with providers that do what a test says and a clock that a test moves. */
export interface EngineBed<C extends Clock = FakeClock> extends TestBed, Engine {
  clock: C;
  /** What was handed to usage. */
  counted: SettledAttempt[];
  /** Removes every provider and setting; each test has its own. */
  reset(): Promise<void>;
  addProvider(overrides?: ProviderOverrides): Promise<FakeProvider & { id: string }>;
  configure(values: Partial<DispatchConfig>): Promise<void>;
  submit(overrides?: Partial<JobDocument>): Promise<JobDocument>;
  /** Runs what the queue holds of a job. */
  start(jobId: string): Promise<Outcome>;
  /** The same, until everything is told; gives the job as the ledger has it then. */
  execute(jobId: string): Promise<JobDocument>;
  readJob(jobId: string): Promise<JobDocument>;
  readAttempts(jobId: string): Promise<AttemptDocument[]>;
  /** What was recorded of it, oldest first. */
  readFailovers(jobId: string): Promise<FailoverDocument[]>;
  /** The attempts in short. */
  readTrail(
    jobId: string,
  ): Promise<{ number: number; name: string; outcome: string; fault: string | null }[]>;
}

interface EngineBedOptions {
  /** Puts real adapters in place of the scripted ones. */
  createAdapter?: CreateAdapter;
}

/** With a clock that only the test moves. */
export const createEngineBed = (options?: EngineBedOptions): Promise<EngineBed> =>
  createEngineBedBy(createFakeClock(), options);

/** With a clock of the caller's. */
export async function createEngineBedBy<C extends Clock>(
  clock: C,
  options: EngineBedOptions = {},
): Promise<EngineBed<C>> {
  const bed = await createTestBed();
  const { store } = bed;
  const fakes = new Map<string, FakeProvider>();
  const counted: SettledAttempt[] = [];
  const createFake: CreateAdapter = ({ id }) =>
    (fakes.get(id) ?? createFakeProvider()).createAdapter('fake-model');
  const producer = createProducer(bed);
  const engine = createEngine({
    ...bed,
    producer,
    keyRing: createKeyRing(bed.masterKeys),
    createAdapter: options.createAdapter ?? createFake,
    adapterDeps: { fetch },
    usage: { add: (attempt) => counted.push(attempt) },
    workerId: 'w1',
    concurrency: 32,
    redisNowMs: clock.now,
    clock,
    random: () => 0,
  });
  const { pool, settings, ledger, relay, claims, failovers, admission, executeJob } = engine;

  const readers = createReaders(store);
  const { readJob } = readers;
  const start = async (jobId: string) => executeJob({ jobId, generation: (await readJob(jobId)).generation });

  return {
    ...bed,
    ...engine,
    clock,
    counted,
    async reset() {
      await store.providers.deleteMany({});
      await store.settings.deleteMany({});
      await pool.reload();
      await settings.reload();
    },
    async addProvider(overrides) {
      const document = buildProvider(overrides);
      const fake = createFakeProvider();
      fakes.set(document._id, fake);
      await store.providers.create(document);
      await pool.reload();
      return Object.assign(fake, { id: document._id });
    },
    async configure(values) {
      await store.settings.create({ _id: 'dispatch', version: 1, values, updatedAt: new Date() });
      await settings.reload();
    },
    async submit(overrides) {
      const job = buildJob({ createdAt: new Date(clock.now()), ...overrides });
      await ledger.insertJob(job);
      return job;
    },
    start,
    async execute(jobId) {
      await start(jobId);
      await relay.flush();
      return readJob(jobId);
    },
    ...readers,
    async readFailovers(jobId) {
      await failovers.flush();
      return store.failovers.find({ jobId }).sort({ _id: 1 }).lean<FailoverDocument[]>();
    },
    async close() {
      await claims.stop();
      await failovers.stop();
      await pool.close();
      await admission.stop();
      admission.dispose();
      await producer.close();
      await bed.close();
    },
  };
}

function createReaders(store: Store): Pick<EngineBed, 'readJob' | 'readAttempts' | 'readTrail'> {
  const readAttempts = (jobId: string) =>
    store.attempts.find({ jobId }).sort({ number: 1 }).lean<AttemptDocument[]>();
  return {
    async readJob(jobId) {
      const job = await store.jobs.findById(jobId).lean<JobDocument>();
      if (!job) throw new Error(`There is no job ${jobId}`);
      return job;
    },
    readAttempts,
    async readTrail(jobId) {
      const attempts = await readAttempts(jobId);
      return attempts.map(({ number, provider, outcome, fault = null }) => ({
        number,
        name: provider.name,
        outcome,
        fault,
      }));
    },
  };
}
