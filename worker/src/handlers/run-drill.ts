import type { Logger } from '@understudy/shared/runtime/logger';
import type { Redis } from '@understudy/shared/runtime/redis';
import type { Store } from '@understudy/shared/store/connect';
import { finishInteractive, startInteractive } from '@understudy/shared/store/interactive/interactive';
import { findProviderById } from '@understudy/shared/store/providers/read-provider';
import { runDrill, type RunDrillDeps } from '../drill/run-drill.ts';
import type { PresentState } from '../present-state.ts';
import { done, type Handler } from './handler.ts';
import { tellFinished } from './tell-finished.ts';

export interface RunDrillHandlerDeps extends RunDrillDeps {
  store: Store;
  redis: Redis;
  prefix: string;
  state: Pick<PresentState, 'refresh'>;
  logger: Logger;
}

/** Runs a drill for an operator who waits; nobody is left to take over where the provider itself is gone. */
export function createRunDrillHandler(deps: RunDrillHandlerDeps): Handler<'interactive.failover-drill'> {
  const { store, state } = deps;
  return async ({ requestId }) => {
    const request = await startInteractive(store, requestId);
    if (!request) return done;
    const { providerId, fault, text, labels } = request.input;
    if (!fault || !text || !labels) return { kind: 'reject', reason: 'no drill was asked for' };
    await state.refresh();
    const provider = await findProviderById(store, providerId);
    const finding = provider
      ? await runDrill(deps, { id: requestId, provider, fault, text, labels })
      : ({ kind: 'no_other_provider' } as const);
    await finishInteractive(store, requestId, finding);
    await tellFinished(deps, requestId);
    return done;
  };
}
