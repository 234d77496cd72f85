import { expect, it } from 'vitest';
import type { KeyHolderDocument } from '../store/key-holders/model.ts';
import { toLacking, toResealedLines, toStatusReport } from './key-report.ts';

const one = { version: 1, check: 'aa' };
const two = { version: 2, check: 'bb' };
const now = new Date('2026-03-01T00:00:00Z');
const nothing = { uses: [], locked: [] };
const holderOf = (_id: string, keys: KeyHolderDocument['keys']): KeyHolderDocument => ({
  _id,
  role: 'worker',
  keys,
  locked: [],
  seenAt: now,
});
const report = (more: Partial<Parameters<typeof toStatusReport>[0]>) =>
  toStatusReport({ known: [two, one], usage: nothing, holders: [], now, ...more });

it('says what needs the old version, and how to move it', () => {
  const uses = [
    { kind: 'provider keys', version: 1, count: 3, until: null },
    { kind: 'provider keys', version: 2, count: 1, until: null },
  ];
  const { output, failed } = report({ usage: { uses, locked: [] } });
  expect(output).toContain('Master keys: 2 (seals), 1');
  expect(output).toContain('Version 2: seals what is new; keep it\n  1 provider keys\n');
  expect(output).toContain(
    'Version 1: is needed\n  3 provider keys: `npx understudy keys rotate` moves them\n',
  );
  expect(failed).toBe(false);
});

it('says from when on the old version can be dropped', () => {
  expect(report({}).output).toContain('Version 1: nothing needs it; it can be dropped');
  const uses = [
    { kind: 'idempotency keys', version: 1, count: null, until: new Date('2026-06-08T00:00:00Z') },
  ];
  const { output } = report({ usage: { uses, locked: [] } });
  expect(output).toContain('Version 1: can be dropped from 2026-06-08 on. Dropped earlier, a submit');
  expect(output).toContain('  idempotency keys: gone by 2026-06-08');
});

it('fails where something does not open, and names it and its version', () => {
  const locked = [{ kind: 'provider keys', id: 'prv_1', name: 'main', message: 'Master key 9 is gone.' }];
  const uses = [{ kind: 'provider keys', version: 9, count: 1, until: null }];
  const { output, failed } = report({ usage: { uses, locked } });
  expect(output).toContain('Version 9: is not there, and what is sealed with it does not open; put it back');
  expect(output).toContain('Does not open:\n  provider keys: main (prv_1). Master key 9 is gone.');
  expect(failed).toBe(true);
  expect(toResealedLines({ resealed: [], locked, holders: [], version: 2 })).toMatchObject({ failed: true });
});

it('says which process lacks the first key, has another under its version, or still seals with an older one', () => {
  const holders = [
    holderOf('ready', [two, one]),
    holderOf('sealing', [one, two]),
    holderOf('lacking', [one]),
    holderOf('other', [{ version: 2, check: 'xx' }, one]),
  ];
  expect(toLacking(holders, two).map(({ _id }) => _id)).toEqual(['lacking', 'other']);
  const { output } = report({ holders });
  expect(output).toMatch(/ready {2}2 \(seals\), 1\n/);
  expect(output).toMatch(/sealing .*: still seals with version 1\n/);
  expect(output).toMatch(/lacking .*: lacks version 2/);
});

it('keeps the old version for as long as a process that runs seals with it', () => {
  const sealing = holderOf('sealing', [one, two]);
  const holders = [holderOf('ready', [two, one]), sealing];
  expect(report({ holders }).output).toContain('Version 1: is needed: 1 process still seals with it\n');
  const uses = [
    { kind: 'idempotency keys', version: 1, count: null, until: new Date('2026-06-08T00:00:00Z') },
  ];
  const { output } = report({ holders: [...holders, sealing], usage: { uses, locked: [] } });
  expect(output).toContain('Version 1: is needed: 2 processes still seal with it\n');
  expect(output).toContain('Version 2: seals what is new; keep it\n');
});

it('warns on rotating of who seals with the old version again', () => {
  const rotated = (holders: KeyHolderDocument[]) =>
    toResealedLines({ resealed: [], locked: [], holders, version: 2 });
  expect(rotated([holderOf('ready', [two, one])]).output).not.toContain('still seal');
  const { output, failed } = rotated([holderOf('ready', [two, one]), holderOf('sealing', [one, two])]);
  expect(output).toContain('These running processes still seal with another version');
  expect(output).toMatch(/ {2}worker sealing: version 1\n/);
  expect(output).not.toContain('ready');
  expect(failed).toBe(false);
});
