namespace GatewayMesh.Proxy.Edge;

/// <summary>What the first bytes of a connection are, read as a PROXY header.</summary>
internal enum ProxyHeaderResult
{
    /// <summary>The beginning of one: more must come.</summary>
    Incomplete,

    /// <summary>One, and whole.</summary>
    Complete,

    /// <summary>None.</summary>
    Malformed,
}
