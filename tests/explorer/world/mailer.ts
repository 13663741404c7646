import type { Process } from './process.ts';

/** One attempt at an effect, from when its idempotency record was asked for to the end of that. */
interface Attempt {
  readonly process: Process;
  sent: boolean;
  over: 'no' | 'kept' | 'failed';
}

/** The outside: it takes mails, has no key to tell a repeat by, and remembers who sent what. */
export class Mailer {
  readonly #attempts = new Map<string, Attempt[]>();
  /** What promise 3 rules out, as it was seen. */
  readonly doubled: string[] = [];
  /** Mails that were sent again because nobody could know of the first. */
  excused = 0;

  attempt(key: string, process: Process): Attempt {
    const attempt: Attempt = { process, sent: false, over: 'no' };
    this.#attempts.set(key, [...(this.#attempts.get(key) ?? []), attempt]);
    return attempt;
  }

  /**
   * A mail goes out. A second one is excused where the first one's process died, or was not told of it, before its
   * answer was kept; never beside a process that is at it, nor after an answer that was kept.
   */
  send(key: string, attempt: Attempt): void {
    const others = (this.#attempts.get(key) ?? []).filter((other) => other !== attempt && other.sent);
    if (others.some(({ over }) => over === 'kept'))
      this.doubled.push(`${key} was mailed again after it was kept`);
    else if (others.some(({ over, process }) => over === 'no' && !process.dead))
      this.doubled.push(`${key} was mailed by two processes at once`);
    else if (others.length > 0) this.excused += 1;
    attempt.sent = true;
  }

  sent(key: string): boolean {
    return (this.#attempts.get(key) ?? []).some(({ sent }) => sent);
  }
}
