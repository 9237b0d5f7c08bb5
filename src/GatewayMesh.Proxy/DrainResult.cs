namespace GatewayMesh.Proxy;

/// <summary>Result of a drain.</summary>
/// <param name="Requests">Requests still in flight.</param>
/// <param name="Connections">Connections still open.</param>
public readonly record struct DrainResult(int Requests, int Connections)
{
    /// <summary>True if nothing was left.</summary>
    public bool IsClean => Requests == 0 && Connections == 0;
}
