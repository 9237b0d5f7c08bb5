using System.Collections.Immutable;

namespace GatewayMesh.Configuration.Snapshot;

/// <summary>An instance during snapshot compilation, with facts that only the compiler needs.</summary>
/// <param name="Endpoint">Compiled instance.</param>
/// <param name="Protocol">Registered protocol.</param>
/// <param name="Tags">Tags of the instance.</param>
/// <param name="Warns">True if the instance is unhealthy only because checks warn.</param>
internal sealed record KnownInstance(EndpointModel Endpoint, string Protocol, ImmutableArray<string> Tags, bool Warns);
