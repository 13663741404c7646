import { readFileSync } from 'node:fs';
import { Kafka } from 'kafkajs';
import { calmIdleConnections } from './calm-idle-connections.ts';
import { FailedRecordProducer } from './failed-record-producer.ts';
import { createLambdaClient, invokeThrough } from './invoke-function.ts';
import { kafkaLogCreator } from './kafka-log.ts';
import { log } from './log.ts';
import { MappingPoller } from './mapping-poller.ts';
import type { Mapping } from './mapping.ts';
import { readArguments, UsageError, type PollerArguments } from './poller-arguments.ts';
import { readMappings } from './read-mappings.ts';
import { TemplateError } from './read-properties.ts';
import { sendToDestinations } from './send-discarded.ts';
import { signedRequests } from './signed-request.ts';
import { writeStatusFile } from './status-file.ts';
import { withTimeout } from './with-timeout.ts';

const USAGE =
  'usage: node main.ts --template <cloudformation.json> --brokers host:port[,…] --endpoint <lambda url> [--destination-endpoint <sqs, sns and s3 url>] [--region us-east-1] [--status-file <path>] [--invocations-per-poller 1-5]';
/** How long running invocations may take to end after a signal. */
const STOP_GRACE_MS = 10_000;
const PRODUCER_GRACE_MS = 2_000;

try {
  const args = readArguments(process.argv.slice(2));
  run(args, readMappings(readTemplate(args.template), args.region));
} catch (error) {
  if (!(error instanceof UsageError || error instanceof TemplateError)) throw error;
  process.stderr.write(`msk-poller: ${error.message}\n${error instanceof UsageError ? `${USAGE}\n` : ''}`);
  process.exitCode = 2;
}

function readTemplate(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new TemplateError(
      `cannot read ${path}: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
}

function run(args: PollerArguments, mappings: readonly Mapping[]): void {
  if (!calmIdleConnections())
    log('warn', 'this kafkajs is new here: its idle connections may cost processor time');
  const client = createLambdaClient(args.endpoint, args.region);
  const kafka = new Kafka({
    clientId: 'msk-poller',
    brokers: [...args.brokers],
    connectionTimeout: 3_000,
    requestTimeout: 10_000,
    logCreator: kafkaLogCreator(log),
  });
  const producer = new FailedRecordProducer(kafka);
  const sendDiscarded = sendToDestinations({
    request: signedRequests(client, args.destinationEndpoint),
    produce: producer.produce,
    region: args.region,
  });
  warnOfOnDemand(mappings);
  const disabled = mappings.filter((mapping) => !mapping.enabled);
  const pollers: MappingPoller[] = [];
  const report = (): void => {
    if (args.statusFile !== undefined) writeStatusFile(args.statusFile, pollers, disabled);
  };
  for (const mapping of mappings.filter(({ enabled }) => enabled)) {
    pollers.push(
      new MappingPoller({
        kafka,
        mapping,
        bootstrapServers: args.brokers.join(','),
        invoke: invokeThrough(client),
        sendDiscarded,
        log,
        invocationsPerPoller: args.invocationsPerPoller,
        onStateChange: report,
      }),
    );
  }
  log('info', 'polling', { enabled: pollers.length, disabled: disabled.length, brokers: args.brokers });
  reportFirst(report, args.statusFile);
  for (const poller of pollers) poller.start();
  stopOnSignals(pollers, producer);
}

/** AWS offers partial responses for Kafka in provisioned mode alone; here they work in both, so say what a deploy would. */
function warnOfOnDemand(mappings: readonly Mapping[]): void {
  const ids = mappings
    .filter(({ reportBatchItemFailures, provisioned }) => reportBatchItemFailures && !provisioned)
    .map(({ id }) => id);
  if (ids.length > 0)
    log('warn', 'FunctionResponseTypes needs provisioned mode on AWS: add ProvisionedPollerConfig', {
      mappings: ids,
    });
}

/** A status file that cannot be written is a wrong flag; better said at once than found out by waiting for it. */
function reportFirst(report: () => void, path: string | undefined): void {
  try {
    report();
  } catch (cause) {
    throw new UsageError(
      `--status-file ${path ?? ''}: ${cause instanceof Error ? cause.message : String(cause)}`,
      {
        cause,
      },
    );
  }
}

function stopOnSignals(pollers: readonly MappingPoller[], producer: FailedRecordProducer): void {
  // Without mappings nothing else keeps the process alive for its supervisor.
  const keepAlive = setInterval(() => undefined, 60_000);
  let stopping = false;
  const stop = (reason: string): void => {
    // Whoever asks twice does not want to wait.
    if (stopping) process.exit(1);
    stopping = true;
    clearInterval(keepAlive);
    log('info', 'stopping', { reason });
    void Promise.all(pollers.map((poller) => poller.stop(STOP_GRACE_MS)))
      .then(() => withTimeout(producer.close(), PRODUCER_GRACE_MS, 'closing the producer'))
      .catch((error: unknown) => log('warn', 'not all connections closed', { error: String(error) }))
      .then(() => process.exit(0));
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  // Started with an IPC channel, the poller ends when its parent does.
  process.on('disconnect', () => stop('parent gone'));
}
