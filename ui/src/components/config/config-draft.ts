import type { ProblemFault } from '@understudy/shared/client/problem-error';
import {
  dispatchConfigPart,
  type DispatchConfig,
  type DispatchConfigPart,
} from '@understudy/shared/contracts/dispatch-config';
import { toContractFaults } from '../../format/contract-faults.ts';
import { isFields } from '../../format/is-fields.ts';
import { fromTypedNumber } from '../../format/typed-number.ts';
import type { ConfigField } from './config-fields.ts';

/** Settings as they stand in a form, by their path: what is typed, or whether a switch is on. */
export type ConfigDraft = Record<string, string | boolean>;

/** The form for what is in force. Shares are shown in per cent. */
export function toDraft(config: DispatchConfig, fields: readonly ConfigField[]): ConfigDraft {
  return Object.fromEntries(fields.map((field) => [field.path, toText(field, readPath(config, field.path))]));
}

function toText({ kind }: ConfigField, value: unknown): string | boolean {
  if (kind === 'switch') return value === true;
  if (kind === 'share') return String(Math.round(Number(value) * 1_000) / 10);
  return String(value);
}

/** What was typed into one draft, on top of another: fields that were left alone are as they are now. */
export function retypeDraft(before: ConfigDraft, typed: ConfigDraft, now: ConfigDraft): ConfigDraft {
  const touched = Object.entries(typed).filter(([path, value]) => path in now && value !== before[path]);
  return { ...now, ...Object.fromEntries(touched) };
}

export type DraftMeaning =
  | { part: DispatchConfigPart; faults: null; isChanged: boolean }
  | { part: null; faults: ProblemFault[]; isChanged: true };

/** What of the form differs from what is in force, or what is wrong with it. */
export function fromDraft(
  draft: ConfigDraft,
  config: DispatchConfig,
  fields: readonly ConfigField[],
): DraftMeaning {
  const before = toDraft(config, fields);
  const changed = fields.filter(({ path }) => draft[path] !== before[path]);
  const part: Record<string, unknown> = {};
  const faults: ProblemFault[] = [];
  for (const field of changed) {
    const { value, fault } = toValue(field, draft[field.path] ?? '');
    if (fault === null) writePath(part, field.path, value);
    else faults.push({ pointer: toPointer(field), detail: fault, code: 'not_a_number' });
  }
  const parsed = dispatchConfigPart.safeParse(part);
  if (!parsed.success) faults.push(...toContractFaults(parsed.error));
  if (!parsed.success || faults.length > 0) return { part: null, faults, isChanged: true };
  return { part: parsed.data, faults: null, isChanged: changed.length > 0 };
}

/** A form after somebody else has saved. */
export interface Rebased {
  /** What is in force now, with what was typed over it. */
  draft: ConfigDraft;
  /** The labels of the settings that they changed. */
  theirs: string[];
  /** Whether anything is left that they did not save as well. */
  isChanged: boolean;
}

/** Puts what was typed over `before` on top of `after`, so that none of it is lost. */
export function rebaseDraft(
  draft: ConfigDraft,
  before: DispatchConfig,
  after: DispatchConfig,
  fields: readonly ConfigField[],
): Rebased {
  const was = toDraft(before, fields);
  const is = toDraft(after, fields);
  const rebased = retypeDraft(was, draft, is);
  return {
    draft: rebased,
    isChanged: fields.some(({ path }) => rebased[path] !== is[path]),
    theirs: fields.filter(({ path }) => is[path] !== was[path]).map(({ label }) => label),
  };
}

/** What a field means, or what is wrong with the number in it. */
function toValue(
  { kind }: ConfigField,
  typed: string | boolean,
): { value: unknown; fault: null } | { value: null; fault: string } {
  if (typeof typed === 'boolean' || kind === 'choice') return { value: typed, fault: null };
  const read = fromTypedNumber(typed);
  return kind === 'share' && read.fault === null ? { ...read, value: read.value / 100 } : read;
}

/** The configuration with a part of it changed, as the API merges it. */
export function withPart(config: DispatchConfig, part: DispatchConfigPart): DispatchConfig {
  return {
    ...config,
    ...part,
    breaker: { ...config.breaker, ...part.breaker },
    healthCheck: { ...config.healthCheck, ...part.healthCheck },
    retention: { ...config.retention, ...part.retention },
  } as DispatchConfig;
}

/** The same fields as a part has, as they are now. */
export function toBefore(part: DispatchConfigPart, config: DispatchConfig): DispatchConfigPart {
  const pick = (of: object, from: object): object =>
    Object.fromEntries(
      Object.entries(of).map(([key, value]: [string, unknown]) => {
        const was = (from as Record<string, unknown>)[key];
        return [key, isFields(value) && isFields(was) ? pick(value, was) : was];
      }),
    );
  return pick(part, config) as DispatchConfigPart;
}

export function toPointer({ path }: ConfigField): string {
  return `/${path.replaceAll('.', '/')}`;
}

function readPath(source: object, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], source);
}

function writePath(target: Record<string, unknown>, path: string, value: unknown): void {
  const [first = '', second] = path.split('.');
  if (second === undefined) target[first] = value;
  else target[first] = { ...(target[first] as object | undefined), [second]: value };
}
