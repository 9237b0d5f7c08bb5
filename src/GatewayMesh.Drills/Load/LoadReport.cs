using System.Collections.Immutable;

namespace GatewayMesh.Drills.Load;

/// <summary>Report of a load with a fault, as seen by a plain client.</summary>
internal sealed record LoadReport
{
    /// <summary>Definition of "time to fail back", printed with the value.</summary>
    public const string FailBackDefinition =
        "fail-back: from the fault to the end of the last 100 ms in which at least a tenth of the answers (and at least two) came "
            + "through a gateway";

    /// <summary>Requests started.</summary>
    public required int Sent { get; init; }

    /// <summary>Answered with a status below 400.</summary>
    public required int Ok { get; init; }

    /// <summary>Connections that could not be opened.</summary>
    public required int Refused { get; init; }

    /// <summary>Requests sent whose connection ended without a response.</summary>
    public required int Lost { get; init; }

    /// <summary>Requests without a response in time.</summary>
    public required int TimedOut { get; init; }

    /// <summary>Answered with 5xx.</summary>
    public required int ServerErrors { get; init; }

    /// <summary>Answered with 4xx.</summary>
    public required int ClientErrors { get; init; }

    /// <summary>Requests retried.</summary>
    public required int Replayed { get; init; }

    /// <summary>Requests answered through a gateway.</summary>
    public required int ThroughGateway { get; init; }

    /// <summary>Requests that waited because every connection was busy.</summary>
    public required int Waited { get; init; }

    /// <summary>All failed requests.</summary>
    public int Failed => Sent - Ok;

    /// <summary>Latency of the answered requests, from the intended send time.</summary>
    public required Percentiles Latency { get; init; }

    /// <summary>Time of the fault, ms since the start.</summary>
    public required double FaultAtMs { get; init; }

    /// <summary>Time from the fault to the first response to a later request; null when there was none.</summary>
    public required double? FirstSuccessMs { get; init; }

    /// <summary>Longest time without a response after the fault.</summary>
    public required double LongestGapMs { get; init; }

    /// <summary>See <see cref="FailBackDefinition"/>. Null when the gateways never carried traffic.</summary>
    public required double? FailBackMs { get; init; }

    /// <summary>True if the gateways still carried traffic when the load ended.</summary>
    public required bool StillCarried { get; init; }

    /// <summary>Responses by the nodes in their <c>Via</c>, most frequent first.</summary>
    public required ImmutableArray<(string Via, int Count)> Paths { get; init; }

    /// <summary>The load in windows of a tenth of a second.</summary>
    public required ImmutableArray<LoadWindow> Series { get; init; }

    /// <summary>Summarizes <paramref name="samples"/>. <paramref name="faultAt"/> is in microseconds since the start.</summary>
    public static LoadReport Of(IReadOnlyList<Sample> samples, IReadOnlyList<string> paths, long faultAt)
    {
        var windows = LoadWindow.Of(samples);
        var after = windows.Where(window => window.AtMs * 1000 >= faultAt - LoadWindow.Length).ToArray();
        var carried = Array.FindLastIndex(after, window => window.IsCarried);
        return new LoadReport
        {
            Sent = samples.Count,
            Ok = Count(samples, LoadOutcome.Ok),
            Refused = Count(samples, LoadOutcome.Refused),
            Lost = Count(samples, LoadOutcome.Lost),
            TimedOut = Count(samples, LoadOutcome.TimedOut),
            ServerErrors = Count(samples, LoadOutcome.ServerError),
            ClientErrors = Count(samples, LoadOutcome.ClientError),
            Replayed = samples.Count(sample => sample.Replayed),
            ThroughGateway = samples.Count(sample => sample.ThroughGateway),
            Waited = samples.Count(sample => sample.Waited),
            Latency = Percentiles.Of(samples.Where(sample => sample.LoadOutcome == LoadOutcome.Ok).Select(sample => sample.Latency)),
            FaultAtMs = faultAt / 1000.0,
            FirstSuccessMs = FirstSuccess(samples, faultAt),
            LongestGapMs = LongestGap(samples, faultAt),
            FailBackMs = carried < 0 ? null : after[carried].AtMs + (LoadWindow.Length / 1000) - (faultAt / 1000.0),
            // The last window may be cut short, so the window before it counts as well.
            StillCarried = carried >= 0 && carried >= after.Length - 2,
            Paths = [
                .. samples.Where(sample => sample.Status > 0)
                    .CountBy(sample => sample.Path)
                    .OrderByDescending(pair => pair.Value)
                    .Select(pair => (paths[pair.Key], pair.Value))],
            Series = [.. windows],
        };
    }

    private static int Count(IReadOnlyList<Sample> samples, LoadOutcome outcome) => samples.Count(sample => sample.LoadOutcome == outcome);

    private static double? FirstSuccess(IReadOnlyList<Sample> samples, long faultAt)
    {
        var after = samples.Where(sample => sample.LoadOutcome == LoadOutcome.Ok && sample.Sent >= faultAt).Select(sample => sample.Done);
        return after.Any() ? (after.Min() - faultAt) / 1000.0 : null;
    }

    private static double LongestGap(IReadOnlyList<Sample> samples, long faultAt)
    {
        var last = faultAt;
        var gap = 0L;
        foreach (var sample in samples.Where(sample => sample.LoadOutcome == LoadOutcome.Ok && sample.Done >= faultAt))
        {
            gap = Math.Max(gap, sample.Done - last);
            last = sample.Done;
        }

        var end = samples.Count > 0 ? samples.Max(sample => sample.Done) : faultAt;
        return Math.Max(gap, end - last) / 1000.0;
    }
}
