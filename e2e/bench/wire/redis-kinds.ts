/** Words that only one script has, and what it is for. */
const SCRIPTS: [has: string, kind: string][] = [
  ['Leave for one call', 'admit'],
  ['The end of a call: its place is free', 'release'],
  ['How many calls could start now', 'read room'],
  ['Takes a ticket for one job', 'take ticket'],
  ['Puts new tickets in place', 'grant tickets'],
  ["'MAXLEN', '~', ARGV[1], '*', 'event'", 'tell events'],
  ['epochKey', 'read events'],
  ['told, maxEvents', 'tell statuses'],
  ['Move next job to be processed to active', 'hand out job'],
  ['Move job from active to a finished status', 'end entry, hand out next'],
  ['Adds a prioritized job', 'add to queue'],
  ['Get counts per provided states', 'count the queue'],
  ['Extend locks', 'extend locks'],
  ['Move stalled jobs', 'look for stalled entries'],
  ['job scheduler', 'schedules'],
];

/** Made once for a connection, or without an answer of its own. */
const NOT_COUNTED = new Set([
  'auth',
  'hello',
  'info',
  'client',
  'select',
  'subscribe',
  'unsubscribe',
  'quit',
  'command',
]);
/** Waits for work at the server: no work itself. */
const BLOCKING = new Set(['bzpopmin', 'xread', 'brpoplpush', 'blmove']);

export function toScriptKind(text: string): string {
  return SCRIPTS.find(([has]) => text.includes(has))?.[1] ?? `script ${text.trim().slice(0, 40)}`;
}

export function toRedisKind(command: string): string | null {
  if (NOT_COUNTED.has(command) || BLOCKING.has(command)) return null;
  return command === 'xadd' ? 'tell events' : command;
}
