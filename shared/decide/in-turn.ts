/** Runs work that shares a name one after the other, in the order it came; the rest runs at once. */
export type InTurn = <Result>(names: readonly string[], work: () => Promise<Result>) => Promise<Result>;

/**
 * Turns within one process, by the names of what is written to. Writers of one aggregate exclude each other anyway,
 * at the table; queueing here spares those of the same process the lost attempts. Work of several names waits only
 * for what came before it, so nobody waits in a circle.
 */
export const takingTurns = (): InTurn => {
  const latest = new Map<string, Promise<unknown>>();
  return (names, work) => {
    const before = names.flatMap((name) => latest.get(name) ?? []);
    const mine = before.length === 0 ? work() : Promise.allSettled(before).then(work);
    const leave = (): void => {
      for (const name of names) if (latest.get(name) === mine) latest.delete(name);
    };
    for (const name of names) latest.set(name, mine);
    mine.then(leave, leave);
    return mine;
  };
};
