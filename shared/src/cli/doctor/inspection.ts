import type { Redis } from 'ioredis';
import type { Environment } from '../../config.ts';
import type { EmbeddedConfig } from '../../embedded/config.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { KeyRing } from '../../secrets/key-ring.ts';
import type { Store } from '../../store/connect.ts';
import type { Finding } from './finding.ts';

/** Something that could be had, or what is the matter with it. */
export type Reached<T> = { ok: true; value: T } | { ok: false; finding: Finding };

/** An installation, as far as it can be reached from here. */
export interface Inspection {
  env: Environment;
  /** What of the environment can be read; `faults` says what cannot. */
  config: EmbeddedConfig;
  faults: string[];
  /** The data folder of `npm start`; null where it never ran. */
  folder: string | null;
  store: Reached<Store>;
  redis: Reached<Redis>;
  keyRing: Reached<KeyRing>;
  publicUrl: string;
  clock: Clock;
}
