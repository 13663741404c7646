/** Steps that run beside each other, shown on a terminal or written as quiet lines. */
export interface Progress {
  line(text: string): void;
  start(name: string, detail?: string): void;
  done(name: string, detail?: string): void;
  fail(name: string, detail?: string): void;
}

export function createProgress(stream?: NodeJS.WriteStream): Progress;
