/** Everything that a run injects. A run that leaves one of them out has not shown what it claims to. */
export const FAULTS = [
  'relay workers killed',
  'projection workers killed',
  'policy workers killed',
  'saga-task workers killed',
  'command workers killed',
  'MSK poller killed',
  'Kafka broker killed',
  'records repeated',
  'consumer groups rewound',
  'records delivered again by rewinding',
  'poison bytes under keys of their own',
  'poison bytes under live keys',
  'schema violations',
  'slow answers of the gateway',
  '5xx answers of the gateway',
  'lost answers of the gateway',
  'circuits opened',
] as const;

export type FaultName = (typeof FAULTS)[number];

export type FaultCounts = Readonly<Record<FaultName, number>>;

/** Counts what was injected. */
export class Tally {
  readonly #counts = new Map<FaultName, number>();

  add(name: FaultName, count = 1): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + count);
  }

  get counts(): FaultCounts {
    // Every name of the list, and nothing else.
    return Object.fromEntries(FAULTS.map((name) => [name, this.#counts.get(name) ?? 0])) as FaultCounts;
  }
}
