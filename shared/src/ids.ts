import { monotonicFactory } from 'ulid';

const nextUlid = monotonicFactory();

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
