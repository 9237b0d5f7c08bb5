namespace GatewayMesh.Proxy.Forwarding;

/// <summary>Decision about a response whose head has arrived.</summary>
internal enum ResponseFate
{
    /// <summary>The response is passed on to the client.</summary>
    Pass,

    /// <summary>The response is dropped: another attempt follows, or the response must not be passed on.</summary>
    Drop,

    /// <summary>The response is the mesh's own and stays inside the mesh; the edge makes its own response.</summary>
    Withhold,
}
