import { observed } from '../../../shared/observe/telemetry.ts';
import { kafkaConnection, kafkaPublisher } from '../../../shared/publish/kafka-publisher.ts';
import { relay } from '../../../shared/publish/relay.ts';
import { deadLetters, setting } from '../../../shared/wire/resources.ts';

const connection = kafkaConnection(
  setting('KAFKA_BROKERS'),
  setting('KAFKA_AUTH'),
  setting('AWS_REGION'),
  'mesh-relay',
);

export const handler = observed(
  relay(kafkaPublisher(connection), deadLetters(), setting('AWS_LAMBDA_FUNCTION_NAME')),
);
