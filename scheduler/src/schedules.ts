import { createHash } from 'node:crypto';
import type { DispatchConfig } from '@understudy/shared/contracts/dispatch-config';
import type { JobName, Payload } from '@understudy/shared/jobs/catalog';
import type { ProviderDocument } from '@understudy/shared/store/providers/model';

/** One job that is to run again and again, wherever in its interval its offset puts it. */
export interface Schedule<N extends JobName = JobName> {
  id: string;
  name: N;
  everyMs: number;
  offsetMs: number;
  payload: Payload<N>;
}

export type ScheduledProvider = Pick<ProviderDocument, '_id' | 'type' | 'enabled'>;

/** How often each task of upkeep runs, in milliseconds. */
const UPKEEP_EVERY_MS = {
  'upkeep.deadlines': 1_000,
  'upkeep.queue': 1_000,
  'upkeep.webhooks': 1_000,
  'upkeep.claims': 2_000,
  'upkeep.batches': 2_000,
  'upkeep.announcements': 5_000,
  'upkeep.usage': 5_000,
  'upkeep.reservations': 10_000,
  'upkeep.retention': 5_000,
  'upkeep.alerts': 5_000,
} as const satisfies { [N in JobName as N extends `upkeep.${string}` ? N : never]: number };

/**
 * Every schedule that should exist: upkeep, a free check per enabled provider, and a deep one where the configuration
 * asks for it and the provider is not `local`, which has nobody to ask.
 */
export function toSchedules(
  providers: readonly ScheduledProvider[],
  { healthCheck }: Pick<DispatchConfig, 'healthCheck'>,
): Schedule[] {
  const { intervalMs, deepIntervalMs } = healthCheck;
  const enabled = providers.filter((provider) => provider.enabled);
  const remote = enabled.filter((provider) => provider.type !== 'local');
  return [
    ...Object.entries(UPKEEP_EVERY_MS).map(([name, everyMs]) => toUpkeep(name as UpkeepName, everyMs)),
    ...enabled.map(({ _id }) => toCheck(_id, intervalMs, false)),
    ...(deepIntervalMs > 0
      ? remote.map(({ _id }) => toCheck(_id, Math.max(deepIntervalMs, intervalMs), true))
      : []),
  ];
}

type UpkeepName = keyof typeof UPKEEP_EVERY_MS;

function toUpkeep(name: UpkeepName, everyMs: number): Schedule {
  return { id: name, name, everyMs, offsetMs: toOffsetMs(name, everyMs), payload: {} };
}

function toCheck(providerId: string, everyMs: number, deep: boolean): Schedule<'health.check'> {
  const id = `${deep ? 'health.deep-check' : 'health.check'}/${providerId}`;
  return {
    id,
    name: 'health.check',
    everyMs,
    offsetMs: toOffsetMs(id, everyMs),
    payload: { providerId, checkId: null, deep },
  };
}

/**
 * Where in its interval a schedule runs: spread by a hash of its id, so that not all providers are called at once.
 * Never 0, which BullMQ takes for "whenever it was added" and would not give back.
 */
function toOffsetMs(id: string, everyMs: number): number {
  const hash = createHash('sha256').update(id).digest().readUIntBE(0, 6);
  return Math.max(1, hash % everyMs);
}
