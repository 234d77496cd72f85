import type { Redis } from 'ioredis';
import type { Store } from '../../store/connect.ts';
import type { Finding } from './finding.ts';
import type { Inspection } from './inspection.ts';

/** One row of what is looked at. */
export interface Check {
  name: string;
  run: (inspection: Inspection) => Finding[] | Promise<Finding[]>;
}

/** A check that needs the ledger; it finds nothing where that is away, which another row tells. */
export function ofLedger(
  name: string,
  look: (store: Store, inspection: Inspection) => Promise<Finding[]>,
): Check {
  return { name, run: (inspection) => (inspection.store.ok ? look(inspection.store.value, inspection) : []) };
}

/** A check that needs Redis. */
export function ofRedis(
  name: string,
  look: (redis: Redis, inspection: Inspection) => Promise<Finding[]>,
): Check {
  return { name, run: (inspection) => (inspection.redis.ok ? look(inspection.redis.value, inspection) : []) };
}
