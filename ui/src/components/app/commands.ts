import type { Provider } from '@understudy/shared/contracts/provider';
import type { Scope } from '@understudy/shared/contracts/scope';
import type { LocationQueryRaw, RouteLocationRaw } from 'vue-router';
import { toDialogQuery, type OverviewDialogName } from '../../composables/use-overview-dialog.ts';
import type { Toast } from '../../composables/use-toasts.ts';

/** Something that the palette can do. */
export interface Command {
  /** What it is known by, where another may have the same title. */
  id?: string;
  title: string;
  /** Other words that one may look for it by. */
  words?: string;
  hint?: string;
  run:
    | { kind: 'go'; to: RouteLocationRaw }
    /** Goes on in a dialog of Overview. */
    | { kind: 'ask'; query: LocationQueryRaw }
    | { kind: 'do'; act: () => unknown };
}

/** The commands that fit what was typed, best first: every word must begin a word of the title or of its other words. */
export function findCommands(commands: readonly Command[], typed: string): Command[] {
  const wanted = typed.toLowerCase().split(/\s+/).filter(Boolean);
  return commands
    .filter(({ title, words = '' }) => {
      const known = `${title} ${words}`.toLowerCase().split(/[\s/-]+/);
      return wanted.every((word) => known.some((one) => one.startsWith(word)));
    })
    .toSorted((a, b) => toRank(a, wanted) - toRank(b, wanted));
}

function toRank({ title }: Command, wanted: readonly string[]): number {
  return wanted[0] !== undefined && title.toLowerCase().startsWith(wanted[0]) ? 0 : 1;
}

function ask(title: string, name: OverviewDialogName, of?: string): Command {
  return { title, run: { kind: 'ask', query: toDialogQuery(name, of) } };
}

/** What can be done to the service as a whole. */
export function toServiceCommands(can: (scope: Scope) => boolean): Command[] {
  return [
    ...(can('providers:write')
      ? [{ ...ask('Pause or resume dispatch …', 'pause'), words: 'stop halt all' }]
      : []),
    ...(can('jobs:write')
      ? [{ ...ask('Retry what failed in the last hour …', 'retry'), words: 'all jobs again' }]
      : []),
  ];
}

/** What was done a moment ago and can be taken back; the newest first. */
export function toUndoCommands(toasts: readonly Toast[], takeBack: (toast: Toast) => unknown): Command[] {
  return toasts
    .filter(({ undo }) => undo !== null)
    .toReversed()
    .map((toast) => ({
      id: String(toast.id),
      title: `Undo: ${toast.text}`,
      run: { kind: 'do', act: () => takeBack(toast) },
    }));
}

interface ProviderCommands {
  setEnabled: (provider: Provider, enabled: boolean) => unknown;
  reset: (provider: Provider) => unknown;
  putFirst: (provider: Provider) => unknown;
}

/** Each provider, and what can be done to it without a way to its page; null where one may only look. */
export function toProviderCommands(
  providers: readonly Provider[],
  actions: ProviderCommands | null,
): Command[] {
  return providers.flatMap((provider) => {
    const { name, id, enabled } = provider;
    const act = (title: string, run: () => unknown): Command => ({ title, run: { kind: 'do', act: run } });
    const page: Command = {
      id,
      title: name,
      hint: 'provider',
      run: { kind: 'go', to: { name: 'provider', params: { id } } },
    };
    if (!actions) return [page];
    return [
      page,
      act(`Switch ${name} ${enabled ? 'off' : 'on'}`, () => actions.setEnabled(provider, !enabled)),
      act(`Reset ${name}`, () => actions.reset(provider)),
      act(`Put ${name} first`, () => actions.putFirst(provider)),
      ...(provider.type === 'local'
        ? []
        : [ask(`Budget of ${name} …`, 'budget', id), ask(`New key for ${name} …`, 'key', id)]),
    ];
  });
}
