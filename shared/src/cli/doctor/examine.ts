import type { Environment } from '../../config.ts';
import { systemClock, type Clock } from '../../runtime/clock.ts';
import { toErrorMessage } from '../../runtime/error-message.ts';
import type { Check } from './check.ts';
import { checkClocks } from './check-clocks.ts';
import { checkConfiguration } from './check-configuration.ts';
import { checkDisk } from './check-disk.ts';
import { checkKeys } from './check-keys.ts';
import { checkMigrations } from './check-migrations.ts';
import { checkMongodb } from './check-mongodb.ts';
import { checkNode } from './check-node.ts';
import { checkProcesses } from './check-processes.ts';
import { checkProviders } from './check-providers.ts';
import { checkPublicUrl } from './check-public-url.ts';
import { checkRedis } from './check-redis.ts';
import { checkSettings } from './check-settings.ts';
import { checkTokens } from './check-tokens.ts';
import { checkWaiting } from './check-waiting.ts';
import { fail, type Finding } from './finding.ts';
import { openInspection } from './open-inspection.ts';
import type { Inspection } from './inspection.ts';
import { toLine } from './wording.ts';

/** What is looked at, in this order. */
const CHECKS: readonly Check[] = [
  checkNode,
  checkConfiguration,
  checkMongodb,
  checkMigrations,
  checkRedis,
  checkClocks,
  checkKeys,
  checkProcesses,
  checkProviders,
  checkWaiting,
  checkSettings,
  checkTokens,
  checkPublicUrl,
  checkDisk,
];

/** Looks an installation over; nothing of it is changed. @param clock this machine's */
export async function examine(env: Environment, clock: Clock = systemClock): Promise<Finding[]> {
  const { inspection, close } = await openInspection(env, clock);
  try {
    const found: Finding[] = [];
    for (const check of CHECKS) found.push(...(await run(check, inspection)));
    return found;
  } finally {
    await close();
  }
}

/** A store that went away in between, or what nobody thought of, must not hide what the other rows find. */
async function run({ name, run: look }: Check, inspection: Inspection): Promise<Finding[]> {
  try {
    return await look(inspection);
  } catch (error) {
    const message = toLine(toErrorMessage(error));
    return [
      fail(name, `This could not be looked at: ${message}`, 'Mend what stands above first, then ask again.'),
    ];
  }
}
