/** A rest that may be cut short. */
export interface Pause {
  /** Resolves after `ms`, or when it is ended. */
  rest(ms: number): Promise<void>;
  /** Ends the rest that is under way, if one is. */
  end(): void;
}

export function createPause(): Pause {
  let end = () => {};
  return {
    rest: (ms) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, ms);
        end = () => {
          clearTimeout(timer);
          resolve();
        };
      }),
    end: () => end(),
  };
}
