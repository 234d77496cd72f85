import type { Adapter, ModelsOutcome } from '../llm/adapter.ts';
import { OVERSTAYED } from '../llm/overstayed.ts';

/** How long an adapter may take to end after its signal aborted, before its call is left behind. */
const ABORT_GRACE_MS = 100;

/** Lists the models, and always ends within `limitMs` and a tenth of a second. */
export async function listInTime(
  adapter: Pick<Adapter, 'listModels'>,
  limitMs: number,
): Promise<ModelsOutcome> {
  const limit = new AbortController();
  const overstayed = Promise.withResolvers<ModelsOutcome>();
  const timers = [
    setTimeout(() => limit.abort(new Error('The time of the call is up')), limitMs),
    setTimeout(() => overstayed.resolve(OVERSTAYED), limitMs + ABORT_GRACE_MS),
  ];
  try {
    return await Promise.race([adapter.listModels(limit.signal), overstayed.promise]);
  } finally {
    for (const timer of timers) clearTimeout(timer);
  }
}
