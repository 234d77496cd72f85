import { readDispatchConfig } from '../../store/settings/read-dispatch-config.ts';
import { ofLedger } from './check.ts';
import { ok, warn } from './finding.ts';

const CHECK = 'settings';
const WHERE = 'in the console under Advanced, or by POST /api/providers/config';

/** Whether a setting holds up all jobs. */
export const checkSettings = ofLedger(CHECK, async (store) => {
  const { paused, failoverEnabled } = await readDispatchConfig(store);
  const found = [
    ...(paused
      ? [warn(CHECK, 'Dispatch is paused: every job waits.', `Resume it ${WHERE} (\`paused\`).`)]
      : []),
    ...(failoverEnabled
      ? []
      : [
          warn(
            CHECK,
            'Failover is off: a provider’s fault is the job’s.',
            `Switch it on ${WHERE} (\`failoverEnabled\`).`,
          ),
        ]),
  ];
  return found.length > 0 ? found : [ok(CHECK, 'Dispatch runs, with failover.')];
});
