using System.Collections.Immutable;

namespace GatewayMesh.Configuration.Snapshot;

/// <summary>An instance while a snapshot is compiled: with what is asked of it there alone.</summary>
/// <param name="Endpoint">The instance.</param>
/// <param name="Protocol">What it was registered with.</param>
/// <param name="Tags">Its tags.</param>
/// <param name="Warns">Whether it is not healthy for checks alone that warn.</param>
internal sealed record KnownInstance(EndpointModel Endpoint, string Protocol, ImmutableArray<string> Tags, bool Warns);
