import type { AuditRow } from '@understudy/shared/contracts/audit';
import type { ProviderStats } from '@understudy/shared/contracts/stats';
import { toActionVerb } from '../../format/audit.ts';
import { toCount } from '../../format/number.ts';

/** Who is compared: those with the most calls, by name, so that none changes its colour when another overtakes it. */
export function toCompared(stats: readonly ProviderStats[], limit: number): ProviderStats[] {
  return stats
    .toSorted((a, b) => b.attempts - a.attempts)
    .slice(0, limit)
    .toSorted((a, b) => a.provider.name.localeCompare(b.provider.name));
}

/** What a chart marks of the audit log, by its time in milliseconds. */
export function toChangeMarks(changes: readonly AuditRow[]): { at: number; text: string }[] {
  return changes.map((row) => ({ at: Date.parse(row.at), text: toChangeWords(row) }));
}

/** A change in a few words: `updated main`, `deleted spare`, `updated the configuration`. */
export function toChangeWords(row: AuditRow): string {
  return `${toActionVerb(row)} ${row.target.kind === 'config' ? 'the configuration' : row.target.name}`;
}

/** How many calls of each provider failed, with the kinds of fault by how often they came. */
export function toFaultBars(stats: readonly Pick<ProviderStats, 'provider' | 'errorsByFault'>[]) {
  return stats.map(({ provider, errorsByFault }) => {
    const faults = Object.entries(errorsByFault)
      .filter(([, count]) => count > 0)
      .toSorted(([, a], [, b]) => b - a);
    return {
      name: provider.name,
      value: faults.reduce((sum, [, count]) => sum + count, 0),
      detail: faults.map(([fault, count]) => `${toCount(count)} ${fault.replaceAll('_', ' ')}`).join(', '),
    };
  });
}
