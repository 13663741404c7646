import { systemClock } from '../../../shared/define/clock.ts';
import { observed } from '../../../shared/observe/telemetry.ts';
import { kafkaConnection, kafkaPublisher } from '../../../shared/publish/kafka-publisher.ts';
import { client, setting } from '../../../shared/wire/resources.ts';
import { wholeLetter } from '../dead-letters/read-letters.ts';
import { relayLetters } from '../dead-letters/relay-letters.ts';

const table = { client: client(), tableName: setting('DEAD_LETTERS_TABLE'), clock: systemClock };
const connection = kafkaConnection(
  setting('KAFKA_BROKERS'),
  setting('KAFKA_AUTH'),
  setting('AWS_REGION'),
  'mesh-relay-dead-letters',
);

export const handler = observed(
  relayLetters(kafkaPublisher(connection), (letter) => wholeLetter(table, letter)),
);
