import CircuitBreaker from 'opossum';
import type { DispatchConfig } from '@understudy/shared/contracts/dispatch-config';
import type { CircuitState } from '@understudy/shared/contracts/provider';
import type { Clock } from '@understudy/shared/runtime/clock';
import type { BreakerOutcome } from '../faults.ts';
import { createOutcomeWindow, type OutcomeWindow } from './outcome-window.ts';

/** Leave to make one call, or not. `untilMs` is on the monotonic clock; null where nobody can say. */
type Entry =
  | {
      admitted: true;
      circuit: CircuitState;
      /** To be called once, however the call ended. Resolves when the circuit has taken it in. */
      settle(outcome: BreakerOutcome): Promise<void>;
    }
  | { admitted: false; untilMs: number | null };

/** What guards the calls to one provider. Its contract is `breaker-contract.ts`. */
export interface Breaker {
  state(): CircuitState;
  /** Whether it would refuse for certain: open, and not yet due for a probe. Takes nothing. */
  isOpen(): boolean;
  /** When an open circuit is due for its probe, on the monotonic clock. */
  openUntilMs(): number;
  /** Asks for one call. A half-open circuit grants one at a time, for at most `leaseMs`. */
  enter(leaseMs: number): Entry;
  /** Takes the fleet's word for its own state. `openUntilMs` is on the monotonic clock. */
  obey(state: CircuitState, openUntilMs: number): void;
  /** Closes the circuit and forgets what was counted. */
  reset(): void;
  /** Lets go of its timers. */
  dispose(): void;
}

interface BreakerOptions {
  /** Read at every decision, so that a change is in force at once. */
  settings: () => DispatchConfig['breaker'];
  clock: Clock;
  onChange: (state: CircuitState) => void;
}

/**
 * A healthy provider whose answers take 3.5 s at the median is cut at 4 s in about 37 % of its calls: five of those in
 * a row come by chance every few hundred calls, fifteen once in millions.
 */
export const SLOW_FACTOR = 3;

type Circuit = CircuitBreaker<[call: Promise<void>], void>;

/**
 * The circuit breaker of one provider in this process. opossum is the gate and its states; what moves it are our
 * outcome window and our clock, since opossum counts calls where failures are meant, and lets an ignored error, or a
 * call from before the outage, close a half-open circuit. So a half-open circuit is an instance of its own, which
 * only its probe can reach. It closes without a ramp: that takes counting over the fleet.
 */
export function createBreaker({ settings, clock, onChange }: BreakerOptions): Breaker {
  let circuit = listenTo(createCircuit('closed'));
  let window = createOutcomeWindow(settings().windowMs);
  let openUntilMs = 0;
  let probeUntilMs = 0;
  /** Rises with every change of state: an outcome counts only in the state that its call began in. */
  let epoch = 0;

  function listenTo(instance: Circuit): Circuit {
    instance.on('open', () => changed('open'));
    instance.on('close', () => changed('closed'));
    return instance;
  }

  function changed(state: CircuitState) {
    epoch += 1;
    window = createOutcomeWindow(settings().windowMs);
    if (state === 'open') openUntilMs = clock.monotonic() + settings().openMs;
    onChange(state);
  }

  function replace(state: 'closed' | 'half-open') {
    circuit.shutdown();
    circuit = listenTo(createCircuit(state));
    changed(state);
  }

  function enter(leaseMs: number): Entry {
    const now = clock.monotonic();
    // A probe whose caller never came back must not hold the circuit for ever.
    const isProbeLost = isProbing(circuit) && now >= probeUntilMs;
    if (isProbeLost || (circuit.opened && now >= openUntilMs)) replace('half-open');
    if (circuit.opened) return { admitted: false, untilMs: openUntilMs };
    if (isProbing(circuit)) return { admitted: false, untilMs: null };
    if (circuit.halfOpen) probeUntilMs = now + leaseMs;
    return { admitted: true, circuit: toState(circuit), settle: fire(circuit) };
  }

  function fire(entered: Circuit): (outcome: BreakerOutcome) => Promise<void> {
    const call = Promise.withResolvers<void>();
    const fired = entered.fire(call.promise).catch(() => {});
    const begunIn = epoch;
    return async (outcome) => {
      if (epoch !== begunIn) return;
      if (outcome === 'neutral') {
        // It must not reach opossum, which would take it for a success: the probe is given back instead.
        if (entered.halfOpen) replace('half-open');
        return;
      }
      if (outcome !== 'opens') window.add(outcome, clock.monotonic());
      if (outcome === 'good') call.resolve();
      else call.reject(new Error(outcome));
      await fired;
      if (epoch !== begunIn) return;
      if (outcome === 'opens' || isTooBad(window, settings(), clock.monotonic())) entered.open();
    };
  }

  return {
    state: () => toState(circuit),
    isOpen: () => circuit.opened && clock.monotonic() < openUntilMs,
    openUntilMs: () => openUntilMs,
    enter,
    obey(state, untilMs) {
      if (state === 'open' && !circuit.opened) circuit.open();
      if (state === 'open') openUntilMs = untilMs;
      else if (state === 'half-open' ? circuit.opened : !circuit.closed) replace(toLocal(state));
    },
    reset: () => replace('closed'),
    dispose: () => circuit.shutdown(),
  };
}

/** What the fleet calls ramping is closed here: who has its turn is not decided here. */
function toLocal(state: CircuitState): 'closed' | 'half-open' {
  return state === 'half-open' ? 'half-open' : 'closed';
}

/** Half-open, with its one probe under way. */
function isProbing(circuit: Circuit): boolean {
  return circuit.halfOpen && !circuit.pendingClose;
}

/** Whether enough calls of the window failed, and enough of all that counted, or too many in a row were slow. */
function isTooBad(window: OutcomeWindow, settings: DispatchConfig['breaker'], nowMs: number): boolean {
  const { good, bad, invalid, slowInARow } = window.count(nowMs, settings.windowMs);
  const isShare = (failures: number) => failures >= settings.failureRatio * (good + bad + invalid);
  return (
    (bad >= settings.failureThreshold && isShare(bad)) ||
    (invalid >= settings.invalidOutputThreshold && isShare(invalid)) ||
    slowInARow >= SLOW_FACTOR * settings.failureThreshold
  );
}

function toState(circuit: Circuit): CircuitState {
  if (circuit.closed) return 'closed';
  return circuit.opened ? 'open' : 'half-open';
}

/** The options are made anew each time because opossum changes the object that it is given. */
function createCircuit(state: 'closed' | 'half-open'): Circuit {
  const options = {
    timeout: false as const,
    // Its own ways of opening and of trying again are out of reach: both are decided above, by our clock.
    volumeThreshold: Number.MAX_SAFE_INTEGER,
    resetTimeout: 2 ** 31 - 1,
    rollingPercentilesEnabled: false,
    enableSnapshots: false,
    ...(state === 'half-open' && { state: { enabled: true, closed: false, halfOpen: true } }),
  };
  return new CircuitBreaker((call: Promise<void>) => call, options);
}
