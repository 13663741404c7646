import { z } from 'zod';
import { stepFunctionsClient } from '../../../shared/aws/step-functions-client.ts';
import { orderId } from '../../../shared/define/identifiers.ts';
import { httpApi } from '../../../shared/http/api.ts';
import { setting } from '../../../shared/wire/resources.ts';
import { findSaga } from '../find-saga.ts';
import { sfnSagaExecutions } from '../sfn-saga-executions.ts';

const executions = sfnSagaExecutions(stepFunctionsClient(), setting('ORDER_SAGA_ARN'));
const api = httpApi();

api.query('/orders/:orderId/saga', z.strictObject({}), ({ params: { orderId: id = '' } }) =>
  // Step Functions refuses to look for a name that no execution can have.
  orderId.safeParse(id).success ? findSaga(executions, id) : Promise.resolve(undefined),
);

export const { handler } = api;
