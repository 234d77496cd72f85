import type { Scope } from '@understudy/shared/contracts/session';
import type { IconName } from '../base/icon-name.ts';
import type { Command } from './commands.ts';

interface Section {
  /** Of the route, whose path all its pages begin with. */
  name: string;
  title: string;
  icon: IconName;
  /** Shown only to those who have it. */
  scope?: Scope;
  /** Other words that one may look for it by. */
  words?: string;
}

export interface SectionGroup {
  /** Null for those that stand first. */
  title: string | null;
  sections: readonly Section[];
}

/** The console's sections, in the order of the menu. */
export const SECTIONS: readonly SectionGroup[] = [
  {
    title: null,
    sections: [
      { name: 'overview', title: 'Overview', icon: 'overview', words: 'home start' },
      {
        name: 'processing',
        title: 'AI Processing',
        icon: 'processing',
        scope: 'providers:read',
        words: 'statistics health labels failovers charts cost latency',
      },
      { name: 'jobs', title: 'Jobs', icon: 'jobs', scope: 'jobs:read', words: 'explorer list' },
      { name: 'playground', title: 'Playground', icon: 'playground', scope: 'jobs:write', words: 'try text' },
    ],
  },
  {
    title: 'Advanced',
    sections: [
      {
        name: 'providers',
        title: 'Providers',
        icon: 'providers',
        scope: 'providers:read',
        words: 'keys models openai anthropic',
      },
      {
        name: 'failover',
        title: 'Failover',
        icon: 'failover',
        scope: 'providers:read',
        words: 'strategy hedge breaker circuit time-out configuration',
      },
      { name: 'drills', title: 'Drills', icon: 'drill', scope: 'providers:read', words: 'test fault' },
    ],
  },
  {
    title: 'Administration',
    sections: [
      { name: 'tokens', title: 'Tokens', icon: 'tokens', scope: 'admin', words: 'access api keys clients' },
      { name: 'audit', title: 'Audit', icon: 'audit', scope: 'admin', words: 'log history changes restore' },
      {
        name: 'settings',
        title: 'Settings',
        icon: 'settings',
        scope: 'providers:read',
        words: 'retention health checks',
      },
    ],
  },
];

/** Every section that somebody may see, as commands of the palette. */
export function toSectionCommands(can: (scope: Scope) => boolean): Command[] {
  return SECTIONS.flatMap(({ sections }) => sections)
    .filter(({ scope }) => scope === undefined || can(scope))
    .map(({ name, title, words = '' }) => ({ title, words, run: { kind: 'go', to: { name } } }));
}
