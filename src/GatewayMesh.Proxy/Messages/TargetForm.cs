namespace GatewayMesh.Proxy.Messages;

/// <summary>Form of a request target (RFC 9112 §3.2). The authority-form belongs to CONNECT, which no reader passes on.</summary>
internal enum TargetForm
{
    /// <summary>Path and query.</summary>
    Origin,

    /// <summary>Scheme, authority, path, and query.</summary>
    Absolute,

    /// <summary><c>*</c>: the server itself.</summary>
    Asterisk,
}
