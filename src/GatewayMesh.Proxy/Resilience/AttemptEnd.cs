using GatewayMesh.Proxy.Errors;

namespace GatewayMesh.Proxy.Resilience;

/// <summary>What an attempt came to, and what follows it.</summary>
/// <param name="Error">Why it failed; none when an answer was passed on, or dropped because another attempt follows.</param>
/// <param name="Follows">Another attempt follows: it is counted, and paid for.</param>
/// <param name="Wait">How long it waits first.</param>
internal readonly record struct AttemptEnd(MeshError Error, bool Follows, TimeSpan Wait);
