import type { EventType } from '@understudy/shared/contracts/event';
import { toEventId, type EventPosition } from '@understudy/shared/events/position';

/**
 * Server-sent events as text (HTML Living Standard, §9.2.6). JSON has no line ends of its own, so an event's data is one
 * line.
 */
export function toEventFrame(
  type: EventType | 'reset',
  data: object,
  position: EventPosition | null,
): string {
  const id = position ? `id: ${toEventId(position)}\n` : '';
  return `${id}event: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** Something that keeps the connection open and tells nothing, but for where the stream stands: what to resume from. */
export function toHeartbeat(position: EventPosition | null): string {
  return position ? `:\nid: ${toEventId(position)}\n\n` : ':\n\n';
}
