/** Holds one step of long work to a time, for whoever may not wait for long. @throws when the time is over. */
export type Bounded = <T>(step: Promise<T>) => Promise<T>;
