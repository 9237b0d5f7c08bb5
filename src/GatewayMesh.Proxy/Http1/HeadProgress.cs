namespace GatewayMesh.Proxy.Http1;

/// <summary>Result of reading a head from the bytes received so far.</summary>
internal enum HeadProgress
{
    /// <summary>The head is incomplete. Call again with more bytes, from the same start.</summary>
    NeedMore,

    /// <summary>The head is complete.</summary>
    Head,

    /// <summary>The head must be refused.</summary>
    Fault,
}
