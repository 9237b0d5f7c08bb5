namespace GatewayMesh.Client.Connections;

/// <summary>No connection could be made, so nothing was sent.</summary>
internal sealed class DialException(FailoverReason reason, string message, Exception? inner = null) : IOException(message, inner)
{
    public FailoverReason Reason { get; } = reason;
}
