import type { Clock } from '@understudy/shared/runtime/clock';
import { createPeriodicService, type Service } from '@understudy/shared/runtime/lifecycle';
import type { Logger } from '@understudy/shared/runtime/logger';
import type { Store } from '@understudy/shared/store/connect';
import { noteTokenUses } from '@understudy/shared/store/tokens/note-token-uses';

const EVERY_MS = 60_000;

/** When tokens were last used: noted in memory with each request, and written once a minute, so that dead ones show. */
export interface TokenUses extends Service {
  note(tokenId: string): void;
  /** Writes what was noted since the last time. */
  runOnce(): Promise<void>;
}

export function createTokenUses(options: { store: Store; clock: Clock; logger: Logger }): TokenUses {
  const { store, clock, logger } = options;
  let noted = new Map<string, number>();

  async function runOnce() {
    const writing = noted;
    noted = new Map();
    try {
      await noteTokenUses(store, new Map([...writing].map(([id, at]) => [id, new Date(at)])));
    } catch (error) {
      noted = new Map([...writing, ...noted]);
      throw error;
    }
  }

  const writing = createPeriodicService({ name: 'token uses', intervalMs: EVERY_MS, runOnce, logger });
  return {
    note: (tokenId) => void noted.set(tokenId, clock.now()),
    runOnce,
    start: writing.start,
    async stop() {
      await writing.stop();
      await runOnce().catch((err: unknown) =>
        logger.debug({ err }, 'the last uses of tokens were not noted'),
      );
    },
  };
}
