using GatewayMesh.Proxy.Errors;

namespace GatewayMesh.Proxy.Connections;

/// <summary>The client's content is malformed or too large, or the client broke it off.</summary>
/// <param name="kind">Error of the response.</param>
/// <param name="details">Reason in words.</param>
internal sealed class BodyFaultException(MeshErrorKind kind, string details) : IOException(details)
{
    /// <summary>Error of the response.</summary>
    public MeshErrorKind Kind { get; } = kind;
}
