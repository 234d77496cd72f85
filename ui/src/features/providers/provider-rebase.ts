import { NUMBER_FIELD_NAMES, NUMBER_FIELDS } from './number-fields.ts';
import type { ProviderDraft } from './provider-draft.ts';

/** A field that somebody else changed while it was edited here. */
export interface ForeignChange {
  label: string;
  before: string;
  now: string;
  /** What was typed here instead; saving writes this. Null where the field was left alone, and theirs stays. */
  typed: string | null;
}

export interface Rebased {
  draft: ProviderDraft;
  changes: ForeignChange[];
}

const TEXT_FIELDS = { name: 'Name', model: 'Model', baseUrl: 'Base URL' } as const;

/**
 * What was typed on top of what somebody else saved meanwhile: fields that were left alone are theirs, fields that were
 * changed here stay as typed, and every change of theirs is named.
 */
export function rebaseDraft(base: ProviderDraft, mine: ProviderDraft, theirs: ProviderDraft): Rebased {
  const changes: ForeignChange[] = [];
  const pick = (label: string, before: string, typed: string, now: string): string => {
    const isTouched = typed !== before;
    if (now !== before && now !== typed)
      changes.push({ label, before, now, typed: isTouched ? typed : null });
    return isTouched ? typed : now;
  };
  const text = (field: keyof typeof TEXT_FIELDS) =>
    pick(TEXT_FIELDS[field], base[field], mine[field], theirs[field]);
  const numbers = Object.fromEntries(
    NUMBER_FIELD_NAMES.map((name) => [
      name,
      pick(NUMBER_FIELDS[name].label, base.numbers[name], mine.numbers[name], theirs.numbers[name]),
    ]),
  ) as ProviderDraft['numbers'];
  const toWord = (enabled: boolean) => (enabled ? 'on' : 'off');
  const enabled =
    pick('Takes jobs', toWord(base.enabled), toWord(mine.enabled), toWord(theirs.enabled)) === 'on';
  const draft: ProviderDraft = {
    ...mine,
    name: text('name'),
    model: text('model'),
    baseUrl: text('baseUrl'),
    enabled,
    // Without a stored key there is none to keep.
    keyChange: mine.keyChange === base.keyChange ? theirs.keyChange : mine.keyChange,
    numbers,
  };
  return { draft, changes };
}
