import type { Request, Response } from 'express';

const ULID = '[0-9A-HJKMNP-TV-Z]{26}';
const KINDS = [
  ['jobId', new RegExp(`^job_${ULID}(\\d{5})?$`)],
  ['batchId', new RegExp(`^(bat|evl)_${ULID}$`)],
] as const;

/**
 * The job or batch that a request was about, for logs and traces: the one in its path, or the one that its reply leads to.
 * A path holds whatever a caller typed, so only what is an id is taken.
 */
export function toAbout(req: Request, res: Response): { jobId?: string; batchId?: string } {
  const location = res.getHeader('Location');
  const given = req.params?.['id'] ?? (typeof location === 'string' ? location.split('/').at(-1) : '');
  return Object.fromEntries(
    KINDS.flatMap(([name, form]) => (typeof given === 'string' && form.test(given) ? [[name, given]] : [])),
  );
}
