namespace GatewayMesh.Proxy.Identity;

/// <summary>In whose name a request is made.</summary>
/// <param name="Service">Name of the calling service; empty when unknown.</param>
/// <param name="Verified">Whether a certificate says so. Unverified names are telemetry, never permission.</param>
internal readonly record struct Caller(string Service, bool Verified);
