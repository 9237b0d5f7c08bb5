namespace GatewayMesh.Proxy.Limits;

/// <summary>Metric labels of limits.</summary>
internal static class LimitWord
{
    /// <summary>Returns the label of <paramref name="kind"/>.</summary>
    public static string Of(LimitKind kind) => kind switch
    {
        LimitKind.Requests => "requests",
        LimitKind.Connections => "connections",
        LimitKind.Pending => "pending",
        LimitKind.Retries => "retries",
        LimitKind.Breaker => "breaker",
        _ => "concurrency",
    };
}
