import type { AuditRow } from '@understudy/shared/contracts/audit';

/** What was done, without whom or what it was done to: `updated`, `key removed`. */
export function toActionVerb({ action }: Pick<AuditRow, 'action'>): string {
  return action.split('.').slice(1).join(' ').replaceAll('_', ' ');
}
