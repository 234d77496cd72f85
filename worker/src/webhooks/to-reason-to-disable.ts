import type { TargetDocument } from '@understudy/shared/store/webhooks/target-model';
import type { SendOutcome } from './send.ts';
import { GONE } from './to-next-step.ts';

/** An endpoint that was not once reached for so long, by so many calls, is no endpoint any more. */
const FAILING_MS = 5 * 24 * 3_600_000;
const MIN_FAILURES = 10;

/** Why an endpoint is to be switched off after this call; null where it is not. */
export function toReasonToDisable(
  { httpStatus }: Pick<SendOutcome, 'httpStatus'>,
  failing: TargetDocument | null,
  now: Date,
): string | null {
  if (httpStatus === GONE) return 'it answered that it is gone for good (410).';
  if (!failing || failing.failures < MIN_FAILURES) return null;
  if (now.getTime() - failing.failingSince.getTime() < FAILING_MS) return null;
  return `no call of it has succeeded for five days (${failing.failures} in a row failed).`;
}
