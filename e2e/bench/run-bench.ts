import { PARTS, type PartName } from './parts/parts.ts';
import { toMarkdown, toSection, writeDocument } from './report/document.ts';
import { describeMoment } from './report/machine.ts';
import type { Bar } from './report/report.ts';

interface RunOptions {
  names: readonly PartName[];
  /** Figures that say nothing, in little time, and no document. */
  quick: boolean;
  /** How often each side has its turn. */
  rounds: number;
  print: (line: string) => void;
}

/** Measures parts one after the other and writes each down as soon as it is there. @returns all their bars */
export async function runBench({ names, quick, rounds, print }: RunOptions): Promise<Bar[]> {
  const titles = Object.values(PARTS).map(({ title }) => title);
  const bars: Bar[] = [];
  for (const name of names) {
    const { title, run } = PARTS[name];
    const moment = describeMoment(rounds);
    print(`\n${title}`);
    const startedAt = performance.now();
    const report = await run({ quick, rounds, say: (line) => print(`  ${line} ...`) });
    bars.push(...report.bars);
    const section = toSection(title, moment, report);
    print(
      quick ? toMarkdown({ head: ['bar', 'measured'], rows: report.bars.map(toQuickRow) }) : section.text,
    );
    print(`${title}: ${((performance.now() - startedAt) / 1_000).toFixed(0)} s`);
    if (!quick) print(`written to ${await writeDocument([section], titles)}`);
  }
  return bars;
}

const toQuickRow = ({ name, value }: Bar) => [name, value];
