import { readChaosOptions, USAGE, type ChaosOptions } from './chaos/chaos-options.ts';
import { describeReport, deviationsOf } from './chaos/report.ts';
import { runChaos } from './chaos/run-chaos.ts';
import { startMesh, type Mesh } from './mesh.ts';
import { createProgress } from './setup/progress.mjs';
import { stopOnSignal } from './stop-on-signal.ts';

/** A mesh of its own beside others, put through faults; 0 when nothing was lost, doubled or out of order. */
const run = async (options: ChaosOptions): Promise<number> => {
  const progress = createProgress();
  const stop = stopOnSignal();
  const crash = Promise.withResolvers<never>();
  const startedAt = performance.now();
  let mesh: Mesh | undefined;
  try {
    mesh = await startMesh({
      instance: 'chaos',
      signal: stop.signal,
      onProgress: ({ name, state, detail }) => {
        progress[state](name, detail);
      },
      onRestart: (what) => {
        progress.line(`! ${what}`);
      },
      onCrash: crash.reject,
    });
    const told = (line: string): void => {
      progress.line(`${((performance.now() - startedAt) / 1_000).toFixed(0).padStart(5)} s  ${line}`);
    };
    told(`seed ${options.seed}`);
    const stopped = stop.asked.then(() => Promise.reject(new Error('stopped')));
    const report = await Promise.race([runChaos(mesh, options, stop.signal, told), crash.promise, stopped]);
    const deviations = deviationsOf(report);
    console.log(options.json ? JSON.stringify({ ...report, deviations }, null, 2) : describeReport(report));
    return deviations.length === 0 ? 0 : 1;
  } catch (error) {
    if (stop.signal.aborted) return 130;
    throw error;
  } finally {
    await mesh?.stop();
  }
};

const explain = (error: unknown): void => {
  console.error(error instanceof Error ? error.message : String(error));
  if (error instanceof Error && error.cause instanceof Error) console.error(`  ${error.cause.message}`);
};

const optionsOrUsage = (): ChaosOptions | undefined => {
  try {
    return readChaosOptions(process.argv.slice(2));
  } catch (error) {
    explain(error);
    console.error(USAGE);
    return undefined;
  }
};

const options = optionsOrUsage();
try {
  process.exitCode = options ? await run(options) : 2;
} catch (error) {
  explain(error);
  process.exitCode = 1;
}
// Idle keep-alive connections of fetch would hold the process for some more seconds.
process.exit();
