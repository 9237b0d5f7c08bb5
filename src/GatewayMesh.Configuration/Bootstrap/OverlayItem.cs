using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>A value from an option or a variable that overrides the bootstrap file.</summary>
/// <param name="Path">Keys and indexes from the top: <c>sidecar, services, 0, port</c>.</param>
/// <param name="Value">The value; its location names the option or variable.</param>
/// <param name="AnyCase">True if the case of the keys is ignored (variables).</param>
public sealed record OverlayItem(ImmutableArray<string> Path, ConfigNode Value, bool AnyCase);
