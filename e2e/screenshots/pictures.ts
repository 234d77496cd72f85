import type { rehearse } from './rehearse.ts';

export interface Picture {
  name: string;
  path: string;
}

type Rehearsed = Awaited<ReturnType<typeof rehearse>>;

/** Those of `docs/console.md`. */
export function toDocsPictures({ jobId }: Rehearsed): Picture[] {
  return [
    { name: 'overview', path: '/' },
    { name: 'processing', path: '/processing' },
    { name: 'job', path: `/jobs/${jobId}` },
    { name: 'providers', path: '/advanced/providers' },
  ];
}

/** Every page of the console, and what opens over one. */
export function toAllPictures(rehearsed: Rehearsed): Picture[] {
  const { classifier, batchId, evaluationId, webhookId, providerId } = rehearsed;
  return [
    ...toDocsPictures(rehearsed),
    { name: 'overview-budget', path: `/?do=budget&of=${providerId}` },
    { name: 'jobs', path: '/jobs' },
    { name: 'jobs-none', path: '/jobs?label=nothing' },
    { name: 'batches', path: '/batches' },
    { name: 'batch', path: `/batches/${batchId}` },
    { name: 'batch-new', path: '/batches/new' },
    { name: 'classifiers', path: '/classifiers' },
    { name: 'classifier', path: `/classifiers/${classifier}` },
    { name: 'classifier-edit', path: `/classifiers/${classifier}/edit` },
    { name: 'classifier-new', path: '/classifiers/-/new' },
    { name: 'evaluation-new', path: `/classifiers/${classifier}/evaluate` },
    { name: 'evaluation', path: `/classifiers/${classifier}/evaluations/${evaluationId}` },
    { name: 'playground', path: '/playground' },
    { name: 'playground-job', path: `/playground?job=${rehearsed.jobId}` },
    { name: 'provider', path: `/advanced/providers/${providerId}` },
    { name: 'provider-edit', path: `/advanced/providers/${providerId}/edit` },
    { name: 'provider-new', path: '/advanced/providers/new' },
    { name: 'failover', path: '/advanced/failover' },
    { name: 'drills', path: '/advanced/drills' },
    { name: 'tokens', path: '/tokens' },
    { name: 'webhooks', path: '/webhooks' },
    { name: 'webhook', path: `/webhooks/${webhookId}` },
    { name: 'audit', path: '/audit' },
    { name: 'settings', path: '/settings' },
    { name: 'nowhere', path: '/nowhere' },
  ];
}
