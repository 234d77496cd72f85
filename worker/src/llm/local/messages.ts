import type { ClassificationResult } from '@understudy/shared/contracts/classification';
import type { Question } from './answer.ts';
import type { IndexedLabel } from './label-index.ts';

/** What the thread is told, in this order for a new index: build, then classify. */
export type ToThread =
  | { kind: 'build'; key: string; labels: IndexedLabel[] }
  | { kind: 'drop'; key: string }
  | { kind: 'classify'; call: number; key: string; question: Question };

/** What the thread answers to a `classify`; `error` is a defect of ours. */
export type FromThread = { call: number; result: ClassificationResult } | { call: number; error: string };
