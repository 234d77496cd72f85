import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { now } from './now.ts';

/** Linux counts in hundredths of a second, whatever the kernel's own clock. */
const TICKS_A_SECOND = 100;
const EVERY_MS = 200;

/** Seconds of processor time that a process has used so far, in user and system mode. */
function readProcessorTime(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name of the program, in brackets, may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
}

/** Bytes that a process has had written to disks so far. */
export function readStored(pid: number): number {
  return Number(/^write_bytes: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1]);
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

/** What was used between two times. */
export interface ProcessorUse<Group extends string> {
  /** Of each group of processes: processors in use by them, 1 being one of them all the time. */
  processors: Record<Group, number>;
  /** Of all processors, by whomever, 0 to 1. */
  machineShare: number;
}

export interface ProcessorWatch<Group extends string> {
  end(from: number, until: number): ProcessorUse<Group>;
}

/** Watches how busy some processes, and the machine, are. */
export function watchProcessors<Group extends string>(
  pids: Record<Group, readonly number[]>,
): ProcessorWatch<Group> {
  const groups = Object.keys(pids) as Group[];
  const samples: { at: number; own: number[]; machine: number }[] = [];
  const look = () => {
    const own = groups.map((group) => pids[group].reduce((sum, pid) => sum + readProcessorTime(pid), 0));
    samples.push({ at: now(), own, machine: readMachineTime() });
  };
  look();
  const timer = setInterval(look, EVERY_MS);
  return {
    end(from, until) {
      clearInterval(timer);
      look();
      const within = samples.filter(({ at }) => at >= from - EVERY_MS && at <= until + EVERY_MS);
      const [first, last] = [within[0], within.at(-1)];
      const seconds = first && last ? (last.at - first.at) / 1_000 : Number.NaN;
      const used = (index: number) => ((last?.own[index] ?? 0) - (first?.own[index] ?? 0)) / seconds;
      const machineShare = ((last?.machine ?? 0) - (first?.machine ?? 0)) / seconds / availableParallelism();
      return {
        processors: Object.fromEntries(groups.map((group, index) => [group, used(index)])) as Record<
          Group,
          number
        >,
        machineShare: Math.min(1, machineShare),
      };
    },
  };
}
