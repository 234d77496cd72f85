import type { JobDocument } from './model.ts';

/**
 * Whom a job may go to, in short: jobs of one client, priority and route wait in one line, so that those whose
 * providers have no room hold up nobody else.
 */
export function toRoute({
  providers,
  allowDegraded,
}: Pick<JobDocument, 'providers' | 'allowDegraded'>): string {
  if (providers) return `only:${providers.join(',').toLowerCase()}`;
  return allowDegraded ? 'any-or-local' : 'any';
}
