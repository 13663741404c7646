/** What Lambda and `serverless.yml` set for every function, before its code is loaded. */
process.env['POWERTOOLS_METRICS_NAMESPACE'] ??= 'EventMesh';
process.env['POWERTOOLS_SERVICE_NAME'] ??= 'bench';
process.env['AWS_LAMBDA_FUNCTION_NAME'] ??= 'bench-consumer';
