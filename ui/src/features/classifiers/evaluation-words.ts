import type { Evaluation, EvaluationRow } from '@understudy/shared/contracts/evaluation';
import type { Tone } from '../../format/tone.ts';

export const EVALUATION_TONES: Record<Evaluation['state'], Tone> = {
  running: 'neutral',
  finished: 'ok',
  cancelled: 'warn',
};

/** Who was right most often, null while nobody was asked to the end. */
export function toBest(providers: EvaluationRow['providers']): { name: string; accuracy: number } | null {
  const scored = (providers ?? []).flatMap(({ provider, accuracy }) =>
    accuracy === null ? [] : [{ name: provider.name, accuracy }],
  );
  return scored.toSorted((a, b) => b.accuracy - a.accuracy).at(0) ?? null;
}
