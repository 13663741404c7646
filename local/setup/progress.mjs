/**
 * Shows steps that run beside each other: on a terminal one live line that says what is going on and for
 * how long, and a line for each step that is done; elsewhere one quiet line a step.
 */
export function createProgress(stream = process.stderr) {
  const live = stream.isTTY === true && process.env.CI === undefined;
  const running = new Map();
  let timer;

  const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;
  const clear = () => live && stream.write('\r\x1b[K');
  const draw = () => {
    if (!live || running.size === 0) return;
    const parts = [...running].map(([name, { since, detail }]) => `${name}${detail} ${seconds(since)}`);
    stream.write(`\r\x1b[K… ${parts.join(' · ')}`.slice(0, (stream.columns ?? 80) + 3));
  };
  const line = (text) => {
    clear();
    stream.write(`${text}\n`);
    draw();
  };
  const end = (name) => {
    const since = running.get(name)?.since ?? performance.now();
    running.delete(name);
    if (running.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
    return seconds(since);
  };

  return {
    line,
    start(name, detail = '') {
      running.set(name, { since: performance.now(), detail: detail === '' ? '' : ` (${detail})` });
      if (live && timer === undefined) {
        timer = setInterval(draw, 200);
        timer.unref();
      }
      draw();
    },
    done(name, detail = '') {
      const took = end(name);
      line(`✓ ${name}${detail === '' ? '' : ` ${detail}`} (${took})`);
    },
    fail(name, detail = '') {
      const took = end(name);
      line(`✗ ${name}${detail === '' ? '' : ` ${detail}`} (${took})`);
    },
  };
}
