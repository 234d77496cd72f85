import { shallowRef } from 'vue';
import { useFailureToast } from './use-failure-toast.ts';
import { useToasts } from './use-toasts.ts';

export interface Download {
  file: Blob;
  fileName: string;
  /** What there is to say of it once it is saved. */
  words?: string;
}

/** Some browsers begin to read a file a moment after they were told to. */
const READ_WITHIN_MS = 60_000;

/** Saves what a call reads as a file; what goes wrong is told. */
export function useDownload() {
  const { show } = useToasts();
  const tellFailure = useFailureToast('download');
  const isBusy = shallowRef(false);

  async function save(read: () => Promise<Download>) {
    isBusy.value = true;
    try {
      const { file, fileName, words } = await read();
      const link = document.createElement('a');
      link.href = URL.createObjectURL(file);
      link.download = fileName;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), READ_WITHIN_MS);
      if (words) show(words);
    } catch (error) {
      tellFailure(error);
    } finally {
      isBusy.value = false;
    }
  }

  return { isBusy, save };
}
