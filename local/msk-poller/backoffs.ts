/** Things that wait for a moment of their own, and can be taken out before it comes. */
export class Backoffs<T> {
  readonly #timers = new Map<T, NodeJS.Timeout>();

  wait(item: T, delayMs: number, due: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(item);
      due();
    }, delayMs);
    this.#timers.set(item, timer);
  }

  takeWhere(wanted: (item: T) => boolean): T[] {
    const taken = [...this.#timers.keys()].filter(wanted);
    for (const item of taken) {
      clearTimeout(this.#timers.get(item));
      this.#timers.delete(item);
    }
    return taken;
  }

  clear(): void {
    this.takeWhere(() => true);
  }
}
