import { ProblemError } from '@understudy/shared/client/problem-error';
import type { NewProvider } from '@understudy/shared/client/providers';
import type { Provider } from '@understudy/shared/contracts/provider';
import { computed, ref, shallowRef } from 'vue';
import type { RouteLocationRaw } from 'vue-router';
import { useFieldErrors } from '../../composables/use-field-errors.ts';
import { useGoOn } from '../../composables/use-go-on.ts';
import { useKeptDraft } from '../../composables/use-kept-draft.ts';
import { useLeaveGuard } from '../../composables/use-leave-guard.ts';
import { NUMBER_FIELD_NAMES, NUMBER_FIELDS } from './number-fields.ts';
import { createDraft, fromDraft, toDraft, type ProviderDraft } from './provider-draft.ts';
import { rebaseDraft, type ForeignChange } from './provider-rebase.ts';

export interface ProviderFormOptions {
  /** The provider that is edited, as it was read; without one, a new one is made. */
  provider: Provider | undefined;
  /**
   * Sends what the form means, and says where to go on. What it throws is shown, at the fields where it names them.
   */
  save: (input: NewProvider) => Promise<RouteLocationRaw>;
  /** Reads the provider again after somebody else changed it. */
  reread: (() => Promise<Provider>) | undefined;
}

const FIELDS = [
  '/type',
  '/name',
  '/apiKey',
  '/baseUrl',
  '/configuration/model',
  ...NUMBER_FIELD_NAMES.map((name) => NUMBER_FIELDS[name].pointer),
];

interface Kept {
  base: ProviderDraft;
  draft: ProviderDraft;
}

/** A provider's form: what is typed, what is wrong with it, and what others changed while it was open. */
export function useProviderForm({ provider, save, reread }: ProviderFormOptions) {
  const base = shallowRef(provider ? toDraft(provider) : createDraft('openai'));
  const draft = ref<ProviderDraft>(structuredClone(base.value));
  const { errors, at, isToldAtFields, showFaults, showError, clear } = useFieldErrors(FIELDS);
  const problem = shallowRef<unknown>(null);
  const changes = shallowRef<readonly ForeignChange[] | null>(null);
  const isBusy = ref(false);
  const isChanged = computed(() => JSON.stringify(draft.value) !== JSON.stringify(base.value));

  const kept = useKeptDraft<Kept>({
    key: `provider/${provider?.id ?? 'new'}`,
    // A key that was typed is never kept anywhere.
    read: () => (isChanged.value ? { base: base.value, draft: { ...draft.value, apiKey: '' } } : null),
  });
  useLeaveGuard(kept.isOpen);
  const goOn = useGoOn();
  /** Whether the form goes on from what was typed before a sign-in. */
  const isRestored = ref(kept.found !== null);
  if (kept.found) adopt(kept.found.base, kept.found.draft, base.value, false);

  function adopt(was: ProviderDraft, mine: ProviderDraft, theirs: ProviderDraft, isTold: boolean) {
    const rebased = rebaseDraft(was, mine, theirs);
    base.value = theirs;
    draft.value = rebased.draft;
    if (isTold || rebased.changes.length > 0) changes.value = rebased.changes;
  }

  /** What the form means, or null, with its faults at the fields. */
  function read(): NewProvider | null {
    const { input, faults } = fromDraft(draft.value);
    problem.value = null;
    showFaults(faults ?? []);
    return input;
  }

  function fail(error: unknown) {
    showError(error);
    if (!isToldAtFields.value) problem.value = error;
  }

  async function submit(): Promise<boolean> {
    const input = read();
    if (!input) return false;
    isBusy.value = true;
    changes.value = null;
    try {
      const next = await save(input);
      kept.drop();
      await goOn(next);
      return true;
    } catch (error) {
      if (reread && error instanceof ProblemError && error.code === 'stale') await takeOver(reread);
      else fail(error);
      return false;
    } finally {
      isBusy.value = false;
    }
  }

  async function takeOver(rereadProvider: () => Promise<Provider>) {
    try {
      adopt(base.value, draft.value, toDraft(await rereadProvider()), true);
    } catch (error) {
      fail(error);
    }
  }

  /** Back to what is stored. */
  function discard() {
    draft.value = structuredClone(base.value);
    changes.value = null;
    isRestored.value = false;
    clear();
  }

  return { draft, errors, at, problem, changes, isBusy, isRestored, read, showError, submit, discard };
}
