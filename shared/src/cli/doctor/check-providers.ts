import type { CircuitState } from '../../contracts/provider.ts';
import { REDIS_PREFIX } from '../../runtime/redis.ts';
import { readCircuits, type CircuitRecord } from '../../fleet/circuits.ts';
import { DAY_MS } from '../../runtime/durations.ts';
import type { Store } from '../../store/connect.ts';
import type { ProviderHealthDocument } from '../../store/health/model.ts';
import { readLocks } from '../../store/key-holders/read-key-holders.ts';
import type { ProviderDocument } from '../../store/providers/model.ts';
import { readLatestHealth, readProviders } from '../../store/providers/read-provider.ts';
import { readDispatchConfig } from '../../store/settings/read-dispatch-config.ts';
import { readUsageSums } from '../../store/usage/read-usage-sums.ts';
import { ofLedger } from './check.ts';
import { fail, ok, warn, type Finding } from './finding.ts';
import { judgeBudgets } from './judge-budgets.ts';
import type { Inspection } from './inspection.ts';
import { toDuration, toLine } from './wording.ts';

const CHECK = 'providers';
/** So many checks that did not happen are no chance. */
const MISSED_CHECKS = 3;
const MIN_SILENCE_MS = 60_000;
/** Of a circuit that lets no call through, or one at a time. */
const SHUT_WORDS: Partial<Record<CircuitState, string>> = {
  open: 'open',
  'half-open': 'half-open, and one job at a time tries it',
};

/** What is known of one enabled provider. */
interface Known {
  provider: ProviderDocument;
  health: ProviderHealthDocument | undefined;
  circuit: CircuitRecord | undefined;
  /** Why its key cannot be opened. */
  lock: string | null;
  /** Calls of the last 24 hours for which no price was known. */
  unpriced: number;
}

/** Whether somebody can answer, and what keeps each provider from it. */
export const checkProviders = ofLedger(CHECK, async (store, inspection) => {
  const now = inspection.clock.now();
  const { healthCheck } = await readDispatchConfig(store);
  const known = await readKnown(store, inspection, now);
  const silentMs = Math.max(MIN_SILENCE_MS, MISSED_CHECKS * healthCheck.intervalMs);
  const found = known.flatMap((one) => [
    ...judgeAccess(one),
    ...judgeHealth(one, now, silentMs),
    ...judgePrice(one),
  ]);
  const budgets = await judgeBudgets(
    store,
    known.map(({ provider }) => provider),
    now,
  );
  const all = [...judgeWho(known), ...found, ...budgets];
  return all.length > 0 ? all : [ok(CHECK, `${known.length} enabled, none with a fault.`)];
});

async function readKnown(store: Store, { redis }: Inspection, now: number): Promise<Known[]> {
  const all = await readProviders(store, { sort: { priority: 1, name: 1 } });
  const providers = all.filter(({ enabled }) => enabled);
  const ids = providers.map(({ _id }) => _id);
  const day = { width: 'hour', from: new Date(now - DAY_MS), to: new Date(now) } as const;
  const [health, circuits, findLock, usage] = await Promise.all([
    readLatestHealth(store, ids),
    redis.ok ? readCircuits(redis.value, REDIS_PREFIX, ids) : null,
    readLocks(store),
    readUsageSums(store, { providerIds: ids, spans: [day] }),
  ]);
  return providers.map((provider) => ({
    provider,
    health: health.get(provider._id),
    circuit: circuits?.circuits.get(provider._id),
    lock: findLock(provider),
    unpriced: usage.get(provider._id)?.pricing['unpriced'] ?? 0,
  }));
}

function judgeWho(known: readonly Known[]): Finding[] {
  if (known.length === 0)
    return [
      fail(CHECK, 'None is enabled: every job waits.', 'Enable or add one, in the console under Advanced.'),
    ];
  const remote = known.filter(({ provider }) => provider.type !== 'local');
  if (remote.some(isCalled)) return [];
  if (remote.length > 0) {
    const who =
      remote.length === known.length ? 'Nobody can answer now' : 'Nobody but `local` can answer now';
    return [
      fail(CHECK, `${who}: what keeps each provider from it stands below.`, 'Mend one, or add another.'),
    ];
  }
  return [
    warn(
      CHECK,
      'Only `local` is enabled: answers come from the words of the labels, not from a model.',
      'Add a provider, in the console under Advanced or by POST /api/providers.',
    ),
  ];
}

/** Whether any worker may call it. A key that one of them cannot open, others may have. */
function isCalled({ provider, circuit }: Known): boolean {
  return !provider.flagged && toShutWords(circuit) === undefined;
}

const toShutWords = (circuit: CircuitRecord | undefined) => circuit && SHUT_WORDS[circuit.circuit];

/** Whether calls to it are let through. */
function judgeAccess({ provider: { name, flagged }, circuit, lock }: Known): Finding[] {
  const found: Finding[] = [];
  const shut = toShutWords(circuit);
  if (lock !== null)
    found.push(fail(CHECK, `${name}: ${toLine(lock)}`, 'Restart the workers with the right master keys.'));
  if (flagged)
    found.push(
      fail(
        CHECK,
        `${name} gets no calls since ${flagged.at.toISOString()}, flagged ${flagged.reason}: ${toLine(flagged.message)}`,
        'Mend it at the vendor (key, rights, credit), then test it in the console, which clears the flag.',
      ),
    );
  else if (shut)
    found.push(
      warn(
        CHECK,
        `${name} failed too often: its circuit is ${shut}.`,
        'It closes by itself once the provider answers; `GET /api/failovers` says what it failed with.',
      ),
    );
  return found;
}

function judgeHealth(
  { provider: { name, createdAt }, health }: Known,
  now: number,
  silentMs: number,
): Finding[] {
  const silentSince = (health?.checkedAt ?? createdAt).getTime();
  if (now - silentSince > silentMs)
    return [
      warn(
        CHECK,
        health
          ? `${name} was last checked ${toDuration(now - silentSince)} ago.`
          : `${name} was never checked.`,
        'See to it that the scheduler and a worker run.',
      ),
    ];
  if (health?.status !== 'down') return [];
  return [
    warn(
      CHECK,
      `${name} is down: ${toLine(health.errorMessage ?? 'it does not answer')}`,
      'Test it in the console, which says in plain words what is wrong.',
    ),
  ];
}

function judgePrice({ provider: { name }, unpriced }: Known): Finding[] {
  if (unpriced === 0) return [];
  const calls = unpriced === 1 ? '1 call' : `${unpriced} calls`;
  return [
    warn(
      CHECK,
      `${name}: no price is known for ${calls} of the last 24 hours, and what they cost is in no sum.`,
      `Set \`configuration.price\` of ${name}, then POST /api/providers/${name}/reprice for what was called before.`,
    ),
  ];
}
