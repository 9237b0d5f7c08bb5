using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>One value that an option or a variable lays over the bootstrap file.</summary>
/// <param name="Path">Keys and indexes from the top: <c>sidecar, services, 0, port</c>.</param>
/// <param name="Value">The value; its location names the option or variable.</param>
/// <param name="AnyCase">Whether the case of the keys means nothing (variables).</param>
public sealed record OverlayItem(ImmutableArray<string> Path, ConfigNode Value, bool AnyCase);
