import type { CircuitState } from '@understudy/shared/contracts/provider';
import type { Clock } from '@understudy/shared/runtime/clock';
import type { PooledProvider, ProviderPool } from '../providers/provider-pool.ts';
import type { ProviderRoom } from './admission/admission.ts';
import { ask, type AskDeps, type Asked } from './ask.ts';
import { createAsking, type Asking } from './asking.ts';
import { toHedgeTiming } from './hedge-timing.ts';
import { toEarlierRejection, type Pass } from './pass.ts';
import { REASON_MEANINGS, type ReasonMeaning } from './passed-over.ts';
import type { RecentLatencies } from './recent-latencies.ts';
import { isLocal } from './select.ts';

export interface HedgeDeps extends AskDeps {
  pool: Pick<ProviderPool, 'get'>;
  latencies: Pick<RecentLatencies, 'read'>;
}

/** How asking one of the candidates ended. */
export interface Ended {
  pooled: PooledProvider;
  asked: Asked;
}

interface Running {
  asking: Asking;
  asked: Promise<Asked>;
}

interface Race {
  /** Who is still to be asked, in order. */
  turn: PooledProvider[];
  /** Who was spared while others were left to ask, and is asked once more when nobody is. */
  spared: PooledProvider[];
  /** Who had no room a moment ago, and may have some when another one is late. */
  limited: PooledProvider[];
  /** Whether a hedge that was allowed came to no call. */
  mayHedge: boolean;
  /** Whether anybody else may be asked: no end so far has decided what becomes of the job. */
  isOpen: () => boolean;
  /** One, or a second one beside it: in order of start. */
  running: Running[];
}

/** How soon it is looked again whether somebody else could be asked. */
const LOOK_AGAIN_MS = 250;
/** What may be over in a moment. */
const HELD: ReadonlySet<ReasonMeaning> = new Set(['limited', 'throttled']);

/**
 * Asks the candidates in turn, each after the one before it has failed; one that is late gets the next started beside
 * it or, where no more hedges may be started, is cut. Gives each end as it comes. Once `isOpen` says no, nobody else is
 * asked, and those who are may still answer. Whoever leaves the loop has the others ended, whose ends come to
 * `pass.settling`.
 */
export async function* askInTurn(
  deps: HedgeDeps,
  pass: Pass,
  { candidates, isOpen }: { candidates: readonly PooledProvider[]; isOpen: () => boolean },
): AsyncGenerator<Ended, void, void> {
  const turn = [...candidates];
  const race: Race = { turn, spared: [], limited: [], mayHedge: false, isOpen, running: [] };
  try {
    for (;;) {
      if (isOpen()) yield* takeRejections(pass, race);
      if (race.running.length === 0) {
        if (!isOpen() || !startNext(deps, pass, race)) return;
        continue;
      }
      const event = await nextEvent(race);
      if (event.kind === 'late') {
        event.running.asking.hush();
        await lookAfter(deps, pass, race, event.running);
        continue;
      }
      const { running, asked } = event;
      const isNewest = race.running.at(-1) === running;
      leave(race, running, asked);
      yield { pooled: running.asking.pooled, asked };
      // One that was started after it has time of its own.
      if (isNewest) replaceHedge(deps, pass, race, running, asked);
    }
  } finally {
    for (const { asking, asked } of race.running) {
      asking.end('overtaken');
      asking.hush();
      pass.settling.push(asked);
    }
  }
}

/** Whoever has turned the job down before is not asked again: that end stands when its turn comes. */
function* takeRejections(pass: Pass, { turn }: Race): Generator<Ended, void, void> {
  for (let [next] = turn; next; [next] = turn) {
    const asked = toEarlierRejection(pass, next);
    if (!asked) return;
    turn.shift();
    yield { pooled: next, asked };
  }
}

type Event = { kind: 'ended'; running: Running; asked: Asked } | { kind: 'late'; running: Running };

function nextEvent({ running }: Race): Promise<Event> {
  return Promise.race(
    running.flatMap((entry) => [
      entry.asked.then((asked): Event => ({ kind: 'ended', running: entry, asked })),
      entry.asking.late().then((): Event => ({ kind: 'late', running: entry })),
    ]),
  );
}

/** @returns whether there was somebody to start; `local` is no hedge. */
function startNext(deps: HedgeDeps, pass: Pass, race: Race, hedge = false): boolean {
  const from = race.turn.length > 0 ? race.turn : race.spared;
  const [candidate] = from;
  if (!candidate || (hedge && isLocal(candidate))) return false;
  from.shift();
  const isLastResort = race.turn.length === 0;
  // As it is now: it may have been changed, flagged or deleted since the pass began.
  const pooled = deps.pool.get(candidate.provider._id);
  const toTiming = (circuit: CircuitState) =>
    // What it needed before its outage may be what it does not need any more: a probe waits as for a new one.
    toHedgeTiming(
      circuit === 'half-open' ? null : deps.latencies.read(candidate.provider._id),
      pass.settings,
    );
  const asking = createAsking({ pooled: pooled ?? candidate, hedge, isLastResort, toTiming });
  const gone: Asked = { kind: 'passed_over', reason: 'disabled', untilAt: null };
  race.running.push({ asking, asked: pooled ? ask(deps, pass, asking) : Promise.resolve(gone) });
  return true;
}

function leave(race: Race, running: Running, asked: Asked) {
  const { asking } = running;
  asking.hush();
  race.running.splice(race.running.indexOf(running), 1);
  if (asked.kind !== 'passed_over') return;
  if (asked.reason === 'cooldown' && !asking.isLastResort) race.spared.push(asking.pooled);
  else if (HELD.has(REASON_MEANINGS[asked.reason])) race.limited.push(asking.pooled);
}

/** One that is late and has not answered. */
async function lookAfter(deps: HedgeDeps, pass: Pass, race: Race, { asking }: Running): Promise<void> {
  if (!race.isOpen()) return endWhenDue(deps, asking);
  const older = race.running.find(({ asking: other }) => other !== asking);
  if (older) return endOlder(deps, asking, older);
  race.turn.push(...race.limited.splice(0));
  const left = [...race.turn, ...race.spared].filter((one) => !toEarlierRejection(pass, one));
  const [next] = left;
  if (!next) return;
  const rooms = await deps.admission.readRoom(left);
  // Nobody could take over just now: then it is waited for as long as it may take, or until somebody can.
  if (rooms.every(({ room }) => room === 0)) return standBy(deps, asking, rooms);
  if (!isLocal(next) && (race.mayHedge || (await deps.admission.takeHedge(asking.pooled)))) {
    race.mayHedge = false;
    deps.tracing?.note('hedge', { 'understudy.hedge.late': asking.pooled.reference.name });
    startNext(deps, pass, race, true);
    return;
  }
  endWhenDue(deps, asking);
}

/** Has a late one looked after in a moment, and as soon as a place comes free at one who is merely full. */
function standBy(
  { admission }: Pick<HedgeDeps, 'admission'>,
  asking: Asking,
  rooms: readonly ProviderRoom[],
) {
  const full = rooms.flatMap(({ reason, providerId }) => (reason === 'concurrency' ? [providerId] : []));
  const untilFree = (signal: AbortSignal) => admission.untilReleased(full, signal);
  asking.remind(LOOK_AGAIN_MS, full.length > 0 ? untilFree : undefined);
}

/** No third one is started beside two: once the hedge is late too, the older one is given up. */
function endOlder({ clock }: HedgeDeps, asking: Asking, { asking: older, asked }: Running) {
  const dueInMs = toDueInMs(clock, older);
  if (dueInMs <= 0) older.end('cut');
  // It takes a moment to end, and may do so by itself before it is due.
  const untilLeft = async () => void (await Promise.allSettled([asked]));
  asking.remind(dueInMs > 0 ? dueInMs : LOOK_AGAIN_MS, untilLeft);
}

/** Cuts a late one that nobody may be started beside, once it has run for as long as it may. */
function endWhenDue({ clock }: HedgeDeps, late: Asking) {
  const dueInMs = toDueInMs(clock, late);
  if (dueInMs > 0) late.remind(dueInMs);
  else late.end('cut');
}

function toDueInMs(clock: Clock, late: Asking): number {
  const nowMs = clock.monotonic();
  return (late.startedMs() ?? nowMs) + late.waits().cutAfterMs - nowMs;
}

/** The leave for a hedge is good until somebody was really called; a call that failed needs another. */
function replaceHedge(deps: HedgeDeps, pass: Pass, race: Race, { asking }: Running, asked: Asked): void {
  const [still] = race.running;
  if (!still) return;
  // Nobody else is asked, and it is not waited for longer than any other late one.
  if (!race.isOpen()) return endWhenDue(deps, still.asking);
  if (!asking.hedge) return;
  if (asked.kind !== 'passed_over') return still.asking.remind(0);
  if (startNext(deps, pass, race, true)) return;
  race.mayHedge = true;
  still.asking.remind(LOOK_AGAIN_MS);
}
