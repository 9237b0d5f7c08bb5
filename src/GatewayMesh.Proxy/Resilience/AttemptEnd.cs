using GatewayMesh.Proxy.Errors;

namespace GatewayMesh.Proxy.Resilience;

/// <summary>Result of an attempt, and the decision about another.</summary>
/// <param name="Error">Error of the attempt; none if a response was passed on, or dropped because another attempt follows.</param>
/// <param name="Follows">True if another attempt follows; it is already counted and paid for.</param>
/// <param name="Wait">Wait before that attempt.</param>
internal readonly record struct AttemptEnd(MeshError Error, bool Follows, TimeSpan Wait);
