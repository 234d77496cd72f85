/** The types of `install-packages.mjs`, which is plain JavaScript since it runs before anything is installed. */
export function installPackages(options: {
  root: string;
  env: Record<string, string | undefined>;
  report: (line: string) => void;
}): string;
