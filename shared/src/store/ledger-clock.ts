import type { Connection, mongo } from 'mongoose';
import { systemClock, type Clock } from '../runtime/clock.ts';

/** Up to which the clocks of machines count as one, in milliseconds; the shortest deadline that a job may have. */
export const CLOCKS_AGREE_MS = 1_000;
/** One a second: what delays all of these is more than a process that is busy. */
const MAX_SAMPLES = 16;
/** So many are enough that one of them came in time. */
const ENOUGH_SAMPLES = 3;

/**
 * The time by which jobs go: this machine's while it agrees with the ledger's server, and the server's where it does not,
 * so that no machine whose clock is wrong fails jobs before their deadline or takes up what is not due. The driver hears
 * the server's time every second by itself.
 */
export function createLedgerClock(connection: Connection): Clock {
  const { monotonic } = systemClock;
  let server = '';
  /** How far the server's time is ahead of this process's monotonic clock, as it was heard lately. */
  let samples: number[] = [];
  /** The same where this machine's own clock is off; null where it is not. */
  let aheadMs: number | null = null;

  connection.getClient().on('serverHeartbeatSucceeded', (heartbeat: Heartbeat) => {
    const { connectionId, duration, reply } = heartbeat;
    if (reply.isWritablePrimary !== true || !(reply.localTime instanceof Date)) return;
    if (connectionId !== server) [server, samples] = [connectionId, []];
    samples = [...samples, reply.localTime.getTime() - monotonic()].slice(-MAX_SAMPLES);
    // What is heard late was the time a while ago: of several, the latest time is the nearest.
    const latest = Math.max(...samples);
    const maxLateMs = samples.length < ENOUGH_SAMPLES ? duration : 0;
    // Judged here alone: after a sleep of the machine the monotonic clock is behind, and its own is right.
    const ownAheadMs = systemClock.now() - (monotonic() + latest);
    const isOff = ownAheadMs <= -CLOCKS_AGREE_MS || ownAheadMs >= maxLateMs + CLOCKS_AGREE_MS;
    aheadMs = isOff ? latest : null;
  });

  return {
    now: () => (aheadMs === null ? systemClock.now() : Math.floor(monotonic() + aheadMs)),
    monotonic,
  };
}

type Heartbeat = Pick<mongo.ServerHeartbeatSucceededEvent, 'connectionId' | 'duration'> & {
  reply: { isWritablePrimary?: unknown; localTime?: unknown };
};
