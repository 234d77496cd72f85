import { afterEach, beforeEach, vi } from 'vitest';
import { dispatchConfig, type DispatchConfig } from '@understudy/shared/contracts/dispatch-config';
import type { Clock } from '@understudy/shared/runtime/clock';
import { createLogger } from '@understudy/shared/runtime/logger';
import type { AttemptEnd } from '@understudy/shared/store/attempts/model';
import type { FailoverDocument } from '@understudy/shared/store/failovers/model';
import { buildJob } from '@understudy/shared/testing/builders';
import { createRandom } from '@understudy/shared/testing/random';
import { createLocalAdmission } from '../dispatch/admission/local-admission.ts';
import { createDispatch } from '../dispatch/dispatch.ts';
import type { DispatchReport } from '../dispatch/dispatch-report.ts';
import { createRecentLatencies } from '../dispatch/recent-latencies.ts';
import { createAttemptRecorder } from '../dispatch/record.ts';
import { byPriority } from '../dispatch/select.ts';
import { labelSetOf } from '../llm/testing/sample-request.ts';
import type { PooledProvider } from '../providers/provider-pool.ts';
import { buildPooled } from './build-provider.ts';
import { answer, createFakeProvider, toFault } from './fake-adapter.ts';

/** One job of a simulation. */
interface SimulatedJob extends DispatchReport {
  startedMs: number;
  tookMs: number;
}

export interface Simulation {
  jobs: SimulatedJob[];
  attempts: (AttemptEnd & {
    provider: string;
    hedge: boolean;
    /** Milliseconds since 1970, as are the next two. */
    startedMs: number;
    limitAtMs: number;
    settledAtMs: number;
  })[];
  failovers: FailoverDocument[];
  /** Whose circuit opened, and when. */
  opened: { provider: string; atMs: number }[];
}

interface SimulationOptions {
  seed: number;
  jobs: number;
  /** Jobs a second, at random intervals. */
  rate: number;
  /** How long the answers of each provider take, in order of priority; null where one never answers. */
  providers: Record<string, (random: () => number) => number | null>;
  settings?: Partial<DispatchConfig>;
  /** From a job's start, for all or by its place from 0; a day where absent. */
  deadlineMs?: number | ((index: number) => number);
  /** Of every provider. */
  timeoutMs?: number;
  /** How long a call takes to end once it was cut; none where absent. */
  endsAfterMs?: number;
  /** How long the ledger takes to begin an attempt; none where absent. */
  beginsAfterMs?: number;
  /** By provider; a thousand where absent. */
  maxConcurrency?: Record<string, number>;
}

/** Durations in milliseconds that are log-normal, as answers of models are, given by their median and p95. */
export function logNormal(medianMs: number, p95Ms: number): (random: () => number) => number {
  const sigma = Math.log(p95Ms / medianMs) / 1.6449;
  return (random) => {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return medianMs * Math.exp(sigma * normal);
  };
}

/** Has the clocks and timers of each test of a file be simulated ones. */
export function useSimulatedTime(): void {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] }));
  afterEach(() => {
    // First, since what a test put in place of them would come back with the fakes.
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });
}

/**
 * Runs the real dispatch, with its real timers and this process's admission, in simulated time: hours pass in moments.
 * Only the ledger and the vendors are stand-ins. It needs `useSimulatedTime()`.
 */
export async function simulate(options: SimulationOptions): Promise<Simulation> {
  const { seed, jobs: count, rate, providers, timeoutMs = 10_000, maxConcurrency = {} } = options;
  const { deadlineMs = 86_400_000, endsAfterMs = 0, beginsAfterMs = 0 } = options;
  const random = createRandom(seed);
  const clock = { now: () => Date.now(), monotonic: () => performance.now() };
  const settings = () => dispatchConfig.parse(options.settings ?? {});
  const simulation: Simulation = { jobs: [], attempts: [], failovers: [], opened: [] };
  const pool = Object.entries(providers).map(([name, toDurationMs], index) =>
    toProvider(
      name,
      { priority: index + 1, timeoutMs, maxConcurrency: maxConcurrency[name] ?? 1_000 },
      { toDurationMs: () => toDurationMs(random), endsAfterMs },
    ),
  );
  const nameOf = (id: string) => pool.find(({ provider }) => provider._id === id)?.provider.name ?? '';
  const latencies = createRecentLatencies(clock);
  const logger = createLogger({ role: 'test', level: 'silent' });
  const dispatch = createDispatch({
    pool: { list: () => pool, get: (id) => pool.find(({ provider }) => provider._id === id) ?? null },
    settings,
    order: byPriority,
    latencies,
    admission: createLocalAdmission({
      settings,
      clock,
      onChange(id, circuit) {
        if (circuit === 'open') simulation.opened.push({ provider: nameOf(id), atMs: clock.now() });
      },
    }),
    recorder: createAttemptRecorder({
      ledger: {
        async beginAttempt() {
          if (beginsAfterMs > 0) await new Promise((resolve) => setTimeout(resolve, beginsAfterMs));
          return true;
        },
        settleAttempt: async () => true,
      },
      usage: {
        add(attempt) {
          latencies.add(attempt);
          const { provider, startedAt, limitAt, settledAt } = attempt;
          const [startedMs, limitAtMs, settledAtMs] = [Number(startedAt), Number(limitAt), Number(settledAt)];
          simulation.attempts.push({
            ...attempt,
            provider: provider.name,
            startedMs,
            limitAtMs,
            settledAtMs,
          });
        },
      },
      unbegun: { remember() {} },
      clock,
      logger,
    }),
    failovers: { record: (failover) => void simulation.failovers.push(failover) },
    clock,
    random,
    logger,
    flag: () => {},
  });

  const running: Promise<void>[] = [];
  for (let index = 0; index < count; index += 1) {
    const lastsMs = typeof deadlineMs === 'number' ? deadlineMs : deadlineMs(index);
    running.push(runJob(dispatch, clock, simulation, lastsMs));
    await vi.advanceTimersByTimeAsync((-Math.log(1 - random()) * 1_000) / rate);
  }
  await vi.advanceTimersByTimeAsync(60_000);
  await Promise.all(running);
  return simulation;
}

async function runJob(
  dispatch: ReturnType<typeof createDispatch>,
  clock: Clock,
  { jobs }: Simulation,
  deadlineMs: number,
) {
  const startedMs = clock.now();
  const job = buildJob({ createdAt: new Date(startedMs), deadlineMs });
  const claim = {
    jobId: job._id,
    token: 'token',
    signal: new AbortController().signal,
    loss: () => null,
    isHeld: () => true,
    release: () => {},
  };
  const labelSet = labelSetOf(['billing']);
  const request = { text: 'x', labelSet, explain: false };
  const report = await dispatch({ job, request, claim, jobEndsAt: clock.monotonic() + deadlineMs });
  jobs.push({ ...report, startedMs, tookMs: clock.now() - startedMs });
}

function toProvider(
  name: string,
  { priority, timeoutMs, maxConcurrency }: { priority: number; timeoutMs: number; maxConcurrency: number },
  { toDurationMs, endsAfterMs }: { toDurationMs: () => number | null; endsAfterMs: number },
): PooledProvider {
  const fake = createFakeProvider();
  fake.will(
    (request, signal) =>
      new Promise((resolve) => {
        const durationMs = toDurationMs();
        const timer =
          durationMs === null ? null : setTimeout(() => resolve(answer()(request, signal)), durationMs);
        signal.addEventListener('abort', () => {
          if (timer) clearTimeout(timer);
          const end = () => resolve({ ok: false, fault: toFault('silent') });
          if (endsAfterMs > 0) setTimeout(end, endsAfterMs);
          else end();
        });
      }),
  );
  const configuration = { maxConcurrency, timeoutMs };
  return buildPooled({ name, priority, configuration }, fake.createAdapter('fake-model'));
}
