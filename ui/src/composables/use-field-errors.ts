import type { ProblemFault } from '@understudy/shared/client/problem-error';
import { computed, shallowRef, toValue, type MaybeRefOrGetter } from 'vue';
import { NO_ERRORS, toFaults, toFieldErrors } from '../format/field-errors.ts';

/** What is wrong with a form, each fault at the field that shows it. `fields` are their JSON pointers. */
export function useFieldErrors(fields: MaybeRefOrGetter<readonly string[]>) {
  const errors = shallowRef(NO_ERRORS);

  function showFaults(faults: readonly ProblemFault[]) {
    errors.value = toFieldErrors(faults, toValue(fields));
  }

  return {
    errors,
    /** What is wrong with one field. */
    at: (pointer: string) => errors.value.byPointer.get(pointer),
    /** Faults that stand at their fields need no second telling above the form. */
    isToldAtFields: computed(() => errors.value.byPointer.size > 0 && errors.value.others.length === 0),
    showFaults,
    /** Shows what a call found wrong with the fields. */
    showError: (error: unknown) => showFaults(toFaults(error)),
    clear: () => void (errors.value = NO_ERRORS),
  };
}
