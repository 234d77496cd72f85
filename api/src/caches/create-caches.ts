import type { Clock } from '@understudy/shared/runtime/clock';
import type { Service } from '@understudy/shared/runtime/lifecycle';
import type { Logger } from '@understudy/shared/runtime/logger';
import type { Store } from '@understudy/shared/store/connect';
import { createVersionWatcher } from '@understudy/shared/store/versions/watch-versions';
import type { Context } from '../context.ts';
import { createBacklog } from './backlog.ts';
import { createCatalogue } from './catalogue.ts';
import { createClassifierFacts } from './classifier-facts.ts';
import { createLaneHolds } from './lane-holds.ts';
import { createSessionAccess } from './sessions.ts';
import { createTokenAccess } from './tokens.ts';
import { createTokenUses } from './token-uses.ts';

interface Caches {
  context: Pick<
    Context,
    | 'tokens'
    | 'tokenUses'
    | 'sessions'
    | 'catalogue'
    | 'classifierFacts'
    | 'laneHolds'
    | 'backlog'
    | 'watcher'
  >;
  services: Service[];
}

/** What this process caches, so that a request needs no store to be let in and checked. */
export function createCaches(options: { store: Store; clock: Clock; logger: Logger }): Caches {
  const { store, clock, logger } = options;
  const tokens = createTokenAccess({ store, clock });
  const tokenUses = createTokenUses({ store, clock, logger });
  const catalogue = createCatalogue(store);
  const backlog = createBacklog({ store, config: catalogue.config, clock, logger });
  const reload = {
    tokens: tokens.load,
    providers: catalogue.loadProviders,
    classifiers: catalogue.loadClassifiers,
    config: catalogue.loadConfig,
  };
  const watcher = createVersionWatcher({ store, logger, reload });
  return {
    context: {
      tokens,
      tokenUses,
      catalogue,
      sessions: createSessionAccess({ store, clock, tokens, logger }),
      classifierFacts: createClassifierFacts(store),
      laneHolds: createLaneHolds({ store, clock }),
      backlog,
      watcher,
    },
    services: [watcher, backlog, tokenUses],
  };
}
