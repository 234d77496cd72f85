import { isUtf8 } from 'node:buffer';
import { batchHead, MAX_BATCH_ITEMS } from '@understudy/shared/contracts/batch';
import { AppError, ValidationError } from '@understudy/shared/errors';
import { MAX_FAULTS, parseInput, toBodyPointer } from '../../http/parse-input.ts';
import { NOT_UTF8 } from '../../http/read-body.ts';
import type { Upload } from '../../http/upload.ts';
import { countWrittenOut } from './count-written-out.ts';
import { findSpans, parseSpan, type ObjectSpans, type Span } from './json-spans.ts';
import { splitLines, type Line } from './split-lines.ts';

/** Of one item, and of the defaults: as for one job. */
const MAX_ITEM_BYTES = 2 * 1_048_576;
/** Beside its items a batch has two; so many wrong ones are named. */
const MAX_MEMBERS = MAX_FAULTS;
export const NDJSON = 'application/x-ndjson';
/** More than anybody puts between the lines of a batch; each costs as much as a line with something in it. */
const MAX_BLANK_LINES = 10 * MAX_BATCH_ITEMS;
const BYTE_ORDER_MARK = Buffer.from('\uFEFF');

/** An item as it was sent. */
export type SentItem =
  | { kind: 'value'; value: unknown; text: string }
  | { kind: 'malformed'; text: string }
  | { kind: 'too_large' };

const NOTHING: ObjectSpans = { members: new Map(), elements: null, isWhole: true };

/** How many more blank lines a batch may have. */
interface Blanks {
  left: number;
}

export interface SentBatch {
  /** What is to stand in for what an item leaves out: valid, but as it was sent. */
  defaults: Readonly<Record<string, unknown>>;
  defaultsBytes: number;
  atomic: boolean;
  items: AsyncIterable<SentItem>;
}

/**
 * Reads a batch so far that its items can be had one by one. As lines it is not held in memory; as JSON its text is.
 * @throws {ValidationError} for all that is wrong beside the items; {AppError} `malformed_json`, `body_too_large`.
 */
export async function readItems({ type, chunks }: Upload): Promise<SentBatch> {
  return type === NDJSON ? readLines(chunks) : readJson(await collect(chunks));
}

async function readLines(chunks: AsyncIterable<Uint8Array>): Promise<SentBatch> {
  const lines = splitLines(chunks, MAX_ITEM_BYTES);
  try {
    const blanks = { left: MAX_BLANK_LINES };
    const first = await nextItem(lines, blanks, BYTE_ORDER_MARK);
    const head = first?.kind === 'value' && isHead(first.value) ? first : null;
    return {
      ...toHead(head?.value ?? {}, Buffer.byteLength(head?.text ?? '')),
      items: chainItems(head ? undefined : first, lines, blanks),
    };
  } catch (error) {
    await lines.return(undefined);
    throw error;
  }
}

async function* chainItems(first: SentItem | undefined, lines: AsyncGenerator<Line>, blanks: Blanks) {
  try {
    let item = first ?? (await nextItem(lines, blanks));
    for (; item; item = await nextItem(lines, blanks)) yield item;
  } finally {
    await lines.return(undefined);
  }
}

/** No item has a field of either name. */
function isHead(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    (Object.hasOwn(value, 'defaults') || Object.hasOwn(value, 'atomic'))
  );
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}

/** The next line that is not blank. */
async function nextItem(
  lines: AsyncGenerator<Line>,
  blanks: Blanks,
  ignored?: Buffer,
): Promise<SentItem | undefined> {
  for (let line = await lines.next(); !line.done; line = await lines.next()) {
    if (line.value === null) return { kind: 'too_large' };
    const isMarked = ignored !== undefined && line.value.subarray(0, ignored.length).equals(ignored);
    const text = line.value
      .subarray(isMarked ? ignored.length : 0)
      .toString('utf8')
      .trim();
    if (text !== '') return isUtf8(line.value) ? toItem(text) : { kind: 'malformed', text };
    blanks.left -= 1;
    if (blanks.left < 0) throw tooManyBlank();
  }
  return undefined;
}

function toItem(text: string): SentItem {
  try {
    return { kind: 'value', value: JSON.parse(text), text };
  } catch {
    return { kind: 'malformed', text };
  }
}

async function readJson(bytes: Buffer): Promise<SentBatch> {
  const isMarked = bytes.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK);
  const text = bytes.subarray(isMarked ? BYTE_ORDER_MARK.length : 0);
  if (!isUtf8(text)) throw new AppError('malformed_json', NOT_UTF8);
  const { members, elements, isWhole } = text.length === 0 ? NOTHING : await toSpans(text);
  const head = new Map<string, unknown>();
  for (const [name, span] of members) {
    // What is of no use is not parsed, only named.
    const isKnown = Object.hasOwn(batchHead.shape, name);
    if (isKnown && span.end - span.start > MAX_ITEM_BYTES) throw tooLarge(`/${name}`);
    if (name !== 'items') head.set(name, isKnown ? parseJson(text, span) : null);
  }
  const defaultsSpan = members.get('defaults');
  const sent = toHead(Object.fromEntries(head), defaultsSpan ? defaultsSpan.end - defaultsSpan.start : 0);
  if (!isWhole) {
    const detail = `has more than ${MAX_MEMBERS} members`;
    throw new ValidationError([{ pointer: '', detail, code: 'too_big' }]);
  }
  if (members.has('items') && !elements) {
    throw new ValidationError([{ pointer: '/items', detail: 'must be an array', code: 'invalid_type' }]);
  }
  countBatch()(text.length + sent.defaultsBytes * (elements?.length ?? 0));
  return { ...sent, items: parseElements(text, elements ?? []) };
}

async function* parseElements(text: Buffer, elements: readonly Span[]): AsyncGenerator<SentItem> {
  for (const span of elements) {
    if (span.end - span.start > MAX_ITEM_BYTES) yield { kind: 'too_large' };
    else
      yield {
        kind: 'value',
        value: parseJson(text, span),
        text: text.toString('utf8', span.start, span.end),
      };
  }
}

async function toSpans(text: Buffer): Promise<ObjectSpans> {
  try {
    return await findSpans(text, {
      list: 'items',
      maxElements: MAX_BATCH_ITEMS,
      maxMembers: MAX_MEMBERS,
    });
  } catch (error) {
    if (error instanceof RangeError) throw tooMany();
    throw malformed(error);
  }
}

function parseJson(text: Buffer, span: Span): unknown {
  try {
    return parseSpan(text, span);
  } catch (error) {
    throw malformed(error);
  }
}

function toHead(value: unknown, bytes: number): Omit<SentBatch, 'items'> {
  const { atomic } = parseInput(batchHead, value, toBodyPointer);
  const { defaults = {} } = value as { defaults?: Record<string, unknown> };
  return { atomic, defaults, defaultsBytes: bytes };
}

const malformed = (cause: unknown) =>
  new AppError('malformed_json', 'The body is not valid JSON.', { cause });
const tooLarge = (pointer: string) =>
  new AppError('body_too_large', `${pointer} is larger than ${MAX_ITEM_BYTES} bytes.`);

/** Counts what a batch comes to with its defaults written out. @throws {AppError} `body_too_large`. */
export const countBatch = () => countWrittenOut({ mend: 'put large sets of labels into a classifier' });

function tooManyBlank(): ValidationError {
  const detail = `must have at most ${MAX_BLANK_LINES} blank lines between them`;
  return new ValidationError([{ pointer: '/items', detail, code: 'too_big' }]);
}

/** @returns the error of a batch with more items than may be. */
export function tooMany(): ValidationError {
  const detail = `must have at most ${MAX_BATCH_ITEMS} items`;
  return new ValidationError([{ pointer: '/items', detail, code: 'too_big' }]);
}
