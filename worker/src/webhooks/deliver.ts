import { randomUUID } from 'node:crypto';
import type { Dispatcher } from 'undici';
import type { Clock } from '@understudy/shared/runtime/clock';
import type { Logger } from '@understudy/shared/runtime/logger';
import { inSpan, type Tracing } from '@understudy/shared/runtime/tracing/tracing';
import type { Store } from '@understudy/shared/store/connect';
import type { KeyRing } from '@understudy/shared/secrets/key-ring';
import { SecretError } from '@understudy/shared/secrets/secret-error';
import type { DeliveryDocument } from '@understudy/shared/store/webhooks/delivery-model';
import { failDelivery, failPendingDeliveries } from '@understudy/shared/store/webhooks/end-deliveries';
import { findDelivery } from '@understudy/shared/store/webhooks/read-deliveries';
import type { TargetDocument } from '@understudy/shared/store/webhooks/target-model';
import { clearTarget, noteFailure } from '@understudy/shared/store/webhooks/targets';
import { claimDelivery, settleDelivery } from '@understudy/shared/store/webhooks/try-delivery';
import { untilStored } from '../until-stored.ts';
import { noteOutcome, toDeliverySpan } from './delivery-span.ts';
import { disableWebhook } from './disable-webhook.ts';
import type { DeliveryLanes } from './delivery-lanes.ts';
import { findRecipient, type Recipient } from './recipient.ts';
import { sendMessage, type SendOutcome, TRY_MS } from './send.ts';
import { toSignedHeaders } from './sign.ts';
import { toNextStep } from './to-next-step.ts';
import { toReasonToDisable } from './to-reason-to-disable.ts';

export interface DeliverDeps {
  store: Store;
  keyRing: KeyRing;
  deliveryLanes: Pick<DeliveryLanes, 'feedAfter'>;
  /** Goes nowhere that the guard does not allow. */
  dispatcher: Dispatcher;
  clock: Clock;
  random: () => number;
  tracing?: Tracing | null;
  logger: Logger;
}

/** Longer than a try and its record may take: after that its worker counts as dead, and it is tried again. */
const CLAIM_MS = 2 * TRY_MS;
/** What came of a try waits this long for a ledger that is away; then the try is made again. */
const SETTLE_BOUND_MS = TRY_MS - 2_000;
const GIVEN_UP_AT_ONCE = 500;

/** Tries one delivery: claim, send, settle; then whatever waits behind it has its turn. */
export async function deliver(deps: DeliverDeps, deliveryId: string): Promise<void> {
  const { store, clock, deliveryLanes } = deps;
  const known = await findDelivery(store, deliveryId);
  if (known?.state !== 'pending') return;
  const recipient = await findRecipient(deps, known);
  if (recipient === null) {
    const now = new Date(clock.now());
    await failDelivery(store, deliveryId, now);
    await failPendingDeliveries(store, known.target, now, GIVEN_UP_AT_ONCE);
  } else {
    const token = randomUUID();
    const now = clock.now();
    const until = new Date(now + CLAIM_MS);
    const delivery = await claimDelivery(store, { id: deliveryId, token, now: new Date(now), until });
    if (delivery === null) return;
    await settle(deps, { delivery, recipient, token }, await tryTraced(deps, delivery, recipient));
  }
  deliveryLanes.feedAfter(known);
}

/** `unsigned` where no call was made, for a fault that is not the receiver's. */
type TryOutcome = SendOutcome & { durationMs: number; unsigned?: true };

interface Try {
  delivery: DeliveryDocument;
  recipient: Recipient;
  token: string;
}

/** A try of a job's delivery is a span of that job's trace. The receiver is told nothing of it: it is somebody else's. */
async function tryTraced(
  deps: DeliverDeps,
  delivery: DeliveryDocument,
  recipient: Recipient,
): Promise<TryOutcome> {
  const tracing = delivery.traceparent === undefined ? null : deps.tracing;
  return inSpan(
    tracing,
    () => toDeliverySpan(delivery, recipient),
    async (span) => {
      const outcome = await tryOnce(deps, delivery, recipient);
      if (span) noteOutcome(span, outcome);
      return outcome;
    },
  );
}

async function tryOnce(
  { dispatcher, clock, logger }: DeliverDeps,
  { _id, eventId, body }: DeliveryDocument,
  recipient: Recipient,
): Promise<TryOutcome> {
  const startedMs = clock.monotonic();
  const nowMs = clock.now();
  const message = { id: eventId, timestamp: Math.floor(nowMs / 1_000), body: body ?? '' };
  let secrets: string[];
  try {
    secrets = await recipient.readSecrets(new Date(nowMs));
  } catch (err) {
    logger.error({ err, deliveryId: _id }, 'a delivery cannot be signed by this worker');
    const reason = err instanceof SecretError ? ` ${err.message}` : '';
    const error = `The signing secret could not be opened by this worker.${reason}`;
    return { ok: false, httpStatus: null, error, retryAfterMs: null, durationMs: 0, unsigned: true };
  }
  const headers = toSignedHeaders(message, secrets);
  const outcome = await sendMessage(dispatcher, { url: recipient.url, headers, body: message.body });
  return { ...outcome, durationMs: Math.round(clock.monotonic() - startedMs) };
}

async function settle(deps: DeliverDeps, { delivery, recipient, token }: Try, outcome: TryOutcome) {
  const { store, clock, random, logger } = deps;
  const { _id: id, target } = delivery;
  const { httpStatus, durationMs, error } = outcome;
  const now = new Date(clock.now());
  const next = toNextStep(delivery, outcome, { nowMs: now.getTime(), random });
  const settled = { end: { httpStatus, durationMs, error }, next };
  // Kept over the repeats: noting it again would count it again.
  let failing: TargetDocument | null = null;
  await untilStored(
    async () => {
      if (outcome.ok) await clearTarget(store, target);
      else if (!outcome.unsigned) failing ??= await noteFailure(store, target, now);
      await settleDelivery(store, { id, token, now, settled });
      const reason = recipient.webhook && toReasonToDisable(outcome, failing, now);
      if (!recipient.webhook || !reason) return;
      if (await disableWebhook(store, recipient.webhook, { reason, at: now })) {
        logger.warn({ webhookId: recipient.webhook._id }, 'a webhook endpoint was disabled');
      }
    },
    { clock, logger, boundMs: SETTLE_BOUND_MS, what: 'the end of a delivery’s try' },
  );
}
