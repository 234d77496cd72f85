import type { NewClassification } from '@understudy/shared/client/classifications';
import type { Classification } from '@understudy/shared/contracts/classification';
import type { Label } from '@understudy/shared/contracts/label';

/** What is asked in the playground, as it stands in the form. */
export interface PlaygroundDraft {
  text: string;
  source: 'labels' | 'classifier';
  labels: string[];
  /** Name of a classifier, empty before one was chosen. */
  classifier: string;
  /** Name of the only provider that may answer; empty leaves the order to the service. */
  provider: string;
  explain: boolean;
}

export const EXAMPLE: PlaygroundDraft = {
  text: 'I paid for groceries yesterday and the same amount was taken from my account twice. How do I get it back?',
  source: 'labels',
  labels: [
    'transaction charged twice',
    'refund not showing up',
    'card payment fee charged',
    'lost or stolen card',
    'exchange rate',
    'verify my identity',
  ],
  classifier: '',
  provider: '',
  explain: false,
};

/** The job that the form means. */
export function toJob(draft: PlaygroundDraft): NewClassification {
  return {
    text: draft.text,
    ...(draft.source === 'labels' ? { labels: draft.labels } : { classifier: draft.classifier }),
    ...(draft.explain ? { explain: true } : {}),
    ...(draft.provider ? { providers: [draft.provider] } : {}),
  };
}

/** The form as it would have been for an earlier job. Descriptions and examples of its labels are left behind. */
export function fromJob(job: Classification): PlaygroundDraft {
  return {
    text: job.text ?? '',
    source: job.classifier ? 'classifier' : 'labels',
    labels: job.classifier ? [] : job.labels.map(toName),
    classifier: job.classifier?.name ?? '',
    provider: job.providers?.length === 1 ? (job.providers[0] ?? '') : '',
    explain: job.explain,
  };
}

function toName(label: Label): string {
  return typeof label === 'string' ? label : label.name;
}
