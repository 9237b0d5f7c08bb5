using GatewayMesh.Bench.Runs;

namespace GatewayMesh.Bench.Reports;

/// <summary>Everything that a run has found.</summary>
/// <param name="Title">Date, machine, rounds, and seconds.</param>
/// <param name="Versions">Version by program.</param>
/// <param name="Results">The figures.</param>
/// <param name="Measurements">What they were computed from.</param>
/// <param name="Configuration">Configuration files by name.</param>
internal sealed record Report(
    string Title,
    IReadOnlyDictionary<string, string> Versions,
    IReadOnlyList<Result> Results,
    IReadOnlyList<Measurement> Measurements,
    IReadOnlyDictionary<string, string> Configuration);
