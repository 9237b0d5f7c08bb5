namespace GatewayMesh.Proxy.Http1;

/// <summary>Meaning of the next bytes of a message's content.</summary>
internal enum BodyPartKind
{
    /// <summary>No content yet. Call again with the bytes behind those consumed, and more.</summary>
    NeedMore,

    /// <summary>Content.</summary>
    Data,

    /// <summary>The content is complete; for chunked content the trailers have been read.</summary>
    End,

    /// <summary>The content must be refused.</summary>
    Fault,
}
