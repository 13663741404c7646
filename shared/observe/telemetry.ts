import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import { Logger, LogFormatter, LogItem } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { LogAttributes, UnformattedAttributes } from '@aws-lambda-powertools/logger/types';
import type { Context } from 'aws-lambda';

/** The ids that every log line written on behalf of one message carries (OBS-13, OBS-14). */
export interface TraceContext {
  readonly correlationId: string;
  readonly causationId: string;
  /** W3C trace id. */
  readonly traceId: string;
}

const current = new AsyncLocalStorage<TraceContext>();

/** Runs `work` so that everything logged in it, also after an await, carries these ids. */
export const withTrace = <T>({ correlationId, causationId, traceId }: TraceContext, work: () => T): T =>
  current.run({ correlationId, causationId, traceId }, work);

/**
 * The W3C trace id of this invocation: X-Ray's root id without its version and hyphens, which is the same
 * 128 bits (AWS X-Ray, "Tracing header"), or a new one where nothing traces. Lambda's active tracing records
 * the segments; the X-Ray SDK would cost every cold start as much as the DynamoDB client does (ADR 7).
 */
export const currentTraceId = (): string => {
  const root = /Root=1-([0-9a-f]{8})-([0-9a-f]{24})/.exec(process.env['_X_AMZN_TRACE_ID'] ?? '');
  return root ? `${root[1]}${root[2]}` : randomBytes(16).toString('hex');
};

class MeshLogFormatter extends LogFormatter {
  formatAttributes(attributes: UnformattedAttributes, additional: LogAttributes): LogItem {
    const { lambdaContext } = attributes;
    return new LogItem({
      attributes: {
        timestamp: this.formatTimestamp(attributes.timestamp),
        level: attributes.logLevel,
        message: attributes.message,
        service: attributes.serviceName,
        function: lambdaContext?.functionName,
        requestId: lambdaContext?.awsRequestId,
        coldStart: lambdaContext?.coldStart,
        ...current.getStore(),
      },
    }).addAttributes(additional);
  }
}

/** The one logger: structured JSON, one format in every function. Level from POWERTOOLS_LOG_LEVEL. */
export const logger = new Logger({ logFormatter: new MeshLogFormatter() });

/** The one metrics sink: CloudWatch embedded metric format. Namespace and service come from the environment. */
export const metrics = new Metrics();

/** Counts something; zero is not written. */
export const count = (name: string, value = 1): void => {
  if (value > 0) metrics.addMetric(name, MetricUnit.Count, value);
};

/** Records a duration in milliseconds. */
export const duration = (name: string, milliseconds: number): void => {
  metrics.addMetric(name, MetricUnit.Milliseconds, milliseconds);
};

/** Wraps a Lambda handler: the logger knows the invocation, and metrics are written out however it ends. */
export const observed =
  <Event, Result>(handle: (event: Event, context: Context) => Promise<Result>) =>
  async (event: Event, context: Context): Promise<Result> => {
    logger.addContext(context);
    metrics.captureColdStartMetric();
    // Alarms are per function: with `service` alone nobody could tell whose lag it is.
    metrics.addDimension('function', context.functionName);
    try {
      return await handle(event, context);
    } catch (error) {
      logger.error('invocation failed', { error });
      throw error;
    } finally {
      if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
      metrics.clearDimensions();
    }
  };
