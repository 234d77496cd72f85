import { randomBytes } from 'node:crypto';

/** Something planted in one place, and looked for in all others. */
export interface Canary {
  value: string;
  /** Requests whose replies may show it, as `METHOD path`. */
  shownBy: RegExp | null;
  /** Collections of the ledger that may hold it as it is. */
  storedIn: readonly string[];
  /** Whether webhook deliveries may tell it. */
  isTold?: boolean;
}

/** With nothing in common: what covers one must not cover another by accident. */
const make = () => randomBytes(12).toString('hex');
const JOBS = ['jobs'];
/** Of a job without its text, which is what a webhook tells. */
const TOLD = [...JOBS, 'webhook_deliveries'];
const JOB_REPLIES = /^(GET|POST|PUT) \/api\/(classifications|batches)/;

/** A fresh set of canaries: secrets, which may be nowhere, and what users wrote, which stays where it belongs. */
export const createCanaries = () =>
  ({
    masterKey: { value: randomBytes(32).toString('base64'), shownBy: null, storedIn: [] },
    apiKey: { value: `sk-${make()}`, shownBy: null, storedIn: [] },
    newApiKey: { value: `sk-${make()}`, shownBy: null, storedIn: [] },
    triedApiKey: { value: `sk-${make()}`, shownBy: null, storedIn: [] },
    urlPassword: { value: make(), shownBy: null, storedIn: [] },
    text: { value: make(), shownBy: JOB_REPLIES, storedIn: JOBS },
    batchText: { value: make(), shownBy: JOB_REPLIES, storedIn: JOBS },
    refusedText: { value: make(), shownBy: null, storedIn: [] },
    brokenText: { value: make(), shownBy: null, storedIn: [] },
    drillText: { value: make(), shownBy: null, storedIn: ['interactive'] },
    instructions: { value: make(), shownBy: JOB_REPLIES, storedIn: TOLD, isTold: true },
    description: { value: make(), shownBy: JOB_REPLIES, storedIn: TOLD, isTold: true },
    example: { value: make(), shownBy: JOB_REPLIES, storedIn: TOLD, isTold: true },
    classifierExample: {
      value: make(),
      // A definition on the audit log can be restored.
      shownBy: /^(GET|POST) \/api\/(classifiers|audit$)/,
      storedIn: ['classifiers', 'classifier_versions', 'audit'],
    },
    metadata: { value: make(), shownBy: JOB_REPLIES, storedIn: TOLD, isTold: true },
    rationale: { value: make(), shownBy: JOB_REPLIES, storedIn: TOLD, isTold: true },
    /** Of the headers that a caller's own traces come with, of which the ids alone are taken. */
    traceState: { value: make(), shownBy: null, storedIn: [] },
    idempotencyKey: { value: make(), shownBy: null, storedIn: ['idempotency_keys'] },
    hookPath: {
      value: make(),
      shownBy: /^(GET|POST) \/api\/(webhooks|audit)$|^\w+ \/api\/classifications/,
      storedIn: ['jobs', 'webhooks', 'webhook_deliveries', 'webhook_targets', 'audit'],
      isTold: true,
    },
  }) satisfies Record<string, Canary>;
