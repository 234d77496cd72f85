import { useMutation, useQueryClient } from '@tanstack/vue-query';
import { createEvaluations, type NewEvaluation } from '@understudy/shared/client/evaluations';
import type { Evaluation } from '@understudy/shared/contracts/evaluation';
import { toValue, type MaybeRefOrGetter } from 'vue';
import { useLivePages } from '../composables/use-live-pages.ts';
import { useLiveQuery } from '../composables/use-live-query.ts';
import { useTransport } from './client.ts';
import { queryKeys } from './query-keys.ts';

const LIST_EVERY_MS = 5_000;
const RUNNING_EVERY_MS = 2_000;

/** Evaluations of a classifier, newest first. */
export function useEvaluations(classifier: MaybeRefOrGetter<string>) {
  const evaluations = createEvaluations(useTransport());
  return useLivePages({
    queryKey: () => queryKeys.evaluations.list(toValue(classifier)),
    readPage: (cursor, call) =>
      evaluations.list({ classifier: toValue(classifier), limit: 20, cursor }, call),
    everyMs: LIST_EVERY_MS,
  });
}

/** One evaluation, followed until it ends. */
export function useEvaluation(id: MaybeRefOrGetter<string>) {
  const evaluations = createEvaluations(useTransport());
  return useLiveQuery({
    queryKey: () => queryKeys.evaluations.one(toValue(id)),
    read: (call) => evaluations.get(toValue(id), call),
    everyMs: (evaluation: Evaluation | undefined) =>
      evaluation && evaluation.state !== 'running' ? null : RUNNING_EVERY_MS,
  });
}

export interface StartEvaluation {
  classifier: string;
  input: NewEvaluation;
  idempotencyKey: string;
}

export function useEvaluationActions() {
  const evaluations = createEvaluations(useTransport());
  const queryClient = useQueryClient();
  const onSettled = () => queryClient.invalidateQueries({ queryKey: queryKeys.evaluations.all });
  return {
    start: useMutation({
      mutationFn: ({ classifier, input, idempotencyKey }: StartEvaluation) =>
        evaluations.start(classifier, input, { idempotencyKey }),
      onSettled,
    }),
    cancel: useMutation({ mutationFn: (id: string) => evaluations.cancel(id), onSettled }),
  };
}
