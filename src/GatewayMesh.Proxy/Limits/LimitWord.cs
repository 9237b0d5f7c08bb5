namespace GatewayMesh.Proxy.Limits;

/// <summary>The words of limits in metrics.</summary>
internal static class LimitWord
{
    /// <summary>The word of <paramref name="kind"/>.</summary>
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
