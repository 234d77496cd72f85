import type { NewSpan, TraceSpan } from '@understudy/shared/runtime/tracing/tracing';
import type { DeliveryDocument } from '@understudy/shared/store/webhooks/delivery-model';
import type { Recipient } from './recipient.ts';
import type { SendOutcome } from './send.ts';

/** The span of one try. Of the receiver's address it has the host alone: paths and queries of webhooks hold secrets. */
export function toDeliverySpan(
  { _id, jobId, type, tries, traceparent }: DeliveryDocument,
  { url }: Recipient,
): NewSpan {
  const host = URL.parse(url)?.hostname;
  return {
    name: 'POST webhook',
    kind: 'client',
    parent: traceparent ?? null,
    attributes: {
      'http.request.method': 'POST',
      ...(host !== undefined && { 'server.address': host }),
      ...(jobId !== null && { 'understudy.job.id': jobId }),
      'understudy.delivery.id': _id,
      'understudy.delivery.type': type,
      'understudy.delivery.try': tries.length,
    },
  };
}

/** How the try ended: a status that is no success, or none at all. */
export function noteOutcome(span: TraceSpan, { ok, httpStatus }: SendOutcome): void {
  if (httpStatus !== null) span.set({ 'http.response.status_code': httpStatus });
  if (!ok) span.fail(httpStatus === null ? 'no_answer' : String(httpStatus));
}
