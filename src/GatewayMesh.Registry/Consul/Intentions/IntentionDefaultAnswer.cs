using GatewayMesh.Configuration.Entries;

namespace GatewayMesh.Registry.Consul.Intentions;

/// <summary>An answer about the default, swapped as one.</summary>
/// <param name="Number">Number of the question.</param>
/// <param name="Action">What is true where no intention speaks.</param>
internal sealed record IntentionDefaultAnswer(long Number, IntentionAction Action);
