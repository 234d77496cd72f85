import type { PassedOverReason } from '@understudy/shared/contracts/classification';
import type { DispatchConfig } from '@understudy/shared/contracts/dispatch-config';
import type { CircuitState } from '@understudy/shared/contracts/provider';
import type { Clock } from '@understudy/shared/runtime/clock';
import type { PooledProvider } from '../../providers/provider-pool.ts';
import { BEGIN_SLACK_MS } from '../deadline.ts';
import type { Admittance, CallEnd, ProviderRoom } from './admission.ts';
import { createBreaker } from './breaker.ts';
import { createCooldown } from './cooldown.ts';
import { createHedgeShare } from './hedge-share.ts';
import { createLocalLimits, type LocalLimits } from './local-limits.ts';

type Refusal = Extract<Admittance, { admitted: false }>;

/** What the fleet says of a provider; times on the monotonic clock. */
interface FleetWord {
  circuit: CircuitState;
  openUntilMs: number;
  cooldownUntilMs: number;
}

/** What stands before one provider in this process: its circuit, its cooldown and its share of the limits. */
export interface Gate {
  /** What forbids a call, without asking anybody; null where nothing here does. */
  refuse(pooled: PooledProvider): Refusal | null;
  /**
   * Whether a call is refused for want of a place and nothing else: the calls of this process alone take every one, and
   * the circuit, which goes before the limits, is closed.
   */
  isFull(pooled: PooledProvider): boolean;
  /** Asks for one call of at most `limitMs`: all that may forbid it, or none of it, is taken. */
  enter(pooled: PooledProvider, call: { limitMs: number; tokens: number }): Admittance;
  /** Counts a call that the fleet has admitted. Gives what is to be called at its end. */
  note(tokens: number): (end: CallEnd) => void;
  takeHedge(): boolean;
  readRoom(pooled: PooledProvider): ProviderRoom;
  /** Takes the fleet's word for its own. */
  obey(word: FleetWord): void;
  /** Closes the circuit and ends the cooldown. */
  reset(): void;
  dispose(): void;
}

export interface GateOptions {
  settings: () => DispatchConfig;
  clock: Clock;
  /** This process's share of the limits, above 0 to 1. */
  share: () => number;
  /** Told of every change of the circuit. */
  onChange: (circuit: CircuitState) => void;
  onRelease: () => void;
}

/** A probe may begin a little late, ends at its limit, and needs a moment to be settled. */
const PROBE_SLACK_MS = BEGIN_SLACK_MS + 2_000;

export function createGate({ settings, clock, share, onChange, onRelease }: GateOptions): Gate {
  let cooldown = createCooldown();
  let told: CircuitState = 'closed';
  const limits = createLocalLimits({ clock, share });
  const hedges = createHedgeShare();
  const breaker = createBreaker({ settings: () => settings().breaker, clock, onChange });

  function turnAway(reason: PassedOverReason, untilMs: number | null): Refusal {
    const untilAt = untilMs === null ? null : clock.now() + Math.round(untilMs - clock.monotonic());
    return { admitted: false, reason, untilAt };
  }

  function refuse({ provider }: PooledProvider): Refusal | null {
    if (!provider.enabled) return turnAway('disabled', null);
    if (provider.flagged) return turnAway('flagged', null);
    // An open circuit goes before the limits, since only it lets `local` step in.
    if (breaker.isOpen()) return turnAway('circuit_open', breaker.openUntilMs());
    const coolUntilMs = cooldown.untilMs(clock.monotonic());
    return coolUntilMs === null ? null : turnAway('cooldown', coolUntilMs);
  }

  function refuseAll(pooled: PooledProvider, tokens: number): Refusal | null {
    const limited = limits.refuse(pooled, tokens);
    return refuse(pooled) ?? (limited && turnAway(limited.reason, limited.untilMs));
  }

  function note(tokens: number): (end: CallEnd) => void {
    const leave = limits.begin(tokens);
    hedges.noteCall(clock.monotonic());
    return (end) => {
      leave(end.used.tokens);
      if (end.breaker === 'good') cooldown.forgive();
      if (end.cooldown) cooldown.begin(end.cooldown.retryAfterMs, clock.monotonic());
      onRelease();
    };
  }

  return {
    refuse,
    isFull: (pooled) => told === 'closed' && breaker.state() === 'closed' && limits.isFull(pooled),
    note,
    enter(pooled, { limitMs, tokens }) {
      const refusal = refuseAll(pooled, tokens);
      if (refusal) return refusal;
      // The one probe is taken last.
      const entry = breaker.enter(limitMs + PROBE_SLACK_MS);
      if (!entry.admitted) return turnAway('circuit_open', entry.untilMs);
      const leave = note(tokens);
      const release = async (end: CallEnd) => {
        await entry.settle(end.breaker);
        leave(end);
      };
      return { admitted: true, circuit: entry.circuit, release };
    },
    takeHedge: () => hedges.take(settings().hedgeMaxShare, clock.monotonic()),
    readRoom(pooled) {
      const found = { ...limits.room(pooled), isRecovering: breaker.state() !== 'closed' };
      return { providerId: pooled.provider._id, ...toRoom(refuseAll(pooled, 0), found) };
    },
    obey({ circuit, openUntilMs, cooldownUntilMs }) {
      told = circuit;
      breaker.obey(circuit, openUntilMs);
      cooldown.obey(cooldownUntilMs);
    },
    reset() {
      cooldown = createCooldown();
      breaker.reset();
    },
    dispose: breaker.dispose,
  };
}

function toRoom(
  refusal: Refusal | null,
  { places, requests, underWay, isRecovering }: ReturnType<LocalLimits['room']> & { isRecovering: boolean },
): Omit<ProviderRoom, 'providerId'> {
  const { reason, untilAt } = refusal ?? { reason: null, untilAt: null };
  const allowed = isRecovering ? 1 : requests;
  const room = refusal ? 0 : Math.min(places, allowed ?? places);
  const allowance = refusal && reason !== 'concurrency' ? 0 : allowed;
  return { room, allowance, isRecovering, underWay, ended: null, reason, untilAt };
}
