namespace GatewayMesh.Client.Connections;

/// <summary>The peer closed the kept-alive connection before any byte of the request was written.</summary>
internal sealed class UnsentException() : IOException("The connection was closed before the request was written.");
