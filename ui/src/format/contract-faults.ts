import type { ProblemFault } from '@understudy/shared/client/problem-error';
import { en } from 'zod/locales';
import * as z from 'zod/mini';

// The small edition of Zod has no words of its own, and says "Invalid input" of everything.
z.config(en());

/** What a contract finds wrong with what a form means, as the API would name it. */
export function toContractFaults({ issues }: Pick<z.core.$ZodError, 'issues'>): ProblemFault[] {
  return issues.map(({ path, message, code }) => ({
    pointer: `/${path.join('/')}`,
    detail: message,
    code: code ?? 'invalid',
  }));
}
