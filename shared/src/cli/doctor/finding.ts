/** What the doctor found of one matter. */
export interface Finding {
  /** What was looked at, such as `redis`. */
  check: string;
  status: 'ok' | 'warn' | 'fail';
  /** What is so. Never holds a secret. */
  what: string;
  /** How to fix it; null where all is well. */
  fix: string | null;
}

export const ok = (check: string, what: string): Finding => ({ check, status: 'ok', what, fix: null });

/** It works, but will not always, or not as well as it should. */
export const warn = (check: string, what: string, fix: string): Finding => ({
  check,
  status: 'warn',
  what,
  fix,
});

/** It does not work, or will lose or refuse something. */
export const fail = (check: string, what: string, fix: string): Finding => ({
  check,
  status: 'fail',
  what,
  fix,
});
