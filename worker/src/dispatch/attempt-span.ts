import type { NewSpan, SpanAttributes, TraceSpan } from '@understudy/shared/runtime/tracing/tracing';
import type { AttemptDocument, AttemptEnd } from '@understudy/shared/store/attempts/model';
import type { PooledProvider } from '../providers/provider-pool.ts';
import type { EndedCall } from './attempt-end.ts';
import { isLocal } from './select.ts';

/** What classifying by a language model is, in the words of the conventions. */
const OPERATION = 'chat';

/**
 * The span of one attempt, by OpenTelemetry's semantic conventions for GenAI client spans (1.37): its name, kind and
 * attributes. One at `local` calls no model, and has only what is ours.
 */
export function toAttemptSpan(
  pooled: PooledProvider,
  attempt: Pick<AttemptDocument, '_id' | 'jobId' | 'number' | 'hedge' | 'circuit' | 'purpose'>,
): NewSpan {
  const { reference } = pooled;
  const own = {
    'understudy.job.id': attempt.jobId,
    'understudy.attempt.id': attempt._id,
    'understudy.attempt.number': attempt.number,
    'understudy.attempt.hedge': attempt.hedge,
    'understudy.attempt.purpose': attempt.purpose,
    'understudy.provider.id': reference.id,
    'understudy.provider.name': reference.name,
    'understudy.circuit': attempt.circuit,
  };
  if (isLocal(pooled)) return { name: 'local', attributes: own };
  return {
    name: `${OPERATION} ${reference.model}`,
    kind: 'client',
    attributes: {
      ...own,
      'gen_ai.operation.name': OPERATION,
      'gen_ai.provider.name': reference.type,
      'gen_ai.request.model': reference.model,
      'gen_ai.output.type': 'json',
      ...toServer(pooled.adapter.baseUrl),
    },
  };
}

function toServer(baseUrl: string | undefined): SpanAttributes {
  const url = baseUrl === undefined ? null : URL.parse(baseUrl);
  if (!url) return {};
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  return { 'server.address': url.hostname, 'server.port': port };
}

/** Ends the span as the attempt ended; whoever lost to a hedge, or was cancelled, did not fail. */
export function endAttemptSpan(
  span: TraceSpan,
  pooled: PooledProvider,
  outcome: EndedCall,
  end: AttemptEnd,
): void {
  const isModel = !isLocal(pooled);
  const known = end.inputTokens > 0 || end.outputTokens > 0;
  span.set({
    'understudy.attempt.outcome': end.outcome,
    ...(end.status !== null && { 'http.response.status_code': end.status }),
    ...(isModel &&
      outcome.kind === 'answered' &&
      outcome.model && { 'gen_ai.response.model': outcome.model }),
    ...(isModel &&
      known && {
        'gen_ai.usage.input_tokens': end.inputTokens,
        'gen_ai.usage.output_tokens': end.outputTokens,
      }),
  });
  if (end.outcome === 'failed') span.fail(end.fault ?? 'internal_error');
  else if (end.fault !== null) span.set({ 'understudy.attempt.fault': end.fault });
  span.end();
}
