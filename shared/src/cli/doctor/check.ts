import type { Redis } from 'ioredis';
import type { Store } from '../../store/connect.ts';
import type { Finding } from './finding.ts';
import type { Patient } from './patient.ts';

/** One row of what is looked at. */
export interface Check {
  name: string;
  run: (patient: Patient) => Finding[] | Promise<Finding[]>;
}

/** A check that needs the ledger; it finds nothing where that is away, which another row tells. */
export function ofLedger(name: string, look: (store: Store, patient: Patient) => Promise<Finding[]>): Check {
  return { name, run: (patient) => (patient.store.ok ? look(patient.store.value, patient) : []) };
}

/** A check that needs Redis. */
export function ofRedis(name: string, look: (redis: Redis, patient: Patient) => Promise<Finding[]>): Check {
  return { name, run: (patient) => (patient.redis.ok ? look(patient.redis.value, patient) : []) };
}
