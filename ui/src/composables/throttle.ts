export interface Throttle {
  run: () => void;
  /** Forgets what was asked for meanwhile. */
  cancel: () => void;
}

/** Runs at once, and again once the pause is over where it was asked for meanwhile. */
export function createThrottle(run: () => void, pauseMs: number): Throttle {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isAsked = false;
  const begin = () => {
    isAsked = false;
    run();
    timer = setTimeout(() => {
      timer = undefined;
      if (isAsked) begin();
    }, pauseMs);
  };
  return {
    run: () => {
      if (timer === undefined) begin();
      else isAsked = true;
    },
    cancel: () => {
      clearTimeout(timer);
      timer = undefined;
      isAsked = false;
    },
  };
}
