using System.Net;

namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>An own local port for an upstream.</summary>
/// <param name="Service">The upstream's name.</param>
/// <param name="Address">Where the application reaches it (loopback).</param>
public sealed record UpstreamSpec(string Service, IPEndPoint Address);
