/** Where a worker has not begun by then, there is none. */
export const BEGIN_MS = 4_500;
/** How often what a worker writes is looked at, besides when it says so. */
export const RE_READ_MS = 250;
