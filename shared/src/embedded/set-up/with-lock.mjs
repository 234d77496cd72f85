import { lstatSync, mkdirSync, readlinkSync, rmdirSync, rmSync, symlinkSync } from 'node:fs';

const POLL_MS = 200;
/** What is older is left of a process that was killed, also where its number is another's by now. */
const MAX_AGE_MS = 1_800_000;
/** Removing a leftover takes a moment. */
const TURN_MS = 10_000;

/**
 * Does the work while no other process does; whoever comes second waits, and holds up its thread. `file` is a link to the
 * number of the process that works, so that it is there at once and whole. One that was killed holds up nobody. Not
 * `folder/file-lock.ts`: the Node that begins the set-up may lack `node:sqlite`.
 * @template T
 * @param {string} file
 * @param {() => T} work
 * @param {(holder: string) => void} onWait
 * @returns {T}
 */
export function withLock(file, work, onWait) {
  let told = null;
  while (!take(file)) {
    const holder = readHolder(file);
    if (holder !== null && !isAtWork(file, holder)) removeLeftover(file, holder);
    else if (holder !== null && holder !== told) {
      onWait(holder);
      told = holder;
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, POLL_MS);
  }
  try {
    return work();
  } finally {
    // Another's, where this one took so long that it was taken for dead.
    if (readHolder(file) === String(process.pid)) rmSync(file, { force: true });
  }
}

/** @param {string} file */
function take(file) {
  try {
    symlinkSync(String(process.pid), file);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** @param {string} file */
function readHolder(file) {
  try {
    return readlinkSync(file);
  } catch {
    return null;
  }
}

/** @param {string} file @param {string} holder */
function isAtWork(file, holder) {
  try {
    if (Date.now() - lstatSync(file).mtimeMs > MAX_AGE_MS) return false;
    return process.kill(Number(holder), 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/**
 * Only one of several may remove it, and only while it still names the dead process.
 * @param {string} file @param {string} holder
 */
function removeLeftover(file, holder) {
  const turn = `${file}.${holder}`;
  try {
    mkdirSync(turn);
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    // Whoever had this turn was killed, too.
    if (Date.now() - lstatSync(turn).mtimeMs > TURN_MS) rmdirSync(turn);
    return;
  }
  if (readHolder(file) === holder) rmSync(file);
  rmdirSync(turn);
}
