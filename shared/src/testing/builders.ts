import { createId } from '../ids.ts';
import type { AttemptDocument, AttemptEnd } from '../store/attempts/model.ts';
import type { BatchDocument } from '../store/batches/model.ts';
import type { FailoverDocument } from '../store/failovers/model.ts';
import type { JobDocument } from '../store/jobs/model.ts';
import type { JobEnd } from '../store/jobs/settle-job.ts';
import type { ProviderDocument } from '../store/providers/model.ts';
import { toRoute } from '../store/jobs/route.ts';

/** A queued job as a submit would insert it. */
export function buildJob(overrides: Partial<JobDocument> = {}): JobDocument {
  const createdAt = overrides.createdAt ?? new Date();
  const deadlineMs = overrides.deadlineMs ?? 86_400_000;
  const { providers = null, allowDegraded = true } = overrides;
  return {
    _id: createId('job'),
    client: 'default',
    state: 'queued',
    generation: 1,
    waiting: false,
    route: toRoute({ providers, allowDegraded }),
    enqueuedEpoch: null,
    enqueuedAt: createdAt,
    text: 'My card was charged twice',
    labels: ['billing', 'bug'],
    classifier: null,
    multiLabel: false,
    threshold: null,
    instructions: null,
    explain: false,
    priority: 5,
    providers,
    allowDegraded,
    metadata: {},
    webhookUrl: null,
    deadlineMs,
    createdAt,
    startedAt: null,
    finishedAt: null,
    deadlineAt: new Date(createdAt.getTime() + deadlineMs),
    claim: null,
    settledBy: null,
    crashes: 0,
    attemptCount: 0,
    result: null,
    degraded: false,
    provider: null,
    usage: { inputTokens: 0, outputTokens: 0, costNanoUsd: 0, pricing: 'free' },
    deferred: null,
    passedOver: [],
    error: null,
    correction: null,
    batchId: null,
    erasedAt: null,
    ...overrides,
  };
}

/** A batch whose jobs are jobs like any other. */
export function buildBatch(overrides: Partial<BatchDocument> = {}): BatchDocument {
  const total = overrides.total ?? 1;
  return {
    _id: createId('bat'),
    client: 'default',
    state: 'running',
    uploads: [],
    uploadId: 'upload',
    bodyHmac: null,
    keyVersion: null,
    createdAt: new Date(),
    seenAt: new Date(),
    lookToken: null,
    total,
    rejected: [],
    counts: { queued: total, processing: 0, deferred: 0, succeeded: 0, failed: 0, cancelled: 0 },
    finishedAt: null,
    ...overrides,
  };
}

/** A pending first attempt of some job at some provider. */
export function buildAttempt(overrides: Partial<AttemptDocument> = {}): AttemptDocument {
  return {
    _id: createId('att'),
    jobId: createId('job'),
    client: 'default',
    purpose: 'job',
    claimToken: 'token',
    number: 1,
    provider: { id: 'prv_1', name: 'main', type: 'openai', model: 'gpt-4o-mini' },
    outcome: 'pending',
    hedge: false,
    circuit: 'closed',
    startedAt: new Date(),
    limitAt: new Date(Date.now() + 10_000),
    reservedNanoUsd: null,
    settledAt: null,
    counted: false,
    ...overrides,
  };
}

/** How a job ends well that `local` answered. */
export function buildJobEnd(label = 'price') {
  return {
    state: 'succeeded',
    result: { label, labels: [{ name: label, confidence: 1 }], rationale: null },
    provider: null,
    degraded: false,
    usage: { inputTokens: 0, outputTokens: 0, costNanoUsd: 0, pricing: 'free' },
    passedOver: [],
  } satisfies JobEnd;
}

/** How a good attempt ends. */
export function buildAttemptEnd(overrides: Partial<AttemptEnd> = {}): AttemptEnd {
  return {
    outcome: 'succeeded',
    fault: null,
    message: null,
    status: 200,
    requestId: 'req_1',
    durationMs: 12,
    inputTokens: 100,
    outputTokens: 10,
    costNanoUsd: 1_000,
    pricing: 'priced',
    priceVersion: 'test',
    ...overrides,
  };
}

/** A switch of some job from `main` to `spare`. */
export function buildFailover(overrides: Partial<FailoverDocument> = {}): FailoverDocument {
  return {
    _id: createId('fov'),
    at: new Date(),
    jobId: createId('job'),
    client: 'default',
    from: { id: 'prv_1', name: 'main', type: 'openai', model: 'gpt-4o-mini' },
    to: { id: 'prv_2', name: 'spare', type: 'anthropic', model: 'claude' },
    fault: 'silent',
    switchMs: 2_500,
    hedge: false,
    drill: false,
    ...overrides,
  };
}

/** What a remote provider is configured with where a test says nothing else; `model` is its own. */
export const REMOTE_CONFIGURATION = {
  timeoutMs: 10_000,
  maxConcurrency: 16,
  tokensPerMinute: null,
  weight: 1,
  monthlyBudgetUsd: null,
  price: null,
  maxOutputTokens: 512,
  contextWindow: null,
};

/** A provider of OpenAI's as stored, without a key. */
export function buildProvider(overrides: Partial<ProviderDocument> = {}): ProviderDocument {
  const { name = 'main' } = overrides;
  const now = new Date();
  return {
    _id: createId('prv'),
    name,
    nameKey: name.toLowerCase(),
    type: 'openai',
    apiKey: null,
    apiKeyLast4: null,
    baseUrl: null,
    enabled: true,
    priority: 50,
    rateLimit: null,
    configuration: { model: 'm', ...REMOTE_CONFIGURATION },
    flagged: null,
    resetAt: null,
    revision: 1,
    createdAt: now,
    updatedAt: now,
    deletedAt: null,
    ...overrides,
  };
}
