namespace GatewayMesh.Proxy.Pipeline;

/// <summary>A request body that is slower than <c>limits.minRequestBodyDataRate</c>.</summary>
internal sealed class SlowBodyException() : IOException("The request body is slower than limits.minRequestBodyDataRate.");
