export interface Throttle {
  run: () => void;
  /** Forgets what was asked for meanwhile. */
  cancel: () => void;
}

/**
 * Runs at once, and again where it was asked for meanwhile: once the pause is over and what it began has ended. What is
 * run must not reject.
 */
export function createThrottle(run: () => Promise<void>, pauseMs: number): Throttle {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isRunning = false;
  let isAsked = false;
  const goOn = () => {
    if (!isAsked || isRunning || timer !== undefined) return;
    isAsked = false;
    isRunning = true;
    timer = setTimeout(() => {
      timer = undefined;
      goOn();
    }, pauseMs);
    void run().finally(() => {
      isRunning = false;
      goOn();
    });
  };
  return {
    run: () => {
      isAsked = true;
      goOn();
    },
    cancel: () => {
      clearTimeout(timer);
      timer = undefined;
      isAsked = false;
    },
  };
}
