/** How a person or the system asked this process to end. */
export interface StopRequest {
  readonly signal: AbortSignal;
  /** Resolves when asked to stop. */
  readonly asked: Promise<void>;
}

const IMPATIENT_MS = 2_000;

/**
 * Turns Ctrl-C, SIGTERM, SIGHUP and the loss of run.mjs (its IPC channel closes) into one request to stop.
 * Asking again two seconds later ends the process at once; the guards then end the engines.
 */
export function stopOnSignal(): StopRequest {
  const controller = new AbortController();
  const asked = Promise.withResolvers<undefined>();
  let since: number | undefined;
  const ask = (): void => {
    since ??= performance.now();
    if (performance.now() - since > IMPATIENT_MS) process.exit(130);
    controller.abort(new Error('stopped'));
    asked.resolve(undefined);
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, ask);
  process.once('disconnect', ask);
  return { signal: controller.signal, asked: asked.promise };
}
