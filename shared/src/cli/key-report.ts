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
    ...versions.flatMap((version) => toVersionLines(version, known, uses, now)),
    '',
    ...toHolderLines(holders, known),
    ...toLockedLines(locked),
  ];
  return { output: `${output.join('\n')}\n`, failed: locked.length > 0 };
}

/** What `keys rotate` did; failed where something does not open. */
export function toResealedLines(
  resealed: readonly Resealed[],
  locked: KeyUsage['locked'],
  version: number,
): Report {
  const lines = resealed.map(({ kind, count, fromVersions }) => {
    const from = Object.entries(fromVersions).map(([old, of]) => `${of} from version ${old}`);
    return `${kind.padEnd(17)}${count} sealed anew with version ${version}${from.length > 0 ? ` (${from.join(', ')})` : ''}`;
  });
  const output = `${[...lines, ...toLockedLines(locked)].join('\n')}\n`;
  return { output, failed: locked.length > 0 };
}

function toVersionLines(version: number, known: readonly KnownKey[], uses: readonly KeyUse[], now: Date) {
  const own = uses.filter((use) => use.version === version);
  const isFirst = known[0]?.version === version;
  const lines = own.map(({ kind, count, until }) => {
    if (until === null)
      return `  ${count} ${kind}${isFirst ? '' : ': `npx understudy keys rotate` moves them'}`;
    return `  ${count} ${kind}${isFirst ? '' : `: gone by ${until.toISOString().slice(0, 10)}`}`;
  });
  return [
    `Version ${version}: ${toVerdict(own, { isFirst, isKnown: known.some((key) => key.version === version) }, now)}`,
    ...lines,
  ];
}

function toVerdict(
  own: readonly KeyUse[],
  { isFirst, isKnown }: { isFirst: boolean; isKnown: boolean },
  now: Date,
): string {
  if (isFirst) return 'seals what is new; keep it';
  const hasSecrets = own.some(({ until }) => until === null);
  if (!isKnown) {
    return hasSecrets
      ? 'is not there, and what is sealed with it does not open; put it back'
      : 'is not there; a submit that repeats one of its idempotency keys is refused (422)';
  }
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
