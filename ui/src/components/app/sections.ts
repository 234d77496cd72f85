import type { Scope } from '@understudy/shared/contracts/session';
import type { IconName } from '../base/icon-name.ts';

interface Section {
  /** Of the route, whose path all its pages begin with. */
  name: string;
  title: string;
  icon: IconName;
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
      { name: 'overview', title: 'Overview', icon: 'overview' },
      {
        name: 'processing',
        title: 'AI Processing',
        icon: 'processing',
        scope: 'providers:read',
      },
      { name: 'jobs', title: 'Jobs', icon: 'jobs', scope: 'jobs:read' },
      { name: 'batches', title: 'Batches', icon: 'batches', scope: 'jobs:read' },
      {
        name: 'classifiers',
        title: 'Classifiers',
        icon: 'classifiers',
        scope: 'jobs:read',
      },
      { name: 'playground', title: 'Playground', icon: 'playground', scope: 'jobs:write' },
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
      },
      {
        name: 'failover',
        title: 'Failover',
        icon: 'failover',
        scope: 'providers:read',
      },
      { name: 'drills', title: 'Drills', icon: 'drill', scope: 'providers:read' },
    ],
  },
  {
    title: 'Administration',
    sections: [
      { name: 'tokens', title: 'Tokens', icon: 'tokens', scope: 'admin' },
      {
        name: 'webhooks',
        title: 'Webhooks',
        icon: 'webhooks',
        scope: 'jobs:read',
      },
      { name: 'audit', title: 'Audit', icon: 'audit', scope: 'admin' },
      {
        name: 'settings',
        title: 'Settings',
        icon: 'settings',
        scope: 'providers:read',
      },
    ],
  },
];
