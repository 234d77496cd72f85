import type { PassedOverReason } from '@understudy/shared/contracts/classification';
import type { DispatchConfig } from '@understudy/shared/contracts/dispatch-config';
import type { CircuitRecord } from '@understudy/shared/runtime/circuits';
import type { Clock } from '@understudy/shared/runtime/clock';
import type { PooledProvider } from '../provider-pool.ts';
import type { Admittance } from './admission.ts';
import { createBreaker } from './breaker.ts';
import { createCooldown } from './cooldown.ts';

/** What stands before one provider in this process: its circuit, its cooldown and its places. */
export interface Gate {
  /** Asks for one call of at most `limitMs`: all that may forbid it, or none of it, is taken. */
  enter(pooled: PooledProvider, limitMs: number): Admittance;
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

/** A probe ends at its limit, and needs a moment to be settled. */
const PROBE_SLACK_MS = 2_000;

export function createGate({ settings, clock, onChange, onRelease }: GateOptions): Gate {
  let known: PooledProvider | null = null;
  let running = 0;
  let cooldown = createCooldown();
  const breaker = createBreaker({ settings: () => settings().breaker, clock, onChange: () => tell() });
  const toWall = (monotonicMs: number) => clock.now() + Math.round(monotonicMs - clock.monotonic());
  tell();

  function tell() {
    const untilMs = cooldown.untilMs(clock.monotonic());
    onChange({ circuit: breaker.state(), cooldownUntil: untilMs === null ? null : toWall(untilMs) });
  }

  function refuse(reason: PassedOverReason, untilMs: number | null): Admittance {
    return { admitted: false, reason, untilAt: untilMs === null ? null : toWall(untilMs) };
  }

  return {
    enter({ provider }, limitMs) {
      if (!provider.enabled) return refuse('disabled', null);
      if (provider.flagged) return refuse('flagged', null);
      // An open circuit goes before the limits, since only it lets `local` step in; the one probe is taken last.
      if (!breaker.isOpen()) {
        const coolUntilMs = cooldown.untilMs(clock.monotonic());
        if (coolUntilMs !== null) return refuse('cooldown', coolUntilMs);
        if (running >= provider.configuration.maxConcurrency) return refuse('concurrency', null);
      }
      const entry = breaker.enter(limitMs + PROBE_SLACK_MS);
      if (!entry.admitted) return refuse('circuit_open', entry.untilMs);

      running += 1;
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
