import { onScopeDispose } from 'vue';

interface ShellKeys {
  /** Ctrl+K, or ⌘K. */
  onPalette: () => void;
  /** `?` */
  onHelp: () => void;
  /** The id of a job was pasted where nothing takes text. */
  onJob: (id: string) => void;
}

const JOB_ID = /^job_[0-9A-Za-z]{20,64}$/;

/** The keys that work on every page. */
export function useShellKeys({ onPalette, onHelp, onJob }: ShellKeys): void {
  const stop = new AbortController();
  const { signal } = stop;
  addEventListener(
    'keydown',
    (event) => {
      if (event.key === 'k' && (event.ctrlKey || event.metaKey) && !event.altKey) {
        event.preventDefault();
        onPalette();
      } else if (event.key === '?' && !isTyping(event.target)) onHelp();
    },
    { signal },
  );
  addEventListener(
    'paste',
    (event) => {
      const text = event.clipboardData?.getData('text').trim() ?? '';
      if (!isTyping(event.target) && JOB_ID.test(text)) onJob(text);
    },
    { signal },
  );
  onScopeDispose(() => stop.abort());
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]');
}
