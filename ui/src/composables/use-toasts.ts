import { shallowReactive, shallowRef } from 'vue';

export interface Toast {
  id: number;
  text: string;
  tone: 'ok' | 'bad';
  /** Takes back what was done. */
  undo: (() => void | Promise<unknown>) | null;
}

/** Long enough to read it and to reach the button. */
const SHOWN_MS = 8_000;

const toasts = shallowReactive<Toast[]>([]);
const isHeld = shallowRef(false);
let lastId = 0;

/** What was done a moment ago, with the way back where there is one; one list for the whole console. */
export function useToasts() {
  function dismiss(id: number) {
    const index = toasts.findIndex((toast) => toast.id === id);
    if (index >= 0) toasts.splice(index, 1);
  }
  function leave(id: number) {
    // Whoever points at them is reading.
    if (isHeld.value) setTimeout(() => leave(id), 1_000);
    else dismiss(id);
  }
  return {
    toasts,
    isHeld,
    dismiss,
    show: (text: string, { undo = null, tone = 'ok' }: Partial<Pick<Toast, 'undo' | 'tone'>> = {}) => {
      const id = ++lastId;
      toasts.push({ id, text, tone, undo });
      setTimeout(() => leave(id), SHOWN_MS);
    },
  };
}
