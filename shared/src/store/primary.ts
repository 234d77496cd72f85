import type { Connection, mongo } from 'mongoose';

/** The server that takes writes, as far as the driver knows it. */
export interface Primary {
  /** Rises whenever writes may go to another server process, or to the same one after a break. */
  era(): number;
  /**
   * How a write is to be confirmed that is followed by a majority write which the caller waits for: by the primary alone.
   * One primary keeps the order of writes, so what the majority has of the later one it has of the earlier one. That
   * holds within one era, which the caller has to see to, and not over several shards.
   */
  leading(): mongo.WriteConcernSettings;
}

/** Follows the driver's own picture of the primary. */
export function createPrimary(connection: Connection): Primary {
  let known = '';
  let era = 0;
  let isOne = false;

  connection.getClient().on('serverDescriptionChanged', ({ newDescription: server, previousDescription }) => {
    const isPrimary = server.type === 'RSPrimary';
    if (!isPrimary && previousDescription.address !== known.split(' ', 1)[0]) return;
    const { processId } = server.topologyVersion ?? {};
    const next = isPrimary
      ? `${server.address} ${processId?.toString()} ${server.electionId?.toString()}`
      : '';
    isOne = isPrimary;
    if (next === known) return;
    known = next;
    era += 1;
  });

  return { era: () => era, leading: () => (isOne ? { w: 1 } : { w: 'majority' }) };
}
