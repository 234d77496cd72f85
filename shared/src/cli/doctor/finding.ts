/** What the doctor found of one matter. */
export interface Finding {
  /** What was looked at, such as `redis`. */
  check: string;
  status: 'ok' | 'warn' | 'fail';
  /** What is so. Never holds a secret. */
  what: string;
  /** How to mend it; null where all is well. */
  mend: string | null;
}

export const ok = (check: string, what: string): Finding => ({ check, status: 'ok', what, mend: null });

/** It works, but will not always, or not as well as it should. */
export const warn = (check: string, what: string, mend: string): Finding => ({
  check,
  status: 'warn',
  what,
  mend,
});

/** It does not work, or will lose or refuse something. */
export const fail = (check: string, what: string, mend: string): Finding => ({
  check,
  status: 'fail',
  what,
  mend,
});
