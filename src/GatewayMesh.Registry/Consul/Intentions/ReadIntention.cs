using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Entries;

namespace GatewayMesh.Registry.Consul.Intentions;

/// <summary>An intention as Consul has it.</summary>
/// <param name="Destination">Who is called.</param>
/// <param name="Source">Who calls and what becomes of it; null when it is not ours to use. One that cannot be understood denies.</param>
/// <param name="Note">Why it is left aside, or null.</param>
/// <param name="Error">What is wrong with it, or null.</param>
internal sealed record ReadIntention(string Destination, IntentionSource? Source, string? Note, ConfigError? Error);
