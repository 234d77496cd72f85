import type { Store } from '@understudy/shared/store/connect';
import type { Lane } from '@understudy/shared/store/jobs/waiting-jobs';
import type { Allowances } from './allowances.ts';
import { createClientQueue, type Chosen, type ClientQueue } from './client-queue.ts';

interface ChooseInput {
  store: Store;
  lanes: readonly Lane[];
  allowances: Allowances;
  /** How many jobs there is room for. */
  slots: number;
  /** Who was served last, by priority: the turn goes on behind it. */
  servedLast: ReadonlyMap<number, string>;
}

interface Choice {
  chosen: Chosen[];
  servedLast: ReadonlyMap<number, string>;
  /** The lanes that turned out to be empty. */
  drained: Lane[];
}

/**
 * Chooses which jobs go into the window, in this order: by priority, then round-robin over the clients, then by age.
 * It reads about as many as it chooses.
 */
export async function chooseJobs(input: ChooseInput): Promise<Choice> {
  const chosen: Chosen[] = [];
  const servedLast = new Map(input.servedLast);
  const drained: Lane[] = [];
  const byPriority = Map.groupBy(input.lanes, ({ priority }) => priority);
  for (const priority of [...byPriority.keys()].toSorted((a, b) => a - b)) {
    if (chosen.length >= input.slots) break;
    const byClient = Map.groupBy(byPriority.get(priority) ?? [], ({ client }) => client);
    const queues = [...byClient].map(([client, lanes]) =>
      createClientQueue({ ...input, client, lanes: lanes.filter(input.allowances.of) }),
    );
    const last = await serveInTurn(inTurn(queues, servedLast.get(priority) ?? ''), chosen, input.slots);
    if (last !== null) servedLast.set(priority, last);
    drained.push(...queues.flatMap((queue) => queue.listDrained()));
  }
  return { chosen, servedLast, drained };
}

/** By name, beginning with the one after `last`. */
function inTurn(queues: ClientQueue[], last: string): ClientQueue[] {
  const sorted = queues.toSorted((a, b) => (a.client < b.client ? -1 : 1));
  return [...sorted.filter(({ client }) => client > last), ...sorted.filter(({ client }) => client <= last)];
}

/** Adds to `chosen` up to `slots`. @returns the client that was served last, null where none was. */
async function serveInTurn(queues: ClientQueue[], chosen: Chosen[], slots: number): Promise<string | null> {
  let last: string | null = null;
  let open = queues;
  while (chosen.length < slots) {
    open = open.filter((queue) => queue.hasMore());
    if (open.length === 0) return last;
    const free = slots - chosen.length;
    const share = Math.ceil(free / open.length);
    const served = open.slice(0, free);
    await Promise.all(served.map((queue) => queue.load(share)));
    for (let turn = 0; turn < share; turn += 1) {
      for (const queue of served) {
        const job = chosen.length < slots ? queue.take() : null;
        if (!job) continue;
        chosen.push(job);
        last = queue.client;
      }
    }
  }
  return last;
}
