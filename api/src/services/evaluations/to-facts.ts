import {
  MAX_EVALUATION_JOBS,
  type EvaluationInput,
  type Sample,
} from '@understudy/shared/contracts/evaluation';
import type { ProviderReference } from '@understudy/shared/contracts/classification';
import { NotFoundError, ValidationError, type InputFault } from '@understudy/shared/errors';
import type { ClassifierFacts } from '@understudy/shared/store/classifiers/read-classifier';
import type { EvaluationFacts } from '@understudy/shared/store/evaluations/facts';
import { readProviderReferences } from '@understudy/shared/store/providers/read-provider';
import type { Context } from '../../context.ts';
import { MAX_FAULTS } from '../../http/parse-input.ts';
import { inStoreTime } from '../../in-store-time.ts';

/**
 * What an evaluation is of, fixed now: the newest version, the providers, and what is right for each sample.
 * @throws {NotFoundError}; {ValidationError} that names what is wrong, `unknown_provider` where it is only that.
 */
export async function toFacts(
  ctx: Context,
  name: string,
  { samples, providers: asked }: EvaluationInput,
): Promise<EvaluationFacts> {
  const { classifier, facts } = await inStoreTime(findClassifier(ctx, name));
  const providers = await inStoreTime(findProviders(ctx, asked ?? null));
  if (samples.length * providers.length > MAX_EVALUATION_JOBS) {
    const detail = `times ${providers.length} providers are more than ${MAX_EVALUATION_JOBS} jobs`;
    throw new ValidationError([{ pointer: '/samples', detail, code: 'too_big' }]);
  }
  return {
    classifier,
    multiLabel: facts.multiLabel,
    labels: facts.labelNames,
    providers,
    sampleCount: samples.length,
    expected: toExpectedPlaces(samples, facts),
    summary: null,
    isSummarised: false,
  };
}

async function findClassifier(ctx: Context, name: string) {
  if (!ctx.catalogue.classifier(name)) await ctx.watcher.refresh();
  const classifier = ctx.catalogue.classifier(name);
  const facts = classifier && (await ctx.classifierFacts.of(classifier));
  if (!facts) throw new NotFoundError('not_found', 'There is no such classifier.');
  return { classifier, facts };
}

/** Those that were asked for, or every enabled one, as they are now in the ledger. */
async function findProviders(ctx: Context, asked: readonly string[] | null): Promise<ProviderReference[]> {
  const present = await readProviderReferences(ctx.store);
  if (asked === null) {
    const enabled = present.filter((provider) => provider.enabled);
    if (enabled.length > 0) return enabled.map(({ reference }) => reference);
    throw new ValidationError([{ pointer: '/providers', detail: 'none is enabled', code: 'too_small' }]);
  }
  const byName = new Map(present.map((provider) => [provider.reference.name.toLowerCase(), provider]));
  const found = asked.map((name) => byName.get(name.toLowerCase()));
  assertNone('unknown_provider', (index) => found[index] === undefined, 'is not known', 'unknown');
  assertNone('validation_failed', (index) => found[index]?.enabled === false, 'is disabled', 'disabled');
  return [...new Set(found)].flatMap((provider) => provider?.reference ?? []);

  function assertNone(
    code: 'unknown_provider' | 'validation_failed',
    isWrong: (index: number) => boolean,
    detail: string,
    fault: string,
  ) {
    const faults = found.flatMap((_, index): InputFault[] =>
      isWrong(index) ? [{ pointer: `/providers/${index}`, detail, code: fault }] : [],
    );
    if (faults.length > 0) throw new ValidationError(faults, code);
  }
}

/** @throws {ValidationError} naming every label that is not the classifier's, up to a hundred. */
function toExpectedPlaces(samples: readonly Sample[], facts: ClassifierFacts): number[][] {
  const places = new Map(facts.labelNames.map((label, place) => [label, place]));
  const faults: InputFault[] = [];
  const expected = samples.map(({ label, labels }, index) => {
    const pointer = `/samples/${index}`;
    if (labels && !facts.multiLabel) {
      faults.push({ pointer: `${pointer}/labels`, detail: 'goes with multiLabel only', code: 'custom' });
      return [];
    }
    const names = label === undefined ? (labels ?? []) : [label];
    return names.flatMap((name, at) => {
      const place = places.get(name);
      if (place !== undefined) return [place];
      const where = label === undefined ? `${pointer}/labels/${at}` : `${pointer}/label`;
      faults.push({ pointer: where, detail: 'is not a label of the classifier', code: 'unknown' });
      return [];
    });
  });
  if (faults.length > 0) throw new ValidationError(faults.slice(0, MAX_FAULTS));
  return expected;
}
