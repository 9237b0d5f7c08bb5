namespace GatewayMesh.Scenarios;

/// <summary>The outcome of one request.</summary>
/// <param name="Status">HTTP status; 0 without an answer in time.</param>
/// <param name="Latency">Time from the request's due time to its answer.</param>
/// <param name="Instance">The answering instance.</param>
internal readonly record struct Answer(int Status, TimeSpan Latency, string? Instance);
