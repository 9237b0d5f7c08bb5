namespace GatewayMesh.Proxy.Edge;

/// <summary>Result of reading the first bytes of a connection as a PROXY header.</summary>
internal enum ProxyHeaderResult
{
    /// <summary>The start of a header; more bytes are needed.</summary>
    Incomplete,

    /// <summary>A complete header.</summary>
    Complete,

    /// <summary>Not a header.</summary>
    Malformed,
}
