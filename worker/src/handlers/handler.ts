import type { JobName, Payload } from '@understudy/shared/jobs/catalog';

/** How a handler ended. `settle-outcome.ts` alone turns it into what BullMQ understands. */
export type Outcome =
  | { kind: 'done' }
  | { kind: 'retry' }
  | { kind: 'reject'; reason: string }
  | { kind: 'defer'; forMs: number };

export type Handler<N extends JobName> = (payload: Payload<N>) => Promise<Outcome>;

/** One handler for every job of the catalogue; leaving one out does not compile. */
export type Handlers = { [N in JobName]: Handler<N> };

export const done: Outcome = { kind: 'done' };
