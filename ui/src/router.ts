import type { QueryClient } from '@tanstack/vue-query';
import { ProblemError } from '@understudy/shared/client/problem-error';
import type { Component } from 'vue';
import {
  createRouter,
  createWebHistory,
  type RouteLocationRaw,
  type Router,
  type RouteRecordRaw,
} from 'vue-router';
import type { ConsoleClient } from './api/client.ts';
import { sessionQuery } from './api/session.ts';
import { hindrance, loadPage } from './load-later.ts';

declare module 'vue-router' {
  interface RouteMeta {
    title: string;
    /** Open to everybody; all else needs somebody signed in. */
    isPublic?: boolean | undefined;
  }
}

interface Page {
  path: string;
  name: string;
  title: string;
  load: () => Promise<{ default: Component }>;
  isPublic?: boolean;
}

const pages: readonly Page[] = [
  {
    path: '/login',
    name: 'login',
    title: 'Sign in',
    load: () => import('./features/session/LoginPage.vue'),
    isPublic: true,
  },
  {
    path: '/',
    name: 'overview',
    title: 'Overview',
    load: () => import('./features/overview/OverviewPage.vue'),
  },
  {
    path: '/playground',
    name: 'playground',
    title: 'Playground',
    load: () => import('./features/playground/PlaygroundPage.vue'),
  },
  {
    path: '/processing',
    name: 'processing',
    title: 'AI Processing',
    load: () => import('./features/processing/ProcessingPage.vue'),
  },
  {
    path: '/jobs',
    name: 'jobs',
    title: 'Jobs',
    load: () => import('./features/jobs/JobsPage.vue'),
  },
  {
    path: '/jobs/:id',
    name: 'job',
    title: 'Job',
    load: () => import('./features/jobs/JobPage.vue'),
  },
  {
    path: '/batches',
    name: 'batches',
    title: 'Batches',
    load: () => import('./features/batches/BatchesPage.vue'),
  },
  {
    path: '/batches/new',
    name: 'batch-new',
    title: 'Upload a batch',
    load: () => import('./features/batches/BatchNewPage.vue'),
  },
  {
    path: '/batches/:id',
    name: 'batch',
    title: 'Batch',
    load: () => import('./features/batches/BatchPage.vue'),
  },
  {
    path: '/classifiers',
    name: 'classifiers',
    title: 'Classifiers',
    load: () => import('./features/classifiers/ClassifiersPage.vue'),
  },
  // No name begins with a hyphen, so this is no classifier's address.
  {
    path: '/classifiers/-/new',
    name: 'classifier-new',
    title: 'New classifier',
    load: () => import('./features/classifiers/ClassifierNewPage.vue'),
  },
  {
    path: '/classifiers/:name',
    name: 'classifier',
    title: 'Classifier',
    load: () => import('./features/classifiers/ClassifierPage.vue'),
  },
  {
    path: '/classifiers/:name/edit',
    name: 'classifier-edit',
    title: 'Edit classifier',
    load: () => import('./features/classifiers/ClassifierEditPage.vue'),
  },
  {
    path: '/classifiers/:name/evaluate',
    name: 'classifier-evaluate',
    title: 'Evaluate',
    load: () => import('./features/classifiers/EvaluationNewPage.vue'),
  },
  {
    path: '/classifiers/:name/evaluations/:id',
    name: 'evaluation',
    title: 'Evaluation',
    load: () => import('./features/classifiers/EvaluationPage.vue'),
  },
  {
    path: '/advanced/providers',
    name: 'providers',
    title: 'Providers',
    load: () => import('./features/providers/ProvidersPage.vue'),
  },
  {
    path: '/advanced/providers/new',
    name: 'provider-new',
    title: 'Add a provider',
    load: () => import('./features/providers/ProviderNewPage.vue'),
  },
  {
    path: '/advanced/providers/:id',
    name: 'provider',
    title: 'Provider',
    load: () => import('./features/providers/ProviderPage.vue'),
  },
  {
    path: '/advanced/providers/:id/edit',
    name: 'provider-edit',
    title: 'Edit provider',
    load: () => import('./features/providers/ProviderEditPage.vue'),
  },
  {
    path: '/advanced/failover',
    name: 'failover',
    title: 'Failover',
    load: () => import('./features/failover/FailoverPage.vue'),
  },
  {
    path: '/advanced/drills',
    name: 'drills',
    title: 'Drills',
    load: () => import('./features/drills/DrillsPage.vue'),
  },
  {
    path: '/settings',
    name: 'settings',
    title: 'Settings',
    load: () => import('./features/settings/SettingsPage.vue'),
  },
  {
    path: '/tokens',
    name: 'tokens',
    title: 'Tokens',
    load: () => import('./features/tokens/TokensPage.vue'),
  },
  {
    path: '/webhooks',
    name: 'webhooks',
    title: 'Webhooks',
    load: () => import('./features/webhooks/WebhooksPage.vue'),
  },
  {
    path: '/webhooks/:id',
    name: 'webhook',
    title: 'Webhook',
    load: () => import('./features/webhooks/WebhookPage.vue'),
  },
  {
    path: '/audit',
    name: 'audit',
    title: 'Audit',
    load: () => import('./features/audit/AuditPage.vue'),
  },
  {
    path: '/:path(.*)*',
    name: 'not-found',
    title: 'Not found',
    load: () => import('./components/app/AppNotFound.vue'),
  },
];

/** Where somebody signs in, and where they go on to afterwards. */
export function toLogin(next: string): RouteLocationRaw {
  return { name: 'login', query: next === '/' ? {} : { next } };
}

/** The address to go on to, if it is one of the console's own; anything else could lead to a stranger's site. */
export function toSafeNext(next: unknown): string {
  return typeof next === 'string' && /^\/(?![/\\])/.test(next) ? next : '/';
}

interface RouterOptions {
  client: ConsoleClient;
  queryClient: QueryClient;
}

export function createConsoleRouter({ client, queryClient }: RouterOptions): Router {
  /** The address that somebody went to last. */
  let wanted = '';
  const toRoute = ({ path, name, title, isPublic, load }: Page): RouteRecordRaw => ({
    path,
    name,
    props: true,
    meta: { title, isPublic },
    component: () => {
      const address = wanted;
      return loadPage(load, { address, isWanted: () => address === wanted });
    },
  });
  const router = createRouter({
    history: createWebHistory(),
    routes: [{ path: '/advanced', redirect: { name: 'providers' } }, ...pages.map(toRoute)],
    scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? false : { top: 0 }),
  });
  router.beforeEach(async (to) => {
    wanted = to.fullPath;
    if (to.meta.isPublic) return true;
    try {
      await queryClient.ensureQueryData(sessionQuery(client));
    } catch (error) {
      if (error instanceof ProblemError && error.status === 401) return toLogin(to.fullPath);
      // An API that is away is the page's to tell; it would be wrong to call that signed out.
    }
    return true;
  });
  router.afterEach((to) => {
    if (hindrance.value === 'away') hindrance.value = null;
    document.title = `${to.meta.title} · Understudy`;
  });
  return router;
}
