/** One block of a stream of server-sent events: an event, or only where the stream stands. */
export interface EventBlock {
  /** What to resume from; null where the block does not say. */
  id: string | null;
  type: string;
  /** Null where there is no event in the block. */
  data: string | null;
}

/**
 * Takes the text of a stream of server-sent events as it comes, in pieces of any size, and gives the blocks that it
 * completes (HTML Living Standard, §9.2.6).
 */
export function createEventParser(): (text: string) => EventBlock[] {
  let rest = '';
  let block = createBlock();

  function takeLine(line: string): EventBlock | null {
    if (line === '') {
      const complete = block;
      block = createBlock();
      return complete.id === null && complete.data === null ? null : complete;
    }
    const [, name = '', value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
    if (name === 'data') block.data = block.data === null ? value : `${block.data}\n${value}`;
    if (name === 'event') block.type = value;
    if (name === 'id' && !value.includes('\0')) block.id = value;
    return null;
  }

  return (text) => {
    rest += text;
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    return lines.flatMap((line) => takeLine(line) ?? []);
  };
}

function createBlock(): EventBlock {
  return { id: null, type: 'message', data: null };
}
