import { nextTick } from 'vue';

/** Leads to the first field that is said to be wrong, once its message is there. */
export async function focusFirstError(form: HTMLElement | null): Promise<void> {
  await nextTick();
  form?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
}
