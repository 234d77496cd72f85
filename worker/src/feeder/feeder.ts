import type { Service } from '@understudy/shared/runtime/lifecycle';
import { createPause } from '@understudy/shared/runtime/pause';
import { createFeederLease, type FeederLeaseDeps } from './feeder-lease.ts';
import { createRounds, type RoundDeps, type RoundEnd } from './round.ts';

type FeederOptions = RoundDeps &
  FeederLeaseDeps & {
    /** How many jobs this process works on at once. */
    concurrency: number;
  };

export interface Feeder extends Service {
  /** One round, if this process is the fleet's feeder or can become it. @returns null where another is. */
  runOnce(): Promise<RoundEnd | null>;
  /** Notes that this process is done with a job of the window. */
  noteDone(): void;
}

const EVERY_MS = 100;
const AFTER_FAILURE_MS = 500;
/** A round is worth its cost once this share of what this process holds of the window is done. */
const WAKE_SHARE = 1 / 4;

/**
 * Moves jobs from the ledger into the window of the queue. Every worker process has one; a lease lets one of them work.
 * A second at the same time does no harm, since the ledger gives each job to one.
 */
export function createFeeder(options: FeederOptions): Feeder {
  const { admission, logger, concurrency } = options;
  const lease = createFeederLease(options);
  const pause = createPause();
  let runRound: (() => Promise<RoundEnd>) | null = null;
  let running: Promise<void> | null = null;
  let stopping = false;
  let done = 0;
  /** This many jobs must be done before it is worth a round. */
  let wakeAfter = Infinity;
  let isFailing = false;

  async function runOnce(): Promise<RoundEnd | null> {
    // Who works keeps what it knows from round to round; who lost the lease knows nothing any more.
    runRound = (await lease.keep()) ? (runRound ?? createRounds(options)) : null;
    done = 0;
    const end = (await runRound?.()) ?? null;
    const share = concurrency / Math.max(concurrency, admission.capacity());
    wakeAfter = end?.hasMore ? Math.max(1, Math.ceil(end.held * share * WAKE_SHARE)) : Infinity;
    return end;
  }

  async function tryOnce(): Promise<number> {
    try {
      await runOnce();
      isFailing = false;
      return EVERY_MS;
    } catch (err) {
      if (!isFailing) logger.warn({ err }, 'the feeder could not fill the window');
      isFailing = true;
      wakeAfter = Infinity;
      return AFTER_FAILURE_MS;
    }
  }

  async function loop() {
    while (!stopping) {
      const pauseMs = await tryOnce();
      if (stopping || done >= wakeAfter) continue;
      await pause.rest(pauseMs);
    }
  }

  return {
    runOnce,
    noteDone() {
      done += 1;
      if (done >= wakeAfter) pause.end();
    },
    async start() {
      running ??= loop();
    },
    async stop() {
      stopping = true;
      pause.end();
      await running;
      await lease.release();
      runRound = null;
    },
  };
}
