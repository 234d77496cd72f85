import { breathing } from '../breathing.ts';

/** A part of a text, in bytes. */
export interface Span {
  start: number;
  end: number;
}

/** What a JSON text that is an object has at its top. */
export interface ObjectSpans {
  /** The value of each member, the last where a name comes twice. */
  members: Map<string, Span>;
  /** The elements of the member `list`, where that is an array; null where it is not. */
  elements: Span[] | null;
  /** False where it has more members than may be, and nobody looked at the rest. */
  isWhole: boolean;
}

interface Bounds {
  /** The member whose elements are wanted. */
  list: string;
  maxElements: number;
  /** A name that comes twice counts twice. */
  maxMembers: number;
}

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x7b, 0x7d, 0x5b, 0x5d];

/**
 * Finds where the members of an object, and the elements of one of them, begin and end, so that they can be parsed one
 * by one (RFC 8259). What is inside of them is not looked at. It lets others work in between.
 * @throws {SyntaxError} where the text is no JSON object; {RangeError} at more than `maxElements` elements.
 */
export async function findSpans(
  text: Uint8Array,
  { list: listName, maxElements, maxMembers }: Bounds,
): Promise<ObjectSpans> {
  const members = new Map<string, Span>();
  const breathe = breathing();
  let elements: Span[] | null = null;
  let at = skipSpace(text, 0);
  at = skipSpace(text, expectByte(text, at, OPEN_BRACE));
  if (text[at] === CLOSE_BRACE) at += 1;
  else {
    for (let count = 0; ; count += 1) {
      if (count === maxMembers) return { members, elements, isWhole: false };
      const name = readName(text, at);
      at = skipSpace(text, expectByte(text, skipSpace(text, endOfString(text, at)), COLON));
      const start = at;
      if (name === listName && text[at] === OPEN_BRACKET) {
        const list = await findElements(text, at, maxElements, breathe);
        elements = list.elements;
        at = list.end;
      } else at = endOfValue(text, at);
      members.set(name, { start, end: at });
      at = skipSpace(text, at);
      if (text[at] === CLOSE_BRACE) break;
      at = skipSpace(text, expectByte(text, at, COMMA));
      await breathe();
    }
    at += 1;
  }
  if (skipSpace(text, at) !== text.length) fail(at);
  return { members, elements, isWhole: true };
}

async function findElements(
  text: Uint8Array,
  start: number,
  atMost: number,
  breathe: ReturnType<typeof breathing>,
): Promise<{ elements: Span[]; end: number }> {
  const elements: Span[] = [];
  let at = skipSpace(text, start + 1);
  if (text[at] === CLOSE_BRACKET) return { elements, end: at + 1 };
  for (;;) {
    const end = endOfValue(text, at);
    if (elements.length === atMost) throw new RangeError(`more than ${atMost} elements`);
    elements.push({ start: at, end });
    at = skipSpace(text, end);
    if (text[at] === CLOSE_BRACKET) return { elements, end: at + 1 };
    at = skipSpace(text, expectByte(text, at, COMMA));
    await breathe();
  }
}

/** The parser that is given the span finds out whether what is in it is a value. */
function endOfValue(text: Uint8Array, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length;) {
    switch (text[at]) {
      case QUOTE:
        at = endOfString(text, at);
        break;
      case OPEN_BRACE:
      case OPEN_BRACKET:
        depth += 1;
        at += 1;
        break;
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        if (depth === 0) return nonEmpty(start, at);
        depth -= 1;
        at += 1;
        break;
      case COMMA:
        if (depth === 0) return nonEmpty(start, at);
        at += 1;
        break;
      default:
        at += 1;
    }
  }
  return fail(text.length);
}

function endOfString(text: Uint8Array, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === QUOTE) return at + 1;
    if (text[at] === BACKSLASH) at += 1;
  }
  return fail(text.length);
}

function readName(text: Uint8Array, start: number): string {
  if (text[start] !== QUOTE) return fail(start);
  return String(parseSpan(text, { start, end: endOfString(text, start) }));
}

/** The value in a span. @throws {SyntaxError} where there is none. */
export function parseSpan(text: Uint8Array, { start, end }: Span): unknown {
  return JSON.parse(Buffer.from(text.buffer, text.byteOffset + start, end - start).toString('utf8'));
}

function skipSpace(text: Uint8Array, start: number): number {
  let at = start;
  while (text[at] === 0x20 || text[at] === 0x0a || text[at] === 0x0d || text[at] === 0x09) at += 1;
  return at;
}

function expectByte(text: Uint8Array, at: number, byte: number): number {
  return text[at] === byte ? at + 1 : fail(at);
}

const nonEmpty = (start: number, end: number) => (start === end ? fail(start) : end);

function fail(at: number): never {
  throw new SyntaxError(`no JSON object: unexpected end or byte at ${at}`);
}
