namespace GatewayMesh.Drills.Load;

/// <summary>A tenth of a second of the load. Requests count in the window in which they end.</summary>
/// <param name="AtMs">Start of the window, ms since the start of the load.</param>
/// <param name="Ok">Requests answered.</param>
/// <param name="Failed">Requests failed.</param>
/// <param name="ThroughGateway">Answered requests that went through a gateway.</param>
internal readonly record struct LoadWindow(long AtMs, int Ok, int Failed, int ThroughGateway)
{
    /// <summary>Length of a window, microseconds.</summary>
    public const long Length = 100_000;

    // Below a tenth is the constant share (0.5 %), which always flows.
    private const int CarriedShare = 10;
    private const int CarriedLeast = 2;

    /// <summary>True if gateways carry the load: at least a tenth of the responses, and at least two, came through a gateway.</summary>
    public bool IsCarried => ThroughGateway >= CarriedLeast && ThroughGateway * CarriedShare >= Ok;

    /// <summary>Splits <paramref name="samples"/> into windows without gaps.</summary>
    public static LoadWindow[] Of(IReadOnlyCollection<Sample> samples)
    {
        if (samples.Count == 0)
        {
            return [];
        }

        var windows = new LoadWindow[(samples.Max(sample => sample.Done) / Length) + 1];
        for (var i = 0; i < windows.Length; i++)
        {
            windows[i] = new LoadWindow(i * Length / 1000, 0, 0, 0);
        }

        foreach (var sample in samples)
        {
            ref var window = ref windows[sample.Done / Length];
            window = sample.LoadOutcome == LoadOutcome.Ok
                ? window with { Ok = window.Ok + 1, ThroughGateway = window.ThroughGateway + (sample.ThroughGateway ? 1 : 0) }
                : window with { Failed = window.Failed + 1 };
        }

        return windows;
    }
}
