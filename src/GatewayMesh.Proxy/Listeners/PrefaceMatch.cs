namespace GatewayMesh.Proxy.Listeners;

/// <summary>Protocol indicated by the first bytes of a connection.</summary>
internal enum PrefaceMatch
{
    /// <summary>No bytes yet, or an incomplete preface.</summary>
    Undecided,

    /// <summary>Bytes other than the preface.</summary>
    Http1,

    /// <summary>The complete preface.</summary>
    Http2,
}
