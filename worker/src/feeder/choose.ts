import type { Store } from '@understudy/shared/store/connect';
import type { Allowances } from './allowances.ts';
import type { Lanes } from './lanes.ts';
import { createLine, type Chosen, type Line } from './line.ts';

interface ChooseInput {
  store: Store;
  lanes: Lanes;
  allowances: Allowances;
  /** How many jobs there is room for. */
  slots: number;
  /** Who was served last, by priority: the turn goes on behind it. */
  servedLast: Map<number, string>;
}

/**
 * Chooses which jobs go into the window, in this order: by priority, then in turn over the clients, then by age.
 * It reads about as many as it chooses, and forgets the lanes that it finds empty.
 */
export async function chooseJobs(input: ChooseInput): Promise<Chosen[]> {
  const chosen: Chosen[] = [];
  const byPriority = Map.groupBy(input.lanes.list(), ({ priority }) => priority);
  for (const priority of [...byPriority.keys()].toSorted((a, b) => a - b)) {
    const byClient = Map.groupBy(byPriority.get(priority) ?? [], ({ client }) => client);
    const lines = [...byClient].map(([client, lanes]) => createLine({ ...input, client, lanes }));
    const last = input.servedLast.get(priority) ?? '';
    await serveInTurn(inTurn(lines, last), chosen, input.slots, (client) =>
      input.servedLast.set(priority, client),
    );
    for (const lane of lines.flatMap((line) => line.listDrained())) input.lanes.drop(lane);
    if (chosen.length >= input.slots) break;
  }
  return chosen;
}

/** By name, beginning with the one after `last`. */
function inTurn(lines: Line[], last: string): Line[] {
  const sorted = lines.toSorted((a, b) => (a.client < b.client ? -1 : 1));
  return [...sorted.filter(({ client }) => client > last), ...sorted.filter(({ client }) => client <= last)];
}

async function serveInTurn(
  lines: Line[],
  chosen: Chosen[],
  slots: number,
  onServed: (client: string) => void,
): Promise<void> {
  for (let open = lines; chosen.length < slots;) {
    open = open.filter((line) => line.hasMore());
    if (open.length === 0) return;
    const free = slots - chosen.length;
    const share = Math.ceil(free / open.length);
    const served = open.slice(0, free);
    await Promise.all(served.map((line) => line.load(share)));
    for (let turn = 0; turn < share; turn += 1) {
      for (const line of served) {
        const job = chosen.length < slots ? line.take() : null;
        if (!job) continue;
        chosen.push(job);
        onServed(line.client);
      }
    }
  }
}
