import { dispatchConfig } from '@understudy/shared/contracts/dispatch-config';
import { expect, it } from 'vitest';
import { fromDraft, rebaseDraft, retypeDraft, toBefore, toDraft } from './config-draft.ts';
import { FAILOVER_GROUPS, SETTINGS_GROUPS } from './config-fields.ts';

const config = dispatchConfig.parse({});
const fields = [...FAILOVER_GROUPS, ...SETTINGS_GROUPS].flatMap((group) => group.fields);

function toPaths(value: object, before = ''): string[] {
  return Object.entries(value).flatMap(([key, inner]) =>
    typeof inner === 'object' ? toPaths(inner as object, `${key}.`) : [`${before}${key}`],
  );
}

it('asks for every setting that there is, but the pause, which has a button of its own', () => {
  expect([...fields.map(({ path }) => path), 'paused'].toSorted()).toEqual(toPaths(config).toSorted());
});

it('means nothing where nothing was changed', () => {
  expect(fromDraft(toDraft(config, fields), config, fields)).toEqual({
    part: {},
    faults: null,
    isChanged: false,
  });
});

it('means only what was changed, as the API takes it', () => {
  const draft = {
    ...toDraft(config, fields),
    hedgeMaxShare: '12.5',
    'breaker.openMs': '20 000',
    hedgeAfterMs: '1,500',
    allowDegraded: false,
  };
  expect(fromDraft(draft, config, fields).part).toEqual({
    hedgeMaxShare: 0.125,
    hedgeAfterMs: 1_500,
    breaker: { openMs: 20_000 },
    allowDegraded: false,
  });
});

it.each([
  ['hedgeAfterMs', '', '/hedgeAfterMs'],
  ['breaker.openMs', 'soon', '/breaker/openMs'],
  ['hedgeMaxShare', '101', '/hedgeMaxShare'],
  ['hedgeMaxShare', '2,5', '/hedgeMaxShare'],
  ['retention.textDays', '1.5', '/retention/textDays'],
])('says what is wrong with %s = %j', (path, typed, pointer) => {
  const { faults } = fromDraft({ ...toDraft(config, fields), [path]: typed }, config, fields);
  expect(faults?.map((fault) => fault.pointer)).toEqual([pointer]);
});

it('says all that is wrong, in what is no number and in what is', () => {
  const draft = { ...toDraft(config, fields), hedgeMaxShare: '2,5', hedgeAfterMs: '1' };
  const { faults } = fromDraft(draft, config, fields);
  expect(faults?.map(({ pointer }) => pointer)).toEqual(['/hedgeMaxShare', '/hedgeAfterMs']);
});

it('puts what was typed on top of what is in force now', () => {
  const before = { hedgeAfterMs: '2500', hedgeMaxMs: '4000', paused: false };
  const typed = { ...before, hedgeAfterMs: '1000' };
  const now = { ...before, hedgeMaxMs: '3000' };
  expect(retypeDraft(before, typed, now)).toEqual({ ...now, hedgeAfterMs: '1000' });
  expect(retypeDraft({ gone: '1' }, { gone: '2' }, now)).toEqual(now);
});

it('keeps what was typed when somebody else has saved, and names what they changed', () => {
  const draft = { ...toDraft(config, fields), hedgeAfterMs: '300', 'breaker.openMs': '9000' };
  const after = { ...config, strategy: 'cost' as const, breaker: { ...config.breaker, openMs: 9_000 } };
  const rebased = rebaseDraft(draft, config, after, fields);
  expect(rebased.draft).toMatchObject({ strategy: 'cost', hedgeAfterMs: '300', 'breaker.openMs': '9000' });
  expect(rebased.theirs).toEqual(['Strategy', 'Stays open']);
  expect(rebased.isChanged).toBe(true);
});

it('leaves nothing to be saved of what is saved', () => {
  const draft = { ...toDraft(config, fields), hedgeAfterMs: '300' };
  expect(rebaseDraft(draft, config, { ...config, hedgeAfterMs: 300 }, fields).isChanged).toBe(false);
});

it('knows what to write to take a change back', () => {
  expect(toBefore({ strategy: 'cost', breaker: { openMs: 9_000 } }, config)).toEqual({
    strategy: config.strategy,
    breaker: { openMs: config.breaker.openMs },
  });
});

it('says of a number what it must be', () => {
  const { faults } = fromDraft({ ...toDraft(config, fields), hedgeAfterMs: '1' }, config, fields);
  expect(faults?.[0]).toMatchObject({ pointer: '/hedgeAfterMs', detail: expect.stringContaining('>=50') });
});
