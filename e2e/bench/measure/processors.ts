import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { now } from './now.ts';

/** Linux counts in hundredths of a second, whatever the kernel's own clock. */
const TICKS_A_SECOND = 100;
const EVERY_MS = 200;

/** Seconds of processor time that a process has used so far, in user and system mode. */
export function readProcessorTime(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name of the program, in brackets, may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
}

/** Seconds that all processors of the machine have worked so far, for whomever. */
function readMachineTime(): number {
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n', 1);
  const [user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0] = line
    .trim()
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return (user + nice + system + irq + softIrq) / TICKS_A_SECOND;
}

export interface ProcessorWatch {
  /** Ends the watch. @returns how much of all processors was in use between two times, 0 to 1 */
  end(from: number, until: number): number;
}

/** Watches how busy the machine is. */
export function watchProcessors(): ProcessorWatch {
  const samples: { at: number; seconds: number }[] = [];
  const look = () => void samples.push({ at: now(), seconds: readMachineTime() });
  const timer = setInterval(look, EVERY_MS);
  return {
    end(from, until) {
      clearInterval(timer);
      look();
      const within = samples.filter(({ at }) => at >= from - EVERY_MS && at <= until + EVERY_MS);
      const [first, last] = [within[0], within.at(-1)];
      if (!first || !last) return Number.NaN;
      const share = (last.seconds - first.seconds) / ((last.at - first.at) / 1_000) / availableParallelism();
      return Math.min(1, share);
    },
  };
}
