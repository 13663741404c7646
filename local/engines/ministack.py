"""Starts the pinned ministack with what the mesh needs corrected, and nothing else.

Each correction names the AWS behaviour it restores. The version is pinned in requirements.txt; should
one of the replaced functions be missing after an upgrade, the start stops and says so.
"""

import gc
import os
import sys
import threading

# This file is named like the package: take its own folder off the path, or it would import itself.
sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry) != os.path.dirname(os.path.abspath(__file__))]

import hypercorn.asyncio  # noqa: E402
import uvicorn  # noqa: E402
import uvloop  # noqa: E402
from ministack import app  # noqa: E402
from ministack.core import lambda_runtime  # noqa: E402
from ministack.services import apigateway, lambda_svc, stepfunctions  # noqa: E402
from ministack.services.cloudformation import provisioners  # noqa: E402


def replace(module, name, make):
    original = getattr(module, name, None)
    if original is None:
        sys.exit(
            f"{module.__name__}.{name} is gone from this version of ministack: "
            "compare local/engines/ministack.py with its source, or pin the version again"
        )
    setattr(module, name, make(original))


# The emulator starts one process per concurrent call of a function, without bound: a hundred sagas are
# hundreds of Node processes. On AWS they would run elsewhere; here further calls wait for their turn.
_workers = int(os.environ.get("MESH_WORKERS_PER_FUNCTION", "8"))
_turns = {}
_turns_lock = threading.Lock()


def _turn(function_name):
    with _turns_lock:
        return _turns.setdefault(function_name, threading.BoundedSemaphore(_workers))


def _waiting_execute(execute):
    def execute_function_warm(func, event, request_id):
        with _turn((func.get("config") or func).get("FunctionName", "unknown")):
            return execute(func, event, request_id)

    return execute_function_warm


replace(lambda_svc, "_execute_function_warm", _waiting_execute)


# A stream's function that answers with batchItemFailures is taken for a success, and the records are
# lost. On AWS the records from the first reported one on are tried again (Lambda developer guide,
# "Configuring partial batch response with DynamoDB and Lambda"); trying the whole batch again is the
# same at-least-once promise, in the same order.
def _counting_failures(execute):
    def execute_function(func, event):
        result = execute(func, event)
        records = event.get("Records") if isinstance(event, dict) else None
        of_stream = bool(records) and records[0].get("eventSource") == "aws:dynamodb"
        body = result.get("body") if isinstance(result, dict) else None
        failures = body.get("batchItemFailures") if of_stream and isinstance(body, dict) else None
        if not failures or result.get("error"):
            return result
        message = f"batchItemFailures: {len(failures)} of {len(records)} records"
        return {**result, "error": True, "body": {"errorType": "BatchItemFailures", "errorMessage": message}}

    return execute_function


replace(lambda_svc, "_execute_function", _counting_failures)


# A callback task (.waitForTaskToken) whose function fails keeps waiting for the callback until its
# timeout. On AWS the task fails at once with the function's error (Step Functions developer guide,
# "Wait for a callback with task token").
_callback = threading.local()


def _remembering_token(invoke):
    def invoke_with_callback(resource, input_data, token, state_def):
        _callback.token = token
        try:
            return invoke(resource, input_data, token, state_def)
        finally:
            _callback.token = None

    return invoke_with_callback


def _failing_the_task(call):
    def call_lambda(func_ref, event):
        try:
            return call(func_ref, event)
        except stepfunctions._ExecutionError as error:
            waiting = stepfunctions._task_tokens.get(getattr(_callback, "token", None))
            if waiting is not None:
                waiting["error"] = {"Error": error.error, "Cause": error.cause}
                waiting["event"].set()
            raise

    return call_lambda


replace(stepfunctions, "_invoke_with_callback", _remembering_token)
replace(stepfunctions, "_call_lambda", _failing_the_task)


# A route without path parameters brings `pathParameters: null`. AWS leaves the field out (API Gateway
# developer guide, "AWS Lambda integrations for HTTP APIs"), and strict event checks refuse a null.
def _leaving_out_nulls(execute):
    def execute_function_with_config_scope(record, event):
        if isinstance(event, dict) and event.get("version") == "2.0" and event.get("pathParameters", ...) is None:
            event = {name: value for name, value in event.items() if name != "pathParameters"}
        return execute(record, event)

    return execute_function_with_config_scope


replace(lambda_svc, "_execute_function_with_config_scope", _leaving_out_nulls)


# An HTTP API's `Body` is passed over. On AWS it is imported: routes, integrations and authorizers are those of the
# document, and its title is the API's name (API Gateway developer guide, "Use OpenAPI definitions for HTTP APIs").
def _import(api_id, body, stack_name):
    # A draft takes the place of what was there once it is whole: no call finds half an API.
    draft = f"{api_id}/draft"

    def create(kind, name, **properties):
        handler = provisioners._RESOURCE_HANDLERS[f"AWS::ApiGatewayV2::{kind}"]
        return handler["create"](name, {"ApiId": draft, **properties}, stack_name)[0]

    def authorizer(name, definition):
        jwt = definition["jwtConfiguration"]
        return create(
            "Authorizer",
            name,
            Name=name,
            AuthorizerType=definition["type"].upper(),
            IdentitySource=[definition["identitySource"]],
            JwtConfiguration={"Audience": jwt["audience"], "Issuer": jwt["issuer"]},
        )

    def integration(name, definition):
        return create(
            "Integration",
            name,
            IntegrationType=definition["type"].upper(),
            IntegrationUri=definition["uri"],
            IntegrationMethod=definition["httpMethod"],
            PayloadFormatVersion=definition["payloadFormatVersion"],
            TimeoutInMillis=definition["timeoutInMillis"],
        )

    components = body["components"]
    authorizers = {
        name: authorizer(name, scheme["x-amazon-apigateway-authorizer"])
        for name, scheme in components["securitySchemes"].items()
    }
    integrations = {
        f"#/components/x-amazon-apigateway-integrations/{name}": integration(name, definition)
        for name, definition in components["x-amazon-apigateway-integrations"].items()
    }
    for path, operations in body["paths"].items():
        for method, operation in operations.items():
            schemes = [scheme for requirement in operation.get("security", []) for scheme in requirement]
            create(
                "Route",
                path,
                RouteKey=f"{method.upper()} {path}",
                Target=f"integrations/{integrations[operation['x-amazon-apigateway-integration']['$ref']]}",
                **({"AuthorizationType": "JWT", "AuthorizerId": authorizers[schemes[0]]} if schemes else {}),
            )
    for store in (apigateway._authorizers, apigateway._integrations, apigateway._routes):
        store[api_id] = store.pop(draft, {})


def _named_by_body(properties):
    return {**properties, "Name": properties["Body"]["info"]["title"]} if "Body" in properties else properties


def _importing_the_created(create):
    def api_create(logical_id, properties, stack_name):
        api_id, attributes = create(logical_id, _named_by_body(properties), stack_name)
        if "Body" in properties:
            _import(api_id, properties["Body"], stack_name)
        return api_id, attributes

    return api_create


def _importing_the_updated(update):
    def api_update(physical_id, old, new, stack_name, logical_id=None):
        api_id, attributes = update(physical_id, _named_by_body(old), _named_by_body(new), stack_name, logical_id)
        if "Body" in new:
            _import(api_id, new["Body"], stack_name)
        return api_id, attributes

    return api_update


_api_handlers = provisioners._RESOURCE_HANDLERS["AWS::ApiGatewayV2::Api"]
_api_handlers["create"] = _importing_the_created(_api_handlers["create"])
_api_handlers["update"] = _importing_the_updated(_api_handlers["update"])


# After each answer the emulator waits up to 50 ms for log lines. Lines that come later are not lost:
# they are read after the next call.
def _patient_for_a_moment(drain):
    def drain_stderr_bounded(self, first_line_wait=0.002, idle_confirm=0.001, hard_cap=0.05):
        return drain(self, first_line_wait, idle_confirm, hard_cap)

    return drain_stderr_bounded


replace(lambda_runtime.Worker, "_drain_stderr_bounded", _patient_for_a_moment)


# The emulator's HTTP server reads and writes HTTP in Python, which costs more than most of the requests that it
# carries, and a mesh makes hundreds a second. uvicorn does the same in C, behind the same interface (ASGI).
def _through_uvicorn(_serve):
    def serve(application, config):
        host, port = config.bind[0].rsplit(":", 1)
        settings = uvicorn.Config(
            application,
            host=host,
            port=int(port),
            http="httptools",
            ws="none",
            access_log=False,
            date_header=False,
            server_header=False,
            log_level="warning",
            timeout_keep_alive=int(config.keep_alive_timeout),
            # Whoever stops the mesh does not wait for calls that are under way.
            timeout_graceful_shutdown=1,
        )
        return uvicorn.Server(settings).serve()

    return serve


replace(hypercorn.asyncio, "serve", _through_uvicorn)


if __name__ == "__main__":
    uvloop.install()
    # Everything the emulator keeps is reachable: looking through all of it again and again finds nothing.
    gc.freeze()
    gc.set_threshold(50_000, 50, 50)
    app.main()
