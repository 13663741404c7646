/** What Lambda sets for a function, and silence: ten thousand runs would log a million lines. Imported first. */
process.env['POWERTOOLS_SERVICE_NAME'] ??= 'explorer';
process.env['POWERTOOLS_METRICS_NAMESPACE'] ??= 'EventMesh';
process.env['POWERTOOLS_METRICS_DISABLED'] ??= 'true';
process.env['POWERTOOLS_LOG_LEVEL'] ??= 'SILENT';
process.env['AWS_LAMBDA_FUNCTION_NAME'] ??= 'explorer';
// Makes Powertools write to this process's console, where what it warns of can be kept quiet (virtual-clock.ts).
process.env['POWERTOOLS_DEV'] ??= 'true';
