import type { Logger } from '@understudy/shared/runtime/logger';
import type { Adapter } from '../llm/adapter.ts';

/** An adapter that many jobs call, and that is closed only when the last of its calls is over. */
export interface SharedAdapter {
  adapter: Adapter;
  isUsable: boolean;
  /** Resolves when it is closed: at once, or after the calls that still run on it. Safe to call twice. */
  retire(): Promise<void>;
}

export function createSharedAdapter(
  inner: Adapter,
  { isUsable, logger }: { isUsable: boolean; logger: Logger },
): SharedAdapter {
  let running = 0;
  let retired = false;
  const closed = Promise.withResolvers<void>();

  function closeWhenIdle() {
    if (!retired || running > 0) return;
    inner
      .close()
      .catch((err: unknown) => logger.warn({ err }, 'an adapter did not close'))
      .finally(closed.resolve);
  }

  async function count<T>(call: Promise<T>): Promise<T> {
    running += 1;
    try {
      return await call;
    } finally {
      running -= 1;
      closeWhenIdle();
    }
  }

  const { keyless } = inner;
  return {
    isUsable,
    adapter: {
      model: inner.model,
      ...(inner.baseUrl !== undefined && { baseUrl: inner.baseUrl }),
      classify: (request, signal) => count(inner.classify(request, signal)),
      listModels: (signal) => count(inner.listModels(signal)),
      ...(keyless && { keyless: { listModels: (signal) => count(keyless.listModels(signal)) } }),
      close: () => inner.close(),
    },
    retire() {
      if (!retired) {
        retired = true;
        closeWhenIdle();
      }
      return closed.promise;
    },
  };
}
