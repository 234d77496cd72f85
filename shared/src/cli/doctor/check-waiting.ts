import { countStranded } from '../../store/jobs/count-stranded.ts';
import { readProviderIndex } from '../../store/providers/read-provider.ts';
import { toNameKeys } from '../../store/providers/to-name-keys.ts';
import { ofLedger } from './check.ts';
import { ok, warn } from './finding.ts';
import { toLine } from './wording.ts';

const CHECK = 'waiting jobs';

/** Whether jobs wait for what cannot come by itself. */
export const checkWaiting = ofLedger(CHECK, async (store) => {
  const providers = await readProviderIndex(store);
  const on = providers.filter(({ enabled }) => enabled).flatMap(toNameKeys);
  const { jobs, isCut, names } = await countStranded(store, new Set(on));
  if (jobs === 0) {
    const whom = isCut ? 'Of the first lines none' : 'None';
    return [ok(CHECK, `${whom} waits for nobody but providers that are off.`)];
  }
  const many = `${jobs}${isCut ? ' or more' : ''}`;
  const what = jobs === 1 ? `${many} job waits` : `${many} jobs wait`;
  return [
    warn(
      CHECK,
      `${what} for nobody but providers that are switched off, or not there under that name: ${toLine(names.join(', '))}.`,
      'Switch one on, give one that name, or cancel the jobs: they wait until their deadlines.',
    ),
  ];
});
