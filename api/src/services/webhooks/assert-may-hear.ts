import { coversScope } from '@understudy/shared/contracts/session';
import { isOperatorEvent, type WebhookEvent } from '@understudy/shared/contracts/webhook';
import { ForbiddenError } from '@understudy/shared/errors';
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
