import type { Scope } from '@understudy/shared/contracts/scope';
import type { IconName } from '../base/icon-name.ts';

interface Section {
  /** Of its icon and of the route, whose path all its pages begin with. */
  name: IconName;
  title: string;
  /** Shown only to those who have it. */
  scope?: Scope;
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
      { name: 'overview', title: 'Overview' },
      {
        name: 'processing',
        title: 'AI Processing',
        scope: 'providers:read',
      },
      { name: 'jobs', title: 'Jobs', scope: 'jobs:read' },
      { name: 'batches', title: 'Batches', scope: 'jobs:read' },
      {
        name: 'classifiers',
        title: 'Classifiers',
        scope: 'jobs:read',
      },
      { name: 'playground', title: 'Playground', scope: 'jobs:write' },
    ],
  },
  {
    title: 'Advanced',
    sections: [
      {
        name: 'providers',
        title: 'Providers',
        scope: 'providers:read',
      },
      {
        name: 'failover',
        title: 'Failover',
        scope: 'providers:read',
      },
      { name: 'drills', title: 'Drills', scope: 'providers:read' },
    ],
  },
  {
    title: 'Administration',
    sections: [
      { name: 'tokens', title: 'Tokens', scope: 'admin' },
      {
        name: 'webhooks',
        title: 'Webhooks',
        scope: 'jobs:read',
      },
      { name: 'audit', title: 'Audit', scope: 'admin' },
      {
        name: 'settings',
        title: 'Settings',
        scope: 'providers:read',
      },
    ],
  },
];
