namespace GatewayMesh.Scenarios;

/// <summary>What became of one request.</summary>
/// <param name="Status">Its status; 0 when none came in time.</param>
/// <param name="Latency">From when it was due to its answer.</param>
/// <param name="Instance">Who answered.</param>
internal readonly record struct Answer(int Status, TimeSpan Latency, string? Instance);
