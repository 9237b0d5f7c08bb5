namespace GatewayMesh.Proxy;

/// <summary>How a drain ended.</summary>
/// <param name="Requests">Requests still in flight.</param>
/// <param name="Connections">Connections still open.</param>
public readonly record struct DrainResult(int Requests, int Connections)
{
    /// <summary>Nothing was left.</summary>
    public bool IsClean => Requests == 0 && Connections == 0;
}
