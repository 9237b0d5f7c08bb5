namespace GatewayMesh.Configuration.Policies.LoadBalancing;

/// <summary>A cookie that the mesh makes for a client without one, so that the client's next requests go to the same instance.</summary>
/// <param name="Lifetime">Lifetime, in whole seconds; zero for a cookie of the client's session.</param>
/// <param name="Path">Path of the cookie; empty for the directory of the request's path, the client's default (RFC 6265 §5.1.4).</param>
public sealed record HashCookie(TimeSpan Lifetime, string Path);
