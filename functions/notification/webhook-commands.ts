import { z } from 'zod';
import { refusalOf, type Reach } from '../../shared/call/public-address.ts';
import type { CommandHandler } from '../../shared/decide/command-handler.ts';
import type { OwnedAggregates } from '../../shared/decide/owned-aggregates.ts';
import { uuidFrom } from '../../shared/define/clock.ts';
import { parse } from '../../shared/define/parse.ts';
import { BusinessError, SchemaViolation } from '../../shared/errors/mesh-error.ts';
import { accepted } from '../../shared/http/accepted.ts';
import { noBody, type Api } from '../../shared/http/api.ts';
import * as command from './commands.ts';
import { webhookAggregateId, webhookIdSchema } from './events.ts';
import { replayDeliveries } from './replay-deliveries.ts';
import { MAX_WEBHOOKS, webhookIds } from './subscriptions.ts';
import { subscribeWebhook, unsubscribeWebhook, webhook } from './webhook.ts';

const webhookPath = z.object({ webhookId: webhookIdSchema });

interface Means {
  readonly commands: CommandHandler;
  readonly owned: OwnedAggregates;
  /** Which hosts a webhook may name. */
  readonly reach: Reach;
  readonly secretOf: (webhookId: string) => string;
}

/** The routes that take commands for webhooks. */
export const webhookCommands = (api: Api, { commands, owned, reach, secretOf }: Means): void => {
  const replay = replayDeliveries({ commands, owned });

  api.command(
    'post',
    '/webhooks',
    command.subscribeWebhook,
    async ({ body, context }) => {
      const refusal = refusalOf(new URL(body.url), reach);
      if (refusal !== undefined) throw new SchemaViolation('body', [{ path: 'url', message: refusal }]);
      // Two at once may pass it together: the limit keeps the fan-out's list short, and need not be exact.
      if ((await webhookIds(owned)).length >= MAX_WEBHOOKS)
        throw new BusinessError('too-many-webhooks', `the mesh has ${MAX_WEBHOOKS} webhooks already`);
      const webhookId = uuidFrom(`${context.commandId}/webhook`);
      const wish = { ...body, webhookId };
      return accepted(
        { webhookId },
        await commands.execute(webhook, webhookAggregateId(webhookId), context, (state) =>
          subscribeWebhook(state, wish),
        ),
      );
    },
    // Only the answer that is sent tells the secret: the one that is kept has none.
    { complete: (answer) => ({ ...answer, secret: secretOf(answer.webhookId) }) },
  );

  api.command('delete', '/webhooks/:webhookId', noBody, async ({ params, context }) => {
    const { webhookId } = parse(webhookPath, params, 'path');
    return accepted(
      { webhookId },
      await commands.execute(webhook, webhookAggregateId(webhookId), context, (state) =>
        unsubscribeWebhook(state, webhookId, 'asked'),
      ),
    );
  });

  api.command(
    'post',
    '/webhooks/:webhookId/replays',
    command.replayDeliveries,
    async ({ params, body, context }) => {
      const { webhookId } = parse(webhookPath, params, 'path');
      const { replayId, events, next } = await replay(webhookId, body, context);
      return {
        ...accepted({ webhookId, replayId }, { events }),
        queued: events.length,
        ...(next && { next }),
      };
    },
  );
};
