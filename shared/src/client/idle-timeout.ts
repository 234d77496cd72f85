import { UnreachableError } from './problem-error.ts';

/** Three heartbeats were missed by then, and a reply that is held was due long ago: nobody is there. */
const SILENT_MS = 45_000;

/** A limit to how long nothing comes: its signal then aborts with an `UnreachableError`. */
export function createIdleTimeout() {
  const gone = new AbortController();
  const giveUp = () => gone.abort(new UnreachableError(new Error(`nothing came for ${SILENT_MS} ms`)));
  let timer = setTimeout(giveUp, SILENT_MS);
  return {
    signal: gone.signal,
    /** Something came. */
    restart() {
      clearTimeout(timer);
      timer = setTimeout(giveUp, SILENT_MS);
    },
    /** Nothing more is wanted: what is still open hangs up. */
    end() {
      clearTimeout(timer);
      gone.abort();
    },
  };
}
