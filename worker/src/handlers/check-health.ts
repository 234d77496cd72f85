import type { DispatchConfig } from '@understudy/shared/contracts/dispatch-config';
import type { ProviderFlag } from '@understudy/shared/contracts/provider';
import { createId } from '@understudy/shared/ids';
import type { Payload } from '@understudy/shared/jobs/catalog';
import { publishEvents } from '@understudy/shared/events/events';
import type { Logger } from '@understudy/shared/runtime/logger';
import type { Redis } from '@understudy/shared/runtime/redis';
import type { HealthCheckDocument } from '@understudy/shared/store/health/model';
import { readRecentTraffic } from '@understudy/shared/store/health/recent-traffic';
import { recordHealthCheck } from '@understudy/shared/store/health/record-health-check';
import { clearProviderFlag } from '@understudy/shared/store/providers/flag-provider';
import type { ClassifyTinyDeps } from '../classify-tiny.ts';
import type { Admission } from '../dispatch/admission/admission.ts';
import { askDeep } from '../health/ask-deep.ts';
import { askModels } from '../health/ask-models.ts';
import type { Checked } from '../health/findings.ts';
import { toNextHealth } from '../health/hysteresis.ts';
import { withTraffic } from '../health/with-traffic.ts';
import type { PooledProvider, ProviderPool } from '../providers/provider-pool.ts';
import { done, type Outcome } from './handler.ts';

export interface CheckHealthDeps extends ClassifyTinyDeps {
  redis: Redis;
  prefix: string;
  admission: Pick<Admission, 'charge' | 'readRoom'>;
  pool: Pick<ProviderPool, 'get' | 'reload'>;
  settings: { current(): Pick<DispatchConfig, 'healthCheck'> };
  logger: Logger;
}

type CheckPayload = Payload<'health.check'>;

/** Of the 2 s that a check may take in all, this much is for the call: the rest is for ending and recording it. */
const MAX_CALL_MS = 1_700;

/** `local` runs in this very process: there is nobody to ask. */
const LOCAL_IS_HEALTHY: Checked = {
  finding: { status: 'healthy', responseTimeMs: 0, errorMessage: null },
  disproven: [],
};

/**
 * Checks one provider, within 2 s whatever it does, and puts what was found on record; one that was deleted, or
 * disabled with nobody asking for the check, is left alone. A check that someone asked for has its id from them.
 */
export function createCheckHealthHandler(deps: CheckHealthDeps): (payload: CheckPayload) => Promise<Outcome> {
  const { store, redis, prefix, admission, pool, settings, clock, logger } = deps;

  return async ({ providerId, checkId: givenId, deep: isWantedDeep }) => {
    const pooled = await find(providerId);
    if (!pooled || (givenId === null && !pooled.provider.enabled)) return done;
    if (givenId !== null && (await store.healthChecks.exists({ _id: givenId }))) return done;

    // What nobody asked for is not paid for past a budget.
    const deep = isWantedDeep && (givenId !== null || !(await isSpent(pooled)));
    const checkId = givenId ?? createId('chk');
    const { healthCheck } = settings.current();
    const at = new Date(clock.now());
    const { finding, disproven } = await check(pooled, checkId, deep, healthCheck.timeoutMs);
    const traffic = await readRecentTraffic(store, providerId, clock.now());
    const { status: found, responseTimeMs, errorMessage } = withTraffic(finding, traffic);
    const row = await recordHealthCheck(
      store,
      { _id: checkId, providerId, at, found, deep, responseTimeMs, errorMessage },
      (previous, status) => toNextHealth(previous, status, healthCheck),
    );
    await clearFlag(pooled, disproven);
    await publish(row);
    return done;
  };

  /** One that was added or enabled a moment ago may not have reached this process, but whoever asks knows of it. */
  async function find(providerId: string): Promise<PooledProvider | null> {
    const pooled = pool.get(providerId);
    if (pooled?.provider.enabled) return pooled;
    await pool.reload();
    return pool.get(providerId);
  }

  async function isSpent(pooled: PooledProvider): Promise<boolean> {
    const [room] = await admission.readRoom([pooled]);
    return room?.reason === 'budget';
  }

  async function check(pooled: PooledProvider, checkId: string, deep: boolean, timeoutMs: number) {
    const limitMs = Math.min(timeoutMs, MAX_CALL_MS);
    if (pooled.provider.type === 'local') return LOCAL_IS_HEALTHY;
    return deep ? askDeep(deps, pooled, { checkId, limitMs }) : askModels(pooled, { limitMs, clock });
  }

  /** Only a flag that stood before the check began: one that came up meanwhile knows more than the check does. */
  async function clearFlag({ provider }: PooledProvider, disproven: readonly ProviderFlag[]) {
    if (!provider.flagged || !disproven.includes(provider.flagged.reason)) return;
    if (await clearProviderFlag(store, provider)) {
      logger.info({ provider: provider.name, flag: provider.flagged.reason }, 'a good check cleared a flag');
    }
  }

  async function publish({ _id: checkId, providerId, status, responseTimeMs }: HealthCheckDocument) {
    try {
      await publishEvents(redis, prefix, [
        { type: 'health.checked', checkId, providerId, status, responseTimeMs },
      ]);
    } catch (err) {
      // Whoever waits reads the store again anyway.
      logger.debug({ err, checkId }, 'a health check was not told');
    }
  }
}
