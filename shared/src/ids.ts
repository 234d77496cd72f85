import { decodeTime, encodeTime, monotonicFactory, TIME_LEN, TIME_MAX } from 'ulid';

/** Bytes of randomness that are drawn at once: one by one, they cost more than all else about an id. */
const drawn = new Uint8Array(4_096);
let used = drawn.length;

function random(): number {
  if (used === drawn.length) {
    crypto.getRandomValues(drawn);
    used = 0;
  }
  return (drawn[used++] ?? 0) / 256;
}

const nextUlid = monotonicFactory(random);

export type IdKind =
  | 'job'
  | 'att'
  | 'prv'
  | 'clf'
  | 'tok'
  | 'ses'
  | 'chk'
  | 'int'
  | 'evt'
  | 'aud'
  | 'fov'
  | 'bat'
  | 'evl'
  | 'cli'
  | 'whk'
  | 'whd'
  | 'alt';

/** A new id: its kind, then a ULID, so ids of a kind sort by creation. */
export function createId(kind: IdKind): string {
  return `${kind}_${nextUlid()}`;
}

/** Whether an id is of this kind. */
export function isOfKind(kind: IdKind, id: string): boolean {
  return id.startsWith(`${kind}_`);
}

/** When an id was made, by the clock of whoever made it. */
export function toIdTime(id: string): Date {
  return new Date(decodeTime(id.slice(id.indexOf('_') + 1)));
}

/** What stands, in the order of ids, before every id of the kind that was made at this time (ms since 1970) or later. */
export function toIdAt(kind: IdKind, atMs: number): string {
  return `${kind}_${encodeTime(Math.min(Math.max(Math.floor(atMs), 0), TIME_MAX), TIME_LEN)}`;
}
