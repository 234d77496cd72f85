import type { DispatchConfig } from '@understudy/shared/contracts/dispatch-config';
import type { Clock } from '@understudy/shared/runtime/clock';
import type { LocalAdmission } from '../admission/local-admission.ts';
import type { IfThere } from './if-there.ts';
import type { Outbox } from './outbox.ts';
import type { FleetRecords } from './records.ts';

/** What the parts of an admission over the fleet share. */
export interface FleetParts {
  records: FleetRecords;
  local: LocalAdmission;
  clock: Clock;
  settings: () => DispatchConfig;
  ifThere: IfThere;
  outbox: Outbox;
  /** What Redis's clock says, as far as this process knows; null before it has read it. Never behind. */
  redisNowMs: () => number | null;
  startMonth: (providerId: string, month: string) => void;
}
