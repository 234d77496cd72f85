import type { DispatchConfig } from '@understudy/shared/contracts/dispatch-config';

interface PreviewBar {
  name: string;
  fromMs: number;
  toMs: number;
  tone: 'ok' | 'warn' | 'bad' | 'neutral';
}

interface PreviewEvent {
  atMs: number;
  text: string;
}

export interface Preview {
  /** What the axis reaches to. */
  endMs: number;
  bars: PreviewBar[];
  events: PreviewEvent[];
}

/** How long a good answer of the provider that takes over is taken to need. */
const ANSWER_MS = 800;

/**
 * What these settings do to a job whose first provider is silent and new, so that nothing is learned from it, and whose
 * second one answers. `timeoutMs` is the first provider's own.
 */
export function toPreview(config: DispatchConfig, timeoutMs: number): Preview {
  const { hedgeAfterMs, hedgeMaxMs, hedgeMaxShare, dispatchBudgetMs, failoverEnabled, degradedAfterMs } =
    config;
  const cutMs = Math.min(timeoutMs, dispatchBudgetMs);
  if (!failoverEnabled) {
    return {
      endMs: cutMs * 1.1,
      bars: [{ name: 'first', fromMs: 0, toMs: cutMs, tone: 'bad' }],
      events: [{ atMs: cutMs, text: 'cut, and nobody else is asked: the job waits and is tried again' }],
    };
  }
  const isHedged = hedgeMaxShare > 0 && hedgeAfterMs < cutMs;
  const switchMs = isHedged ? hedgeAfterMs : Math.min(hedgeMaxMs, 4_000, Math.max(hedgeAfterMs, 0), cutMs);
  const answeredMs = switchMs + ANSWER_MS;
  const firstEndsMs = isHedged ? Math.min(answeredMs, cutMs) : switchMs;
  const events: PreviewEvent[] = [
    {
      atMs: switchMs,
      text: isHedged ? 'the next is started beside it' : 'it is cut, and the next is asked',
    },
    { atMs: answeredMs, text: 'answered; the silent one is cut' },
  ];
  if (config.allowDegraded) {
    events.push({ atMs: degradedAfterMs, text: 'were all to fail: local may step in from here' });
  }
  return {
    endMs: Math.max(answeredMs, config.allowDegraded ? degradedAfterMs : 0) * 1.15,
    bars: [
      { name: 'first', fromMs: 0, toMs: firstEndsMs, tone: 'bad' },
      { name: 'next', fromMs: switchMs, toMs: answeredMs, tone: 'ok' },
    ],
    events: events.toSorted((a, b) => a.atMs - b.atMs),
  };
}

/** How a circuit goes through an outage under these settings, in words. */
export function toCircuitWords({ breaker }: DispatchConfig, toText: (ms: number) => string): string {
  const { failureThreshold, failureRatio, windowMs, openMs, rampMs } = breaker;
  return (
    `After ${failureThreshold} failures within ${toText(windowMs)}, if they are ${Math.round(failureRatio * 100)} % of its calls, ` +
    `a provider is passed over at once for ${toText(openMs)}. Then one job tries it; ` +
    (rampMs > 0
      ? `if it answers, traffic grows to all of it over ${toText(rampMs)}.`
      : 'if it answers, all traffic comes back.')
  );
}
