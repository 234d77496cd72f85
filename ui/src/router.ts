import type { QueryClient } from '@tanstack/vue-query';
import { ProblemError } from '@understudy/shared/client/problem-error';
import {
  createRouter,
  createWebHistory,
  type RouteLocationRaw,
  type Router,
  type RouteRecordRaw,
} from 'vue-router';
import type { ConsoleClient } from './api/client.ts';
import { sessionQuery } from './api/session.ts';

declare module 'vue-router' {
  interface RouteMeta {
    title: string;
    /** Open to everybody; all else needs somebody signed in. */
    isPublic?: boolean;
  }
}

const routes: RouteRecordRaw[] = [
  {
    path: '/login',
    name: 'login',
    component: () => import('./features/session/LoginPage.vue'),
    meta: { title: 'Sign in', isPublic: true },
  },
  {
    path: '/',
    name: 'overview',
    component: () => import('./features/overview/OverviewPage.vue'),
    meta: { title: 'Overview' },
  },
  {
    path: '/playground',
    name: 'playground',
    component: () => import('./features/playground/PlaygroundPage.vue'),
    meta: { title: 'Playground' },
  },
  {
    path: '/processing',
    name: 'processing',
    component: () => import('./features/processing/ProcessingPage.vue'),
    meta: { title: 'AI Processing' },
  },
  {
    path: '/jobs',
    name: 'jobs',
    component: () => import('./features/jobs/JobsPage.vue'),
    meta: { title: 'Jobs' },
  },
  {
    path: '/jobs/:id',
    name: 'job',
    component: () => import('./features/jobs/JobPage.vue'),
    props: true,
    meta: { title: 'Job' },
  },
  {
    path: '/batches',
    name: 'batches',
    component: () => import('./features/batches/BatchesPage.vue'),
    meta: { title: 'Batches' },
  },
  {
    path: '/batches/new',
    name: 'batch-new',
    component: () => import('./features/batches/BatchNewPage.vue'),
    meta: { title: 'Upload a batch' },
  },
  {
    path: '/batches/:id',
    name: 'batch',
    component: () => import('./features/batches/BatchPage.vue'),
    props: true,
    meta: { title: 'Batch' },
  },
  {
    path: '/classifiers',
    name: 'classifiers',
    component: () => import('./features/classifiers/ClassifiersPage.vue'),
    meta: { title: 'Classifiers' },
  },
  // No name begins with a hyphen, so this is no classifier's address.
  {
    path: '/classifiers/-/new',
    name: 'classifier-new',
    component: () => import('./features/classifiers/ClassifierNewPage.vue'),
    meta: { title: 'New classifier' },
  },
  {
    path: '/classifiers/:name',
    name: 'classifier',
    component: () => import('./features/classifiers/ClassifierPage.vue'),
    props: true,
    meta: { title: 'Classifier' },
  },
  {
    path: '/classifiers/:name/edit',
    name: 'classifier-edit',
    component: () => import('./features/classifiers/ClassifierEditPage.vue'),
    props: true,
    meta: { title: 'Edit classifier' },
  },
  {
    path: '/classifiers/:name/evaluate',
    name: 'classifier-evaluate',
    component: () => import('./features/classifiers/EvaluationNewPage.vue'),
    props: true,
    meta: { title: 'Evaluate' },
  },
  {
    path: '/classifiers/:name/evaluations/:id',
    name: 'evaluation',
    component: () => import('./features/classifiers/EvaluationPage.vue'),
    props: true,
    meta: { title: 'Evaluation' },
  },
  { path: '/advanced', redirect: { name: 'providers' } },
  {
    path: '/advanced/providers',
    name: 'providers',
    component: () => import('./features/providers/ProvidersPage.vue'),
    meta: { title: 'Providers' },
  },
  {
    path: '/advanced/providers/new',
    name: 'provider-new',
    component: () => import('./features/providers/ProviderNewPage.vue'),
    meta: { title: 'Add a provider' },
  },
  {
    path: '/advanced/providers/:id',
    name: 'provider',
    component: () => import('./features/providers/ProviderPage.vue'),
    props: true,
    meta: { title: 'Provider' },
  },
  {
    path: '/advanced/providers/:id/edit',
    name: 'provider-edit',
    component: () => import('./features/providers/ProviderEditPage.vue'),
    props: true,
    meta: { title: 'Edit provider' },
  },
  {
    path: '/advanced/failover',
    name: 'failover',
    component: () => import('./features/failover/FailoverPage.vue'),
    meta: { title: 'Failover' },
  },
  {
    path: '/advanced/drills',
    name: 'drills',
    component: () => import('./features/drills/DrillsPage.vue'),
    meta: { title: 'Drills' },
  },
  {
    path: '/settings',
    name: 'settings',
    component: () => import('./features/settings/SettingsPage.vue'),
    meta: { title: 'Settings' },
  },
  {
    path: '/tokens',
    name: 'tokens',
    component: () => import('./features/tokens/TokensPage.vue'),
    meta: { title: 'Tokens' },
  },
  {
    path: '/webhooks',
    name: 'webhooks',
    component: () => import('./features/webhooks/WebhooksPage.vue'),
    meta: { title: 'Webhooks' },
  },
  {
    path: '/webhooks/:id',
    name: 'webhook',
    component: () => import('./features/webhooks/WebhookPage.vue'),
    props: true,
    meta: { title: 'Webhook' },
  },
  {
    path: '/audit',
    name: 'audit',
    component: () => import('./features/audit/AuditPage.vue'),
    meta: { title: 'Audit' },
  },
  {
    path: '/:path(.*)*',
    name: 'not-found',
    component: () => import('./components/app/AppNotFound.vue'),
    meta: { title: 'Not found' },
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
  const router = createRouter({
    history: createWebHistory(),
    routes,
    scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? false : { top: 0 }),
  });
  router.beforeEach(async (to) => {
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
    document.title = `${to.meta.title} · Understudy`;
  });
  return router;
}
