import { nextTick } from 'vue';

/** Leads to the first field that is said to be wrong, once its message is there; where no field is, to the notice. */
export async function focusFirstError(form: HTMLElement | null): Promise<void> {
  await nextTick();
  const field = form?.querySelector<HTMLElement>('[aria-invalid="true"]');
  if (field) return field.focus();
  // The last one is the newest: what was told before the form was sent stands above its fields.
  const notice = [...(form?.querySelectorAll<HTMLElement>('[role="alert"]') ?? [])].at(-1);
  if (!notice) return;
  notice.tabIndex = -1;
  notice.focus();
}
