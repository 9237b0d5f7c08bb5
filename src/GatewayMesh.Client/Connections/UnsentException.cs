namespace GatewayMesh.Client.Connections;

/// <summary>The other side had closed the kept connection before a byte of the request was written on it.</summary>
internal sealed class UnsentException() : IOException("The connection was closed before the request was written.");
