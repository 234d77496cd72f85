/**
 * Who a round trip is for. `dispatch` stands in the way of a job's answer in the worker; `accept` in the API, in the way of
 * its reply, or of the answer for whoever waits for that; `aside` is done for each job while nobody waits for it. What is in
 * no row is done by the clock, or was forgotten.
 */
export type Path = 'accept' | 'dispatch' | 'aside';

export interface Kind {
  store: 'MongoDB' | 'Redis';
  path: Path;
  why: string;
}

/** Every round trip that is made for a job, and why it is one of its own. */
export const KINDS: Record<string, Kind> = {
  'insert job': {
    store: 'MongoDB',
    path: 'accept',
    why: 'The job is in the ledger before its reply is sent.',
  },
  'take ticket': { store: 'Redis', path: 'accept', why: 'Whether it may go straight into the queue.' },
  'add to queue': {
    store: 'Redis',
    path: 'accept',
    why: 'Its entry in the window, while its reply is on its way; the feeder adds many at once.',
  },
  'hand out job': { store: 'Redis', path: 'dispatch', why: 'BullMQ hands an entry to an idle worker.' },
  'end entry, hand out next': {
    store: 'Redis',
    path: 'aside',
    why: 'BullMQ ends an entry and hands out the next.',
  },
  claim: { store: 'MongoDB', path: 'dispatch', why: 'The fence: one worker holds the job, under a lease.' },
  'read claimed': {
    store: 'MongoDB',
    path: 'dispatch',
    why: 'Which claims matched (a batch answers totals), and the jobs themselves.',
  },
  admit: {
    store: 'Redis',
    path: 'dispatch',
    why: 'Circuit, cooldown, limits and budget of the fleet, in one script.',
  },
  'fence attempt': { store: 'MongoDB', path: 'dispatch', why: 'Nobody makes a call whose claim is gone.' },
  'begin attempt': {
    store: 'MongoDB',
    path: 'dispatch',
    why: 'A call that may be paid for is on record before it is made.',
  },
  release: { store: 'Redis', path: 'dispatch', why: 'Gives the place back and counts the outcome.' },
  'settle attempt': { store: 'MongoDB', path: 'dispatch', why: 'What the call came to and cost.' },
  'settle job': {
    store: 'MongoDB',
    path: 'dispatch',
    why: 'Result, state and announcement in one conditional update.',
  },
  'tell events': {
    store: 'Redis',
    path: 'aside',
    why: 'The stream of events: that it began, that it ended.',
  },
  'find subscribers': { store: 'MongoDB', path: 'aside', why: 'Which webhooks hear of an end.' },
  'note as told': { store: 'MongoDB', path: 'aside', why: 'Takes the announcement away.' },
  'count usage': {
    store: 'MongoDB',
    path: 'aside',
    why: 'A transaction of several commands, four times a second at most.',
  },
  'read job': {
    store: 'MongoDB',
    path: 'accept',
    why: 'Only where somebody waits for the answer: the job at its end.',
  },
  'read attempts': { store: 'MongoDB', path: 'accept', why: 'The same: its attempts.' },
};
