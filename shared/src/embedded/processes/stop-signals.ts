import type { EventEmitter } from 'node:events';

interface StopSignalsOptions {
  /** The process, or a stand-in for it. */
  source: Pick<EventEmitter, 'on'>;
  now: () => number;
  /** The first signal. */
  onStop: (signal: string) => void;
  /** Another signal, later. */
  onKill: () => void;
}

/** A terminal signals every process and npm passes it on, so that one Ctrl-C arrives more than once. */
const ONE_SIGNAL_MS = 1_000;

/** Tells the first request to stop from a later, impatient one. */
export function onStopSignals({ source, now, onStop, onKill }: StopSignalsOptions): void {
  let firstAt: number | null = null;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    source.on(signal, () => {
      if (firstAt === null) {
        firstAt = now();
        onStop(signal);
      } else if (now() - firstAt >= ONE_SIGNAL_MS) onKill();
    });
  }
}
