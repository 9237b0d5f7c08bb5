using GatewayMesh.Configuration.Entries;

namespace GatewayMesh.Registry.Consul.Intentions;

/// <summary>One answer about the default, replaced as a whole.</summary>
/// <param name="Number">Number of the query.</param>
/// <param name="Action">The action where no intention applies.</param>
internal sealed record IntentionDefaultAnswer(long Number, IntentionAction Action);
