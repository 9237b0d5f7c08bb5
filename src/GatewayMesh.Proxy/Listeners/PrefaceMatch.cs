namespace GatewayMesh.Proxy.Listeners;

/// <summary>What the first bytes of a connection say.</summary>
internal enum PrefaceMatch
{
    /// <summary>Nothing came yet, or the beginning of the preface.</summary>
    Undecided,

    /// <summary>Not the preface.</summary>
    Http1,

    /// <summary>The whole preface.</summary>
    Http2,
}
