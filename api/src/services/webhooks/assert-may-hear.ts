import { coversScope } from '@understudy/shared/contracts/scope';
import { isOperatorEvent, type DeliveryType, type WebhookEvent } from '@understudy/shared/contracts/webhook';
import { ForbiddenError } from '@understudy/shared/errors';
import type { WebhookDocument } from '@understudy/shared/store/webhooks/model';
import type { Viewer } from '../../http/viewer.ts';

/**
 * What concerns the service and not a client is for operators only. @throws {ForbiddenError} naming the missing scope;
 * `had` are events that the endpoint was made with, which stay whoever changes it.
 */
export function assertMayHear(
  { scopes }: Viewer,
  events: readonly WebhookEvent[],
  had: readonly WebhookEvent[] = [],
): void {
  const asked = events.some((event) => isOperatorEvent(event) && !had.includes(event));
  if (asked && !coversScope(scopes, 'providers:read')) throw new ForbiddenError('providers:read');
}

/**
 * Whether an endpoint's deliveries may be read, and made: those of operators' events show what operators were told, and
 * when. `events` are the endpoint's, and that of the delivery. @throws {ForbiddenError}.
 */
export function assertMayDeliver({ scopes }: Viewer, events: readonly DeliveryType[]): void {
  const isOperators = events.some((event) => event !== 'webhook.test' && isOperatorEvent(event));
  if (isOperators && !coversScope(scopes, 'providers:read')) throw new ForbiddenError('providers:read');
}

/**
 * Where an endpoint hears of operators' events, its address, whether it is on and its secret are theirs too: who could
 * move it would hear without being told. `next` is null where it is removed. @throws {ForbiddenError}.
 */
export function assertMayChange(
  { scopes }: Viewer,
  current: WebhookDocument,
  next: WebhookDocument | null,
): void {
  const operators = current.events.filter(isOperatorEvent);
  if (operators.length === 0 || coversScope(scopes, 'providers:read')) return;
  const same =
    next !== null &&
    next.url === current.url &&
    next.enabled === current.enabled &&
    next.secrets === current.secrets &&
    operators.every((event) => next.events.includes(event));
  if (!same) throw new ForbiddenError('providers:read');
}
