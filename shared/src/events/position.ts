/** A place in the stream of events: the entry that was read last (`0-0` before the first), in one epoch of Redis. */
export interface EventPosition {
  /** Id of a Redis stream's entry, `<milliseconds>-<number>`. */
  id: string;
  /** The first eight characters of the epoch: a wiped Redis has another. */
  epoch: string;
}

const PATTERN = /^(\d{1,15}-\d{1,15}):([0-9a-f]{8})$/;

/** A position as the id of a server-sent event. */
export function toEventId({ id, epoch }: EventPosition): string {
  return `${id}:${epoch}`;
}

/** The position that an event's id stands for, or null where it is no id of ours. */
export function fromEventId(eventId: string): EventPosition | null {
  const [, id, epoch] = PATTERN.exec(eventId) ?? [];
  return id === undefined || epoch === undefined ? null : { id, epoch };
}

/** Whether the entry `id` comes after the entry `other` of the same stream. */
export function isAfter(id: string, other: string): boolean {
  const [ms = 0, number = 0] = id.split('-').map(Number);
  const [otherMs = 0, otherNumber = 0] = other.split('-').map(Number);
  return ms === otherMs ? number > otherNumber : ms > otherMs;
}
