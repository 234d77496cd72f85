import type { ClassificationInput } from '@understudy/shared/contracts/classification';
import { ValidationError } from '@understudy/shared/errors';
import type { ClassifierFacts } from '@understudy/shared/store/classifiers/read-classifier';
import type { JobDocument } from '@understudy/shared/store/jobs/model';
import { toRoute } from '@understudy/shared/store/jobs/route';
import type { Context } from '../../context.ts';
import { assertCallableByName } from '../assert-callable.ts';
import { toTraceField } from './to-trace.ts';

type Reference = NonNullable<JobDocument['classifier']>;

/**
 * The job that an input asks for, with everything it names resolved, as it waits in the ledger.
 * @throws {ValidationError} `unknown_classifier`, `unknown_provider`, or for a webhook's address that must not be called.
 */
export async function toJob(
  ctx: Context,
  from: {
    id: string;
    client: string;
    input: ClassificationInput;
    createdAt: Date;
    /** Of many jobs that come at once, each is traced by itself. */
    isOneOfMany?: boolean;
  },
): Promise<JobDocument> {
  const { id, client, input, createdAt, isOneOfMany = false } = from;
  if (typeof input.webhookUrl === 'string') assertCallableByName(ctx, '/webhookUrl', input.webhookUrl);
  const classifier = input.classifier ? await resolveClassifier(ctx, input.classifier) : null;
  const providers = input.providers ? await resolveProviders(ctx, input.providers) : null;
  const config = ctx.catalogue.config();
  const deadlineMs = input.deadlineMs ?? config.defaultDeadlineMs;
  const allowDegraded = input.allowDegraded ?? config.allowDegraded;
  return {
    _id: id,
    client,
    state: 'queued',
    generation: 1,
    waiting: true,
    route: toRoute({ providers, allowDegraded }),
    enqueuedEpoch: null,
    enqueuedAt: null,
    text: input.text,
    labels: input.labels ?? null,
    classifier: classifier?.reference ?? null,
    multiLabel: classifier?.facts.multiLabel ?? input.multiLabel ?? false,
    threshold: classifier?.facts.threshold ?? input.threshold ?? null,
    instructions: input.instructions ?? null,
    explain: input.explain,
    priority: input.priority,
    providers,
    allowDegraded,
    metadata: input.metadata,
    webhookUrl: input.webhookUrl ?? null,
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
    ...toTraceField(ctx, isOneOfMany ? 'link' : 'parent'),
  };
}

async function resolveClassifier(
  ctx: Context,
  { name, version }: NonNullable<ClassificationInput['classifier']>,
): Promise<{ reference: Reference; facts: ClassifierFacts }> {
  const entry = await known(ctx, () => ctx.catalogue.classifier(name));
  if (entry) {
    const reference = { id: entry.id, name: entry.name, version: version ?? entry.version };
    const facts = await ctx.classifierFacts.of(reference);
    if (facts) return { reference, facts };
  }
  const detail = version === undefined ? 'is not known' : 'is not known in this version';
  throw new ValidationError([{ pointer: '/classifier', detail, code: 'unknown' }], 'unknown_classifier');
}

/** The names as the providers bear them, whatever the case they were given in. */
async function resolveProviders(ctx: Context, names: readonly string[]): Promise<string[]> {
  const find = () => names.map((name) => ctx.catalogue.provider(name)?.name);
  const found = (await known(ctx, () => (find().includes(undefined) ? undefined : find()))) ?? find();
  const faults = found.flatMap((name, index) =>
    name === undefined ? [{ pointer: `/providers/${index}`, detail: 'is not known', code: 'unknown' }] : [],
  );
  if (faults.length > 0) throw new ValidationError(faults, 'unknown_provider');
  return [...new Set(found.filter((name) => name !== undefined))];
}

/** What another process made a moment ago may not be here yet: on a miss the caches are brought up to date. */
async function known<T>(ctx: Context, look: () => T | undefined): Promise<T | undefined> {
  const found = look();
  if (found !== undefined) return found;
  await ctx.watcher.refresh();
  return look();
}
