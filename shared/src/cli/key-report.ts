import type { KnownKey } from '../secrets/key-ring.ts';
import type { KeyHolderDocument } from '../store/key-holders/model.ts';
import type { KeyUsage, KeyUse } from '../store/secrets/read-key-usage.ts';
import type { Resealed } from '../store/secrets/reseal-secrets.ts';
import type { Report } from './command.ts';

interface Known {
  known: readonly KnownKey[];
  usage: KeyUsage;
  holders: readonly KeyHolderDocument[];
  now: Date;
}

/** The processes that could not open what is sealed with a master key: they lack it, or have another of its version. */
export function toLacking(holders: readonly KeyHolderDocument[], { version, check }: KnownKey) {
  return holders.filter(({ keys }) => !keys.some((key) => key.version === version && key.check === check));
}

/** What an operator is told by `keys status`; failed where something does not open. */
export function toStatusReport({ known, usage, holders, now }: Known): Report {
  const { uses, locked } = usage;
  const versions = [...new Set([...known, ...uses].map(({ version }) => version))];
  const output = [
    `Master keys: ${toList(known)}`,
    '',
    ...versions.flatMap((version) => toVersionLines(version, { known, usage, holders, now })),
    '',
    ...toHolderLines(holders, known),
    ...toLockedLines(locked),
  ];
  return { output: `${output.join('\n')}\n`, failed: locked.length > 0 };
}

interface Rotated extends Pick<Known, 'holders'>, Pick<KeyUsage, 'locked'> {
  resealed: readonly Resealed[];
  version: number;
}

/** What `keys rotate` did, and who undoes it by and by; failed where something does not open. */
export function toResealedLines({ resealed, locked, holders, version }: Rotated): Report {
  const lines = resealed.map(({ kind, count, fromVersions }) => {
    const from = Object.entries(fromVersions).map(([old, of]) => `${of} from version ${old}`);
    return `${kind.padEnd(17)}${count} sealed anew with version ${version}${from.length > 0 ? ` (${from.join(', ')})` : ''}`;
  });
  const more = [...toStaleLines(holders, version), ...toLockedLines(locked)];
  const output = `${[...lines, ...more].join('\n')}\n`;
  return { output, failed: locked.length > 0 };
}

function toVersionLines(version: number, { known, usage, holders, now }: Known) {
  const own = usage.uses.filter((use) => use.version === version);
  const isFirst = known[0]?.version === version;
  const lines = own.map(({ kind, count, until }) => {
    if (until === null)
      return `  ${count} ${kind}${isFirst ? '' : ': `npx understudy keys rotate` moves them'}`;
    return `  ${kind}${isFirst ? '' : `: gone by ${until.toISOString().slice(0, 10)}`}`;
  });
  const isKnown = known.some((key) => key.version === version);
  const sealing = holders.filter(({ keys }) => keys[0]?.version === version).length;
  return [`Version ${version}: ${toVerdict(own, { isFirst, isKnown, sealing }, now)}`, ...lines];
}

function toVerdict(
  own: readonly KeyUse[],
  { isFirst, isKnown, sealing }: { isFirst: boolean; isKnown: boolean; sealing: number },
  now: Date,
): string {
  if (isFirst) return 'seals what is new; keep it';
  const hasSecrets = own.some(({ until }) => until === null);
  if (!isKnown) {
    return hasSecrets
      ? 'is not there, and what is sealed with it does not open; put it back'
      : 'is not there; a submit that repeats one of its idempotency keys is refused (422)';
  }
  if (sealing > 0)
    return `is needed: ${sealing === 1 ? '1 process still seals' : `${sealing} processes still seal`} with it`;
  if (hasSecrets) return 'is needed';
  if (own.length === 0) return 'nothing needs it; it can be dropped';
  const until = new Date(Math.max(now.getTime(), ...own.map((use) => use.until?.getTime() ?? 0)));
  return (
    `can be dropped from ${until.toISOString().slice(0, 10)} on. Dropped earlier, a submit that repeats one of its ` +
    'idempotency keys is refused (422), never done twice'
  );
}

function toHolderLines(holders: readonly KeyHolderDocument[], [first]: readonly KnownKey[]): string[] {
  if (holders.length === 0) return ['No process runs.'];
  const lacking = new Set(first ? toLacking(holders, first).map(({ _id }) => _id) : []);
  return [
    'Running processes:',
    ...holders.map(({ _id, role, keys }) => {
      const remark = !first
        ? ''
        : lacking.has(_id)
          ? `: lacks version ${first.version}, or has another key there`
          : keys[0]?.version === first.version
            ? ''
            : `: still seals with version ${keys[0]?.version}`;
      return `  ${role.padEnd(7)}${_id}  ${toList(keys)}${remark}`;
    }),
  ];
}

function toStaleLines(holders: readonly KeyHolderDocument[], version: number): string[] {
  const stale = holders.filter(({ keys: [first] }) => first?.version !== version);
  if (stale.length === 0) return [];
  return [
    '',
    `These running processes still seal with another version, and so what they save next. Restart them with version ` +
      `${version} first, then rotate again:`,
    ...stale.map(({ role, _id, keys: [first] }) => `  ${role.padEnd(7)}${_id}: version ${first?.version}`),
  ];
}

function toLockedLines(locked: KeyUsage['locked']): string[] {
  if (locked.length === 0) return [];
  return [
    '',
    'Does not open:',
    ...locked.map(({ kind, id, name, message }) => `  ${kind}: ${name} (${id}). ${message}`),
  ];
}

function toList(keys: readonly KnownKey[]): string {
  return keys.map(({ version }, index) => (index === 0 ? `${version} (seals)` : version)).join(', ');
}
