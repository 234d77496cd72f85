import type { DispatchConfig } from '@understudy/shared/contracts/dispatch-config';
import type { CircuitRecord } from '@understudy/shared/fleet/circuits';
import type { Clock } from '@understudy/shared/runtime/clock';
import type { Service } from '@understudy/shared/runtime/lifecycle';
import type { Logger } from '@understudy/shared/runtime/logger';
import type { Redis } from '@understudy/shared/runtime/redis';
import { toMonth, toMonthlyBudgetUsd } from '@understudy/shared/store/usage/budget';
import type { PooledProvider } from '../../providers/provider-pool.ts';
import type { Admission } from '../admission/admission.ts';
import { createLocalAdmission, type LocalAdmission } from '../admission/local-admission.ts';
import { toResetMark } from '../admission/reset-mark.ts';
import { createAdmit } from './admit.ts';
import { createIfThere } from './if-there.ts';
import { createCircuitMirror } from './mirror.ts';
import { createOutbox } from './outbox.ts';
import { createMonthStarter, type ReadMonth } from './month-starter.ts';
import type { FleetParts } from './parts.ts';
import { createReadRoom } from './read-room.ts';
import { createRoomLook } from './room-look.ts';
import { createFleetRecords } from './records.ts';
import { createFleetWorkers } from './workers.ts';

interface FleetAdmissionOptions {
  /** A `fail-fast` connection. */
  redis: Redis;
  prefix: string;
  workerId: string;
  /** How many jobs this process works on at once. */
  concurrency: number;
  /** How many it works on now. */
  active: () => number;
  settings: () => DispatchConfig;
  clock: Clock;
  logger: Logger;
  readMonth: ReadMonth;
  /** Stands in for Redis's clock; only tests have one. */
  redisNowMs?: () => number;
}

export interface FleetAdmission extends Admission, Service {
  /**
   * The calls of this month that hold a part of the provider's budget and should long be over, longest ago first.
   * @throws when Redis is away.
   */
  findUnsettled(providerId: string): Promise<string[]>;
  /** Settles what is reserved for a call that nobody released, by what it cost. @throws when Redis is away. */
  settle(providerId: string, callId: string, costNanoUsd: number): Promise<void>;
  /** Reads the fleet's circuits now. */
  refresh(): Promise<void>;
  /** How many jobs the fleet can work on at once, as last seen. */
  capacity(): number;
  /** How many worker processes live, as last seen, this one among them. */
  workerCount(): number;
  /** Notes that this process lives, and sees who else does. */
  beat(): Promise<void>;
}

/** Whoever made a call settles it itself within this time after its lease, unless it died. */
const SETTLE_GRACE_MS = 45_000;

/**
 * Admission over the fleet: one record per provider in Redis, changed by scripts on Redis's clock. What this process
 * knows to be refused is refused without a round trip; while Redis is away it keeps to its share of the limits, under
 * its own circuits, and a provider with a budget takes nothing.
 */
export function createFleetAdmission(options: FleetAdmissionOptions): FleetAdmission {
  const { settings, clock, logger } = options;
  let known = new Map<string, PooledProvider>();
  const workers = createFleetWorkers(options);
  const local = createLocalAdmission({ settings, clock, share: () => 1 / workers.count() });
  const records = createFleetRecords(options);
  const months = createMonthStarter({ ...options, records });
  const onRead = (id: string, record: CircuitRecord, redisNowMs: number) => {
    const pooled = known.get(id);
    if (pooled) obey(local, clock, pooled, record, redisNowMs);
  };
  const providerIds = () => [...known.keys()];
  const mirror = createCircuitMirror({ ...options, providerIds, onRead, onUp: () => outbox.flush() });
  const ifThere = createIfThere(mirror, logger);
  const outbox = createOutbox(ifThere);
  const { redisNowMs } = mirror;
  const startMonth = months.start;
  const parts: FleetParts = { records, local, clock, settings, ifThere, outbox, redisNowMs, startMonth };

  /** Has what was spent in the month read from the ledger again. */
  const forgetSpend = (id: string, month: string) =>
    outbox.send(`spend ${id} ${month}`, () => records.run('forgetSpend', id, {}, month));

  const readRoom = createReadRoom(parts);
  const roomLook = createRoomLook({ line: local.line, readRoom, get: (id) => known.get(id), logger });
  const services = [workers, mirror, roomLook];

  return {
    admit: createAdmit(parts),
    readRoom,
    async takeHedge(of) {
      const input = { maxShare: settings().hedgeMaxShare };
      const taken = await ifThere<number>(() => records.run('hedge', of.provider._id, input));
      return taken === null ? local.takeHedge(of) : taken === 1;
    },
    async charge(id, { id: call, costNanoUsd }) {
      const month = toMonth(clock.now());
      const told = await ifThere(() => records.run('charge', id, { call, costNanoUsd }, month));
      // It may have been heard, and would count twice if told again: the ledger has it once.
      if (told === null) await forgetSpend(id, month);
    },
    async findUnsettled(providerId) {
      return (await records.run('unsettled', providerId, { graceMs: SETTLE_GRACE_MS })) as string[];
    },
    async settle(providerId, callId, costNanoUsd) {
      await records.run('settle', providerId, { call: callId, costNanoUsd });
    },
    untilReleased: local.untilReleased,
    sync(providers) {
      const before = known;
      known = new Map(providers.map((pooled) => [pooled.provider._id, pooled]));
      local.sync(providers);
      for (const { id, ...input } of listResets(before, known)) {
        const reset = () => records.run('reset', id, input);
        void outbox.send(`reset ${id}`, reset).then(mirror.refresh);
      }
      for (const id of listNewBudgets(before, known)) void forgetSpend(id, toMonth(clock.now()));
    },
    refresh: mirror.refresh,
    beat: workers.beat,
    capacity: workers.capacity,
    workerCount: workers.count,
    async start() {
      for (const service of services) await service.start();
    },
    async stop() {
      for (const service of services.toReversed()) await service.stop();
      await months.idle();
    },
    dispose: local.dispose,
  };
}

/** Has this process's gate take the fleet's word. */
function obey(
  local: LocalAdmission,
  clock: Clock,
  pooled: PooledProvider,
  { circuit, openUntil, cooldownUntil }: CircuitRecord,
  redisNowMs: number,
) {
  const toMonotonic = (at: number | null) => (at === null ? 0 : clock.monotonic() + at - redisNowMs);
  const until = { openUntilMs: toMonotonic(openUntil), cooldownUntilMs: toMonotonic(cooldownUntil) };
  local.gate(pooled).obey({ circuit, ...until });
}

/** Who has a budget that had none: what was spent meanwhile may not have been told, since nothing hung on it. */
function listNewBudgets(
  before: ReadonlyMap<string, PooledProvider>,
  now: ReadonlyMap<string, PooledProvider>,
): string[] {
  const hasBudget = ({ provider }: PooledProvider) => toMonthlyBudgetUsd(provider.configuration) !== null;
  return [...now].flatMap(([id, pooled]) => {
    const old = before.get(id);
    return old && !hasBudget(old) && hasBudget(pooled) ? [id] : [];
  });
}

/**
 * Who starts anew, by the mark that makes it count once for the fleet. One that this process has just met may have begun
 * anew with no worker there; that it was done is on record.
 */
function listResets(
  before: ReadonlyMap<string, PooledProvider>,
  now: ReadonlyMap<string, PooledProvider>,
): { id: string; mark: number; isMet: boolean }[] {
  return [...now].flatMap(([id, pooled]) => {
    const old = before.get(id);
    const mark = toResetMark(pooled);
    return mark === (old ? toResetMark(old) : 0) ? [] : [{ id, mark, isMet: old === undefined }];
  });
}
