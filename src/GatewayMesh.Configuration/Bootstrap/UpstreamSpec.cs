using System.Net;

namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>A local port for one upstream service.</summary>
/// <param name="Service">Name of the upstream service.</param>
/// <param name="Address">Loopback address on which the application reaches the upstream.</param>
public sealed record UpstreamSpec(string Service, IPEndPoint Address);
