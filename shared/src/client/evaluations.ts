import type * as z from 'zod/mini';
import type {
  Evaluation,
  EvaluationAccepted,
  evaluationInput,
  EvaluationResult,
  EvaluationRow,
} from '../contracts/evaluation.ts';
import type { SubmitBatchOptions } from './batches.ts';
import type { CallOptions } from './call.ts';
import { fromNdjson, NDJSON } from './ndjson.ts';
import type { Page, PageQuery } from './page.ts';
import { valueOf, type Transport } from './transport.ts';

/** Samples with what is right for them, and who is to be asked. */
export type NewEvaluation = z.input<typeof evaluationInput>;

export interface EvaluationFilter extends PageQuery {
  /** By name. */
  classifier?: string | undefined;
}

export function createEvaluations(send: Transport) {
  return {
    /** Asks every provider, or those that are named, for each sample; at most 10,000 jobs. */
    start: async (
      classifier: string,
      body: NewEvaluation,
      { idempotencyKey, signal }: SubmitBatchOptions = {},
    ) =>
      valueOf(
        send<EvaluationAccepted>('POST', `/api/classifiers/${encodeURIComponent(classifier)}/evaluate`, {
          body,
          headers: { 'Idempotency-Key': idempotencyKey },
          signal,
        }),
      ),
    get: async (id: string, { signal }: CallOptions = {}) =>
      valueOf(send<Evaluation>('GET', toPath(id), { signal })),
    list: async (filter: EvaluationFilter = {}, { signal }: CallOptions = {}) =>
      valueOf(send<Page<EvaluationRow>>('GET', '/api/evaluations', { query: { ...filter }, signal })),
    cancel: async (id: string, { signal }: CallOptions = {}) =>
      valueOf(send<Evaluation>('POST', `${toPath(id)}/cancel`, { signal })),
    /** Each sample at each provider, final or not, as they arrive. */
    async *results(id: string, { signal }: CallOptions = {}): AsyncGenerator<EvaluationResult> {
      const { value } = await send<AsyncGenerator<EvaluationResult>>('GET', `${toPath(id)}/results`, {
        headers: { Accept: NDJSON },
        read: (response) => fromNdjson<EvaluationResult>(response, { signal }),
        signal,
      });
      yield* value;
    },
  };
}

function toPath(id: string): string {
  return `/api/evaluations/${encodeURIComponent(id)}`;
}
