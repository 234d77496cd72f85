import type { Connection, mongo } from 'mongoose';
import { systemClock, type Clock } from '../runtime/clock.ts';

/** Up to which the clocks of machines count as one, in milliseconds; the shortest deadline that a job may have. */
export const CLOCKS_AGREE_MS = 1_000;
/** One a second: what delays all of these is more than a process that is busy. */
const MAX_SAMPLES = 16;

/**
 * The time by which jobs go: this machine's while it agrees with the ledger's server, and the server's where it does not,
 * so that no machine whose clock is wrong fails jobs before their deadline or takes up what is not due. The driver hears
 * the server's time every second by itself.
 */
export function createLedgerClock(connection: Connection): Clock {
  const { monotonic } = systemClock;
  /** How far the server's time is ahead of this process's monotonic clock, as it was heard lately. */
  let samples: number[] = [];
  let server = '';
  let aheadMs: number | null = null;

  connection.getClient().on('serverHeartbeatSucceeded', ({ connectionId, reply }: Heartbeat) => {
    const { isWritablePrimary, localTime } = reply;
    if (isWritablePrimary !== true || !(localTime instanceof Date)) return;
    if (connectionId !== server) samples = [];
    server = connectionId;
    samples = [...samples, localTime.getTime() - monotonic()].slice(-MAX_SAMPLES);
    // What is heard late was the time a while ago: of several, the latest time is the nearest.
    aheadMs = Math.max(...samples);
  });

  return {
    now() {
      const own = systemClock.now();
      const servers = aheadMs === null ? own : Math.floor(monotonic() + aheadMs);
      return Math.abs(servers - own) < CLOCKS_AGREE_MS ? own : servers;
    },
    monotonic,
  };
}

type Heartbeat = Pick<mongo.ServerHeartbeatSucceededEvent, 'connectionId'> & {
  reply: { isWritablePrimary?: unknown; localTime?: unknown };
};
