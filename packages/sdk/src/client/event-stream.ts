/** Server-sent events as the HTML standard has them, out of pieces that end anywhere. */

export type StreamMessage = {
  /** The last `id` up to here; undefined before the first. */
  readonly id: string | undefined;
  readonly data: string;
};

/** Takes the next piece, and gives the messages that are whole by now. What is not finished at the end is lost, as it should be. */
export function createMessageReader(): (piece: string) => readonly StreamMessage[] {
  let rest = '';
  let id: string | undefined;
  let data: string[] = [];
  return (piece) => {
    const messages: StreamMessage[] = [];
    rest += piece;
    // A carriage return at the very end may be half of a line's end.
    for (let end = /\r\n|\n|\r(?!$)/.exec(rest); end; end = /\r\n|\n|\r(?!$)/.exec(rest)) {
      const line = rest.slice(0, end.index);
      rest = rest.slice(end.index + end[0].length);
      if (line !== '') field(line);
      else if (data.length > 0) {
        messages.push({ id, data: data.join('\n') });
        data = [];
      }
    }
    return messages;
  };

  function field(line: string): void {
    const [, name = '', value = ''] = /^([^:]*)(?:: ?)?(.*)$/s.exec(line) ?? [];
    if (name === 'data') data.push(value);
    if (name === 'id' && !value.includes('\0')) id = value;
  }
}
