import type { PartReport } from './report/report.ts';

/** What the parts are told by the command line. */
export interface Bench {
  /** A run that only shows that everything still works: its figures say nothing. */
  quick: boolean;
  /** How often each side has its turn. */
  rounds: number;
  say(line: string): void;
}

export interface Part {
  title: string;
  run(bench: Bench): Promise<PartReport>;
}
