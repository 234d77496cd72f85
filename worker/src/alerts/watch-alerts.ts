import type { DispatchConfig } from '@understudy/shared/contracts/dispatch-config';
import type { Clock } from '@understudy/shared/runtime/clock';
import type { Logger } from '@understudy/shared/runtime/logger';
import { changeAlertCondition, readAlertConditions } from '@understudy/shared/store/alerts/conditions';
import type { AlertConditionDocument, AlertDocument } from '@understudy/shared/store/alerts/model';
import { toAlertData } from '@understudy/shared/store/alerts/to-alert';
import { findUntoldAlerts, markAlertsTold } from '@understudy/shared/store/alerts/untold-alerts';
import type { Store } from '@understudy/shared/store/connect';
import type { Notice } from '../webhooks/notice.ts';
import type { Announcer } from '../webhooks/announcer.ts';
import type { Reading } from './reading.ts';
import { readAlertFacts } from './read-facts.ts';
import { QUIET_MS, toNextCondition } from './to-next-condition.ts';
import { toReadings } from './to-readings.ts';

export interface AlertsDeps {
  store: Store;
  announcer: Pick<Announcer, 'announce'>;
  settings: { current(): Pick<DispatchConfig, 'availabilityTargetMs'> };
  /** Where the console is. */
  publicUrl: string;
  clock: Clock;
  logger: Logger;
}

const BATCH_SIZE = 200;

/**
 * Looks at the stored state once, puts what changed on record, and has operators told of it. What a look put on record and
 * did not tell, since its process died, the next one tells, under the same id.
 */
export async function watchAlerts(deps: AlertsDeps): Promise<void> {
  const { store, settings, clock } = deps;
  const nowMs = clock.now();
  const { availabilityTargetMs } = settings.current();
  const known = await readAlertConditions(store);
  const readings = toReadings(await readAlertFacts({ store, availabilityTargetMs, nowMs }, known), known);
  for (const reading of readings) await apply(deps, reading, known.get(reading.id) ?? null, nowMs);
  const alive = new Set(readings.map(({ id }) => id));
  for (const condition of known.values()) {
    if (!alive.has(condition._id)) await forget(deps, condition, nowMs);
  }
  await tell(deps);
}

async function apply(
  { store, logger }: AlertsDeps,
  { id, cause, words }: Reading,
  known: AlertConditionDocument | null,
  nowMs: number,
) {
  if (cause === undefined) return;
  const step = toNextCondition(known, cause, { tellsEnd: words !== null && cause === null, nowMs });
  if (!step) return;
  const changed = await changeAlertCondition(store, {
    id,
    revision: known?.revision ?? 0,
    next: step.next,
    words: step.isTold ? words : null,
    lasts: cause !== null,
    at: new Date(nowMs),
  });
  if (typeof changed === 'boolean') return;
  const { type, data } = changed;
  logger.warn({ alert: type, alertId: changed._id, summary: data.summary }, 'operators are alerted');
}

/** A condition whose subject is gone is over; it is remembered for as long as it could be told again too soon. */
async function forget({ store }: AlertsDeps, condition: AlertConditionDocument, nowMs: number) {
  const { _id: id, revision, beganAt, endedAt, cause } = condition;
  const isRecent = beganAt !== null && nowMs < beganAt.getTime() + QUIET_MS;
  if (isRecent && cause === null) return;
  const next = isRecent ? { cause: null, beganAt, endedAt } : null;
  await changeAlertCondition(store, { id, revision, next, words: null, lasts: false, at: new Date(nowMs) });
}

async function tell({ store, announcer, publicUrl }: AlertsDeps) {
  const untold = await findUntoldAlerts(store, BATCH_SIZE);
  if (untold.length === 0) return;
  await announcer.announce(untold.map((alert) => toNotice(alert, publicUrl)));
  await markAlertsTold(
    store,
    untold.map(({ _id }) => _id),
  );
}

function toNotice(alert: AlertDocument, publicUrl: string): Notice {
  const { _id: eventId, type, at } = alert;
  return { eventId, type, client: null, at, data: toAlertData(alert, publicUrl) };
}
