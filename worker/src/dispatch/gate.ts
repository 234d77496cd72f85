import type { PassedOverReason } from '@understudy/shared/contracts/classification';
import type { DispatchConfig } from '@understudy/shared/contracts/dispatch-config';
import type { CircuitRecord } from '@understudy/shared/runtime/circuits';
import type { Clock } from '@understudy/shared/runtime/clock';
import type { PooledProvider } from '../provider-pool.ts';
import type { Admittance, ProviderRoom } from './admission.ts';
import { createBreaker } from './breaker.ts';
import { createCooldown } from './cooldown.ts';
import { createHedgeShare } from './hedge-share.ts';

/** What stands before one provider in this process: its circuit, its cooldown and its places. */
export interface Gate {
  /** Asks for one call of at most `limitMs`: all that may forbid it, or none of it, is taken. */
  enter(pooled: PooledProvider, limitMs: number): Admittance;
  /** Asks whether another provider may be started beside a call of this one. */
  takeHedge(): boolean;
  /** How many calls it would let in now. */
  readRoom(pooled: PooledProvider): ProviderRoom;
  /** Takes note of the provider as it is now: one that was changed or mended starts anew. */
  adopt(pooled: PooledProvider): void;
  dispose(): void;
}

export interface GateOptions {
  settings: () => DispatchConfig;
  clock: Clock;
  /** Told of every change of the circuit or cooldown, and of how they are at first. */
  onChange: (record: CircuitRecord) => void;
  onRelease: () => void;
}

type Refusal = Extract<Admittance, { admitted: false }>;

/** A probe ends at its limit, and needs a moment to be settled. */
const PROBE_SLACK_MS = 2_000;

export function createGate({ settings, clock, onChange, onRelease }: GateOptions): Gate {
  let known: PooledProvider | null = null;
  let running = 0;
  let cooldown = createCooldown();
  const hedges = createHedgeShare();
  const breaker = createBreaker({ settings: () => settings().breaker, clock, onChange: () => tell() });
  const toWall = (monotonicMs: number) => clock.now() + Math.round(monotonicMs - clock.monotonic());
  tell();

  function tell() {
    const untilMs = cooldown.untilMs(clock.monotonic());
    onChange({ circuit: breaker.state(), cooldownUntil: untilMs === null ? null : toWall(untilMs) });
  }

  function refuse(reason: PassedOverReason, untilMs: number | null): Refusal {
    return { admitted: false, reason, untilAt: untilMs === null ? null : toWall(untilMs) };
  }

  /** What forbids a call, the breaker's last word apart. */
  function toRefusal({ provider }: PooledProvider): Refusal | null {
    if (!provider.enabled) return refuse('disabled', null);
    if (provider.flagged) return refuse('flagged', null);
    // An open circuit goes before the limits, since only it lets `local` step in; the one probe is taken last.
    if (breaker.isOpen()) return refuse('circuit_open', breaker.openUntilMs());
    const coolUntilMs = cooldown.untilMs(clock.monotonic());
    if (coolUntilMs !== null) return refuse('cooldown', coolUntilMs);
    return running < provider.configuration.maxConcurrency ? null : refuse('concurrency', null);
  }

  return {
    enter(pooled, limitMs) {
      const refusal = toRefusal(pooled);
      if (refusal) return refusal;
      const entry = breaker.enter(limitMs + PROBE_SLACK_MS);
      if (!entry.admitted) return refuse('circuit_open', entry.untilMs);

      running += 1;
      hedges.noteCall(clock.monotonic());
      return {
        admitted: true,
        circuit: entry.circuit,
        async release(end) {
          running -= 1;
          if (end.breaker === 'good') cooldown.forgive();
          if (end.cooldown) cooldown.begin(end.cooldown.retryAfterMs, clock.monotonic());
          await entry.settle(end.breaker);
          if (end.cooldown) tell();
          onRelease();
        },
      };
    },
    takeHedge: () => hedges.take(settings().hedgeMaxShare, clock.monotonic()),
    readRoom(pooled) {
      const refusal = toRefusal(pooled);
      const { _id: providerId, configuration } = pooled.provider;
      if (refusal) return { providerId, room: 0, reason: refusal.reason, untilAt: refusal.untilAt };
      const room = breaker.state() === 'closed' ? configuration.maxConcurrency - running : 1;
      return { providerId, room, reason: null, untilAt: null };
    },
    adopt(pooled) {
      const isMended = known?.provider.flagged && pooled.provider.flagged === null;
      const isChanged = known && known.adapter !== pooled.adapter;
      known = pooled;
      if (!isMended && !isChanged) return;
      cooldown = createCooldown();
      breaker.reset();
    },
    dispose: breaker.dispose,
  };
}
