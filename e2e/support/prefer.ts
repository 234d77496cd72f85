import type { FakeQuestion } from '../../shared/src/testing/fake-vendors/behaviour.ts';

/** A model that says the same of any text, where the question has it; a health check has labels of its own. */
export const prefer =
  (label: string) =>
  ({ labels }: FakeQuestion): string =>
    labels.includes(label) ? label : (labels[0] ?? '');
