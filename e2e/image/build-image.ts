import { chmodSync, copyFileSync, cpSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { DockerfileParser, type Copy, type Instruction, type JSONInstruction } from 'dockerfile-ast';
import { lastLines, runCommand } from '../../shared/src/embedded/set-up/run-command.ts';
import { createContext, type Context } from './context.ts';

/** What the Dockerfile makes, as a folder: no engine is needed to learn whether it holds all that runs. */
export interface BuiltImage {
  /** The folder that stands for `/`. */
  root: string;
  /** Where commands start, in that folder. */
  workdir: string;
  env: Record<string, string>;
  uid: number;
  gid: number;
  command: string[];
  healthcheck: string[];
}

interface Stage extends BuiltImage {
  name: string;
}

/** Does what a Dockerfile says in folders below `target`; its base image is this machine, with this Node. */
export async function buildImage(project: string, target: string): Promise<BuiltImage> {
  const dockerfile = DockerfileParser.parse(readFileSync(path.join(project, 'Dockerfile'), 'utf8'));
  const stages: Stage[] = [];
  const context = createContext(project);
  for (const instruction of dockerfile.getInstructions()) {
    if (instruction.getKeyword() === 'FROM') stages.push(beginStage(instruction, stages, target));
    else await perform(instruction, { stages, context });
  }
  const image = stages.at(-1);
  if (!image) throw new Error('The Dockerfile has no stage.');
  const node = path.join(image.root, 'usr/local/bin/node');
  mkdirSync(path.dirname(node), { recursive: true });
  copyFileSync(process.execPath, node);
  chmodSync(node, 0o755);
  return image;
}

const toWords = (instruction: Instruction) => instruction.getArguments().map((word) => word.getValue());

function beginStage(instruction: Instruction, stages: readonly Stage[], target: string): Stage {
  const [image, , name = 'final'] = toWords(instruction);
  const root = path.join(target, name);
  const base = stages.find((stage) => stage.name === image);
  if (base) copyTree(base.root, root);
  else mkdirSync(root);
  const { workdir, env } = base ?? { workdir: '/', env: {} };
  return { name, root, workdir, env: { ...env }, uid: 0, gid: 0, command: [], healthcheck: [] };
}

/** @throws for an instruction that it does not know, so that nothing of a Dockerfile is passed over. */
async function perform(instruction: Instruction, { stages, context }: { stages: Stage[]; context: Context }) {
  const stage = stages.at(-1);
  if (!stage) throw new Error('An instruction stands before FROM.');
  const words = toWords(instruction);
  switch (instruction.getKeyword()) {
    case 'WORKDIR':
      stage.workdir = path.join(stage.workdir, words[0] ?? '');
      mkdirSync(path.join(stage.root, stage.workdir), { recursive: true });
      return;
    case 'ENV':
      for (const word of words) stage.env[word.split('=')[0] ?? ''] = word.slice(word.indexOf('=') + 1);
      return;
    case 'COPY':
      return copy(instruction as Copy, stage, { stages, context });
    case 'RUN':
      return run(words.join(' '), stage);
    case 'USER':
      [stage.uid = 0, stage.gid = 0] = (words[0] ?? '').split(':').map(Number);
      return;
    case 'HEALTHCHECK':
      stage.healthcheck = JSON.parse(words.slice(words.indexOf('CMD') + 1).join(' '));
      return;
    case 'CMD':
      stage.command = (instruction as JSONInstruction).getJSONStrings().map((word) => word.getJSONValue());
      return;
    case 'EXPOSE':
      return;
    default:
      throw new Error(`There is no ${instruction.getKeyword()} here yet.`);
  }
}

async function copy(
  instruction: Copy,
  stage: Stage,
  { stages, context }: { stages: Stage[]; context: Context },
) {
  const sources = toWords(instruction);
  const to = path.join(stage.root, stage.workdir, sources.pop() ?? '');
  const from = instruction.getFromFlag()?.getValue();
  const base = stages.find(({ name }) => name === from);
  for (const source of sources) {
    const found = path.join(base?.root ?? context.folder, source);
    const isIntoFolder = statSync(found).isFile() && (to.endsWith('/') || sources.length > 1);
    const target = isIntoFolder ? path.join(to, path.basename(source)) : to;
    copyTree(found, target, base ? undefined : context.has);
    // As of a checkout that only its owner may read: what others may is for the Dockerfile to say.
    const mode = instruction
      .getFlags()
      .find((flag) => flag.getName() === 'chmod')
      ?.getValue();
    if (!base)
      await runCommand('chmod', ['-R', mode ?? 'go=', target], { cwd: stage.root, env: process.env });
  }
}

function copyTree(from: string, to: string, filter?: (file: string) => boolean): void {
  cpSync(from, to, { recursive: true, verbatimSymlinks: true, ...(filter && { filter }) });
}

/** As the builder's root would, with this machine's npm and what it has in its cache. @throws with what was said last. */
async function run(command: string, stage: Stage): Promise<void> {
  const { PATH = '', HOME = '' } = process.env;
  const cwd = path.join(stage.root, stage.workdir);
  const env = { PATH, HOME, npm_config_prefer_offline: 'true', ...stage.env };
  const result = await runCommand('sh', ['-c', command], { cwd, env });
  if (result.status !== 0) throw new Error(`${command}\n${lastLines(result, 20)}`);
}
