import bars from 'cli-progress';
import type { Classification } from '../contracts/classification.ts';

interface Progress {
  done: number;
  etaS: number;
  /** What holds the jobs that wait; null where nothing is known to. */
  hold: string | null;
}

/** What keeps an open job from being answered, by the contract's words; null where nothing does. */
export function toHold({
  deferred,
  passedOver,
}: Pick<Classification, 'deferred' | 'passedOver'>): string | null {
  if (!deferred) return null;
  const toWords = (code: string) => code.replaceAll('_', ' ');
  const whom = passedOver.map(({ provider, reason }) => `${provider.name}: ${toWords(reason)}`).join(', ');
  return `${toWords(deferred.reason)}${whom === '' ? '' : ` (${whom})`}`;
}

/** What is said of the questions that are left. */
export function toRest({ done, etaS, hold }: Progress): string {
  if (hold !== null) return `waiting: ${hold}`;
  if (done === 0 || !Number.isFinite(etaS)) return 'nobody knows how long yet';
  return `${etaS < 60 ? '' : `${Math.floor(etaS / 60)}m`}${Math.round(etaS % 60)}s to go`;
}

/** The bar of a run; stop it before anything else is written. */
export function startProgress(total: number) {
  const bar = new bars.SingleBar(
    {
      format: (options, { progress, value, eta }, { hold }: Pick<Progress, 'hold'>) =>
        `  ${bars.Format.BarFormat(progress, options)} ${value}/${total} answered, ${toRest({ done: value, etaS: eta, hold })}`,
      noTTYOutput: true,
      notTTYSchedule: 5_000,
    },
    bars.Presets.shades_classic,
  );
  bar.start(total, 0, { hold: null });
  return {
    answered: (done: number) => bar.update(done, { hold: null }),
    held: (job: Classification) => bar.update({ hold: toHold(job) }),
    stop: () => bar.stop(),
  };
}
