import type { CircuitState } from '@understudy/shared/contracts/provider';
import type { PooledProvider } from '../providers/provider-pool.ts';
import { toWaits, type HedgeTiming, type Waits } from './hedge-timing.ts';

/** Why a call is ended before its own limit: it is too late to wait for it, or another provider has answered. */
type Ending = 'cut' | 'overtaken';

/** One provider that is being asked, alone or beside another. */
export interface Asking {
  readonly pooled: PooledProvider;
  /** Whether it was started beside one that had not answered. */
  readonly hedge: boolean;
  /** Whether nobody else is left to ask. */
  readonly isLastResort: boolean;
  /** What it is known to need, as of when its call began: nothing is known of one that is probed. */
  timing(): HedgeTiming;
  /** The same, or less where its first call began with little time left. */
  waits(): Waits;
  /** Aborts when it is ended early. */
  readonly signal: AbortSignal;
  ending(): Ending | null;
  /** Ends it early; the first reason counts. */
  end(reason: Ending): void;
  /** When its first call began, on the monotonic clock; null before that. */
  startedMs(): number | null;
  /** Notes that a call begins, with so much left of the job and its dispatch. */
  begin(call: { nowMs: number; leftMs: number; circuit: CircuitState }): void;
  /** Resolves when it is time to look after it: H after its first call, or as last set by `remind`. */
  late(): Promise<void>;
  /** Sets when it is looked after next: then, or as soon as `sooner` resolves, whose signal tells it to give up. */
  remind(afterMs: number, sooner?: (signal: AbortSignal) => Promise<void>): void;
  /** Not to be reminded of any more, unless by another `remind`. */
  hush(): void;
}

interface AskingOptions extends Pick<Asking, 'pooled' | 'hedge' | 'isLastResort'> {
  /** Of a call that begins in this state of its provider's circuit. */
  toTiming: (circuit: CircuitState) => HedgeTiming;
}

export function createAsking({ pooled, hedge, isLastResort, toTiming }: AskingOptions): Asking {
  const abort = new AbortController();
  let ending: Ending | null = null;
  let startedMs: number | null = null;
  let timing = toTiming('closed');
  let waits: Waits = timing;
  let timer: NodeJS.Timeout | undefined;
  let waiting: AbortController | null = null;
  let late = Promise.withResolvers<void>();

  function hush() {
    clearTimeout(timer);
    late = Promise.withResolvers<void>();
    waiting?.abort();
    waiting = null;
  }

  const remind: Asking['remind'] = (afterMs, sooner) => {
    hush();
    timer = setTimeout(late.resolve, afterMs);
    if (!sooner) return;
    waiting = new AbortController();
    void sooner(waiting.signal).then(late.resolve);
  };

  return {
    pooled,
    hedge,
    isLastResort,
    timing: () => timing,
    waits: () => waits,
    signal: abort.signal,
    ending: () => ending,
    end(reason) {
      ending ??= reason;
      abort.abort();
    },
    startedMs: () => startedMs,
    begin({ nowMs, leftMs, circuit }) {
      if (startedMs !== null) return;
      startedMs = nowMs;
      timing = toTiming(circuit);
      waits = toWaits(timing, leftMs);
      clearTimeout(timer);
      // Whoever waits for it already must be woken by this one.
      timer = setTimeout(late.resolve, waits.hedgeAfterMs);
    },
    late: () => late.promise,
    remind,
    hush,
  };
}
