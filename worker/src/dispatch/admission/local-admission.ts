import type { DispatchConfig } from '@understudy/shared/contracts/dispatch-config';
import type { CircuitState } from '@understudy/shared/contracts/provider';
import type { Clock } from '@understudy/shared/runtime/clock';
import type { PooledProvider } from '../../providers/provider-pool.ts';
import type { Admission } from './admission.ts';
import { createGate, type Gate } from './gate.ts';
import { toResetMark } from './reset-mark.ts';
import { createWaitingLine, type WaitingLine } from './waiting-line.ts';

interface AdmissionOptions {
  settings: () => DispatchConfig;
  clock: Clock;
  /** This process's share of every limit, above 0 to 1; all of it where absent. */
  share?: () => number;
  /** Told of every change of a circuit. */
  onChange?: (providerId: string, circuit: CircuitState) => void;
}

export interface LocalAdmission extends Admission {
  gate(pooled: PooledProvider): Gate;
  /** Who waits for a place, for whoever finds places that another process gave back. */
  line: Pick<WaitingLine, 'wake' | 'listWaitedFor'>;
}

/**
 * Admission within this process: whether the provider is enabled and not flagged, its circuit, its cooldown, its share
 * of `maxConcurrency`, `rateLimit` and `tokensPerMinute`. A monthly budget is not kept here: that takes the fleet.
 */
export function createLocalAdmission(options: AdmissionOptions): LocalAdmission {
  const { settings, clock, share = () => 1, onChange } = options;
  const gates = new Map<string, { gate: Gate; known: PooledProvider }>();
  const line = createWaitingLine();

  function toGate(pooled: PooledProvider): Gate {
    const id = pooled.provider._id;
    const existing = gates.get(id);
    if (existing) return existing.gate;
    const gate = createGate({
      settings,
      clock,
      share,
      onChange: (circuit) => onChange?.(id, circuit),
      onRelease: () => line.wake(id),
    });
    gates.set(id, { gate, known: pooled });
    return gate;
  }

  return {
    gate: toGate,
    line,
    async admit(candidate, { limitMs, bound }) {
      return toGate(candidate).enter(candidate, { limitMs, tokens: bound.likelyTokens });
    },
    async takeHedge(of) {
      return toGate(of).takeHedge();
    },
    async charge() {},
    async readRoom(providers) {
      return providers.map((pooled) => toGate(pooled).readRoom(pooled));
    },
    untilReleased: line.wait,
    sync(providers) {
      const ids = new Set(providers.map(({ provider }) => provider._id));
      for (const [id, { gate }] of gates) {
        if (ids.has(id)) continue;
        gate.dispose();
        gates.delete(id);
      }
      for (const pooled of providers) {
        const gate = toGate(pooled);
        const known = gates.get(pooled.provider._id)?.known;
        if (known && toResetMark(known) !== toResetMark(pooled)) gate.reset();
        gates.set(pooled.provider._id, { gate, known: pooled });
      }
    },
    dispose() {
      for (const { gate } of gates.values()) gate.dispose();
      gates.clear();
    },
  };
}
