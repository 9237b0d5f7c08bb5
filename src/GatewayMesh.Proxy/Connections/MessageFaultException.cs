using GatewayMesh.Proxy.Http1;

namespace GatewayMesh.Proxy.Connections;

/// <summary>A response that is not valid HTTP/1.1.</summary>
/// <param name="fault">The fault.</param>
internal sealed class MessageFaultException(MessageFault fault) : IOException(MessageFaults.TextOf(fault));
