import type { Socket } from 'node:net';
import { startTcpProxy } from '../../shared/src/testing/tcp-proxy.ts';

/** A way to a store that stops when certain bytes come by, so that a process can be killed at that very point. */
export interface HoldingProxy {
  port: number;
  /**
   * From now on, holds everything from the moment in which `marker` goes to the store. `before` it arrives there, or
   * `after`: the store has done it and its reply is kept back. Resolves when that is reached.
   */
  hold(marker: string, when: 'before' | 'after'): Promise<void>;
  /** Forgets what is held and lets through what comes. */
  release(): void;
  close(): Promise<void>;
}

/** A TCP proxy in front of `target` (`host:port`); MongoDB's and Redis's commands are readable bytes. */
export async function startHoldingProxy(target: string): Promise<HoldingProxy> {
  let wanted: { marker: string; when: 'before' | 'after'; reached: () => void } | null = null;
  let isHolding = false;

  function handOn(from: Socket, to: Socket, isToStore: boolean) {
    from.on('data', (chunk) => {
      if (isHolding) return;
      const isAtMarker = isToStore && wanted !== null && chunk.includes(wanted.marker);
      if (!isAtMarker || wanted?.when === 'after') to.write(chunk);
      if (!isAtMarker) return;
      isHolding = true;
      wanted?.reached();
    });
    from.on('close', () => to.end());
  }

  const { port, close } = await startTcpProxy({
    target,
    join(client, store) {
      handOn(client, store, true);
      handOn(store, client, false);
    },
  });

  return {
    port,
    hold(marker, when) {
      const { promise, resolve } = Promise.withResolvers<void>();
      wanted = { marker, when, reached: resolve };
      return promise;
    },
    release() {
      wanted = null;
      isHolding = false;
    },
    close,
  };
}
