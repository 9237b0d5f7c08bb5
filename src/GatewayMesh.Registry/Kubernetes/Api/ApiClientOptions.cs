namespace GatewayMesh.Registry.Kubernetes.Api;

/// <summary>Settings of a client of the API server.</summary>
/// <param name="Agent">
/// <c>User-Agent</c>, such as <c>gatewaymesh-sidecar/0.2.0</c>. The part before the slash is the manager in <c>managedFields</c>.
/// </param>
/// <param name="Time">Clock of timeouts.</param>
public sealed record ApiClientOptions(string Agent, TimeProvider Time)
{
    /// <summary>
    /// Timeout of a request that is neither a list nor a watch. Default: 35 s; a server without its store gives up after 34 s.
    /// </summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(35);

    /// <summary>Timeout of one page of a list. Default: 65 s; a server without its store cuts after 60 s.</summary>
    public TimeSpan ListPatience { get; init; } = TimeSpan.FromSeconds(65);

    /// <summary>Objects on one page of a list. Default: 500.</summary>
    public int PageSize { get; init; } = 500;

    /// <summary>
    /// Takes the texts of <c>Warning</c> headers, such as an unknown field that the server dropped. Must be quick. Default: nobody.
    /// </summary>
    public Action<string> Warned { get; init; } = static _ => { };
}
