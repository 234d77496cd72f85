import { batchItem, type BatchItem, type RejectedItem } from '@understudy/shared/contracts/batch';
import { WITH_LABELS_ONLY } from '@understudy/shared/contracts/classification';
import { AppError, ValidationError, type InputFault } from '@understudy/shared/errors';
import { isPlain } from '../../http/assert-plain.ts';
import { parseInput, toBodyPointer } from '../../http/parse-input.ts';
import { toCanonicalJson } from '../classifications/canonical-json.ts';
import type { SentBatch, SentItem } from './read-items.ts';

/** What an item is found to be; `canonical` gives the same text for the same item however it was written. */
export type CheckedItem = { canonical: () => string } & (
  | { isGood: true; item: BatchItem }
  | { isGood: false; rejected: RejectedItem }
);

/**
 * So many faults of an item are named, and so much is said of each, that all of a batch's fit into one document: with
 * what BSON adds and a `customId` of 384 bytes an item comes to 1,564 at most, 10,000 of them to 15.6 MB of 16.7.
 */
const MAX_FAULTS = 5;
const MAX_BYTES = 80;
const ELLIPSIS = '…';
const encoder = new TextEncoder();

/** Checks the items of one batch in order: each by itself with the defaults filled in, and that no `customId` comes twice. */
export function createItemCheck({ defaults }: Pick<SentBatch, 'defaults'>) {
  const fillIn = createFillIn(defaults);
  const seen = new Map<string, number>();

  function parse(value: unknown): BatchItem {
    const item = parseInput(batchItem, fillIn(value), toBodyPointer);
    const { customId } = item;
    const earlier = customId === undefined ? undefined : seen.get(customId);
    if (earlier !== undefined) {
      const detail = `is the customId of item ${earlier} already`;
      throw new ValidationError([{ pointer: '/customId', detail, code: 'not_unique' }]);
    }
    return item;
  }

  return (sent: SentItem, index: number): CheckedItem => {
    if (sent.kind !== 'value') {
      const isMalformed = sent.kind === 'malformed';
      const error = isMalformed
        ? new AppError('malformed_json', 'is not valid JSON')
        : new AppError('body_too_large', 'is larger than one job may be');
      const canonical = () => (isMalformed ? `malformed ${sent.text}` : 'too large');
      return { isGood: false, canonical, rejected: toRejected(error, { index, customId: null }) };
    }
    const customId = toCustomId(sent.value);
    try {
      const item = parse(sent.value);
      return { isGood: true, item, canonical: () => toCanonicalJson(item) };
    } catch (error) {
      if (!(error instanceof ValidationError)) throw error;
      const rejected = toRejected(error, { index, customId });
      return { isGood: false, rejected, canonical: () => toRefusedText(sent.text, fillIn(sent.value)) };
    } finally {
      if (customId !== null && !seen.has(customId)) seen.set(customId, index);
    }
  };
}

/** An item that is not accepted, with what was found wrong of it. */
export function toRejected(
  error: AppError,
  { index, customId }: Pick<RejectedItem, 'index' | 'customId'>,
): RejectedItem {
  const faults: InputFault[] =
    error instanceof ValidationError
      ? error.faults
      : [{ pointer: '', detail: error.message, code: error.code }];
  const errors = faults.slice(0, MAX_FAULTS).map(({ pointer, detail, code }) => ({
    pointer: cut(pointer),
    detail: cut(detail),
    code,
  }));
  return { index, customId, errors };
}

/** An item's own fields win; one with a classifier takes nothing that goes with labels, and the other way round. */
function createFillIn(defaults: Readonly<Record<string, unknown>>) {
  const without = (names: readonly string[]) =>
    Object.fromEntries(Object.entries(defaults).filter(([name]) => !names.includes(name)));
  const forClassifier = without(['labels', ...WITH_LABELS_ONLY]);
  const forLabels = without(['classifier']);
  return (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    if (Object.hasOwn(value, 'classifier')) return { ...forClassifier, ...value };
    if (Object.hasOwn(value, 'labels')) return { ...forLabels, ...value };
    return { ...defaults, ...value };
  };
}

/** What the sender calls an item, also where it is wrong otherwise. */
function toCustomId(value: unknown): string | null {
  const parsed = batchItem.shape.customId.safeParse((value as { customId?: unknown } | null)?.customId);
  return parsed.data ?? null;
}

/** What is not plain may be nested without end, and has no canonical form. */
function toRefusedText(text: string, value: unknown): string {
  return `refused ${isPlain(value) ? toCanonicalJson(value) : text}`;
}

function cut(text: string): string {
  if (Buffer.byteLength(text) <= MAX_BYTES) return text;
  const room = new Uint8Array(MAX_BYTES - Buffer.byteLength(ELLIPSIS));
  // Writes whole characters only.
  const { read } = encoder.encodeInto(text, room);
  return `${text.slice(0, read).toWellFormed()}${ELLIPSIS}`;
}
