import { ProblemError, type ProblemFault } from '@understudy/shared/client/problem-error';

export interface FieldErrors {
  /** What is wrong, by the JSON pointer of the field that shows it. */
  byPointer: ReadonlyMap<string, readonly string[]>;
  /** Faults that no field of the form shows. */
  others: readonly string[];
}

export const NO_ERRORS: FieldErrors = { byPointer: new Map(), others: [] };

/** Sorts faults to the fields that show them; a fault below a field (`/labels/1`) is shown at the field. */
export function toFieldErrors(faults: readonly ProblemFault[], fields: readonly string[]): FieldErrors {
  const byPointer = new Map<string, string[]>();
  const others: string[] = [];
  for (const { pointer, detail } of faults) {
    const field = fields.find((one) => pointer === one || pointer.startsWith(`${one}/`));
    if (field) byPointer.set(field, [...(byPointer.get(field) ?? []), toFaultWords(detail)]);
    else others.push(pointer ? `${pointer}: ${detail}` : toFaultWords(detail));
  }
  return { byPointer, others };
}

/** The faults that a failed call names; a taken name is one of the field `/name`. */
export function toFaults(error: unknown): readonly ProblemFault[] {
  if (!(error instanceof ProblemError)) return [];
  if (error.code === 'provider_name_taken') {
    return [{ pointer: '/name', detail: 'is taken by another provider', code: error.code }];
  }
  if (error.code === 'classifier_name_taken') {
    return [{ pointer: '/name', detail: 'is taken by another classifier', code: error.code }];
  }
  return error.errors;
}

/** A fault's detail as it stands at its field; what the validator words for programmers is said in plain words. */
export function toFaultWords(detail: string): string {
  for (const [pattern, words] of PLAIN_WORDS) if (pattern.test(detail)) return detail.replace(pattern, words);
  return detail.charAt(0).toUpperCase() + detail.slice(1);
}

const PLAIN_WORDS: [RegExp, string][] = [
  [/^Too small: expected string to have >=1 characters$/, 'Is required'],
  [/^Too (?:small|big): expected array to have >=(\d+) items$/, 'Needs at least $1'],
  [/^Too (?:small|big): expected array to have <=(\d+) items$/, 'May have at most $1'],
  [/^Too (?:small|big): expected string to have >=(\d+) characters$/, 'Must have at least $1 characters'],
  [/^Too (?:small|big): expected string to have <=(\d+) characters$/, 'Must have at most $1 characters'],
  [/^Too (?:small|big): expected \w+ to be >=(-?[\d.]+)$/, 'Must be at least $1'],
  [/^Too (?:small|big): expected \w+ to be <=(-?[\d.]+)$/, 'Must be at most $1'],
  [/^Invalid input: expected int, received number$/, 'Must be a whole number'],
  [/^Invalid input: expected \w+, received (?:undefined|null)$/, 'Is required'],
];
