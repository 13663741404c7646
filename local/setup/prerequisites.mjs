import { execFile } from 'node:child_process';
import { join } from 'node:path';

/**
 * A tool of the machine: how to ask its version, the least version, and what to tell a person who lacks it.
 * `candidates` are tried in order.
 */
const tools = {
  java: {
    name: 'Java',
    least: [17],
    candidates: () => [process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin', 'java') : 'java'],
    args: ['-version'],
    // openjdk version "17.0.15" 2025-04-15 — and "1.8.0_392" for Java 8
    pattern: /version "(?:1\.)?(\d+)(?:\.(\d+))?/,
    debian: 'sudo apt-get install openjdk-17-jre-headless',
    macos: 'brew install openjdk@17   (then set JAVA_HOME as brew tells)',
  },
  maven: {
    name: 'Maven',
    least: [3, 6],
    candidates: () => ['mvn'],
    args: ['-v'],
    pattern: /Apache Maven (\d+)\.(\d+)/,
    debian: 'sudo apt-get install maven',
    macos: 'brew install maven',
  },
  python: {
    name: 'Python',
    least: [3, 10],
    candidates: () => ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python'],
    args: ['--version'],
    pattern: /Python (\d+)\.(\d+)/,
    debian: 'sudo apt-get install python3 python3-venv',
    macos: 'brew install python',
  },
};

function versionOf(command, tool) {
  return new Promise((resolve) => {
    execFile(command, tool.args, (_error, stdout, stderr) => {
      // A missing command has no output either, so one question answers "is it there" and "is it new enough".
      const match = tool.pattern.exec(`${stdout}${stderr}`);
      resolve(match ? [Number(match[1]), Number(match[2] ?? 0)] : undefined);
    });
  });
}

const reaches = ([major, minor], [leastMajor, leastMinor = 0]) =>
  major > leastMajor || (major === leastMajor && minor >= leastMinor);

/** The command to run for a tool, or what to tell the person who lacks it. */
export async function findTool(key) {
  const tool = tools[key];
  const least = tool.least.join('.');
  let found;
  for (const command of tool.candidates()) {
    const version = await versionOf(command, tool);
    if (version !== undefined && reaches(version, tool.least)) return { command };
    found ??= version;
  }
  const problem = found === undefined ? 'is missing' : `${found.join('.')} is too old`;
  return {
    complaint:
      `${tool.name} ${problem}: ${least} or later is needed.\n` +
      `  Debian/Ubuntu: ${tool.debian}\n` +
      `  macOS:         ${tool.macos}`,
  };
}
